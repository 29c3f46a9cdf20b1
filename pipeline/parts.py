"""Finished pages on disk, each under its key."""

from __future__ import annotations

from pathlib import Path

from pipeline.records import Entity
from pipeline.results import Part, is_whole, load_entities, load_part
from pipeline.tables import replacing


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

    def entities(self, key: str) -> tuple[str, tuple[Entity, ...]]:
        """Page and entities of a part. Raises: as `get`."""
        return load_entities(self.path(key).read_bytes())

    def keep_only(self, keys: set[str]) -> None:
        """Remove what the last run did not use, so that the folder does not grow for ever."""
        for path in self.folder.glob("??/*"):
            if path.parent.name + path.name not in keys:
                path.unlink(missing_ok=True)
