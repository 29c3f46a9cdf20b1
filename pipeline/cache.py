"""The key of a page: the hash of all that its part depends on: page, settings, overrides, model, code."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from functools import cache
from importlib.metadata import version as installed_version
from pathlib import Path

from pipeline.annotate.weights import read_manifest
from pipeline.config import Config
from pipeline.models import model_digest
from pipeline.overrides import Override
from pipeline.parts import PartStore

__all__ = ["PartStore", "page_key"]

PACKAGE = Path(__file__).parent
# The code of these works on joined pages only and cannot change a page's part.
NOT_OF_A_PAGE = ("graph", "score", "report", "bench", "train", "stages")
# Settings of the page function; the others belong to the reduction.
PAGE_SETTINGS = ("model", "weights", "layout")
# What else reads the text: a new version may read it otherwise.
LIBRARIES = ("spacy", "thinc", "numpy", "dateparser")


@cache
def code_digest() -> str:
    """SHA-256 over the code and tables that work on single pages, and the versions of what they call."""
    digest = hashlib.sha256()
    for path in sorted(PACKAGE.rglob("*")):
        name = path.relative_to(PACKAGE)
        if path.is_file() and "__pycache__" not in name.parts and name.parts[0] not in NOT_OF_A_PAGE:
            digest.update(f"{name.as_posix()}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    for library in LIBRARIES:
        digest.update(f"{library} {installed_version(library)}\0".encode())
    return digest.hexdigest()


@cache
def run_digest(config: Config) -> str:
    """SHA-256 over what all pages of a run depend on. Raises: ModelError."""
    settings = {name: getattr(config, name) for name in PAGE_SETTINGS}
    manifest = read_manifest() if config.weights != "none" else None
    parts = [settings, model_digest(config.model), manifest, code_digest()]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def page_key(name: str, data: bytes, config: Config, overrides: tuple[Override, ...]) -> str:
    """The key of a page: its file name and bytes, its corrections, and what the whole run depends on."""
    doc_id = Path(name).stem
    mine = [asdict(o) for o in overrides if o.doc_id in ("", doc_id)]
    parts = [name, hashlib.sha256(data).hexdigest(), mine, run_digest(config)]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
