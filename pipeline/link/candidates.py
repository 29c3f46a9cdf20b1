"""What linking weighs: the candidates for a mention, and the decision among them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from operator import itemgetter
from typing import NamedTuple

from pipeline.records import Mention

PLACES = frozenset(("GPE", "LOC", "FAC"))
_weight = itemgetter(1)


@dataclass(slots=True)
class Candidate:
    """One entity that a mention may refer to, with the evidence for it, (what, weight) pairs, and their sum."""

    entity_id: str
    name: str
    evidence: tuple[tuple[str, float], ...]
    score: float = field(init=False, compare=False)

    def __post_init__(self) -> None:
        self.score = sum(map(_weight, self.evidence))


class Decision(NamedTuple):
    """A mention and the candidates among which its entity was decided: sorted, the winner first."""

    mention: Mention
    candidates: Sequence[Candidate]

    @property
    def entity_id(self) -> str:
        """The entity that the mention refers to."""
        return self.candidates[0].entity_id

    def linked(self, actor_id: str) -> Mention:
        """The mention with its entity and actor ("" if none), the winner's strongest evidence and its share."""
        m, best = self.mention, self.candidates[0]
        strongest = max(best.evidence, key=_weight)[0]
        # written out, as `replace` takes three times as long
        return Mention(
            m.mention_id,
            m.sentence_id,
            m.start,
            m.end,
            m.text,
            m.label,
            strongest.partition(":")[0],
            _share(self.candidates),
            best.entity_id,
            actor_id,
        )


def _share(candidates: Sequence[Candidate]) -> float:
    """The winner's share of the evidence."""
    if len(candidates) == 1:
        return 1.0 if candidates[0].score > 0 else 0.0
    total = sum([c.score for c in candidates if c.score > 0])
    return round(candidates[0].score / total, 4) if total > 0 else 0.0


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
