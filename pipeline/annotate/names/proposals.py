"""Where names may stand: each source proposes spans of the clean text, a label and a weight; nothing decides here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from pipeline.annotate.names.extent import RE_LEADING_YEAR, is_bare_word, name_spans, split_body, trim
from pipeline.annotate.names.gazetteer import Gazetteer
from pipeline.annotate.names.lexicon import FUNCTION_WORDS, Lexicon, label_of_name, names_no_name
from pipeline.annotate.names.words import Places, Span, first_word, matches_at, starts_of
from pipeline.facts import blurb_facts
from pipeline.knowledge import STATE_KINDS, Knowledge, KnownEntity
from pipeline.records import Blurb
from pipeline.spelling import Slips
from pipeline.tables import LABELS


class Proposal(NamedTuple):
    """A span of the clean text that may be a name; `label` "" leaves the type open, `weight` is a vote for it."""

    start: int
    end: int
    label: str
    source: str
    weight: float


# Votes: a blurb that says what the thing is outweighs a table row, a table row outweighs the model. Calibrated on the
# labelled development page and the development half of Re-DocRED; measure both again before moving one.
W_MODEL, W_ANCHOR, W_KNOWN, W_KNOWN_LONG, W_CITY = 1.0, 4.0, 1.6, 7.0, 1.2
W_HEAD, W_ABBREVIATION, W_TITLE, W_SLIP, W_NUMERAL, W_GROUP = 2.5, 2.0, 2.0, 2.5, 2.0, 2.0

RE_ABBREVIATION = re.compile(r"\s*\((?:the |or |also )?([A-Z][A-Za-z&.-]*[A-Z]|[A-Z]{2,}|[A-Z][a-z]+)\)")


def from_model(
    text: str, ents: Iterable[tuple[int, int, str]], lexicon: Lexicon, known: Gazetteer
) -> Iterator[Proposal]:
    """The model's entities with our labels, brought to the guidelines' extents; overlong ones are split."""
    for start, end, label in ents:
        if label not in LABELS:
            continue
        spans = [(start, end)]
        if not is_bare_word(text, start, end):
            end = _without_tail(text, start, end, label)
            spans = list(name_spans(text, start, end, lexicon, known, label=label))
        for a, b in spans:
            name = text[a:b]
            if label == "WORK_OF_ART" and RE_SPEECH.search(text, a, b):
                continue
            if label not in NEVER_COMMON and opens_sentence(text, a, b):
                continue
            if _is_name_like(name, label) and not RE_OFFICE.match(text, b):
                group = name in known.people and (len(spans) > 1 or _combines(text, a, b, known))
                yield Proposal(a, b, "NORP" if group else label, "model", W_MODEL)


RE_SENTENCE_START = re.compile(r"(?:^|[.!?:]['\"”’)]?\s|\n|[\"“])$")
# Labels whose names are seldom common words as well.
NEVER_COMMON = frozenset(("PERSON", "NORP", "GPE"))


def opens_sentence(text: str, start: int, stop: int) -> bool:
    """Whether a single word stands where any word has a capital, and the page writes it small elsewhere (`Trade`)."""
    name = text[start:stop]
    if " " in name or not RE_SENTENCE_START.search(text, max(0, start - 3), start):
        return False
    small = name.lower()
    at = text.find(small)
    while at >= 0:  # a pattern for each name would take longer to build than to use
        if not RE_INSIDE_WORD.match(text, at) and not RE_GOES_ON.match(text, at + len(small)):
            return True
        at = text.find(small, at + 1)
    return False


RE_INSIDE_WORD = re.compile(r"(?<=[\w-])")
RE_GOES_ON = re.compile(r"[\w-]")


# `Look how marvelous this is!`: a quoted sentence, no title, which has capitals.
RE_SPEECH = re.compile(r"(?: [a-z]+){3}[!?]?$|(?: [a-z]+){2}[!?]$")
RE_SECOND = re.compile(r"[-–]([^\W\d_]+)")


def _combines(text: str, start: int, end: int, known: Gazetteer) -> bool:
    """Whether a word is the first half of a pair of nations (`Franco` in `Franco-Ottoman`)."""
    second = RE_SECOND.match(text, end)
    return bool(second and second[1] in known.nations and text[start:end] in known.nations)


# `Adams never`, `Portuguese five years earlier`: lower-case words that the model drew in behind a name.
RE_LOWER_TAIL = re.compile(r"(?:\s+[a-z][a-z'’-]*)+$")
# `Association des écrivains de langue française`: a title in another language is not written in capitals.
RE_FOREIGN = re.compile(
    r"\b(?:de|des|du|la|le|les|di|del|della|der|die|das|für|und|von|y|et|og|av|van|het)\b"
)


def _without_tail(text: str, start: int, end: int, label: str) -> int:
    if label in ("WORK_OF_ART", "LAW") or text[start:end].isalpha():
        return end
    found = RE_LOWER_TAIL.search(text[start:end])
    if not found or not any(c.isupper() for c in text[start : start + found.start()]):
        return end
    if RE_FOREIGN.search(found.group()):
        return end
    last = found.group().split()[-1]
    return end if label == "EVENT" and last in EVENT_TAILS else start + found.start()


EVENT_TAILS = frozenset(
    "crisis war split conflict massacre invasion offensive uprising rebellion genocide famine coup attempt".split()
)
# `Interior Minister`, `Defense Secretary`: the word belongs to the office behind it.
RE_OFFICE = re.compile(r"(?<=[a-z]) (?:Minister|Secretary|Commissar|Commissioner)\b")


# Ideologies and policies have no label (rule 9): `Finlandization`, `de-Stalinization`, `Titoism`.
RE_IDEOLOGY = re.compile(r"[\w-]*[a-z](?:i[sz]ation|isms?)")


def _is_name_like(name: str, label: str) -> bool:
    if not (name[0].isalpha() or any(c.isalpha() for c in name)) or (
        name.endswith(("ation", "ism", "isms")) and RE_IDEOLOGY.fullmatch(name)
    ):
        return False
    # A group in lower case is a plural noun (`communists`), no adjective.
    return name[0].isupper() or any(c.isupper() for c in name) or (label == "NORP" and name.endswith("s"))


def from_anchors(
    text: str, anchors: Sequence[tuple[Blurb, str | None]], lexicon: Lexicon, people: frozenset[str]
) -> Iterator[Proposal]:
    """Link anchors of the body that are names; the type comes from what the blurb says the thing is."""
    for blurb, label in anchors:
        if blurb.start is None or blurb.end is None:
            continue
        start, end = trim(
            text,
            blurb.start,
            blurb.end,
            lexicon,
            official_year=label == "LAW",
            titled=label in ("PERSON", "", None),
        )
        if start >= end:
            continue
        anchor = text[start:end]
        own = label_of_name(anchor, lexicon)
        if label == "" and own is None:
            continue  # a known kind of thing that is no name: a disease, a ship, a doctrine
        label = "NORP" if anchor in people else _settle(label, own, anchor)
        if is_capitalised(anchor):
            yield Proposal(start, end, label, "link", W_ANCHOR)
        elif _is_event(text, blurb.start, label, lexicon) and any(w[:1].isupper() for w in anchor.split()):
            yield Proposal(start, end, "EVENT", "link", W_ANCHOR)


def _is_event(text: str, start: int, label: str, lexicon: Lexicon) -> bool:
    """Whether an anchor with lower-case words is the title of an event: `war in Donbas`, `2008 declaration of …`."""
    return label == "EVENT" or (label == "" and RE_LEADING_YEAR.match(text, start) is not None)


def _settle(label: str | None, own: str | None, anchor: str) -> str:
    """A blurb tells what the article is about, the anchor's own head word what the anchor names."""
    if own in ("LAW", "EVENT"):
        return label if label in ("LAW", "EVENT") else own
    if own == "ORG" and label == "GPE" and not anchor.endswith(("Union", "Commonwealth")):
        return "ORG"
    return label or own or ""


RE_BORN = re.compile(r"\((?:[^()]*[;,] )?(?:born|b\.) ")
# (23 April 1889 – 28 February 1942)
RE_LIFE = re.compile(r"\((?:[^()]*; )?\d{1,2} [A-Z][a-z]+ \d{3,4} ?[–-] ?\d{1,2} [A-Z][a-z]+ \d{3,4}\)")


def labelled_anchors(blurbs: Sequence[Blurb], lexicon: Lexicon) -> list[tuple[Blurb, str | None]]:
    """The links whose anchors stand in the clean text, with what `blurb_label` says of them."""
    return [(b, blurb_label(b, lexicon)) for b in blurbs if b.start is not None and b.end is not None]


def blurb_label(blurb: Blurb, lexicon: Lexicon) -> str | None:
    """Label that the blurb's facts give; "" for a kind of thing that is no name, None if unknown."""
    facts = blurb_facts(blurb.gloss or blurb.blurb, blurb.anchor)
    if facts.born or RE_BORN.search(blurb.gloss, 0, 160):
        return "PERSON"
    if facts.kind_hint != "EVENT" and RE_LIFE.search(blurb.gloss, 0, 160):
        return "PERSON"
    if facts.kind_hint:
        return facts.kind_hint
    own = label_of_name(facts.full_name, lexicon)
    if own:
        return own
    return "" if names_no_name(facts.head, lexicon) else None


def is_capitalised(name: str) -> bool:
    """Whether every word but function words starts with a capital or a digit (`Council of Europe`, `1st Army`)."""
    significant = [w for w in RE_PART.findall(name) if w.lower() not in FUNCTION_WORDS]
    hyphen_tails = RE_HYPHEN_TAIL.findall(name)
    return bool(significant) and all(
        w[0].isupper() or w[0].isdigit() or not w[0].isalpha() or w in hyphen_tails for w in significant
    )


RE_PART = re.compile(r"[^\s\-–—/]+")
RE_HYPHEN_TAIL = re.compile(r"[-–]([^\W\d_]+)")


def from_knowledge(
    text: str,
    spans: Sequence[Span],
    words: Places,
    known: Gazetteer,
    knowledge: Knowledge,
    lexicon: Lexicon,
) -> Iterator[Proposal]:
    """Names of the knowledge tables; a city that is no capital only seconds what another source sees."""
    seconded: set[str] = set()
    for a, b, reading in known.find(text, spans, words):
        entity = knowledge.entity(reading.entity_id)
        year = RE_LEADING_YEAR.match(text, a, b) if text[a].isdigit() else None
        a = year.end() if year else a
        name = text[a:b]
        if text.startswith("$", b) or (name in DIRECTIONS and RE_OF.match(text, b)):
            continue  # `US$ 300`, `West of the town`
        if entity is not None and _needs_second(text, a, b, entity, reading.label, knowledge):
            # That there is such a place is told once, however often the name is used: `Mary`, `Lincoln`.
            yield Proposal(a, b, reading.label, "gazetteer", W_CITY if name not in seconded else 0.1)
            seconded.add(name)
            continue
        weight = W_KNOWN_LONG if " " in name or (len(name) > 2 and name.isupper()) else W_KNOWN
        for x, y in split_body(text, a, b, lexicon, known.people):
            yield Proposal(x, y, reading.label if y == b else "NORP", "known", weight)


RE_OF = re.compile(r" of\b")
DIRECTIONS = frozenset(("North", "South", "East", "West"))
# Short names of waters and hills are words and surnames too (`Don`, `Clyde`).
NATURE_KINDS = frozenset(("river", "lake", "mountains", "desert", "cape", "island"))


RE_PAIR_BEFORE = re.compile(r"\b[A-Z]\w*-$")
RE_RUNS_ON = re.compile(r"[ -][A-Z]")


def _needs_second(
    text: str, start: int, end: int, entity: KnownEntity, label: str, knowledge: Knowledge
) -> bool:
    """Whether a table's single word may be part of a longer name, or another word, unless a second source sees it."""
    kind, name = entity.kind, text[start:end]
    if kind in STATE_KINDS or " " in name:
        return False
    if len(name) == 2 and name.isupper():
        return not entity.wikidata_id  # `EP` is a record as often as a parliament
    if kind in NATURE_KINDS and label == "LOC":
        return True
    if kind == "city" and not knowledge.capital_of(name):
        return True
    if kind not in OFTEN_IN_NAMES and label != "LOC":
        return False
    if RE_RUNS_ON.match(text, end):
        return True
    return (
        text[start - 1 : start] == "-" and RE_PAIR_BEFORE.search(text, max(0, start - 20), start) is not None
    )


OFTEN_IN_NAMES = frozenset(("city", "region", "bloc", "continent", "religious", "political", "people"))


def from_brackets(text: str, labels: Mapping[tuple[int, int], tuple[str, float]]) -> Iterator[Proposal]:
    """Abbreviations that the text introduces in brackets right behind a name: `European Union (EU)`."""
    for (start, end), (label, _share) in labels.items():
        found = RE_ABBREVIATION.match(text, end)
        if found and _abbreviates(found[1], text[start:end]):
            yield Proposal(found.start(1), found.end(1), label, "abbreviation", W_ABBREVIATION)


def _abbreviates(short: str, name: str) -> bool:
    letters = [c for c in short if c.isalpha()]
    if len(letters) < 2 or len(short) >= len(name):
        return False
    initials = iter(w[0].lower() for w in re.findall(r"[^\W\d_]+", name))
    by_initials = all(any(c.lower() == i for i in initials) for c in letters)
    rest = iter(name.lower())
    return by_initials or (all(any(c.lower() == r for r in rest) for c in letters) and short[0] == name[0])


# `Phraates V`, but not `Chapter V`, `World War I`, `Article II`.
RE_NUMBERED = re.compile(
    r"(?<![\w-])([^\W\d_a-zà-ÿ][^\W\d_]+) (?:[IVX]{2,6}|[VX]|I)\b(?![/+]| ?\d)(?! [a-z]+ed\b.{0,3}\bmy\b)"
)
NUMBERED_THINGS = frozenset(
    "War Chapter Part Article Articles Volume Vol Book Act Section Phase Type Mark Level Stage Title Class Grade"
    " Protocol Annex Corps Legion Group Division Army Zone Region Appendix Table Figure Congress Council Vatican"
    " Lateran Basel Schedule Page Apollo Plan Generation Category Tier Line Pact Saturn Panzer Tiger Factor And But"
    " Radio Channel Route Highway Interstate Grade Formula Game Season Episode Division Edition"
    " Then When That So If While".split()
)


def from_numerals(text: str, spans: Sequence[Span], words: Places) -> Iterator[Proposal]:
    """Rulers by their regnal numeral, which the model often misses in foreign names."""
    numerals = [word for word in words if word[0] in "IVX" and not word.strip("IVX")]
    starts = sorted({_word_before(text, at) for at in starts_of(numerals, words)})
    for found in matches_at(RE_NUMBERED, text, starts, spans):
        if found[1] not in NUMBERED_THINGS:
            yield Proposal(found.start(), found.end(), "PERSON", "numeral", W_NUMERAL)


def _word_before(text: str, at: int) -> int:
    """Where the word starts that one space parts from `at`; if there is none, some offset before `at`."""
    start = max(0, at - 1)
    while start > 0 and (text[start - 1].isalnum() or text[start - 1] == "_"):
        start -= 1
    return start


# `the Marshal swore`: a title that stands for the one person who is called so (rule 9).
RULERS = frozenset(
    "King Queen Emperor Empress Tsar Czar Kaiser Sultan Shah Marshal Pope Generalissimo Khedive Caudillo Duce".split()
)
RE_TITLE_ALONE = re.compile(
    rf"[Tt](?<!\w.)he ({'|'.join(sorted(RULERS))})(?![\w-])(?! [A-Z])(?! of\b)(?!['’]s [A-Z])"
)


def from_titles(text: str, spans: Sequence[tuple[int, int]]) -> Iterator[Proposal]:
    """Capitalised titles of rulers that stand alone for a person."""
    for start, end in spans:
        for found in RE_TITLE_ALONE.finditer(text, start, end):
            yield Proposal(found.start(1), found.end(1), "PERSON", "title", W_TITLE)


RE_WHOLE_WORD = re.compile(r"(?<![\w-])[^\W_]+(?![\w-])")


def from_groups(text: str, spans: Sequence[Span], words: Places, lexicon: Lexicon) -> Iterator[Proposal]:
    """Followers of a creed in lower case (`the communists`), which are a group by rule 9 as `Communists` are."""
    for found in matches_at(RE_WHOLE_WORD, text, starts_of(lexicon.groups, words), spans):
        yield Proposal(found.start(), found.end(), "NORP", "group", W_GROUP)


RE_SHIP_BEFORE = re.compile(
    r"\b(?:ships?|frigates?|steamers?|steamships?|cruisers?|warships?|vessels?|brigs?|flagship|battleships?|corvettes?"
    r"|gunboats?|submarines?|destroyers?|carrier|liners?|yachts?|schooners?|galleons?|aboard|on board|HMS|USS|SMS"
    r"|HNLMS|RMS|SS|MV)(?: the| of)? ?(?:''|\"|“)?$"
)


# How the words above end: a quick test before the slow pattern, and a quicker one before that.
SHIP_ENDS = tuple(
    "ship ships frigate frigates steamer steamers cruiser cruisers vessel vessels brig brigs corvette corvettes"
    " gunboat gunboats submarine submarines destroyer destroyers carrier liner liners yacht yachts schooner schooners"
    " galleon galleons board HMS USS SMS HNLMS RMS SS MV".split()
)
SHIP_TAILS = frozenset(end[-2:] for end in SHIP_ENDS)


def is_vehicle(text: str, start: int) -> bool:
    """Whether a name that begins at `start` is a ship or another vehicle by the word before it (rule 8: no label)."""
    first = max(0, start - 24)
    before = text[first:start].rstrip(" '\"“\n").removesuffix(" the").removesuffix(" of")
    return (
        before[-2:] in SHIP_TAILS
        and before.endswith(SHIP_ENDS)
        and RE_SHIP_BEFORE.search(text, first, start) is not None
    )


def from_slips(text: str, found: Sequence[Proposal], tables: Gazetteer) -> Iterator[Proposal]:
    """Misspelt names that the model sees (`USR`, `Finish`): typed like the known name of the page they slip from."""
    known = {
        name: label
        for start, end, label, source, _weight in found
        if source == "known" and " " not in (name := text[start:end])
    }
    slips = Slips(known)
    for start, end, _label, source, _weight in found:
        if source != "model":
            continue
        word = text[start:end]
        if " " not in word and not tables.knows(word):
            for name in slips.of(word):
                yield Proposal(start, end, known[name], "slip", W_SLIP)


def from_bodies(text: str, spans: Sequence[Span], words: Places, lexicon: Lexicon) -> Iterator[Proposal]:
    """Bodies that every state has, named without it: `Speaker of [Parliament]`, `the [Central Committee]`.

    A single word counts only inside a sentence, where its capital says that one body is meant.
    """
    pattern, first_words = _body_pattern(lexicon.all_bodies)
    openings = {start for start, _end in spans}
    for found in matches_at(pattern, text, starts_of(first_words, words), spans):
        start, body = found.start(), found.group()
        inside = start not in openings and text[start - 2 : start] not in (". ", "! ", "? ")
        if body not in COMMON_BODIES and (inside or " " in body):
            yield Proposal(start, found.end(), "ORG", "body", W_HEAD - 1)


# Words that are capitalised for rank as often as for one body.
COMMON_BODIES = frozenset(("Cabinet", "Army", "Navy", "Assembly", "Air Force", "Armed Forces"))


@cache
def _body_pattern(bodies: frozenset[str]) -> tuple[re.Pattern[str], list[str]]:
    """The pattern of some bodies, and the words that they start with."""
    names = "|".join(re.escape(b) for b in sorted(bodies, key=lambda b: (-len(b), b)))
    pattern = re.compile(rf"(?<![\w-])(?:{names})(?![\w-]| of [A-Z]| of the [A-Z])")
    return pattern, sorted(map(first_word, bodies))


RE_SPOKEN = re.compile(r"\b(?:in|into|speaks?|spoke|speaking|learned|taught|fluent in) $")
RE_SPOKEN_END = re.compile(r"(?=[.,;:)]|$| and | or | but | as | language|-language|-speaking)")


def is_language(text: str, start: int, end: int, known: Gazetteer) -> bool:
    """Whether a nationality adjective names a language (`communicated in Russian`), which has no label (rule 9)."""
    name = text[start:end]
    if name not in known.people or name in known.plain_people:
        return False
    if text.startswith((" language", "-language", "-speaking"), end):
        return True
    spoken = RE_SPOKEN.search(text, max(0, start - 12), start)
    return bool(spoken and RE_SPOKEN_END.match(text, end))


def vetoed(anchors: Sequence[tuple[Blurb, str | None]], lexicon: Lexicon) -> frozenset[str]:
    """Link anchors whose blurb says that they are no names (`Finlandization … is the process`)."""
    return frozenset(
        b.anchor for b, label in anchors if label == "" and label_of_name(b.anchor, lexicon) is None
    )
