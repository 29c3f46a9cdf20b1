"""Runs that are killed, interrupted, out of space or refused: what is there is whole, a rerun mends all."""

from __future__ import annotations

import os
import random
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.bench.generate import write_corpus
from pipeline.job import Job
from pipeline.stages import run_all
from tests.conftest import ROOT, files, heed_interrupts

pytestmark = pytest.mark.model
PAGES = [p.read_bytes().decode("utf8") for p in sorted((ROOT / "tests/data/pages").glob("*/*.txt"))]
KILLS = 20


def start(raw: Path, outputs: Path, *args: str, **options) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "pipeline", "all", "--raw", raw, "--outputs", outputs, *args]
    options.setdefault("preexec_fn", heed_interrupts)
    return subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True, **options)


def children(pid: int) -> list[int]:
    """Processes below a process (Linux)."""
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, task.read_text().split()):
            found += [child, *children(child)]
    return found


def gone(pids: list[int], seconds: float = 15.0) -> bool:
    """Whether all these processes end within some seconds; a zombie has ended."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        states = [Path(f"/proc/{pid}/stat") for pid in pids]
        alive = [s for s in states if s.exists() and s.read_text().rpartition(")")[2].split()[0] != "Z"]
        if not alive:
            return True
        time.sleep(0.1)
    return False


@pytest.fixture(scope="module")
def corpus(tmp_path_factory) -> Iterator[tuple[Path, dict[str, bytes]]]:
    """200 small pages and the files of an undisturbed run."""
    folder = tmp_path_factory.mktemp("crash")
    write_corpus(folder / "raw", PAGES, 200, chars=600)
    run_all(Job(folder / "raw", folder / "out"))
    yield folder / "raw", files(folder / "out")


@pytest.mark.slow
def test_kill_at_random_moments_leaves_whole_files_and_a_rerun_the_same_bytes(corpus, tmp_path):
    raw, expected = corpus
    draw = random.Random(7)
    started = time.monotonic()
    done = start(raw, tmp_path / "measured", "--no-cache")
    done.communicate()
    whole = time.monotonic() - started
    assert done.returncode == 0
    outputs = tmp_path / "out"
    killed = 0
    for i in range(KILLS):
        run = start(raw, outputs, "--jobs", str(1 + i % 2), *(["--no-cache"] if i % 4 < 3 else []))
        # From the first file to the last: what comes before is Python loading modules.
        time.sleep(draw.uniform(0.2, 1.0) * whole)
        workers = children(run.pid)
        run.kill()
        run.communicate()
        killed += run.returncode == -signal.SIGKILL
        assert gone(workers), "a worker outlived its run"
        for name, content in files(outputs).items() if outputs.exists() else ():
            if not name.rpartition("/")[2].startswith("."):
                assert content == expected[name], f"{name} is half-written after kill {i}"
    assert killed >= KILLS // 2
    assert start(raw, outputs).wait() == 0
    assert files(outputs) == expected
    assert {p.name for p in outputs.iterdir() if p.name.startswith(".")} == {".lock", ".cache"}
    assert not list(outputs.rglob("*.part"))


def test_interrupt_ends_the_workers_too(corpus, tmp_path):
    raw, _ = corpus
    run = start(raw, tmp_path / "out", "--jobs", "2", start_new_session=True)
    end = time.monotonic() + 60
    while len(children(run.pid)) < 2 and time.monotonic() < end:
        time.sleep(0.1)
    workers = children(run.pid)
    assert len(workers) >= 2
    time.sleep(1)
    os.killpg(run.pid, signal.SIGINT)  # as a terminal does: to the whole group
    _, said = run.communicate(timeout=60)
    assert run.returncode == 130
    assert "interrupted" in said and "Traceback" not in said
    assert gone(workers)


def test_no_space_left_is_a_clear_line_and_keeps_the_old_files(corpus, tmp_path):
    raw, _ = corpus
    outputs = tmp_path / "out"
    run_all(Job(ROOT / "raw", outputs))
    before = files(outputs)

    def little_room() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))

    run = start(raw, outputs, "--no-cache", preexec_fn=little_room)
    _, said = run.communicate(timeout=120)
    assert run.returncode == 1
    errors = [line for line in said.splitlines() if line.startswith("error:")]
    assert len(errors) == 1 and "File too large" in errors[0]
    assert "Traceback" not in said
    after = files(outputs)
    assert all(after[name] == before[name] for name in before if name.endswith(".csv"))
    assert not list(outputs.rglob("*.part"))


def test_two_runs_at_once_the_second_is_refused(corpus, tmp_path):
    raw, expected = corpus
    first = start(raw, tmp_path / "out", "--no-cache")
    while not (tmp_path / "out" / ".lock").exists():
        time.sleep(0.05)
        assert first.poll() is None
    time.sleep(0.3)
    second = start(raw, tmp_path / "out")
    _, said = second.communicate(timeout=60)
    assert second.returncode == 1 and "another run is writing here" in said
    assert first.wait(timeout=120) == 0
    assert files(tmp_path / "out") == expected
