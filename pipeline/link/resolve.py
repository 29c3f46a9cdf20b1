"""Which entity a mention refers to: candidates by name, decided by one sum of evidence that can be explained."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from pipeline.knowledge import COLONY_KINDS, STATE_KINDS, Knowledge, KnownEntity
from pipeline.link import persons
from pipeline.link.bodies import Bodies
from pipeline.link.ids import entity_id
from pipeline.link.referents import Referent, Registry, alias_key
from pipeline.records import Blurb, Mention, Page, Sentence, replace
from pipeline.spelling import Slips, within

# Life dates are allowed this much slack: a person is named some years after death, and acts from this age on.
AFTERLIFE_YEARS, ADULT_YEARS = 15, 14


@dataclass(frozen=True, slots=True)
class Candidate:
    """One entity that a mention may refer to, with the evidence for it, (what, weight) pairs, and their sum."""

    entity_id: str
    name: str
    evidence: tuple[tuple[str, float], ...]
    score: float = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "score", sum([w for _what, w in self.evidence]))


@dataclass(frozen=True, slots=True)
class Decision:
    """A mention with its entity, and among which candidates that was decided: sorted, the winner first."""

    mention: Mention
    candidates: tuple[Candidate, ...]


class Named(NamedTuple):
    """The entity and label that a name of the page has."""

    entity_id: str
    label: str


def _share(candidates: Sequence[Candidate]) -> float:
    """The winner's share of the evidence."""
    total = sum([c.score for c in candidates if c.score > 0])
    return round(candidates[0].score / total, 4) if total > 0 else 0.0


@dataclass(slots=True)
class Reader:
    """Reads the mentions of a page in order and remembers who was named last."""

    page: Page
    registry: Registry
    knowledge: Knowledge
    bodies: Bodies
    sentences: Mapping[str, Sentence]
    last_full: dict[str, tuple[str, str]] = field(default_factory=dict)
    last_named: dict[str, int] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    abbreviations: dict[str, str] = field(default_factory=dict)
    previous: list[tuple[Mention, str]] = field(default_factory=list)
    dates: dict[str, str | None] = field(default_factory=dict)
    subject: str = ""
    all_names: frozenset[str] = frozenset()
    states: frozenset[str] = frozenset()
    names_of: dict[str, Named] = field(default_factory=dict)
    anchors: Sequence[Blurb] = field(init=False)
    next_anchor: int = 0
    slips: Slips | None = None

    def __post_init__(self) -> None:
        # In the body the anchors stand in text order, as mentions do: one walk serves both.
        self.anchors = [b for b in self.page.blurbs if b.start is not None and b.end is not None]

    def read(self, m: Mention) -> Decision:
        """Decide one mention; mentions must come in text order."""
        candidates = self._candidates(m)
        if not candidates:
            candidates = [Candidate(self._own_id(m), m.text, (("name of the page", 0.5),))]
        ranked = tuple(sorted(candidates, key=lambda c: (-c.score, c.entity_id)))
        best = ranked[0]
        strongest = max(best.evidence, key=lambda e: e[1])[0]
        self._remember(m, best.entity_id)
        method = strongest.partition(":")[0]
        linked = replace(m, entity_id=best.entity_id, method=method, score=_share(ranked))
        return Decision(linked, ranked)

    def _remember(self, m: Mention, entity: str) -> None:
        sentence = self.sentences[m.sentence_id]
        self.last_named[entity] = m.start
        self.counts[entity] += 1
        self.previous.append((m, entity))
        self.names_of.setdefault(alias_key(m.text), Named(entity, m.label))
        if len(self.previous) == 1 and m.label == "PERSON" and RE_SUBJECT.match(self.page.text, m.end):
            self.subject = entity
        if m.label == "PERSON" and persons.parts(m.text)[0]:
            surname = persons.key(persons.parts(m.text)[1][-1])
            self.last_full[surname] = (entity, sentence.section_id)

    def _own_id(self, m: Mention) -> str:
        """Id of a name that only the page itself knows."""
        return entity_id(m.text)

    def _candidates(self, m: Mention) -> list[Candidate]:
        linked = self._linked(m)
        if m.label == "PERSON":
            return self._persons(m, linked)
        found: dict[str, Candidate] = {}
        tables = self._by_tables(m, linked)
        for c in (
            *tables,
            *self._by_page(m, linked),
            *self._by_body(m),
            *self._by_bracket(m),
            *self._by_alias(m),
            *(self._by_tail(m) if " " in m.text or not tables else ()),
            *self._by_slip(m),
        ):
            if c.entity_id not in found or c.score > found[c.entity_id].score:
                found[c.entity_id] = c
        return list(found.values())

    def _linked(self, m: Mention) -> Referent | None:
        """The referent of the link whose anchor the mention is."""
        while self.next_anchor < len(self.anchors) and (self.anchors[self.next_anchor].end or 0) <= m.start:
            self.next_anchor += 1
        if self.next_anchor == len(self.anchors):
            return None
        blurb = self.anchors[self.next_anchor]
        inside = blurb.start is not None and blurb.end is not None and blurb.start <= m.start
        if not inside or m.end < (blurb.end or 0) - 2:
            return None
        return self.registry.by_blurb.get(blurb.blurb_id)

    def date_of(self, m: Mention) -> str | None:
        """The day or year at which the mention's sentence stands, for choosing among bearers over time.

        A sentence without a date stands where the story was, also across the start of a section; one in the present
        tense stands today.
        """
        if m.sentence_id not in self.dates:
            self._date_sentences()
        return self.dates[m.sentence_id]

    def _date_sentences(self) -> None:
        story: str | None = None
        lead = next(iter(self.sentences.values())).section_id
        for sentence in self.sentences.values():
            own = sentence.dated_by == "own"
            day = (
                _middle(sentence.earliest, sentence.latest) if sentence.earliest and sentence.latest else None
            )
            if day is not None and sentence.section_id != lead:
                story = day
            present = RE_PRESENT.search(self.page.text, sentence.start, sentence.end) is not None
            self.dates[sentence.sentence_id] = day if own else None if present else day or story

    def _by_tables(self, m: Mention, linked: Referent | None) -> list[Candidate]:
        day = self.date_of(m)
        found = []
        readings = self.knowledge.lookup(m.text, day)
        for rank, reading in enumerate(readings):
            known = self.knowledge.entity(reading.entity_id)
            if known is None or self._foreign_body(m, known):
                continue
            evidence: list[tuple[str, float]] = [("table: a known name", 2.0 - 0.3 * min(rank, 4))]
            if reading.label != m.label:
                evidence.append(
                    (f"type: the table says {reading.label}", -1.5 if _near(reading.label, m.label) else -3.0)
                )
            if day is not None and (known.kind in STATE_KINDS or known.kind in COLONY_KINDS):
                fits = self.knowledge.exists_at(reading.entity_id, day)
                evidence.append(
                    (f"time: {'exists' if fits else 'does not exist'} at {day}", 0.5 if fits else -0.5)
                )
            if linked is not None and linked.entity_id == reading.entity_id:
                evidence.append(("link: the linked article", 0.2 if known.kind in STATE_KINDS else 3.0))
            if self.counts[reading.entity_id]:
                evidence.append(("page: named before", 0.2))
            found.append(Candidate(reading.entity_id, known.name, tuple(evidence)))
        return [c for c in found if c.score > 0]

    def _foreign_body(self, m: Mention, known: KnownEntity) -> bool:
        """Whether the table gives a body that every state has (`Senate`) of a state that the page does not name."""
        return (
            bool(known.country)
            and self.bodies.title_of(m.text) is not None
            and known.country not in self.states
        )

    def _by_page(self, m: Mention, linked: Referent | None) -> list[Candidate]:
        found = []
        if linked is not None:
            known = self.knowledge.entity(linked.entity_id)
            weight = 1.2 if known is not None and known.kind in STATE_KINDS else 4.0
            found.append(Candidate(linked.entity_id, linked.name, (("link: the linked article", weight),)))
        for referent in self.registry.by_alias.get(alias_key(m.text), ()):
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
        pattern = self.bodies.title_of(m.text)
        if pattern is None:
            return []
        if self.previous and self.page.text[self.previous[-1][0].end : m.start] == " ":
            whole = self.page.text[self.previous[-1][0].start : m.end]
            for reading in self.knowledge.lookup(whole, self.date_of(m))[:1]:
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
        for other, entity in reversed(self.previous[-12:]):
            known = self.knowledge.entity(entity)
            if known is None or known.kind not in STATE_KINDS:
                continue
            between = self.page.text[other.end : m.start]
            if re.fullmatch(r"(?:['’]s?)?\s+(?:\w+\s+)?", between) or other.sentence_id == m.sentence_id:
                return entity
        return None

    def _by_bracket(self, m: Mention) -> list[Candidate]:
        """`Long Name (ABBR)`: the abbreviation is the thing named right before the bracket."""
        if self.previous:
            other, entity = self.previous[-1]
            between = self.page.text[other.end : m.start]
            bracket = re.fullmatch(r"\s*\((the |or |also )?", between)
            follows = self.page.text[m.end : m.end + 1] in (")", ",", ";")
            # A place in brackets behind a place is the wider one more often than its other name: `Altamira (Caracas)`.
            place = (
                m.label in ("GPE", "LOC", "FAC")
                and bracket is not None
                and bracket[1] not in ("or ", "also ")
            )
            if bracket and follows and other.label == m.label and not (place and not _abbreviates(m, other)):
                self.abbreviations[m.text] = entity
        if m.text in self.abbreviations:
            entity = self.abbreviations[m.text]
            return [Candidate(entity, m.text, (("abbreviation: introduced in brackets", 2.8),))]
        return []

    def _by_alias(self, m: Mention) -> list[Candidate]:
        """`Louis XIV, also known as the Sun King`: another name of what is named right before it."""
        if not self.previous or self.previous[-1][0].sentence_id != m.sentence_id:
            return []
        other, entity = self.previous[-1]
        # A name that the tables know keeps its own entity; they say which are two names of one.
        if not (other.label == m.label or _near(other.label, m.label)) or self.knowledge.lookup(m.text):
            return []
        if not RE_ALSO.fullmatch(self.page.text, other.end, m.start):
            return []
        return [Candidate(entity, m.text, (("alias: the text gives it as another name", 3.2),))]

    def _by_tail(self, m: Mention) -> list[Candidate]:
        """Part of a longer name of the page: its last words (`General Assembly`), what stands before its `of`
        (`House of Commons` of Canada), a single first or last word of it, or its initials (`NFL`)."""
        if m.label not in ("ORG", "EVENT", "LAW", "FAC"):
            return []
        key = alias_key(m.text)
        if key in self.names_of and " " not in m.text:
            ids = {self.names_of[key].entity_id}
        else:
            names = [(k, n.entity_id) for k, n in self.names_of.items() if n.label != "PERSON"]
            same = [(k, n.entity_id) for k, n in self.names_of.items() if n.label == m.label]
            # `Treaty of Paris` may be another one than the `Treaty of Paris of 1856`.
            whole = {e for k, e in same if m.label == "ORG" and (_goes_on(k, key) or _goes_on(key, k))}
            if " " in m.text and len(whole) == 1:
                return [Candidate(whole.pop(), m.text, (("tail: a name of the page goes on", 2.2),))]
            if " " in m.text:
                ids = {e for k, e in names if k.endswith("_" + key)}
            elif long := self._by_initials(m):
                ids = {long}
            else:
                ids = {e for k, e in same if k.startswith(key + "_")} | {
                    e for k, e in names if k.endswith("_" + key)
                }
        if len(ids) != 1:
            return []
        return [Candidate(ids.pop(), m.text, (("tail: part of a longer name of the page", 1.4),))]

    def _by_initials(self, m: Mention) -> str:
        """The entity of the one name of the page, before or behind, whose initials a word in capitals is; or ""."""
        if not RE_ACRONYM.fullmatch(m.text):
            return ""
        key = alias_key(m.text)
        ids = {
            next((r.entity_id for r in self.knowledge.lookup(name)), entity_id(name))
            for name in self.all_names
            if " " in name and _initials(name) == key
        }
        return ids.pop() if len(ids) == 1 else ""

    def _by_slip(self, m: Mention) -> list[Candidate]:
        """A misspelt name (`USR`, `Finish`): one slip from a table's name that the page uses, or from a name before."""
        if m.label not in ("GPE", "NORP", "ORG", "LOC", "FAC") or self.knowledge.lookup(m.text):
            return []
        if self.slips is None:
            self.slips = Slips(self.all_names)
        found = []
        for name in self.slips.of(m.text):
            for reading in self.knowledge.lookup(name, self.date_of(m))[:1]:
                found.append(Candidate(reading.entity_id, name, ((f"slip: for {name}", 1.3),)))
            before = self.names_of.get(alias_key(name))
            if not found and before is not None and before.label == m.label and not m.text.isupper():
                found.append(Candidate(before.entity_id, name, ((f"slip: for {name}, named before", 1.1),)))
        return found

    def _persons(self, m: Mention, linked: Referent | None) -> list[Candidate]:
        if linked is not None:
            return [Candidate(linked.entity_id, linked.name, (("link: the linked article", 4.0),))]
        titled = self._titled(m)
        if titled:
            return titled
        if alias := self._by_alias(m):
            return alias
        given, last = persons.parts(m.text)
        found: dict[str, Candidate] = {}
        for referent in self._bearers(m.text, given, last):
            found[referent.entity_id] = Candidate(
                referent.entity_id, referent.name, self._for_person(m, referent, given, last)
            )
        return [c for c in found.values() if c.score > 0]

    def _titled(self, m: Mention) -> list[Candidate]:
        """`the Queen`: the person named last with that title, else the person named last."""
        if self.page.text[max(0, m.start - 4) : m.start].lower() != "the " or not RE_TITLE.fullmatch(m.text):
            return []
        persons_before = [(o, e) for o, e in reversed(self.previous) if o.label == "PERSON"]
        for other, entity in persons_before:
            if self.page.text.endswith(m.text + " ", 0, other.start) or other.text == m.text:
                return [Candidate(entity, m.text, (("title: of the person named with it", 2.5),))]
        if persons_before:
            return [Candidate(persons_before[0][1], m.text, (("title: of the person named last", 1.0),))]
        return []

    def _bearers(self, text: str, given: Sequence[str], last: Sequence[str]) -> list[Referent]:
        exact = self.registry.by_alias.get(alias_key(text), [])
        if given:
            full = [
                r for r in self.registry.by_surname.get(persons.key(last[-1]), []) if _same_person(text, r)
            ]
            return [*exact, *(r for r in full if r not in exact)] or self._by_given(text)
        # `De Masi` is found by the last word, as in the full name.
        bearers = list(self.registry.by_surname.get(persons.key(last[-1] if last else text), []))
        bearers += [r for r in exact if r not in bearers]
        bearers = bearers or [r for r in self.registry.referents if _squashed(r.name) == _squashed(text)]
        return bearers or self._by_given(text) or self._by_any_word(text) or self._misspelt(text)

    def _by_given(self, text: str) -> list[Referent]:
        """Persons whose given names the text repeats (`Hertta`, `Otto Wille`)."""
        words = [persons.key(w) for w in text.split()]
        return [
            r
            for r in self.registry.referents
            if r.label == "PERSON"
            and [persons.key(g) for g in persons.parts(r.name)[0]][: len(words)] == words
        ]

    def _by_any_word(self, text: str) -> list[Referent]:
        """Persons known by a word in the middle of their full name (`Lula`, `Abdo`)."""
        word = persons.key(text)
        return [
            r
            for r in self.registry.referents
            if r.label == "PERSON"
            and any(word in {persons.key(w) for w in a.split()} for a in sorted({r.name, *r.aliases}))
        ]

    def _misspelt(self, text: str) -> list[Referent]:
        """Persons whose surname is one slip away (`Kekonen`)."""
        word = persons.key(text)
        if len(word) < 6:
            return []
        return [
            r
            for surname, referents in sorted(self.registry.by_surname.items())
            if len(surname) >= 6 and surname[:2] == word[:2] and within(surname, word, 1)
            for r in referents
        ]

    def _for_person(
        self, m: Mention, r: Referent, given: Sequence[str], last: Sequence[str]
    ) -> tuple[tuple[str, float], ...]:
        evidence: list[tuple[str, float]] = [("surname: borne by a person of the page", 1.5)]
        if given:
            evidence = [("full name: of a person of the page", 3.0)]
        sentence = self.sentences[m.sentence_id]
        surname = persons.key(last[-1]) if last else ""
        entity, section = self.last_full.get(surname, ("", ""))
        if entity == r.entity_id:
            evidence.append(("recency: the last full name", 1.2 if section == sentence.section_id else 0.05))
        if r.entity_id in self.last_named:
            evidence.append(("recency: named before", 0.4))
        evidence.append(
            ("prominence", min(0.8, 0.25 * math.log1p(self.counts[r.entity_id]) + 0.3 * r.linked))
        )
        day = self.date_of(m)
        year = _year(day) if day else None
        if year is not None:
            born, died = _year(r.valid_from), _year(r.valid_to)
            if (born is not None and year < born + ADULT_YEARS) or (
                died is not None and year > died + AFTERLIFE_YEARS
            ):
                evidence.append((f"time: not alive in {year}", -1.6))
            elif died is not None and year > died:
                evidence.append((f"time: dead by {year}", -0.8))
            elif born is not None and died is not None and born <= year <= died:
                evidence.append((f"time: alive in {year}", 0.3))
        if r.entity_id == self.subject:
            evidence.append(("subject: the page is about the person", 1.4))
        evidence += self._generation(m, r)
        return tuple(evidence)

    def _generation(self, m: Mention, r: Referent) -> list[tuple[str, float]]:
        """`the younger López`, `the elder Pitt`: which of the bearers was born first."""
        before = RE_GENERATION.search(self.page.text, max(0, m.start - 12), m.start)
        if not before:
            return []
        births = [
            b for o in self._bearers(m.text, *persons.parts(m.text)) if (b := _year(o.valid_from)) is not None
        ]
        mine = _year(r.valid_from)
        if mine is None or len(births) < 2:
            return []
        wanted = max(births) if before[1] == "younger" else min(births)
        return [("generation: the " + before[1], 2.0 if mine == wanted else -1.0)]


# `Leona Naess (born 1974) is a singer`: the page whose first name is so defined is about that person.
RE_SUBJECT = re.compile(r"(?:\s*\([^)]*\))?,?(?:[^.()]{0,80},)?\s+(?:is|was)\s+(?:an?|the|one)\b")
RE_ALSO = re.compile(
    r"[\s,;(]{1,3}(?:(?:who|which) (?:is|was) |or |and )?"
    r"(?:(?:also|better|formerly|previously|originally|commonly|popularly|sometimes|now|later|professionally|locally"
    r"|historically|officially|usually|often|otherwise|simply|mononymously)[ ,]+){0,2}"
    r"(?:(?:known|called|named|nicknamed|referred to|billed|abbreviated|shortened|born|née|né|alias|a\.k\.a\.|aka)"
    r"(?: (?:as|to|simply|professionally|by (?:his|her|its|their) (?:stage|pen|ring|birth|nick)[ -]?name)){0,2} )"
    r"(?:the )?[\"“'‘]?"
)
RE_ACRONYM = re.compile(r"[A-Z][A-Z.&]+")
DESIGNATORS = frozenset(
    "group corporation company co inc incorporated ltd limited llc plc ag gmbh sa nv spa records music party club fc"
    " holdings".split()
)
FUNCTION_WORDS = frozenset("of the and for in on at to de des du la le et und der".split())
RE_GENERATION = re.compile(r"\b(younger|elder|older) $")
RE_TITLE = re.compile(
    r"(?:King|Queen|Emperor|Empress|Tsar|Czar|Kaiser|Sultan|Shah|Marshal|Pope|Generalissimo|Khedive|Caudillo|Duce|F[üu]hrer)"
)
RE_PRESENT = re.compile(
    r"\b(?:is|are|has|have|remains?|maintains?|continues?|share|shares)\b(?!\s+(?:been|had))"
)


def _middle(earliest: str, latest: str) -> str:
    """The day in the middle of a span, or the year where a calendar day cannot be told (before 1 AD)."""
    if earliest == latest:
        return earliest
    try:
        first, last = date.fromisoformat(earliest).toordinal(), date.fromisoformat(latest).toordinal()
        return date.fromordinal((first + last) // 2).isoformat()
    except ValueError:
        a, b = _year(earliest) or 0, _year(latest) or 0
        middle = (a + b) // 2
        return f"{middle:04d}" if middle >= 0 else f"-{-middle:04d}"


def _year(date: str) -> int | None:
    found = re.match(r"(-?)(\d{4})", date)
    return int(found[1] + found[2]) if found else None


def _near(a: str, b: str) -> bool:
    """Whether two labels are easily taken for each other."""
    return (
        {a, b} <= {"GPE", "LOC", "FAC"}
        or {a, b} <= {"GPE", "NORP"}
        or {a, b} <= {"ORG", "FAC", "LAW", "EVENT"}
    )


def _abbreviates(short: Mention, long: Mention) -> bool:
    """Whether a word in capitals takes its letters from a longer name in order, from its first letter on."""
    letters = iter(long.text.lower())
    return (
        RE_ACRONYM.fullmatch(short.text) is not None
        and short.text[0] == long.text[0]
        and all(c in letters for c in short.text.lower() if c.isalpha())
    )


def _squashed(name: str) -> str:
    """A name as one word (`Alan Brooke` is `Alanbrooke`)."""
    return alias_key(name).replace("_", "")


def _goes_on(long: str, short: str) -> bool:
    """Whether one looked-up name is the other with an `of …` or the kind of company behind it."""
    rest = long.removeprefix(short + "_")
    return rest != long and (rest.startswith("of_") or rest in DESIGNATORS)


def _initials(name: str) -> str:
    """Small first letters of the words of a name, without function words."""
    words = re.findall(r"[^\W_]+", name)
    return "".join([w[0].lower() for w in words if w.lower() not in FUNCTION_WORDS])


def _same_person(name: str, r: Referent) -> bool:
    return any(persons.compatible(name, alias) for alias in sorted({r.name, *r.aliases}))
