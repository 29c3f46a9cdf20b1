"""Which actor a mention stands for (annotation guidelines, Actors); many stand for none."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from spacy.tokens import Doc

from pipeline.knowledge import STATE_KINDS, KnownEntity
from pipeline.link.candidates import Decision
from pipeline.link.memory import Memory
from pipeline.link.roles import acts_as_government, surface_role
from pipeline.records import Mention, Page, Sentence

# A state that the tables do not know: what its own name, or its blurb, calls it.
RE_STATE_NAME = re.compile(
    r"\b(?:Empire|Kingdom|Republic|Sultanate|Khanate|Caliphate|Emirate|Tsardom|Duchy|Principality|Confederation|Confederacy|Government)\b"
)
RE_MEMBER_REPUBLIC = re.compile(r"(?:Soviet Socialist|Autonomous\b.*) Republic$")
RE_STATE_BLURB = re.compile(
    r"\b(?:is|was)\s+(?:an?|the|one of the)?\s*(?:[\w-]+\s+){0,4}?"
    r"(?:country|sovereign state|nation state|empire|kingdom|monarchy|khanate|sultanate|caliphate|emirate|duchy"
    r"|principality|city-state|confederation|puppet state|client state|(?:state|republic)(?!\s+(?:of|in|within)\b))\b"
)


# Whether a city stands for its government, and why.
Role = tuple[bool, str]


class Actor(NamedTuple):
    """The actor of a mention ("" if none) and why."""

    actor_id: str
    reason: str


NOT_ACTING = Actor("", "a place, event or text does not act")
NOT_YET = Actor("", "a territory that does not act then")
NO_STATE = Actor("", "no state")


def decide_actor(d: Decision, descriptions: Mapping[str, str], memory: Memory) -> Actor | None:
    """The actor of a linked mention by its label and entity; None where a capital's role must be read off the parse.

    `descriptions` are the blurbs of the entities that have one.
    """
    m, entity_id = d.mention, d.entity_id
    if m.label in ("PERSON", "ORG"):
        return Actor(entity_id, "a person or organisation acts for itself")
    if m.label not in ("GPE", "NORP"):
        return NOT_ACTING
    known = memory.knowledge.entity(entity_id)
    if known is not None:
        if known.kind in STATE_KINDS:
            return Actor(entity_id, "a state") if known.acts and _about(known, memory.date_of(m)) else NOT_YET
        if m.label == "GPE" and (seat := _seat(d, memory)):
            role = surface_role(memory.page.text, m.start, m.end)
            return _capital(seat, role) if role else None
        return Actor("", f"{known.kind} is no actor")
    if m.label == "GPE" and _calls_itself_state(m.text, descriptions.get(entity_id, "")):
        return Actor(entity_id, "a state by its name or blurb")
    return NO_STATE


def _calls_itself_state(name: str, description: str) -> bool:
    # Most names have no such word, so that nothing need be taken out of them.
    if RE_STATE_NAME.search(name) and RE_STATE_NAME.search(RE_MEMBER_REPUBLIC.sub("", name)):
        return True
    return description != "" and RE_STATE_BLURB.search(description[:160]) is not None


# A people acts under its later name too (a German envoy of 1691), but a modern name for an ancient land is a place.
NEAR_YEARS = 250


def _about(known: KnownEntity, date: str | None) -> bool:
    """Whether a state existed within `NEAR_YEARS` of a date."""
    if date is None or not known.spells:
        return True
    year = _year(date)
    for start, end in known.spells:
        begun = not start or _year(start) - NEAR_YEARS <= year
        if begun and (not end or year <= _year(end) + NEAR_YEARS):
            return True
    return False


def _year(date: str) -> int:
    return int(date[:5] if date.startswith("-") else date[:4])


def _seat(d: Decision, memory: Memory) -> str | None:
    """The state whose government sits in the mentioned city then; outside every spell, the only one it ever served."""
    knowledge, date = memory.knowledge, memory.date_of(d.mention)
    seat = knowledge.capital_of(d.mention.text, date) or knowledge.capital_of(d.entity_id, date)
    if seat:
        return seat
    ever = {c.state_id for c in knowledge.capitals.get(d.entity_id, ())}
    return next(iter(ever)) if len(ever) == 1 else None


def decide_capital(d: Decision, doc: Doc, offset: int, others: Sequence[int], memory: Memory) -> Actor:
    """Actor of a capital from the parse of its sentence; `offset` is the clean offset of the doc's first character,
    `others` are those of the names of states in the sentence."""
    m = d.mention
    role = acts_as_government(doc, m.start - offset, m.end - offset, [o - offset for o in others])
    return _capital(_seat(d, memory) or "", role)


def _capital(seat: str, role: Role) -> Actor:
    """The actor of a capital in a role; `seat` is the state whose government sits there."""
    acts, why = role
    return Actor(seat if acts else "", f"{'government' if acts else 'place'}: {why}")


def sentences_to_parse(
    waiting: Sequence[Mention], sentences: Mapping[str, Sentence], page: Page
) -> dict[str, str]:
    """Text of each sentence with a capital whose role must be decided, by sentence id, in order."""
    return {
        m.sentence_id: page.text[sentences[m.sentence_id].start : sentences[m.sentence_id].end]
        for m in waiting
    }
