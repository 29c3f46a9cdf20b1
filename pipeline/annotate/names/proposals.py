"""Where names may stand: each source proposes spans of the clean text with a label and a weight; nothing decides here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline.annotate.names.gazetteer import Gazetteer
from pipeline.annotate.names.extent import split_pairs, trim
from pipeline.annotate.names.lexicon import FUNCTION_WORDS, Lexicon, label_of_head, label_of_name
from pipeline.facts import blurb_facts
from pipeline.knowledge import Knowledge
from pipeline.records import Blurb
from pipeline.tables import LABELS


@dataclass(frozen=True, slots=True)
class Proposal:
    """A span of the clean text that may be a name; `label` "" leaves the type open, `weight` is a vote for it."""

    start: int
    end: int
    label: str
    source: str
    weight: float


# Votes: a blurb that says what the thing is outweighs a table row, a table row outweighs the model. Calibrated on the
# labelled development page and the development half of Re-DocRED; measure both again before moving one.
W_MODEL, W_ANCHOR, W_KNOWN, W_KNOWN_LONG, W_CITY = 1.0, 4.0, 1.6, 3.0, 0.8
W_HEAD, W_ABBREVIATION, W_TITLE = 2.5, 2.0, 2.0

RE_ABBREVIATION = re.compile(r"\s*\((?:the |or |also )?([A-Z][A-Za-z&.-]*[A-Z]|[A-Z]{2,}|[A-Z][a-z]+)\)")


def from_model(
    text: str, ents: Iterable[tuple[int, int, str]], lexicon: Lexicon, people: frozenset[str]
) -> Iterator[Proposal]:
    """The model's entities with our labels, brought to the guidelines' extents; overlong ones are split."""
    for start, end, label in ents:
        if label not in LABELS:
            continue
        for a, b in _pieces(text, start, end):
            a, b = trim(text, a, b, lexicon, official_year=label == "LAW")
            for x, y in split_pairs(text, a, b, people):
                if x < y and _is_name_like(text[x:y], label):
                    yield Proposal(x, y, label, "model", W_MODEL)


# A model entity that runs over an article begins a second name there: `October Revolution the Eduskunta`.
RE_INNER_ARTICLE = re.compile(
    r"(?<!of)(?<!and)(?<!for)(?<!in)(?<!on)(?<!to)(?<!with)(?<!over)(?<!from)(?<!against)(?<!,) the (?=[A-Z])"
)


def _pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for found in RE_INNER_ARTICLE.finditer(text, start, end):
        if found.start() > start:
            yield start, found.start()
            start = found.end()
    yield start, end


def _is_name_like(name: str, label: str) -> bool:
    if not any(c.isalpha() for c in name):
        return False
    return any(c.isupper() for c in name) or label == "NORP"


def from_anchors(text: str, blurbs: Sequence[Blurb], lexicon: Lexicon) -> Iterator[Proposal]:
    """Link anchors of the body that are names; the type comes from what the blurb says the thing is."""
    for blurb in blurbs:
        if blurb.start is None or blurb.end is None:
            continue
        start, end = trim(text, blurb.start, blurb.end, lexicon)
        if start >= end:
            continue
        anchor = text[start:end]
        label = blurb_label(blurb, lexicon)
        own = label_of_name(anchor, lexicon)
        if label == "" and own is None:
            continue  # a known kind of thing that is no name: a disease, a ship, a doctrine
        label = _settle(label, own, anchor)
        if is_capitalised(anchor):
            yield Proposal(start, end, label, "link", W_ANCHOR)
        elif label == "EVENT" and any(w[:1].isupper() for w in anchor.split()):
            yield Proposal(start, end, label, "link", W_ANCHOR)


def _settle(label: str | None, own: str | None, anchor: str) -> str:
    """A blurb tells what the article is about, the anchor's own head word what the anchor names."""
    if own in ("LAW", "EVENT") and label in (None, "", "ORG", "LAW", "EVENT", "GPE", "LOC", "PERSON"):
        return label if label in ("LAW", "EVENT") else own
    return label or own or ""


def blurb_label(blurb: Blurb, lexicon: Lexicon) -> str | None:
    """Label by the blurb's facts: life dates make a person, else the head noun of its definition; None if unknown."""
    facts = blurb_facts(blurb.gloss or blurb.blurb, blurb.anchor)
    label = label_of_head(facts.head, lexicon)
    if facts.born:
        return "PERSON"
    if label == "PERSON" and "member state" in blurb.gloss[:200]:
        return "ORG"
    return label


def is_capitalised(name: str) -> bool:
    """Whether every word but function words starts with a capital or a digit (`Council of Europe`, `1st Army`)."""
    words = re.findall(r"[^\s\-–—/]+", name)
    significant = [w for w in words if w.lower() not in FUNCTION_WORDS]
    if not significant:
        return False
    hyphen_tail = {w for part in re.findall(r"[-–]([^\W\d_]+)", name) for w in [part]}
    return all(
        w[0].isupper() or w[0].isdigit() or not w[0].isalpha() or w in hyphen_tail for w in significant
    )


def from_knowledge(
    text: str, spans: Sequence[tuple[int, int]], known: Gazetteer, knowledge: Knowledge
) -> Iterator[Proposal]:
    """Names of the knowledge tables; a city that is no capital only seconds what another source sees."""
    for start, end in spans:
        for a, b, reading in known.find(text, start, end):
            entity = knowledge.entity(reading.entity_id)
            name = text[a:b]
            if (
                entity is not None
                and entity.kind == "city"
                and " " not in name
                and not knowledge.capital_of(name)
            ):
                yield Proposal(a, b, reading.label, "gazetteer", W_CITY)
                continue
            weight = W_KNOWN_LONG if " " in name or (len(name) > 2 and name.isupper()) else W_KNOWN
            yield Proposal(a, b, reading.label, "known", weight)


# `Treaty of Tartu`, `Battle of Tali–Ihantala`, `Ministry of Foreign Affairs`, `Paris Peace Conference`.
_CAP = r"[^\W\d_a-zà-ÿ][\w’'.&-]*(?:[-–][^\W\d_]\w*)*"


def from_heads(
    text: str, spans: Sequence[tuple[int, int]], lexicon: Lexicon, names: Iterable[Proposal]
) -> Iterator[Proposal]:
    """Capitalised phrases whose head word gives the type away, and lower-case events of a named place.

    `names` are the other proposals: what a head's `of` may reach over.
    """
    known_ends = {}
    for p in names:
        known_ends[p.start] = max(p.end, known_ends.get(p.start, 0))
    for start, end in spans:
        yield from _headed(text, start, end, lexicon, known_ends)
        yield from _lower_events(text, start, end, lexicon, known_ends)


_CAP_WORD = rf"(?:{_CAP})"
RE_HEAD_OF = re.compile(
    rf"(?<![\w-])((?:{_CAP}\s+)*)({_CAP})\s+(of|for|on|in|against|between|to)\s+((?:the\s+)?)(?={_CAP})"
)
RE_HEAD_LAST = re.compile(rf"(?<![\w-])((?:{_CAP}(?:\s+|\s+of\s+|\s+and\s+))+)({_CAP})(?![\w])")
RE_RUN = re.compile(rf"{_CAP}(?:(?:\s+(?:and|&)\s+(?:{_CAP}\s+)*|\s+){_CAP})*")


def _headed(
    text: str, start: int, end: int, lexicon: Lexicon, known_ends: Mapping[int, int]
) -> Iterator[Proposal]:
    for found in RE_HEAD_OF.finditer(text, start, end):
        label = lexicon.name.get(found[2])
        if label is None:
            continue
        a = found.start()
        reach = known_ends.get(found.end())
        if reach is None:
            run = re.compile(rf"{_CAP}(?:\s+{_CAP})*").match(text, found.end(), end)
            reach = run.end() if run else found.end()
        a, b = trim(text, a, reach, lexicon, official_year=label == "LAW")
        if a < b:
            yield Proposal(a, b, label, "head", W_HEAD)
    for found in RE_RUN.finditer(text, start, end):
        words = list(re.finditer(r"[^\s]+", found.group()))
        for word in reversed(words[1:]):
            token = word.group().rstrip(".,")
            label = lexicon.name.get(token)
            if label is None and token.endswith(("'s", "’s")):
                label = lexicon.name.get(token[:-2])
            if label:
                a, b = trim(text, found.start(), found.start() + word.end(), lexicon)
                if a < b and " " in text[a:b]:
                    yield Proposal(a, b, label, "head", W_HEAD - 0.5)
                break


def _lower_events(
    text: str, start: int, end: int, lexicon: Lexicon, known_ends: Mapping[int, int]
) -> Iterator[Proposal]:
    nouns = "|".join(sorted(lexicon.event))
    pattern = re.compile(rf"\b(?:((?:{_CAP})\s+))?({nouns})\s+of\s+(?:the\s+)?(?={_CAP})")
    for found in pattern.finditer(text, start, end):
        reach = known_ends.get(found.end())
        if reach is None:
            continue
        a = found.start(2)
        if found[1] and found.start(1) in known_ends and known_ends[found.start(1)] <= found.end(1):
            a = found.start(1)
        yield Proposal(a, reach, "EVENT", "event", W_HEAD)


def from_brackets(text: str, chosen: Sequence[Proposal]) -> Iterator[Proposal]:
    """Abbreviations that the text introduces in brackets right behind a name: `European Union (EU)`."""
    for p in chosen:
        found = RE_ABBREVIATION.match(text, p.end)
        if found and _abbreviates(found[1], text[p.start : p.end]):
            yield Proposal(found.start(1), found.end(1), p.label, "abbreviation", W_ABBREVIATION)


def _abbreviates(short: str, name: str) -> bool:
    letters = [c for c in short if c.isalpha()]
    if len(letters) < 2 or len(short) >= len(name):
        return False
    initials = iter(w[0].lower() for w in re.findall(r"[^\W\d_]+", name))
    by_initials = all(any(c.lower() == i for i in initials) for c in letters)
    rest = iter(name.lower())
    return by_initials or all(any(c.lower() == r for r in rest) for c in letters) and short[0] == name[0]
