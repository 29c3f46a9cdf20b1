"""The words of a page by their places: what can stand only at certain words is looked up there, not searched for.

A pattern run over whole pages takes longer than all else that a source of names does.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

Span = tuple[int, int]
# Where each word of a page starts, in order; a word is a run of letters and digits.
Places = Mapping[str, Sequence[int]]

RE_WORD = re.compile(r"\b[^\W_]+")


def first_word(name: str) -> str:
    """The word by which a name is looked up, "" if it begins with none."""
    found = RE_WORD.match(name)
    return found[0] if found else ""


def word_places(text: str, spans: Iterable[Span]) -> Places:
    """Where each word starts in the spans of a text; offsets index `text`."""
    places: dict[str, list[int]] = defaultdict(list)
    for start, end in spans:
        for word in RE_WORD.finditer(text, start, end):
            places[word[0]].append(word.start())
    return dict(places)


def starts_of(words: Iterable[str], places: Places) -> list[int]:
    """Where any of some different words starts, in text order."""
    return sorted(at for word in words for at in places.get(word, ()))


def within_spans(starts: Iterable[int], spans: Sequence[Span]) -> Iterator[tuple[int, Span]]:
    """Each offset with the span that it lies in; both in text order."""
    spans_left = iter(spans)
    span = (0, 0)
    for at in starts:
        while at >= span[1]:
            span = next(spans_left)
        yield at, span


def matches_at(
    pattern: re.Pattern[str], text: str, starts: Iterable[int], spans: Sequence[Span]
) -> Iterator[re.Match[str]]:
    """What `finditer` gives for a pattern over some spans, if it can match only at some offsets (in text order)."""
    free = 0
    for at, (_start, end) in within_spans(starts, spans):
        found = pattern.match(text, at, end) if at >= free else None
        if found:
            yield found
            free = found.end()


NEAR = 200  # characters that hold the last tokens of nearly any text


def token_start(text: str, start: int, at: int, tokens: int) -> int:
    """Where the part of `text[start:at]` begins that holds the last few `tokens` (between white space) before `at`."""
    for begin in (max(start, at - NEAR), start):
        before = text[begin:at].rsplit(None, tokens)
        if len(before) > tokens:
            return begin + len(before[0])
    return start
