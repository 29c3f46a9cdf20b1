"""Speed and memory as ratios, all in one run: against the bare model, more processes, more pages, nothing changed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.annotate import paragraph_spans
from pipeline.annotate.dates import find_dates
from pipeline.bench.generate import write_corpus
from pipeline.config import Config
from pipeline.engine import Tools, read_page
from pipeline.records import Page

# What one page of a scaling run has: enough for the model's work to show, little enough for 2,000 of them.
SHORT = 1500
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Run:
    """What a run of the command line took: seconds, peak memory in MB, and its run.json."""

    seconds: float
    memory: float
    told: dict


def run_command(raw: Path, outputs: Path, *args: str) -> Run:
    """`all` in a process of its own. Raises: CalledProcessError."""
    command = [
        sys.executable,
        "-m",
        "pipeline",
        "all",
        "-q",
        "--raw",
        str(raw),
        "--outputs",
        str(outputs),
        *args,
    ]
    started = time.perf_counter()
    process = subprocess.Popen(command)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    # In kilobytes on Linux, in bytes on macOS; of the largest process, not of all together.
    memory = usage.ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)
    return Run(seconds, memory, json.loads((outputs / "run.json").read_text(encoding="utf8")))


def best(times: int, work: Callable[[], object]) -> float:
    """The least seconds of some runs: what others do on the machine only adds."""
    found = []
    for _ in range(times):
        started = time.perf_counter()
        work()
        found.append(time.perf_counter() - started)
    return min(found)


def bench_speed(sources: Sequence[str], *, pages: int, say: Say) -> None:
    """Measure on copies of the given raw pages and say each figure with the bound it should keep.

    pages: of the larger scaling run; the smaller one has a tenth.
    """
    with tempfile.TemporaryDirectory(prefix="wiki-relations-") as name:
        folder = Path(name)
        write_corpus(folder / "long", sources, 40)
        _model_ratio(folder, say)
        _stages(folder, say)
        _processes(folder, say)
        _one_page(folder, sources, say)
        write_corpus(folder / "many", sources, pages, chars=SHORT)
        write_corpus(folder / "few", sources, pages // 10, chars=SHORT)
        _scaling(folder, pages, say)


def _pages(raw: Path) -> list[Page]:
    return [read_page(path, Config())[0] for path in sorted(raw.glob("*.txt"))]


def _texts(pages: Sequence[Page]) -> list[str]:
    return [page.text[a:b] for page in pages for a, b in paragraph_spans(page)]


def _model_ratio(folder: Path, say: Say) -> None:
    nlp = Tools.load(Config()).model.nlp
    texts = _texts(_pages(folder / "long"))
    chars = sum(map(len, texts))
    list(nlp.pipe(texts[:50]))
    bare = best(3, lambda: list(nlp.pipe(texts, batch_size=64)))
    run = run_command(folder / "long", folder / "out-1", "--no-cache")
    load = best(1, lambda: subprocess.run([sys.executable, "-c", _LOAD], check=True))
    whole = run.seconds - load
    say(
        f"bare model: {chars / bare:,.0f} characters a second ({chars:,} characters, components {nlp.pipe_names})"
    )
    say(
        f"end to end, without loading: {chars / whole:,.0f} characters a second; ratio {bare / whole:.2f} (want ≥ 0.75)"
    )
    steps = run.told["seconds"]
    total = sum(steps.values())
    say("shares: " + ", ".join(f"{step} {100 * seconds / total:.0f} %" for step, seconds in steps.items()))


_LOAD = """from pipeline import stages
from pipeline.engine import Tools
from pipeline.config import Config
Tools.load(Config())"""


def _stages(folder: Path, say: Say) -> None:
    paths = sorted((folder / "long").glob("*.txt"))
    size = sum(path.stat().st_size for path in paths)
    seconds = best(2, lambda: [read_page(path, Config()) for path in paths])
    say(f"clean: {size / seconds / 1e6:.2f} MB a second (want ≥ 2)")
    pages = _pages(folder / "long")
    chars = sum(len(page.text) for page in pages)
    seconds = best(2, lambda: [find_dates(page.text) for page in pages])
    say(f"dates: {chars / seconds:,.0f} characters a second (want ≥ 100,000)")


def _processes(folder: Path, say: Say) -> None:
    seconds = [
        run_command(folder / "long", folder / f"out-{jobs}", "--no-cache", "--jobs", str(jobs)).told[
            "seconds"
        ]["pages"]
        for jobs in (1, 2)
    ]
    say(
        f"--jobs 2 against 1, the pages: {seconds[0] / seconds[1]:.2f} times as fast (want ≥ 1.7 with two free cores)"
    )


def _one_page(folder: Path, sources: Sequence[str], say: Say) -> None:
    write_corpus(folder / "one", sources[:1], 1)
    texts = json.dumps(_texts(_pages(folder / "one")))
    load = _LOAD.replace("Tools.load", "tools = Tools.load")
    bare = f"import json\n{load}\nlist(tools.model.nlp.pipe(json.loads({texts!r})))"
    alone = best(2, lambda: subprocess.run([sys.executable, "-c", bare], check=True))
    whole = min(run_command(folder / "one", folder / "out-one", "--no-cache").seconds for _ in range(2))
    say(
        f"one page: {whole:.1f} s against {alone:.1f} s for loading and the bare model: {whole / alone:.2f} (want ≤ 2)"
    )


def _scaling(folder: Path, pages: int, say: Say) -> None:
    few = run_command(folder / "few", folder / "out-few")
    many = run_command(folder / "many", folder / "out-many")
    again = run_command(folder / "many", folder / "out-many")
    per_page = many.seconds / pages / (few.seconds / (pages // 10))
    for count, run in ((pages // 10, few), (pages, many)):
        say(f"{count} pages: {run.seconds:.1f} s, {run.memory:.0f} MB")
    say(f"time per page, {pages} against {pages // 10} pages: {per_page:.2f} (want ≤ 1.1)")
    say(f"peak memory, {pages} against {pages // 10} pages: {many.memory / few.memory:.2f} (want ≤ 1.3)")
    say(f"unchanged rerun against full run: {again.seconds / many.seconds:.2f} (want ≤ 0.1)")
    shutil.rmtree(folder / "out-many")
