"""Shared by all tests: the seed page, a run of it, the command line as users call it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parents[1]
SEED = ROOT / "raw" / "albania_russia_relations.txt"
Run = Callable[..., subprocess.CompletedProcess[str]]

# Runs must not depend on the speed of the machine, nor find other examples each time.
settings.register_profile("steady", deadline=None, derandomize=True)
settings.load_profile("steady")


@pytest.fixture(scope="session")
def wiki() -> Run:
    """Call `python -m pipeline` in a process of its own."""

    def run(*args: object, cwd: Path = ROOT, **env: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "pipeline", *map(str, args)],
            cwd=cwd,
            env=os.environ | {"PYTHONPATH": str(ROOT), "COLUMNS": "200"} | env,
            capture_output=True,
            text=True,
            timeout=300,
        )

    return run


@pytest.fixture(scope="session")
def seed_outputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Outputs of the seed page, made in this process once a session; tests must not write there."""
    from pipeline.job import Job
    from pipeline.stages import run_all

    outputs = tmp_path_factory.mktemp("seed") / "outputs"
    run_all(Job(ROOT / "raw", outputs, gold=ROOT / "gold"))
    return outputs


def heed_interrupts() -> None:
    """For a child that shall be interrupted: a job in the background of a shell has its interrupts ignored."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def files(folder: Path, *, without: tuple[str, ...] = ("run.json",)) -> dict[str, bytes]:
    """Every visible file under a folder by its relative name."""
    found = {p.relative_to(folder).as_posix(): p for p in sorted(folder.rglob("*")) if p.is_file()}
    return {
        name: path.read_bytes()
        for name, path in found.items()
        if name not in without and not name.startswith(".")
    }
