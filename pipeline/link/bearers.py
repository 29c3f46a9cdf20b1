"""Candidates for persons: who of the page's persons bears a name, and whom the text makes likely."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence

from pipeline.link import persons
from pipeline.link.candidates import Candidate, year_of
from pipeline.link.memory import Memory
from pipeline.link.referents import Referent, Registry, alias_key
from pipeline.link.things import alias_candidates
from pipeline.records import Mention
from pipeline.spelling import within

# Life dates are allowed this much slack: a person is named some years after death, and acts from this age on.
AFTERLIFE_YEARS, ADULT_YEARS = 15, 14


class Bearers:
    """The persons of a page by their names; a name that was asked for is not looked up again."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._known: dict[str, list[Referent]] = {}
        self._squashed: Mapping[str, list[Referent]] | None = None
        self._by_word: Mapping[str, list[Referent]] | None = None

    def of(self, text: str) -> list[Referent]:
        """Who may bear a name: by the whole of it, its surname, its given names, a word of it, or a slip from it."""
        if text not in self._known:
            # One by two spellings of the surname is one bearer.
            self._known[text] = list(dict.fromkeys(self._find(text)))
        return self._known[text]

    def _find(self, text: str) -> list[Referent]:
        given, last = persons.parts(text)
        exact = self._registry.by_alias.get(alias_key(text), [])
        if given:
            full = [
                r for r in self._registry.by_surname.get(persons.key(last[-1]), []) if _same_person(text, r)
            ]
            return [*exact, *(r for r in full if r not in exact)] or self._registry.by_given(text)
        # `De Masi` is found by the last word, as in the full name.
        bearers = list(self._registry.by_surname.get(persons.key(last[-1] if last else text), []))
        bearers += [r for r in exact if r not in bearers]
        return (
            bearers
            or self._as_one_word(text)
            or self._registry.by_given(text)
            or self._by_any_word(text)
            or self._misspelt(text)
        )

    def _as_one_word(self, text: str) -> list[Referent]:
        """Referents whose name is the same but for blanks."""
        if self._squashed is None:
            squashed = defaultdict(list)
            for r in self._registry.referents:
                squashed[_squashed(r.name)].append(r)
            self._squashed = squashed
        return self._squashed.get(_squashed(text), [])

    def _by_any_word(self, text: str) -> list[Referent]:
        """Persons known by a word in the middle of their full name (`Lula`, `Abdo`)."""
        if self._by_word is None:
            by_word = defaultdict(list)
            for r in self._registry.referents:
                if r.label == "PERSON":
                    for word in {persons.key(w) for a in (r.name, *r.aliases) for w in a.split()}:
                        by_word[word].append(r)
            self._by_word = by_word
        return self._by_word.get(persons.key(text), [])

    def _misspelt(self, text: str) -> list[Referent]:
        """Persons whose surname is one slip away (`Kekonen`)."""
        word = persons.key(text)
        if len(word) < 6:
            return []
        return [
            r
            for surname, referents in sorted(self._registry.by_surname.items())
            if len(surname) >= 6 and surname[:2] == word[:2] and within(surname, word, 1)
            for r in referents
        ]


class People:
    """Finds the candidates for persons, by what the page's memory holds."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._bearers = Bearers(memory.registry)

    def candidates(self, m: Mention, linked: Referent | None) -> list[Candidate]:
        """The candidates for a mention; `linked` is what its link leads to."""
        if linked is not None:
            return [Candidate(linked.entity_id, linked.name, (("link: the linked article", 4.0),))]
        titled = self._titled(m)
        if titled:
            return titled
        if alias := alias_candidates(self._memory, m, alias_key(m.text)):
            return alias
        given, last = persons.parts(m.text)
        found = [
            Candidate(r.entity_id, r.name, self._for_person(m, r, given, last))
            for r in self._bearers.of(m.text)
        ]
        return [c for c in found if c.score > 0]

    def _titled(self, m: Mention) -> list[Candidate]:
        """`the Queen`: the person named last with that title, else the person named last."""
        if self._memory.page.text[max(0, m.start - 4) : m.start].lower() != "the " or not RE_TITLE.fullmatch(
            m.text
        ):
            return []
        persons_before = [(o, e) for o, e in reversed(self._memory.previous) if o.label == "PERSON"]
        for other, entity in persons_before:
            if self._memory.page.text.endswith(m.text + " ", 0, other.start) or other.text == m.text:
                return [Candidate(entity, m.text, (("title: of the person named with it", 2.5),))]
        if persons_before:
            return [Candidate(persons_before[0][1], m.text, (("title: of the person named last", 1.0),))]
        return []

    def _for_person(
        self, m: Mention, r: Referent, given: Sequence[str], last: Sequence[str]
    ) -> tuple[tuple[str, float], ...]:
        evidence: list[tuple[str, float]] = [("surname: borne by a person of the page", 1.5)]
        if given:
            evidence = [("full name: of a person of the page", 3.0)]
        sentence = self._memory.sentences[m.sentence_id]
        surname = persons.key(last[-1]) if last else ""
        entity, section = self._memory.last_full.get(surname, ("", ""))
        if entity == r.entity_id:
            evidence.append(("recency: the last full name", 1.2 if section == sentence.section_id else 0.05))
        count = self._memory.counts.get(r.entity_id, 0)
        if count:
            evidence.append(("recency: named before", 0.4))
        evidence.append(("prominence", min(0.8, 0.25 * math.log1p(count) + 0.3 * r.linked)))
        day = self._memory.date_of(m)
        year = year_of(day) if day else None
        if year is not None:
            born, died = year_of(r.valid_from), year_of(r.valid_to)
            if (born is not None and year < born + ADULT_YEARS) or (
                died is not None and year > died + AFTERLIFE_YEARS
            ):
                evidence.append((f"time: not alive in {year}", -1.6))
            elif died is not None and year > died:
                evidence.append((f"time: dead by {year}", -0.8))
            elif born is not None and died is not None and born <= year <= died:
                evidence.append((f"time: alive in {year}", 0.3))
        if r.entity_id == self._memory.subject:
            evidence.append(("subject: the page is about the person", 1.4))
        evidence += self._generation(m, r)
        return tuple(evidence)

    def _generation(self, m: Mention, r: Referent) -> list[tuple[str, float]]:
        """`the younger López`, `the elder Pitt`: which of the bearers was born first."""
        text, reach = self._memory.page.text, max(0, m.start - 12)
        if text.find("er ", reach, m.start) < 0:  # as each of the words ends
            return []
        before = RE_GENERATION.search(text, reach, m.start)
        if before is None:
            return []
        births = [b for o in self._bearers.of(m.text) if (b := year_of(o.valid_from)) is not None]
        mine = year_of(r.valid_from)
        if mine is None or len(births) < 2:
            return []
        wanted = max(births) if before[1] == "younger" else min(births)
        return [("generation: the " + before[1], 2.0 if mine == wanted else -1.0)]


RE_GENERATION = re.compile(r"\b(younger|elder|older) $")
RE_TITLE = re.compile(
    r"(?:King|Queen|Emperor|Empress|Tsar|Czar|Kaiser|Sultan|Shah|Marshal|Pope|Generalissimo|Khedive|Caudillo|Duce|F[üu]hrer)"
)


def _squashed(name: str) -> str:
    """A name as one word (`Alan Brooke` is `Alanbrooke`)."""
    return alias_key(name).replace("_", "")


def _same_person(name: str, r: Referent) -> bool:
    return any(persons.compatible(name, alias) for alias in (r.name, *r.aliases))
