"""What a run is given and what it has to tell: folders, settings, the lock, the files of a folder."""

from __future__ import annotations

import fcntl
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.config import Config
from pipeline.tables import TABLES, Row, find_table, read_table
from pipeline.walk import PageRows, walk_pages

if TYPE_CHECKING:  # it reads values by the date rules, whose package loads spaCy
    from pipeline.overrides import Override

FORMATS = {".txt": "text", ".wiki": "wikitext", ".html": "html"}
PARTS = ".parts-"  # temporary folder of page results under the outputs
Progress = Callable[[str, int, int], None]


class RunError(Exception):
    """A run that cannot go on; the message is one line for the user."""


@dataclass(frozen=True, slots=True)
class PageFailure:
    """A page that could not be done: one clear line naming file and reason; `trace` is for `-v`.

    passing: whether the same page may well be done the next time (its worker was lost, an internal error).
    """

    path: str
    reason: str
    trace: str = ""
    passing: bool = False

    def __str__(self) -> str:
        return one_line(f"{self.path}: {self.reason}")


def one_line(text: str) -> str:
    """Text without line breaks or control characters, so that a file name cannot break a message."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


@dataclass(frozen=True, slots=True)
class Job:
    """Where a run reads and writes, with which settings, and how its pages are spread.

    gold: None for no scores. overrides: None for `overrides.csv` in the gold folder, if there is one.
    jobs: processes. cache: folder of page results, None for no cache. dask: address of a scheduler, "" for
    none. timeout: seconds without a finished page after which a worker counts as hung. spreadsheet_safe: also
    copies of the tables in which no cell runs as a formula.
    """

    raw: Path
    outputs: Path
    gold: Path | None = None
    overrides: Path | None = None
    config: Config = field(default_factory=Config)
    jobs: int = 1
    cache: Path | None = None
    dask: str = ""
    timeout: float = 600.0
    spreadsheet_safe: bool = False
    progress: Progress = lambda stage, done, total: None


@dataclass(slots=True)
class Report:
    """What a stage has to tell: failed pages, warnings, seconds by step, pages taken from the cache.

    unchanged: whether all was as the last run left it, so that nothing was written but run.json.
    """

    failures: list[PageFailure] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    cached: int = 0
    unchanged: bool = False

    @contextmanager
    def timed(self, step: str) -> Iterator[None]:
        """Count the seconds of a step."""
        start = time.perf_counter()
        yield
        self.seconds[step] = self.seconds.get(step, 0.0) + time.perf_counter() - start


def raw_files(folder: Path) -> list[Path]:
    """The pages of a folder, sorted by name.

    Raises: RunError if there is no such folder, no page in it, or two files share a name before the ending.
    """
    if not folder.is_dir():
        raise RunError(f"{folder}: no such folder")
    files = sorted(
        (p for p in folder.iterdir() if p.suffix in FORMATS and not p.name.startswith(".")),
        key=lambda p: p.name,
    )
    if not files:
        raise RunError(f"{folder}: no pages (*.txt, *.wiki, *.html)")
    seen: dict[str, Path] = {}
    for path in files:
        if path.stem in seen:
            raise RunError(f"{path}: same page name as {seen[path.stem].name}")
        seen[path.stem] = path
    return files


@contextmanager
def locked(outputs: Path) -> Iterator[None]:
    """Hold the outputs folder for this run.

    The lock is the kernel's and goes with the process, so a killed run leaves none behind.
    Raises: RunError if another run has it, or for any file that cannot be read or written while it is held.
    """
    try:
        outputs.mkdir(parents=True, exist_ok=True)
        with (outputs / ".lock").open("w") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise RunError(f"{outputs}: another run is writing here") from None
            _sweep(outputs)
            yield
    except OSError as error:
        raise RunError(f"{error.filename or outputs}: {error.strerror or error}") from None


def _sweep(outputs: Path) -> None:
    """Remove what a killed run left behind; whoever holds the lock knows that nobody is using it."""
    for leftover in outputs.rglob(".*.part"):
        leftover.unlink()
    for folder in outputs.glob(f"{PARTS}*"):
        shutil.rmtree(folder)


def load_overrides(job: Job, report: Report | None = None) -> tuple[Override, ...]:
    """The researcher's corrections, if there are any; lines that cannot be used become warnings."""
    path = job.overrides
    if path is None:
        path = job.gold / "overrides.csv" if job.gold else None
        if path is None or not path.exists():
            return ()
    from pipeline.overrides import read_overrides

    try:
        found, problems = read_overrides(path)
    except OSError as error:
        raise RunError(f"{path}: {error.strerror}") from None
    if report is not None:
        report.warnings += problems
    return tuple(found)


def read_stage(outputs: Path, name: str) -> list[Row]:
    """A table of an earlier stage. Raises: RunError that says which stage to run first; TableError."""
    check_stages(outputs, [name])
    return read_table(outputs, name)


def check_stages(outputs: Path, names: Sequence[str]) -> None:
    """Raises: RunError that says which stage to run first, if one of the tables is not there."""
    for name in names:
        path = find_table(outputs, name)
        if not path.exists():
            raise RunError(f"{path}: missing; run `{TABLES[name].stage}` first")


def walk_stage(outputs: Path, names: Sequence[str]) -> Iterator[tuple[Row, PageRows]]:
    """Tables of earlier stages in step, as `walk_pages`. Raises: RunError as `check_stages`; TableError."""
    check_stages(outputs, ["documents", *names])
    return walk_pages(outputs, names)


def clean_text(outputs: Path, doc_id: str) -> str:
    """The clean text of a page."""
    return (outputs / "clean" / f"{doc_id}.txt").read_bytes().decode("utf8")
