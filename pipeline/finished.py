"""What the last run did, so that a run on the same input into untouched files need not do it again.

A record in the cache folder holds what went in (as one hash), what came out (the hash of every file), and what
there was to tell. Nothing here imports spaCy: the comparison takes a fraction of a second for a small run.
"""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

from pipeline.job import Job, PageFailure, Report, raw_files
from pipeline.parts import PartStore
from pipeline.tables import write_text

PACKAGE = Path(__file__).parent
RECORD = "last-run.json"
FORM = 1  # of the record; another one is not read
BLOCK = 1 << 20
Fingerprint = tuple[str, int]  # SHA-256 in hexadecimal, size in bytes
# Not described in datapackage.json: what holds times, the package itself, and what is built for looking at.
UNDESCRIBED = {"run.json", "datapackage.json", "report.html"}


def fingerprint_file(path: Path) -> Fingerprint:
    """SHA-256 and size of a file, read in blocks."""
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as stream:
        while block := stream.read(BLOCK):
            digest.update(block)
            size += len(block)
    return digest.hexdigest(), size


def visible_files(folder: Path) -> list[str]:
    """Every file under a folder that is not hidden, by its relative name, sorted."""
    names = (p.relative_to(folder) for p in folder.rglob("*") if p.is_file())
    return sorted(n.as_posix() for n in names if not any(part.startswith(".") for part in n.parts))


@dataclass(frozen=True, slots=True)
class Record:
    """A run that was completed.

    inputs: `inputs_key` when it began. model: its folder. parts: keys of the pages' parts in order. files: hash
    and size of every output file but run.json. run: content of run.json but for what belongs to one run only.
    """

    inputs: str
    model: Path
    parts: Sequence[str]
    files: Mapping[str, Fingerprint]
    run: Mapping[str, Any]
    warnings: Sequence[str] = ()
    failures: Sequence[PageFailure] = field(default=())

    def tell(self, report: Report) -> None:
        """Have a report tell what the run told."""
        report.warnings += self.warnings
        report.failures += self.failures
        report.cached, report.unchanged = len(self.parts), True

    def run_json(self, report: Report) -> str:
        """run.json of a run that found everything done."""
        return run_json(self.run, report)


def run_json(run: Mapping[str, Any], report: Report) -> str:
    """The content of run.json, what belongs to this run only added."""
    mine = {
        "cached": report.cached,
        "unchanged": report.unchanged,
        "seconds": {k: round(v, 3) for k, v in report.seconds.items()},
    }
    return json.dumps(dict(run) | mine, ensure_ascii=False, indent=1) + "\n"


def inputs_key(job: Job) -> str:
    """One hash over all that a run reads but the model's files: pages, gold, corrections, settings, code, libraries.

    Raises: RunError if there are no raw pages.
    """
    settings = job.config.as_dict()
    if Path(job.config.model).is_dir():
        settings["model"] = str(Path(job.config.model).resolve())
    parts = [
        FORM,
        [str(job.raw), [[path.name, _digest(path, job.config.max_page_mb)] for path in raw_files(job.raw)]],
        [str(job.gold), _tree(job.gold) if job.gold is not None and job.gold.is_dir() else []],
        _digest(job.overrides) if job.overrides is not None else "",
        [settings, job.spreadsheet_safe],
        _tree(PACKAGE),
        [platform.python_version(), sorted([d.metadata["Name"] or "", d.version] for d in distributions())],
    ]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _digest(path: Path, max_mb: int = 0) -> str:
    """Hash of a file; for what is none, or too large to be read as a page, what it is."""
    try:
        found = path.stat()
        if not path.is_file() or (max_mb and found.st_size > max_mb * 1_000_000):
            return f"mode {found.st_mode}, {found.st_size} bytes"
        return fingerprint_file(path)[0]
    except OSError as error:
        return str(error.strerror)


def _tree(folder: Path) -> list[list[str]]:
    paths = sorted(p for p in folder.rglob("*") if "__pycache__" not in p.parts and p.is_file())
    return [[p.relative_to(folder).as_posix(), _digest(p)] for p in paths]


def last_run(cache: Path, inputs: str, outputs: Path) -> Record | None:
    """The record of the last run if it read the same and all that it wrote, its parts too, is there untouched."""
    record = _read(cache / RECORD)
    if record is None:
        return None
    key, kept = record
    if key != _key(inputs, kept.model):
        return None
    store = PartStore(cache)
    whole = visible_files(outputs)
    same = {name for name in whole if name != "run.json"} == set(kept.files)
    if not same or any(fingerprint_file(outputs / name) != kept.files[name] for name in kept.files):
        return None
    return kept if all(map(store.has, kept.parts)) else None


def _key(inputs: str, model: Path) -> str:
    return hashlib.sha256(json.dumps([inputs, str(model), _tree(model)]).encode()).hexdigest()


def _read(path: Path) -> tuple[str, Record] | None:
    """A record; None if there is none, or none that can be read: then everything is done."""
    try:
        plain = json.loads(path.read_text(encoding="utf8"))
        return str(plain["key"]), Record(
            "",
            Path(plain["model"]),
            plain["parts"],
            {name: (sha256, size) for name, (sha256, size) in plain["files"].items()},
            plain["run"],
            plain["warnings"],
            [PageFailure(**failure) for failure in plain["failures"]],
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def remember(cache: Path, record: Record, report: Report) -> None:
    """Keep the record of a run, unless a page failed that may well be done the next time."""
    if any(failure.passing for failure in report.failures):
        (cache / RECORD).unlink(missing_ok=True)
        return
    plain = {
        "key": _key(record.inputs, record.model),
        "model": str(record.model),
        "parts": list(record.parts),
        "files": dict(record.files),
        "run": dict(record.run),
        "warnings": report.warnings,
        "failures": [asdict(failure) for failure in report.failures],
    }
    write_text(cache / RECORD, json.dumps(plain, ensure_ascii=True) + "\n")
