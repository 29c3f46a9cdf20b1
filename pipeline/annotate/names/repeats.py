"""The names of a page wherever they stand again: as they are, by surname, or misspelt."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from pipeline.annotate.names.decide import Labels, calling
from pipeline.annotate.names.gazetteer import Gazetteer
from pipeline.annotate.names.lexicon import FUNCTION_WORDS
from pipeline.annotate.names.proposals import RULERS, W_SLIP, Proposal, opens_sentence
from pipeline.annotate.names.words import Places, Span, first_word, matches_at, within_spans
from pipeline.spelling import Slips


def labels_by_name(text: str, labels: Labels) -> dict[str, str]:
    """The label of each name, in order of its first place; all places of a name have the same."""
    return {text[start:end]: label for (start, end), (label, _share) in labels.items()}


# A word that goes on with a capital or a dash is likely part of another name.
RE_RUNS_ON = re.compile(r"[ -][A-Z]|-\w")


def repeats(
    text: str, spans: Sequence[Span], words: Places, labels: Labels, names: Mapping[str, str]
) -> list[Proposal]:
    """Every occurrence of the page's decided names and of its persons' surnames: new ones, and a vote for the known.

    Parameters: labels, of the decided spans; names, what `labels_by_name` makes of them.
    """
    surfaces: dict[str, str] = {}
    for name, label in names.items():
        if _repeatable(name):
            surfaces.setdefault(name, label)
        if label == "PERSON" and " " in name:
            parts = name.split()
            alone = parts[calling(parts)]
            if _repeatable(alone):
                surfaces.setdefault(alone, "PERSON")
    by_first_word: dict[str, list[str]] = defaultdict(list)
    for surface in sorted(surfaces, key=lambda s: (-len(s), s)):
        by_first_word[first_word(surface)].append(surface)
    found = []
    for start, stop in _occurrences(text, spans, words, by_first_word):
        new = (start, stop) not in labels
        if new and (RE_RUNS_ON.match(text, stop) or opens_sentence(text, start, stop)):
            continue
        found.append(Proposal(start, stop, surfaces[text[start:stop]], "page", 1.0))
    return found


def _occurrences(
    text: str, spans: Sequence[Span], words: Places, by_first_word: Mapping[str, Sequence[str]]
) -> Iterator[tuple[int, int]]:
    """Whole-word occurrences of surfaces, which are given by first word and longest first, without overlaps."""
    surfaces_at = {at: surfaces for word, surfaces in by_first_word.items() for at in words.get(word, ())}
    free = 0
    for start, (_start, end) in within_spans(sorted(surfaces_at), spans):
        if start < free or text[start - 1 : start] == "-":
            continue
        for surface in surfaces_at[start]:
            stop = start + len(surface)
            if stop <= end and text.startswith(surface, start) and not RE_GOES_ON.match(text, stop):
                yield start, stop
                free = stop
                break


RE_GOES_ON = re.compile(r"\w")


RE_LONG_WORD = re.compile(r"[^\W\d_a-z](?<![\w-].)[^\W\d_]{5,}(?![\w-])")


def slips(
    text: str, spans: Sequence[Span], words: Places, names: Mapping[str, str], tables: Gazetteer
) -> list[Proposal]:
    """Misspelt names that no table knows (`Constantinpole`): one slip from a name that the page decides elsewhere."""
    surfaces: dict[str, str] = {}
    for name, label in names.items():
        for word in {name, name.split()[-1]} if label == "PERSON" else {name}:
            if " " not in word and len(word) > 6:
                surfaces.setdefault(word, label)
    near_ones = Slips(surfaces)
    heads, tails = {s[:3] for s in surfaces}, {s[-3:] for s in surfaces}  # for `_resembles`
    found = []
    for word, starts in words.items():
        if len(word) < 6 or (word[:3] not in heads and word[-3:] not in tails) or tables.knows(word):
            continue
        if label := _slip_label(word, surfaces, near_ones):
            whole = matches_at(RE_LONG_WORD, text, starts, spans)
            found += [Proposal(m.start(), m.end(), label, "slip", W_SLIP) for m in whole]
    return found


def _slip_label(word: str, surfaces: Mapping[str, str], near_ones: Slips) -> str:
    """Label of the one surface that a word is a misspelling of, or ""."""
    near = () if word in surfaces else [s for s in near_ones.of(word) if _resembles(word, s)]
    return surfaces[near[0]] if len(near) == 1 and not _inflected(word, near[0]) else ""


def _resembles(a: str, b: str) -> bool:
    """Whether the start or the end is the same: one slip in a long word leaves one of them."""
    return a[:3] == b[:3] or a[-3:] == b[-3:]


def _inflected(a: str, b: str) -> bool:
    """Whether two words differ in their ending only (`Albania`, `Albanian`): another form, no slip."""
    return a[:-2] == b[: len(a) - 2] or b[:-2] == a[: len(b) - 2]


def _repeatable(name: str) -> bool:
    """Whether another occurrence of the bare surface is the same name: no common word, no single letter."""
    return len(name) > 2 and name[0].isupper() and name.lower() not in FUNCTION_WORDS and name not in RULERS
