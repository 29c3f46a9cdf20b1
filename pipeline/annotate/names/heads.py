"""Names by their head word: `Treaty of Tartu`, `Soviet Navy`, `siege of Leningrad`, `Vyborg–Petrozavodsk offensive`.

Every pattern repeats a bounded number of times, so the time stays linear in the text.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from calendar import month_name
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from pipeline.annotate.names.extent import name_spans
from pipeline.annotate.names.gazetteer import Gazetteer
from pipeline.annotate.names.lexicon import Lexicon
from pipeline.annotate.names.proposals import W_HEAD, Proposal

_CAP = r"(?:[^\W\d_a-zà-ÿ]\.){0,4}[^\W\d_a-zà-ÿ][\w’'&]*(?:[-–][^\W\d_]\w*){0,4}"
_CAPS = rf"{_CAP}(?:\s+{_CAP}){{0,8}}"
RE_HEAD_OF = re.compile(
    rf"(?:{_CAP}\s+){{0,6}}({_CAP})\s+(of|for|on|in|against|between|to)\s+(?:the\s+)?(?={_CAP})"
)
RE_RUN = re.compile(rf"{_CAP}(?:\s+(?:(?:and|&)\s+)?{_CAP}){{0,10}}")
RE_SIMPLE_RUN = re.compile(_CAPS)
# `Conference on Security and Co-operation in Europe`, `Council for Mutual Economic Assistance`
RE_TOPIC_RUN = re.compile(rf"{_CAPS}(?: (?:and|&) {_CAPS})?(?: (?:in|of|for) (?:the )?{_CAPS})?")
# `Agreement of Friendship, Cooperation, and Mutual Assistance`: the title of a text may be a list.
RE_LIST_RUN = re.compile(
    rf"{_CAPS}(?:(?:, | and |, and ){_CAPS}){{0,5}}(?: (?:between|with) (?:the )?{_CAPS})?"
)
RE_MONTH = re.compile(r"(?:" + "|".join(month_name[1:]) + r")\b")
RE_JOINT = re.compile(r"\s+(?:and|&)\s+")
WARS = frozenset("War Wars Campaign Conflict Insurgency Revolution Rebellion Uprising".split())
WIDE_PREPOSITIONS = ("in", "against", "between", "to")


def from_heads(
    text: str,
    spans: Sequence[tuple[int, int]],
    lexicon: Lexicon,
    names: Iterable[Proposal],
    known: Gazetteer,
) -> Iterator[Proposal]:
    """Capitalised phrases whose head word gives the type away, and lower-case events of a named place.

    `names` are the other proposals: what a head's `of` may reach over.
    """
    seen = _Seen()
    firm: dict[int, int] = {}
    for p in names:
        seen.ends[p.start] = max(p.end, seen.ends.get(p.start, 0))
        seen.spans.add((p.start, p.end))
        if p.label == "PERSON":
            seen.persons.add(p.start)
            seen.people.add((p.start, p.end))
        elif p.source != "model":
            firm[p.start] = max(p.end, firm.get(p.start, 0))
        if p.source == "known" and p.label == "GPE":
            seen.states.add(p.start)
    # The model may run two names together (`siege of Vienna Louis`); a person is longer than the place it begins with.
    seen.ends.update({at: end for at, end in firm.items() if at not in seen.persons})
    events, crises = _places(text, lexicon.event, RE_OF), _places(text, lexicon.crisis, RE_WORD_ENDS)
    for start, end in spans:
        yield from _with_complement(text, start, end, lexicon, seen, known)
        yield from _at_the_end(text, start, end, lexicon, seen, known)
        if _within(events, start, end):
            yield from _lower_events(text, start, end, lexicon, seen.ends)
        if _within(crises, start, end):
            yield from _lower_crises(text, start, end, lexicon, seen.ends)


@dataclass(slots=True)
class _Seen:
    """What the other sources propose: where the name that begins at an offset ends, all spans, starts of persons
    and their spans, starts of known states and cities."""

    ends: dict[int, int] = field(default_factory=dict)
    spans: set[tuple[int, int]] = field(default_factory=set)
    persons: set[int] = field(default_factory=set)
    people: set[tuple[int, int]] = field(default_factory=set)
    states: set[int] = field(default_factory=set)


def _with_complement(
    text: str, start: int, end: int, lexicon: Lexicon, seen: _Seen, known: Gazetteer
) -> Iterator[Proposal]:
    """`Treaty of Tartu`, `Committee on Foreign Affairs`, `War in Donbas`."""
    for found in _matches(RE_HEAD_OF, text, start, end):
        label = lexicon.name.get(found[1])
        if label is None or RE_MONTH.match(text, found.end()):
            continue
        if found[2] in WIDE_PREPOSITIONS and label != "LAW" and found[1] not in WARS:
            continue
        if found[1] == "House" and found[2] == "of":
            label = "ORG"  # a parliament or a family
        titled = found.start(1) > found.start()
        if found[2] in ("for", "on") and (label in ("GPE", "LOC", "FAC") or (titled and found[1] in WARS)):
            continue  # `Waterloo Road for the BBC`, `the First Carlist War on the Isabeline side`
        if found[2] == "of" and label == "LOC" and titled and found.end() in seen.states:
            continue  # `North Island of New Zealand`: two names
        reach = _reach(text, found.end(), end, label, found[2], seen)
        spans = name_spans(text, found.start(), reach, lexicon, known, label=label)
        a, b = next(spans, (0, 0))
        if a < b:
            yield Proposal(a, b, label, "head", W_HEAD)


def _matches(pattern: re.Pattern[str], text: str, start: int, end: int) -> Iterator[re.Match[str]]:
    """What `finditer` gives for a pattern that begins with a capitalised word, and sooner: only those are tried."""
    free = start
    for word in RE_CAPITAL.finditer(text, start, end):
        found = pattern.match(text, word.start(), end) if word.start() >= free else None
        if found:
            yield found
            free = found.end()


# The look behind comes second, so that all other characters are passed over.
RE_CAPITAL = re.compile(r"[^\W\d_a-zà-ÿ](?<![\w-].)")


def _reach(text: str, at: int, end: int, label: str, preposition: str, seen: _Seen) -> int:
    """Where the complement that begins at `at` ends."""
    listed = label == "LAW" and ", " in text[at : at + 40]
    pattern = RE_LIST_RUN if listed else RE_TOPIC_RUN if preposition in ("on", "for") else RE_SIMPLE_RUN
    run = pattern.match(text, at, end)
    stop = run.end() if run else at
    stop = max(seen.ends.get(at, 0), stop)
    if pattern is RE_SIMPLE_RUN:
        # A second name may start right behind: `By the Treaty of Rhandeia Ctesiphon recovered its land`,
        # `President of the Republic of Kazakhstan Nursultan Nazarbayev`.
        second = seen.ends if label in ("LAW", "EVENT") else seen.persons
        stop = next((i - 1 for i in range(at + 1, stop) if i in second and text[i - 1] == " "), stop)
    return stop


def _at_the_end(
    text: str, start: int, end: int, lexicon: Lexicon, seen: _Seen, known: Gazetteer
) -> Iterator[Proposal]:
    """`Night Frost Crisis`, `Soviet Navy`: the last word of a capitalised run that is a head."""
    for found in RE_RUN.finditer(text, start, end):
        if not any(_bare(word) in lexicon.name for word in found.group().split()[1:]):
            continue
        words = list(re.finditer(r"\S+", found.group()))
        first = found.start()
        while words and RE_MONTH.match(words[0].group()):
            words = words[1:]  # `on 30 November Soviet divisions crossed`
            first = found.start() + words[0].start() if words else first
        words = words[1:]
        for word in reversed(words):
            label = lexicon.name.get(_bare(word.group()))
            if label is None:
                continue
            stop = found.start() + word.end()
            joint = list(RE_JOINT.finditer(text, first, stop))
            # `between the Niger River and Lake Chad`, `Yugoslav and Warsaw Pact countries`, `London University and UCL
            # Medical School`: two names
            if joint and (
                label in ("LOC", "FAC", "GPE") or _whole(text[first : joint[-1].start()], lexicon, known)
            ):
                first = joint[-1].end()
            if label in ("LOC", "FAC", "GPE") and (first, stop) in seen.people:
                break  # `George Wall`
            first = _behind_opener(text, first, stop, seen)
            spans = name_spans(text, first, stop, lexicon, known, label=label)
            for a, b in list(spans)[-1:]:
                if " " in text[a:b] or a > first:
                    yield Proposal(a, b, label, "head", W_HEAD - 0.5)
            break


def _bare(word: str) -> str:
    """A word without its possessive."""
    return RE_OWNER.sub("", word) if "'" in word or "’" in word else word


RE_OWNER = re.compile(r"['’]s?$")


def _whole(name: str, lexicon: Lexicon, known: Gazetteer) -> bool:
    """Whether the first part of a pair is a name, or a word for people, of its own."""
    head = name.rpartition(" ")[2]
    return (
        name in known.people or name in lexicon.offices or (head != name and lexicon.name.get(head) == "ORG")
    )


def _behind_opener(text: str, first: int, stop: int, seen: _Seen) -> int:
    """The start of a run without the capitalised word that only opens the sentence (`Attended|James High School`)."""
    word = RE_OPENER.match(text, first)
    opens = word and (first == 0 or RE_SENTENCE_END.search(text, max(0, first - 3), first))
    return word.end() if word and opens and (word.end(), stop) in seen.spans else first


RE_OPENER = re.compile(r"[A-Z][a-z]+ ")
RE_SENTENCE_END = re.compile(r"(?:[.!?]['\"”’)]?\s|\n)$")


def _lower_events(
    text: str, start: int, end: int, lexicon: Lexicon, ends: Mapping[int, int]
) -> Iterator[Proposal]:
    """`Iraqi invasion of Kuwait`, `siege of Leningrad` (rule 6)."""
    for found in _event_pattern(lexicon.event).finditer(text, start, end):
        reach = ends.get(found.end())
        if reach is None:
            continue
        starts = [w.start() + found.start(1) for w in re.finditer(r"\S+", found[1] or "")]
        before = next((i for i in starts if ends.get(i, -1) == found.end(1)), found.start(2))
        yield Proposal(before, reach, "EVENT", "event", W_HEAD)


def _lower_crises(
    text: str, start: int, end: int, lexicon: Lexicon, ends: Mapping[int, int]
) -> Iterator[Proposal]:
    """`Kosovo conflict`, `Tito-Stalin split` (rule 6)."""
    for found in _matches(_crisis_pattern(lexicon.crisis), text, start, end):
        pair = "–" in found[1] or "-" in found[1]
        if pair or ends.get(found.start(1)) == found.end(1):
            yield Proposal(found.start(), found.end(), "EVENT", "event", W_HEAD)


RE_OF = re.compile(r"\s+of\s")
RE_WORD_ENDS = re.compile(r"(?![\w-])")


def _places(text: str, nouns: Iterable[str], behind: re.Pattern[str]) -> list[int]:
    """Where a text has one of some nouns with something behind it; that is quicker than the slow pattern."""
    found = []
    for noun in nouns:
        at = text.find(noun)
        while at >= 0:
            if behind.match(text, at + len(noun)):
                found.append(at)
            at = text.find(noun, at + 1)
    return sorted(found)


def _within(places: Sequence[int], start: int, end: int) -> bool:
    return bisect_left(places, start) < bisect_left(places, end)


@cache
def _event_pattern(nouns: frozenset[str]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:({_CAPS})\s+)?({'|'.join(sorted(nouns))})\s+of\s+(?:the\s+)?(?={_CAP})")


@cache
def _crisis_pattern(nouns: frozenset[str]) -> re.Pattern[str]:
    return re.compile(rf"({_CAP})\s+(?:{'|'.join(sorted(nouns))})(?![\w-])")
