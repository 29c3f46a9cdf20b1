"""Names by their head word: `Treaty of Tartu`, `Soviet Navy`, `siege of Leningrad`, `Vyborg–Petrozavodsk offensive`.

Every pattern repeats a bounded number of times, so the time stays linear in the text.
"""

from __future__ import annotations

import re
from calendar import month_name
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from pipeline.annotate.names.extent import name_spans
from pipeline.annotate.names.gazetteer import Gazetteer
from pipeline.annotate.names.lexicon import Lexicon
from pipeline.annotate.names.proposals import RE_WHOLE_WORD, W_HEAD, Proposal
from pipeline.annotate.names.words import Places, Span, starts_of, token_start, within_spans

# It begins with one set of characters, by which a search passes over all others.
_CAP = r"[^\W\d_a-zà-ÿ](?:\.[^\W\d_a-zà-ÿ]){0,4}[\w’'&]*(?:[-–][^\W\d_]\w*){0,4}"
_CAPS = rf"{_CAP}(?:\s+{_CAP}){{0,8}}"
RE_HEAD_OF = re.compile(
    rf"(?<![\w-])(?:{_CAP}\s+){{0,6}}(?P<head>{_CAP})\s+(of|for|on|in|against|between|to)\s+(?:the\s+)?(?={_CAP})"
)
RE_COMPLEMENT = re.compile(r"[^\W_]+\s+(?:of|for|on|in|against|between|to)\s+(?:the\s+)?[^\W\d_a-zà-ÿ]")
RE_PLACE = re.compile(r"[^\W_]+\s+of\s+(?:the\s+)?[^\W\d_a-zà-ÿ]")
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
    spans: Sequence[Span],
    words: Places,
    lexicon: Lexicon,
    names: Iterable[Proposal],
    known: Gazetteer,
) -> Iterator[Proposal]:
    """Capitalised phrases whose head word gives the type away, and lower-case events of a named place.

    `names` are the other proposals: what a head's `of` may reach over.
    """
    seen = _Seen()
    firm: dict[int, int] = {}
    for start, end, label, source, _weight in names:
        seen.spans.add((start, end))
        if end > seen.ends.get(start, 0):
            seen.ends[start] = end
        if label == "PERSON":
            seen.persons.add(start)
            seen.people.add((start, end))
        elif source != "model" and end > firm.get(start, 0):
            firm[start] = end
        if source == "known" and label == "GPE":
            seen.states.add(start)
    # The model may run two names together (`siege of Vienna Louis`); a person is longer than the place it begins with.
    seen.ends.update({at: end for at, end in firm.items() if at not in seen.persons})
    heads = list(within_spans(starts_of(lexicon.name, words), spans))
    yield from _with_complement(text, heads, lexicon, seen, known)
    yield from _at_the_end(text, heads, lexicon, seen, known)
    events = within_spans(starts_of(lexicon.event, words), spans)
    yield from _lower_events(text, events, lexicon.event, seen.ends)
    crises = within_spans(starts_of(lexicon.crisis, words), spans)
    yield from _lower_crises(text, crises, lexicon.crisis, seen.ends)


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
    text: str, heads: Iterable[tuple[int, Span]], lexicon: Lexicon, seen: _Seen, known: Gazetteer
) -> Iterator[Proposal]:
    """`Treaty of Tartu`, `Committee on Foreign Affairs`, `War in Donbas`."""
    for found, end in _phrases(RE_HEAD_OF, RE_COMPLEMENT, text, heads, tokens=6):
        if RE_MONTH.match(text, found.end()):
            continue
        label = lexicon.name[found[1]]
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


def _phrases(
    pattern: re.Pattern[str],
    rest: re.Pattern[str],
    text: str,
    heads: Iterable[tuple[int, Span]],
    *,
    tokens: int,
) -> Iterator[tuple[re.Match[str], int]]:
    """What `finditer` gives over the spans for a pattern whose group `head` begins at one of the heads, and where the
    span ends.

    rest: what the pattern has from the head on, a quick test. It is tried only as far back as it can reach, which is
    a number of `tokens` between white space.
    """
    for at, (start, end) in heads:
        behind = rest.match(text, at, end)
        if behind is None:
            continue
        for found in pattern.finditer(text, token_start(text, start, at, tokens), behind.end()):
            if found.start("head") == at:
                yield found, end
                break


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
    text: str, heads: Iterable[tuple[int, Span]], lexicon: Lexicon, seen: _Seen, known: Gazetteer
) -> Iterator[Proposal]:
    """`Night Frost Crisis`, `Soviet Navy`: the last word of a capitalised run that is a head."""
    for found in _runs(text, heads):
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


def _runs(text: str, heads: Iterable[tuple[int, Span]]) -> Iterator[re.Match[str]]:
    """The capitalised runs that hold a head, of those that `finditer` gives for the spans."""
    free = 0
    for at, (start, end) in heads:
        if at < free:
            continue
        for found in RE_RUN.finditer(text, _behind_small_word(text, max(free, start), at), end):
            if found.end() > at:
                yield found
                free = found.end()
                break


def _behind_small_word(text: str, start: int, at: int) -> int:
    """Where the last word before `at` starts that no capitalised run can hold, or else `start`."""
    space = text.rfind(" ", start, at)
    while space >= 0:
        if "a" <= text[space + 1] <= "z" and not text.startswith("and", space + 1):
            return space + 1
        space = text.rfind(" ", start, space)
    return start


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
    text: str, nouns: Iterable[tuple[int, Span]], events: frozenset[str], ends: Mapping[int, int]
) -> Iterator[Proposal]:
    """`Iraqi invasion of Kuwait`, `siege of Leningrad` (rule 6)."""
    for found, _end in _phrases(_event_pattern(events), RE_PLACE, text, nouns, tokens=9):
        reach = ends.get(found.end())
        if reach is None:
            continue
        starts = [w.start() + found.start(1) for w in re.finditer(r"\S+", found[1] or "")]
        before = next((i for i in starts if ends.get(i, -1) == found.end(1)), found.start("head"))
        yield Proposal(before, reach, "EVENT", "event", W_HEAD)


def _lower_crises(
    text: str, nouns: Iterable[tuple[int, Span]], crises: frozenset[str], ends: Mapping[int, int]
) -> Iterator[Proposal]:
    """`Kosovo conflict`, `Tito-Stalin split` (rule 6)."""
    for found, _end in _phrases(_crisis_pattern(crises), RE_WHOLE_WORD, text, nouns, tokens=1):
        pair = "–" in found[1] or "-" in found[1]
        if pair or ends.get(found.start(1)) == found.end(1):
            yield Proposal(found.start(), found.end(), "EVENT", "event", W_HEAD)


@cache
def _event_pattern(nouns: frozenset[str]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:({_CAPS})\s+)?(?P<head>{'|'.join(sorted(nouns))})\s+of\s+(?:the\s+)?(?={_CAP})")


@cache
def _crisis_pattern(nouns: frozenset[str]) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-])({_CAP})\s+(?P<head>{'|'.join(sorted(nouns))})(?![\w-])")
