"""Parts on disk, each under the hash of all that it depends on: page, settings, overrides, model, code."""

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
from pipeline.results import Part, is_whole, load_part
from pipeline.tables import replacing

PACKAGE = Path(__file__).parent
# The code of these works on joined pages only and cannot change a page's part.
NOT_OF_A_PAGE = ("graph", "score", "report", "bench", "train")
# Settings of the page function; the others belong to the reduction.
PAGE_SETTINGS = ("model", "weights", "layout")
# What else reads the text: a new version may read it otherwise.
LIBRARIES = ("spacy", "thinc", "numpy", "dateparser")


class PartStore:
    """A folder of parts. A file appears whole or not at all; a damaged one counts as missing."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, key: str) -> Path:
        """Where the part with this key is or would be."""
        return self.folder / key[:2] / key[2:]

    def has(self, key: str) -> bool:
        """Whether the part is there and undamaged."""
        try:
            return is_whole(self.path(key).read_bytes())
        except OSError:
            return False

    def put(self, key: str, data: bytes) -> None:
        """Store the bytes of `dump_part`."""
        with replacing(self.path(key)) as temporary:
            temporary.write_bytes(data)

    def get(self, key: str) -> Part:
        """Read a part. Raises: ValueError if it is damaged, OSError if it is not there."""
        return load_part(self.path(key).read_bytes())

    def keep_only(self, keys: set[str]) -> None:
        """Remove what the last run did not use, so that the folder does not grow for ever."""
        for path in self.folder.glob("??/*"):
            if path.parent.name + path.name not in keys:
                path.unlink(missing_ok=True)


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
