"""Model files on disk: what they are, and whether they are the ones that were recorded."""

from __future__ import annotations

import csv
import hashlib
import json
from functools import cache
from pathlib import Path

import spacy

from pipeline.annotate.model import ModelError, model_path

# Columns: model (folder name with version), file, sha256; of the released packages that we have checked.
RECORDED = Path(__file__).parent / "data" / "model_files.csv"


def model_folder(name: str) -> Path:
    """The folder with the model's config.cfg and meta.json. Raises: ModelError."""
    found = model_path(name)
    folder = Path(found)
    if not folder.is_dir():
        folder = Path(str(spacy.util.get_package_path(str(found))))
    if not (folder / "meta.json").is_file():
        inner = sorted(folder.glob("*/meta.json"))
        if not inner:
            raise ModelError(f"model {name!r}: no meta.json in {folder}")
        folder = inner[-1].parent
    return folder


@cache
def file_digests(folder: Path) -> dict[str, str]:
    """SHA-256 of every file of a model."""
    return {
        p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted(folder.rglob("*"))
        if p.is_file() and "__pycache__" not in p.parts and p.suffix not in (".py", ".pyc")
    }


def model_digest(name: str) -> str:
    """One SHA-256 for all files of a model. Raises: ModelError."""
    digests = file_digests(model_folder(name))
    return hashlib.sha256(json.dumps(digests, sort_keys=True).encode()).hexdigest()


def verify_model(name: str) -> None:
    """Check a model's files before they are loaded: spaCy runs what a model's files say.

    A model that was never recorded (a user's own) passes. Raises: ModelError naming the file that differs.
    """
    folder = model_folder(name)
    meta = json.loads((folder / "meta.json").read_text(encoding="utf8"))
    full = f"{meta['lang']}_{meta['name']}-{meta['version']}"
    recorded = recorded_digests().get(full)
    if recorded is None:
        return
    found = file_digests(folder)
    for file in sorted({*recorded, *found}):
        if recorded.get(file) != found.get(file):
            raise ModelError(
                f"model {full}: {folder / file} is not the released file (SHA-256); install the model again"
            )


@cache
def recorded_digests() -> dict[str, dict[str, str]]:
    """Recorded SHA-256 by model and file."""
    recorded: dict[str, dict[str, str]] = {}
    with RECORDED.open(newline="", encoding="utf8") as stream:
        for row in csv.DictReader(stream):
            recorded.setdefault(row["model"], {})[row["file"]] = row["sha256"]
    return recorded
