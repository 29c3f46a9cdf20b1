"""What a page has said so far: who was named where, when its sentences stand, which names go on in which."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from pipeline.facts import label_of_noun
from pipeline.knowledge import Knowledge, KnownName, by_date
from pipeline.link import persons
from pipeline.link.bodies import Bodies
from pipeline.link.candidates import PLACES, Named, near, year_of
from pipeline.link.other_names import MOST_BETWEEN, gives_other_name, may_give_other_name
from pipeline.link.referents import Referent, Registry, alias_key
from pipeline.records import Mention, Page, Sentence

# A part of more words is no short form of a name; indexing every part of a damaged page's "name" would be quadratic.
MOST_WORDS = 16


@dataclass(slots=True)
class Memory:
    """A page and its tables, and what the mentions read so far have told.

    names_of: the first entity of every looked-up name; beginning, ending: the names that begin or end with some words;
    abbreviations, aliases: the other names that the text has given, with their entities;
    counts: how often each entity has been named; previous: the mentions read, with their entities;
    subject: whom the page is about.
    """

    page: Page
    registry: Registry
    knowledge: Knowledge
    bodies: Bodies
    sentences: Mapping[str, Sentence]
    all_names: frozenset[str] = frozenset()
    states: frozenset[str] = frozenset()
    last_full: dict[str, tuple[str, str]] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    abbreviations: dict[str, str] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    previous: list[tuple[Mention, str]] = field(default_factory=list)
    subject: str = ""
    names_of: dict[str, Named] = field(default_factory=dict)
    beginning: dict[str, list[tuple[str, Named]]] = field(default_factory=lambda: defaultdict(list))
    ending: dict[str, list[tuple[str, Named]]] = field(default_factory=lambda: defaultdict(list))
    _dates: dict[str, str | None] = field(default_factory=dict)
    _readings: dict[str, tuple[KnownName, ...]] = field(default_factory=dict)
    _readings_at: dict[tuple[str, str], tuple[KnownName, ...]] = field(default_factory=dict)
    _anchors: Iterator[tuple[int, int, str]] = field(init=False)
    _anchor: tuple[int, int, str] | None = field(init=False)

    def __post_init__(self) -> None:
        # In the body the anchors stand in text order, as mentions do: one walk serves both.
        self._anchors = (
            (b.start, b.end, b.blurb_id)
            for b in self.page.blurbs
            if b.start is not None and b.end is not None
        )
        self._anchor = next(self._anchors, None)
        self._readings = {name: self.knowledge.lookup(name) for name in self.all_names}
        states = (self.knowledge.first_state(readings) for readings in self._readings.values() if readings)
        self.states = frozenset(filter(None, states))
        for referent in self.registry.referents:
            for alias in sorted({referent.name, *referent.aliases}):
                self.name(alias_key(alias), referent.entity_id, referent.label)

    def name(self, key: str, entity: str, label: str) -> None:
        """Note a looked-up name unless it is known, under the words that it begins or ends with."""
        if key in self.names_of:
            return
        named = self.names_of[key] = Named(entity, label)
        head, tail = key.find("_"), key.rfind("_")
        words = 1
        while head > 0 and words <= MOST_WORDS:
            self.beginning[key[:head]].append((key, named))
            self.ending[key[tail + 1 :]].append((key, named))
            head, tail = key.find("_", head + 1), key.rfind("_", 0, tail)
            words += 1

    def remember(self, m: Mention, entity: str) -> None:
        """Take a decided mention in."""
        self.counts[entity] = self.counts.get(entity, 0) + 1
        self.previous.append((m, entity))
        key = alias_key(m.text)
        if key not in self.names_of:
            self.name(key, entity, m.label)
        if m.label != "PERSON":
            return
        if len(self.previous) == 1 and RE_SUBJECT.match(self.page.text, m.end):
            self.subject = entity
        given, last = persons.parts(m.text)
        if given:
            section = self.sentences[m.sentence_id].section_id
            self.last_full[persons.key(last[-1])] = (entity, section)

    def linked(self, m: Mention) -> Referent | None:
        """The referent of the link whose anchor the mention is."""
        while self._anchor is not None and self._anchor[1] <= m.start:
            self._anchor = next(self._anchors, None)
        if self._anchor is None:
            return None
        start, end, blurb_id = self._anchor
        return self.registry.by_blurb.get(blurb_id) if start <= m.start and m.end >= end - 2 else None

    def date_of(self, m: Mention) -> str | None:
        """The day or year at which the mention's sentence stands, for choosing among bearers over time.

        A sentence without a date stands where the story was, also across the start of a section; one in the present
        tense stands today.
        """
        if m.sentence_id not in self._dates:
            self._date_sentences()
        return self._dates[m.sentence_id]

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
            if not own:
                day = day or story
                if day is not None and RE_PRESENT.search(self.page.text, sentence.start, sentence.end):
                    day = None
            self._dates[sentence.sentence_id] = day

    def readings(self, name: str, day: str | None = None) -> tuple[KnownName, ...]:
        """What the tables know by a name, as `Knowledge.lookup`; the same names come again and again."""
        found = self._readings.get(name)
        if found is None:
            found = self._readings[name] = self.knowledge.lookup(name)
        if day is None or len(found) < 2:  # most names have one reading or none, whatever the day
            return found
        at = self._readings_at.get((name, day))
        if at is None:
            at = self._readings_at[name, day] = by_date(found, day)
        return at

    def also_named(self, m: Mention) -> str:
        """The entity that the text gives the mention as another name of (`Louis XIV, also known as the Sun King`)."""
        if not self.previous or self.previous[-1][0].sentence_id != m.sentence_id:
            return ""
        other, entity = self.previous[-1]
        # A name that the tables know keeps its own entity; they say which are two names of one.
        if m.start - other.end > MOST_BETWEEN or self.readings(m.text):
            return ""
        if gives_other_name(self.page.text, other.end, m.start):
            return entity
        alike = other.label == m.label or near(other.label, m.label)
        weak = alike and may_give_other_name(self.page.text, other.end, m.start)
        return entity if weak and not (m.label in PLACES and self._may_be_wider(m, other)) else ""

    def _may_be_wider(self, m: Mention, other: Mention) -> bool:
        """Whether one of two places may be where the other lies: `Breslau, Silesia (now Wrocław)`."""
        polity = any(label_of_noun(word) == "GPE" for word in m.text.lower().split())
        return polity or self.page.text.endswith(", ", 0, other.start)


# `Leona Naess (born 1974) is a singer`: the page whose first name is so defined is about that person.
RE_SUBJECT = re.compile(r"(?:\s*\([^)]*\))?,?(?:[^.()]{0,80},)?\s+(?:is|was)\s+(?:an?|the|one)\b")
RE_PRESENT = re.compile(
    r"\b(?:is|are|has|have|remains?|maintains?|continues?|share|shares)\b(?!\s+(?:been|had))"
)


@lru_cache(maxsize=4096)
def _middle(earliest: str, latest: str) -> str:
    """The day in the middle of a span, or the year where a calendar day cannot be told (before 1 AD)."""
    if earliest == latest:
        return earliest
    try:
        first, last = date.fromisoformat(earliest).toordinal(), date.fromisoformat(latest).toordinal()
        return date.fromordinal((first + last) // 2).isoformat()
    except ValueError:
        a, b = year_of(earliest) or 0, year_of(latest) or 0
        middle = (a + b) // 2
        return f"{middle:04d}" if middle >= 0 else f"-{-middle:04d}"
