"""What linking weighs: the candidates for a mention, and the decision among them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from pipeline.records import Mention

PLACES = frozenset(("GPE", "LOC", "FAC"))


@dataclass(slots=True)
class Candidate:
    """One entity that a mention may refer to, with the evidence for it, (what, weight) pairs, and their sum."""

    entity_id: str
    name: str
    evidence: tuple[tuple[str, float], ...]
    score: float = field(init=False, compare=False)

    def __post_init__(self) -> None:
        self.score = sum([w for _what, w in self.evidence])


class Decision(NamedTuple):
    """A mention with its entity, and among which candidates that was decided: sorted, the winner first."""

    mention: Mention
    candidates: tuple[Candidate, ...]


class Named(NamedTuple):
    """The entity and label that a name of the page has."""

    entity_id: str
    label: str


@lru_cache(maxsize=4096)
def year_of(date: str) -> int | None:
    """The year of an ISO date, or None."""
    found = re.match(r"(-?)(\d{4})", date)
    return int(found[1] + found[2]) if found else None


def near(a: str, b: str) -> bool:
    """Whether two labels are easily taken for each other."""
    return {a, b} <= PLACES or {a, b} <= {"GPE", "NORP"} or {a, b} <= {"ORG", "FAC", "LAW", "EVENT"}
