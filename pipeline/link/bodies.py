"""Bodies that every state has: `Foreign Ministry` is another one with each state (data/names/bodies.csv)."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Bodies:
    """Title patterns by the body's bare name; `{state}` stands for the state's id."""

    titles: Mapping[str, str]

    def title_of(self, name: str) -> str | None:
        """Title pattern of a bare body name, or None."""
        return self.titles.get(name)


@cache
def load_bodies() -> Bodies:
    """Read bodies.csv."""
    with (files("pipeline") / "data" / "names" / "bodies.csv").open(encoding="utf8") as stream:
        return Bodies({row["name"]: row["title"] for row in csv.DictReader(stream)})
