"""Candidates for places, organisations, events and the like: from tables, links, bodies and the page's other names."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from pipeline.facts import label_of_noun
from pipeline.knowledge import COLONY_KINDS, STATE_KINDS, KnownEntity, KnownName
from pipeline.link.candidates import PLACES, Candidate, near
from pipeline.link.ids import entity_id
from pipeline.link.memory import Memory
from pipeline.link.referents import Referent, alias_key
from pipeline.records import Mention
from pipeline.spelling import Slips


class Things:
    """Finds the candidates for what is no person, by what the page's memory holds."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._slips: Slips | None = None
        self._initials: Mapping[str, list[str]] | None = None

    def candidates(self, m: Mention, linked: Referent | None) -> list[Candidate]:
        """The candidates for a mention, the best of each entity; `linked` is what its link leads to."""
        memory, key = self._memory, alias_key(m.text)
        day = memory.date_of(m)
        readings = memory.readings(m.text, day)
        found = self._by_tables(m, readings, day, linked) if readings else []
        part = " " in m.text or not found  # whether the name is looked for in longer ones
        if linked is not None or key in memory.registry.by_alias:
            found += self._by_page(m, key, linked)
        if m.text in memory.bodies.titles:
            found += self._by_body(m)
        found += self._by_bracket(m)
        found += alias_candidates(memory, m, key)
        if part:
            found += self._by_tail(m, key)
        if not readings:
            found += self._by_slip(m)
        return found if len(found) < 2 else _best_of_each(found)

    def _by_tables(
        self, m: Mention, readings: Sequence[KnownName], day: str | None, linked: Referent | None
    ) -> list[Candidate]:
        memory, entities = self._memory, self._memory.knowledge.entities
        found = []
        for rank, reading in enumerate(readings):
            known = entities.get(reading.entity_id)
            if known is None or (known.country and self._foreign_body(m, known)):
                continue
            evidence = [RANKED[min(rank, LAST_RANK)]]
            if reading.label != m.label:
                evidence.append(
                    (f"type: the table says {reading.label}", -1.5 if near(reading.label, m.label) else -3.0)
                )
            if day is not None and (known.kind in STATE_KINDS or known.kind in COLONY_KINDS):
                fits = memory.knowledge.exists_at(reading.entity_id, day)
                evidence.append(
                    (f"time: {'exists' if fits else 'does not exist'} at {day}", 0.5 if fits else -0.5)
                )
            if linked is not None and linked.entity_id == reading.entity_id:
                evidence.append(("link: the linked article", 0.2 if known.kind in STATE_KINDS else 3.0))
            if reading.entity_id in memory.counts:
                evidence.append(("page: named before", 0.2))
            candidate = Candidate(reading.entity_id, known.name, tuple(evidence))
            if candidate.score > 0:
                found.append(candidate)
        return found

    def _foreign_body(self, m: Mention, known: KnownEntity) -> bool:
        """Whether the table gives a body that every state has (`Senate`) of a state that the page does not name."""
        return self._memory.bodies.title_of(m.text) is not None and known.country not in self._memory.states

    def _by_page(self, m: Mention, key: str, linked: Referent | None) -> list[Candidate]:
        found = []
        if linked is not None:
            known = self._memory.knowledge.entity(linked.entity_id)
            weight = 1.2 if known is not None and known.kind in STATE_KINDS else 4.0
            found.append(Candidate(linked.entity_id, linked.name, (("link: the linked article", weight),)))
        for referent in self._memory.registry.by_alias.get(key, ()):
            if referent is linked:
                continue
            weight = 1.9 if referent.label == m.label else 0.4
            found.append(
                Candidate(referent.entity_id, referent.name, (("page: a name its blurb gives", weight),))
            )
        return found

    def _by_body(self, m: Mention) -> list[Candidate]:
        """`Foreign Ministry` and its like: a body of the state named last before it, or of the page's nearest."""
        if m.label not in ("ORG", "GPE", "FAC"):
            return []
        pattern = self._memory.bodies.title_of(m.text)
        if pattern is None:
            return []
        if (
            self._memory.previous
            and self._memory.page.text[self._memory.previous[-1][0].end : m.start] == " "
        ):
            whole = self._memory.page.text[self._memory.previous[-1][0].start : m.end]
            for reading in self._memory.readings(whole, self._memory.date_of(m))[:1]:
                return [
                    Candidate(
                        reading.entity_id, whole, (("body: a known name with the word before it", 3.0),)
                    )
                ]
        state = self._owner(m)
        if state is None:
            return []
        return [
            Candidate(
                entity_id(pattern.format(state=state)), m.text, (("body: of the state named with it", 2.6),)
            )
        ]

    def _owner(self, m: Mention) -> str | None:
        """The state that a body belongs to: the nationality or possessive right before it, else the last one named."""
        for other, entity in reversed(self._memory.previous[-12:]):
            known = self._memory.knowledge.entity(entity)
            if known is None or known.kind not in STATE_KINDS:
                continue
            between = self._memory.page.text[other.end : m.start]
            if RE_OWNER.fullmatch(between) or other.sentence_id == m.sentence_id:
                return entity
        return None

    def _by_bracket(self, m: Mention) -> list[Candidate]:
        """`Long Name (ABBR)`: the abbreviation is the thing named right before the bracket."""
        memory = self._memory
        if memory.previous and memory.page.text[m.end : m.end + 1] in (")", ",", ";"):
            other, entity = memory.previous[-1]
            if other.label == m.label and _in_bracket_behind(m, other, memory.page.text):
                memory.abbreviations[m.text] = entity
        if m.text in memory.abbreviations:
            entity = memory.abbreviations[m.text]
            return [Candidate(entity, m.text, (("abbreviation: introduced in brackets", 2.8),))]
        return []

    def _by_tail(self, m: Mention, key: str) -> list[Candidate]:
        """Part of a longer name of the page: its last words (`General Assembly`), what stands before its `of`
        (`House of Commons` of Canada), a single first or last word of it, or its initials (`NFL`)."""
        memory = self._memory
        if m.label in ("ORG", "FAC", "LOC", "GPE") and (whole := self._without_kind(m, key)):
            return self._part(whole, m)
        if m.label not in ("ORG", "EVENT", "LAW", "FAC"):
            return []
        if key in memory.names_of and " " not in m.text:
            return self._part({memory.names_of[key].entity_id}, m)
        before = [(k, n.entity_id) for k, n in memory.beginning.get(key, ()) if n.label == m.label]
        behind = {n.entity_id for _, n in memory.ending.get(key, ()) if n.label != "PERSON"}
        if " " not in m.text:
            long = self._by_initials(m)
            return self._part({long} if long else {e for _, e in before} | behind, m)
        # `Treaty of Paris` may be another one than the `Treaty of Paris of 1856`.
        if m.label == "ORG":
            whole = {e for k, e in before if _goes_on(k, key)} | set(self._shorter(key, m.label))
            if len(whole) == 1:
                return [Candidate(whole.pop(), m.text, (("tail: a name of the page goes on", 2.2),))]
        return self._part(behind, m)

    def _without_kind(self, m: Mention, key: str) -> set[str]:
        """`the Drake`: with an article, what has the name with its kind behind it (`Drake Hotel`)."""
        memory = self._memory
        if key in memory.names_of or memory.page.text[max(0, m.start - 4) : m.start].lower() != "the ":
            return set()
        named = memory.beginning.get(key, ())
        return {
            n.entity_id for k, n in named if label_of_noun(k.removeprefix(f"{key}_")) in ("LOC", "FAC", "ORG")
        }

    @staticmethod
    def _part(ids: Collection[str], m: Mention) -> list[Candidate]:
        """The candidate, where the mention is part of the names of one entity."""
        return [
            Candidate(entity, m.text, (("tail: part of a longer name of the page", 1.4),))
            for entity in ids
            if len(ids) == 1
        ]

    def _shorter(self, key: str, label: str) -> Iterator[str]:
        """Entities of the names of the page that a looked-up name goes on from."""
        end = key.find("_")
        while end > 0:
            named = self._memory.names_of.get(key[:end])
            if named is not None and named.label == label and _goes_on(key, key[:end]):
                yield named.entity_id
            end = key.find("_", end + 1)

    def _by_initials(self, m: Mention) -> str:
        """The entity of the one name of the page, before or behind, whose initials a word in capitals is; or ""."""
        if not RE_ACRONYM.fullmatch(m.text):
            return ""
        if self._initials is None:
            self._initials = _by_their_initials(self._memory.all_names)
        ids = {
            next((r.entity_id for r in self._memory.readings(name)), entity_id(name))
            for name in self._initials.get(alias_key(m.text), ())
        }
        return ids.pop() if len(ids) == 1 else ""

    def _by_slip(self, m: Mention) -> list[Candidate]:
        """A misspelt name (`USR`, `Finish`): one slip from a table's name that the page uses, or from a name before.

        Asked only where the tables do not know the name.
        """
        if m.label not in ("GPE", "NORP", "ORG", "LOC", "FAC"):
            return []
        if self._slips is None:
            self._slips = Slips(self._memory.all_names)
        found = []
        for name in self._slips.of(m.text):
            for reading in self._memory.readings(name, self._memory.date_of(m))[:1]:
                found.append(Candidate(reading.entity_id, name, ((f"slip: for {name}", 1.3),)))
            before = self._memory.names_of.get(alias_key(name))
            if not found and before is not None and before.label == m.label and not m.text.isupper():
                found.append(Candidate(before.entity_id, name, ((f"slip: for {name}, named before", 1.1),)))
        return found


def _best_of_each(candidates: Iterable[Candidate]) -> list[Candidate]:
    """The best candidate of each entity, in the order in which the entities come."""
    best: dict[str, Candidate] = {}
    for c in candidates:
        if c.entity_id not in best or c.score > best[c.entity_id].score:
            best[c.entity_id] = c
    return list(best.values())


def alias_candidates(memory: Memory, m: Mention, key: str) -> list[Candidate]:
    """What is named right before the mention, where the text gives this (looked up by `key`) as another name of it,
    here or before: `Louis XIV, also known as the Sun King`."""
    if entity := memory.also_named(m):
        memory.aliases[key] = entity
        return [Candidate(entity, m.text, (("alias: the text gives it as another name", 3.2),))]
    if key in memory.aliases:
        return [Candidate(memory.aliases[key], m.text, (("alias: given as another name before", 2.8),))]
    return []


# The evidence that the tables give a name, by the rank of the reading.
LAST_RANK = 4
RANKED = tuple(("table: a known name", 2.0 - 0.3 * rank) for rank in range(LAST_RANK + 1))
RE_OWNER = re.compile(r"(?:['’]s?)?\s+(?:\w+\s+)?")
RE_BRACKET = re.compile(r"\s*\((the |or |also )?")
RE_ACRONYM = re.compile(r"[A-Z][A-Z.&]+")
DESIGNATORS = frozenset(
    "group corporation company co inc incorporated ltd limited llc plc ag gmbh sa nv spa records music party club fc"
    " holdings".split()
)
FUNCTION_WORDS = frozenset("of the and for in on at to de des du la le et und der".split())


def _in_bracket_behind(m: Mention, other: Mention, text: str) -> bool:
    """Whether the mention stands in brackets behind another one as its other name."""
    bracket = RE_BRACKET.fullmatch(text, other.end, m.start)
    if bracket is None:
        return False
    # A place in brackets behind a place is the wider one more often than its other name: `Altamira (Caracas)`.
    return m.label not in PLACES or bracket[1] in ("or ", "also ") or _abbreviates(m, other)


def _abbreviates(short: Mention, long: Mention) -> bool:
    """Whether a word in capitals takes its letters from a longer name in order, from its first letter on."""
    letters = iter(long.text.lower())
    return (
        RE_ACRONYM.fullmatch(short.text) is not None
        and short.text[0] == long.text[0]
        and all(c in letters for c in short.text.lower() if c.isalpha())
    )


def _goes_on(long: str, short: str) -> bool:
    """Whether one looked-up name is the other with an `of …` or the kind of company behind it."""
    rest = long.removeprefix(short + "_")
    return rest != long and (rest.startswith("of_") or rest in DESIGNATORS)


def _initials(name: str) -> tuple[str, str]:
    """Small first letters of the words of a name, without function words (`UN`) and with them (`IoM`)."""
    words = re.findall(r"[^\W_]+", name.lower())
    return "".join([w[0] for w in words if w not in FUNCTION_WORDS]), "".join([w[0] for w in words])


def _by_their_initials(names: Iterable[str]) -> Mapping[str, list[str]]:
    """The names of several words, by their initials."""
    found = defaultdict(list)
    for name in names:
        if " " in name:
            for letters in dict.fromkeys(_initials(name)):
                found[letters].append(name)
    return found
