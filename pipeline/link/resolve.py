"""Which entity a mention refers to: candidates by name, decided by one sum of evidence that can be explained."""

from __future__ import annotations

from pipeline.link.bearers import People
from pipeline.link.candidates import Candidate, Decision
from pipeline.link.ids import entity_id
from pipeline.link.memory import Memory
from pipeline.link.things import Things
from pipeline.records import Mention


class Reader:
    """Reads the mentions of a page in order and remembers who was named last."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._things = Things(memory)
        self._people = People(memory)

    def read(self, m: Mention) -> Decision:
        """Decide one mention; mentions must come in text order."""
        linked = self._memory.linked(m)
        finder = self._people if m.label == "PERSON" else self._things
        candidates = finder.candidates(m, linked)
        if not candidates:  # a name that only the page itself knows
            candidates = [Candidate(entity_id(m.text), m.text, (("name of the page", 0.5),))]
        if len(candidates) > 1:
            candidates.sort(key=_rank)
        self._memory.remember(m, candidates[0].entity_id)
        return Decision(m, candidates)


def _rank(c: Candidate) -> tuple[float, str]:
    return -c.score, c.entity_id
