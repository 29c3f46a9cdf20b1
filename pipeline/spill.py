"""Counting and sorting more than memory holds: sorted runs in temporary files, merged when they are read."""

from __future__ import annotations

import heapq
import json
from collections.abc import Callable, Iterable, Iterator
from operator import itemgetter
from pathlib import Path
from typing import Any, Generic, TypeVar

Key = tuple[str | int, ...]
V = TypeVar("V")

# Keys in memory; with what hangs on each, some 50 MB.
LIMIT = 50_000
# Runs merged at once: each is an open file, and a process may have no more than 256 on some systems.
FAN_IN = 64


class Spill(Generic[V]):
    """A value for each key, read back in the order of the keys; most of them on disk if there are many.

    Parameters: add, what two values of one key make (it may change and return the first); dump and load, a
    value to plain JSON and back; folder for the runs, which the caller removes, None to keep all in memory;
    limit, keys in memory before `settle` writes them out.
    Nothing that is read back is ever run: a run is a text file, a JSON list [key, value] a line.
    """

    def __init__(
        self,
        add: Callable[[V, V], V],
        dump: Callable[[V], Any],
        load: Callable[[Any], V],
        *,
        folder: Path | None = None,
        limit: int = LIMIT,
    ) -> None:
        self.add, self.dump, self.load = add, dump, load
        self.folder, self.limit = folder, limit
        self.held: dict[Key, V] = {}
        self.runs: list[Path] = []
        self.written = 0

    def settle(self) -> None:
        """Write out what is held if it is much; to be called where no value is being worked on."""
        if self.folder is None or len(self.held) <= self.limit:
            return
        self.runs.append(self._write(self._sorted()))
        self.held = {}
        if len(self.runs) >= FAN_IN:
            merged = self._write(self._merged([self._read(path) for path in self.runs]))
            for path in self.runs:
                path.unlink()
            self.runs = [merged]

    def items(self) -> Iterator[tuple[Key, V]]:
        """Every key with its value, in the order of the keys; may be read more than once."""
        return self._merged([*(self._read(path) for path in self.runs), self._sorted()])

    def _sorted(self) -> Iterator[tuple[Key, V]]:
        return ((key, self.held[key]) for key in sorted(self.held))

    def _merged(self, streams: list[Iterator[tuple[Key, V]]]) -> Iterator[tuple[Key, V]]:
        if len(streams) == 1:
            yield from streams[0]
            return
        last: tuple[Key, V] | None = None
        for key, value in heapq.merge(*streams, key=itemgetter(0)):
            if last is not None and last[0] == key:
                # Through its plain form, so that the sum is no value that is still held.
                value = self.add(self.load(self.dump(last[1])), value)
            elif last is not None:
                yield last
            last = key, value
        if last is not None:
            yield last

    def _write(self, items: Iterable[tuple[Key, V]]) -> Path:
        assert self.folder is not None
        path = self.folder / f"run-{id(self):x}-{self.written}.jsonl"
        self.written += 1
        with path.open("w", encoding="utf8") as stream:
            for key, value in items:
                stream.write(json.dumps([key, self.dump(value)], ensure_ascii=True) + "\n")
        return path

    def _read(self, path: Path) -> Iterator[tuple[Key, V]]:
        with path.open(encoding="utf8") as stream:
            for line in stream:
                key, value = json.loads(line)
                yield tuple(key), self.load(value)


def counts(folder: Path | None = None, limit: int = LIMIT) -> Spill[int]:
    """A spill of whole numbers that add up."""
    return Spill(lambda a, b: a + b, int, int, folder=folder, limit=limit)
