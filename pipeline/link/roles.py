"""A capital as government or as place, decided by the syntax of its sentence.

`Tirana soon entered into trade agreements` acts; `flew to Moscow` and `an embassy in Tirana` are places (annotation
guidelines, Actors). The words that decide are in data/names/city_cues.csv.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from spacy.tokens import Doc, Span, Token


@dataclass(frozen=True, slots=True)
class Cues:
    """Words by cue: what a preposition, a governing verb or noun says of a city."""

    words: Mapping[str, frozenset[str]]

    def has(self, cue: str, token: Token) -> bool:
        """Whether a token's word, or its bare stem, is listed for a cue."""
        return self.lists(cue, token.lower_)

    def lists(self, cue: str, word: str) -> bool:
        """Whether a lower-case word, or its bare stem, is listed for a cue."""
        listed = self.words.get(cue, frozenset())
        return not listed.isdisjoint(_forms(word))


ENDINGS = (
    ("ies", "y"), ("ied", "y"), ("es", ""), ("es", "e"), ("s", ""),
    ("ed", ""), ("ed", "e"), ("ing", ""), ("ing", "e"),
)  # fmt: skip


@lru_cache(maxsize=4096)
def _forms(word: str) -> tuple[str, ...]:
    """The word and its likely base forms; the pipeline runs without a lemmatiser."""
    forms = [word]
    for ending, replacement in ENDINGS:
        if word.endswith(ending) and len(word) > len(ending) + 2:
            stem = word[: -len(ending)] + replacement
            forms.append(stem)
            if len(stem) > 3 and stem[-1] == stem[-2]:
                forms.append(stem[:-1])
    return tuple(forms)


@cache
def load_cues() -> Cues:
    """Read city_cues.csv."""
    words: dict[str, set[str]] = {}
    with (files("pipeline") / "data" / "names" / "city_cues.csv").open(encoding="utf8") as stream:
        for row in csv.DictReader(stream):
            words.setdefault(row["cue"], set()).add(row["word"])
    return Cues({k: frozenset(v) for k, v in words.items()})


# Only a place stands behind these; others need a look at what governs them, or the parse.
RE_PLACED = re.compile(r"\b(?:[Ii]n|[Aa]t|near|[Ii]nto|[Oo]utside|[Ii]nside|via|throughout)\s+$")
RE_OWNED = re.compile(r"['’]s ((?:\w+[ -]){0,3}\w+)")


RE_BEFORE = re.compile(r"((?:\w+ )*)(\w+) $")
# What may follow a city that is no part of a longer phrase (`by Baghdad neighbourhoods`, `of Moscow being`).
RE_FREE = re.compile(
    r"[.,;:)–—]|$| (?:and|or|but|in|on|at|to|for|from|by|with|that|which|who|when|while|where|after|before|as|was"
    r"|were|is|had|has|did|the|a)\b"
)
REACH = 60  # characters before a city in which its governor is looked for


def surface_role(text: str, start: int, end: int) -> tuple[bool, str] | None:
    """What the words beside a city already tell (government or place, and why); None where the parse must decide."""
    if RE_PLACED.search(text, max(0, start - 12), start):
        return False, "after in, at or near"
    cues = load_cues()
    owned = RE_OWNED.match(text, end)
    if owned and not any(
        w in cues.words["place_noun"] for word in owned[1].split() for w in _forms(word.lower())
    ):
        return True, "possessor"
    return _governed(text, start, cues) if RE_FREE.match(text, end) else None


def _governed(text: str, start: int, cues: Cues) -> tuple[bool, str] | None:
    """What the preposition or verb right before a city says, where the word that governs it is plain to see."""
    before = RE_BEFORE.search(text, max(0, start - REACH), start)
    if before is None:
        return None
    word, earlier = before[2].lower(), before[1].lower().split()
    if cues.lists("government_preposition", word):
        return True, f"after {word}"
    if word == "of" and earlier:
        return cues.lists("government_of", earlier[-1]), f"after {earlier[-1]} of"
    if word in ("to", "from") and earlier:
        near = [w for w in earlier if cues.lists(f"government_{word}", w)]
        if not near:
            return False, f"after {earlier[-1]} {word}"
        return (True, f"after {earlier[-1]} {word}") if near[-1] == earlier[-1] else None
    return (False, f"object of {word}") if cues.lists("place_object", word) else None


def acts_as_government(doc: Doc, start: int, end: int, others: Collection[int] = ()) -> tuple[bool, str]:
    """Whether the city at `start:end` (characters of the parsed sentence) stands for its government, and why.

    `others` are the character starts of names in the sentence that are states or act as one: a city listed among
    them is one of them.
    """
    span = doc.char_span(start, end, alignment_mode="expand")
    if span is None or not len(span):
        return False, "no token"
    return _judge(span.root, span, load_cues(), frozenset(others), 0)


def _judge(token: Token, span: Span, cues: Cues, others: frozenset[int], depth: int) -> tuple[bool, str]:
    dep, head = token.dep_, token.head
    if dep in ("npadvmod", "compound", "nmod", "dep", "appos", "attr", "pobj") and _before_verb(span):
        return True, "before its verb"
    if dep == "conj" and depth < 4 and head is not token:
        if head.idx in others:
            return True, "listed with a state"
        return _judge(head, span, cues, others, depth + 1)
    if any(c.dep_ == "conj" and c.idx in others for c in token.children) and dep not in ("pobj",):
        return True, "listed with a state"
    if dep in ("nsubj", "csubj"):
        return _subject(token, head, cues)
    if dep == "nsubjpass":
        acted = cues.has("government_passive", head)
        return acted, f"passive subject of {head.lower_}"
    if dep == "poss":
        place = cues.has("place_noun", head)
        return not place, f"possessor of {head.lower_}"
    if dep in ("dobj", "dative", "iobj"):
        place = cues.has("place_object", head) or head.pos_ == "AUX"
        return not place, f"object of {head.lower_}"
    if dep == "pobj":
        return _after_preposition(token, head, cues, others)
    if dep in ("compound", "amod", "nmod", "npadvmod") and head is not token:
        return cues.has("government_noun", head), f"modifies {head.lower_}"
    if dep == "appos" and depth < 4:
        return _judge(head, span, cues, others, depth + 1)
    return False, dep or "unparsed"


def _before_verb(span: Span) -> bool:
    """Whether a finite verb follows at once, behind no preposition: a subject that the parser mistook."""
    doc = span.doc
    if span.end >= len(doc) or (span.start and doc[span.start - 1].tag_ in ("IN", "TO", "POS", "DT")):
        return False
    return doc[span.end].tag_ in ("VBD", "VBZ", "MD")


def _subject(token: Token, verb: Token, cues: Cues) -> tuple[bool, str]:
    if cues.has("place_subject", verb):
        return False, f"subject of {verb.lower_}"
    if verb.lower_ in ("is", "was", "are", "were", "be", "been", "being", "'s", "has", "had", "have"):
        nouns = [c for c in verb.children if c.dep_ in ("attr", "dobj", "acomp")]
        if any(cues.has("place_noun", n) for n in nouns):
            return False, "subject of a description of a place"
        if verb.lower_ in ("has", "have", "had") and not nouns:
            return True, "subject"
    return True, f"subject of {verb.lower_}"


def _after_preposition(token: Token, prep: Token, cues: Cues, others: frozenset[int]) -> tuple[bool, str]:
    word, governor = prep.lower_, prep.head
    if prep.dep_ == "agent":
        return True, "agent"
    if word == "between":
        return True, "party between"
    if cues.has("government_preposition", prep):
        return True, f"after {word}"
    if word in ("to", "from", "of", "on", "for", "toward", "towards"):
        cue = f"government_{'toward' if word == 'towards' else word}"
        # `made overtures to Tirana`: the noun may stand beside the verb that the parser hangs the preposition on.
        governors = [governor, *(c for c in governor.children if c.dep_ in ("dobj", "nsubjpass"))]
        return any(cues.has(cue, g) for g in governors), f"after {governor.lower_} {word}"
    return False, f"after {word}"
