"""Find the date expressions of a page: grammar, value and narrative put together."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from pipeline.annotate.dates.clauses import tells_when
from pipeline.annotate.dates.early import early_era
from pipeline.annotate.dates.grammar import find_expressions
from pipeline.annotate.dates.lexicon import tells_time, tokenise
from pipeline.annotate.dates.linking import ranges
from pipeline.annotate.dates.narrative import Narrative
from pipeline.annotate.dates.parts import Expression, Line
from pipeline.annotate.dates.sentences import split_sentences
from pipeline.annotate.dates.value import bounds
from pipeline.annotate.dates.writing import Resolved
from pipeline.records import Timex

RE_HEADING_LINE = re.compile(r"^#{1,6} (.*)$", re.MULTILINE)
# a bare heading is no longer than this
_TITLE_TOKENS = 12


class _Read(NamedTuple):
    """A sentence or section title with its expressions; titles set the narrative's time but are not labelled."""

    line: Line
    expressions: list[Expression]
    titles: bool
    labelled: bool


# a sentence without a word of time, as most are
_UNDATED = _Read(Line([], ""), [], False, True)


def find_dates(
    text: str, sentences: Sequence[tuple[int, int]] = (), *, sections: Sequence[tuple[int, int, str]] = ()
) -> list[Timex]:
    """Find the time expressions of a page and their values.

    Parameters: text, clean text of a page: one paragraph a line, headings on `## ` lines; sentences, half-open
    offsets into it in order (none: a light split of our own); sections, (start, end, title) of its sections (none:
    the heading lines).
    Returns: in text order, no overlaps, each inside one sentence; offsets index `text`; `date_id` counts from d0001,
    `sentence_id` is left to the caller.
    Raises: ValueError if a sentence does not lie inside `text`.
    Example: "He left in July 1947. In December he was back." gives 1947-07 and 1947-12.
    Rules: annotation guidelines, Dates. Limits: vague time ("soon") is left out. Words of approximation are
    read for `mod` but stand outside the extent. Source: ISO-TimeML (ISO 24617-1).
    """
    events = _events(text, sentences, sections)
    read = [_read(text, line, *event) for line, event in zip(_lines(text, events), events, strict=True)]
    ahead = _years_ahead(read)
    narrative = Narrative()
    dates: list[Timex] = []
    for item, upcoming in zip(read, ahead, strict=True):
        if item.titles:
            narrative.heading(item.expressions)
        if item.labelled and item.expressions:
            resolved = narrative.resolve(item.line, item.expressions, upcoming)
            ids = _range_ids(item, len(dates))
            for r, range_id in zip(resolved, ids, strict=True):
                dates.append(_timex(text, item.line, r, len(dates) + 1, range_id))
    return dates


def _range_ids(item: _Read, count: int) -> list[str]:
    """The range that each expression is an end of, "" if none; a range is named after its first end."""
    ids = [""] * len(item.expressions)
    for first, last in ranges(item.line, item.expressions):
        if not ids[first]:
            ids[first] = ids[last] = f"r{count + first + 1:04d}"
    return ids


def _events(
    text: str, sentences: Sequence[tuple[int, int]], sections: Sequence[tuple[int, int, str]]
) -> list[tuple[int, int, str | None]]:
    """Sentences (title None) and section titles in text order, a title before the first sentence of its section."""
    spans = list(sentences) or split_sentences(text)
    for start, end in spans:
        if not 0 <= start <= end <= len(text):
            raise ValueError(f"sentence {start}-{end} does not lie in a text of {len(text)} characters")
    titles = list(sections) or [(m.start(), m.end(), m.group(1)) for m in RE_HEADING_LINE.finditer(text)]
    events = [(start, 1, end, None) for start, end in spans]
    heads = [(start, 0, end, title) for start, end, title in titles]
    return [(start, end, title) for start, _, end, title in sorted((*events, *heads), key=lambda t: t[:3])]


def _lines(text: str, events: Sequence[tuple[int, int, str | None]]) -> list[Line]:
    """The tokens of each sentence or title, none where no word tells of time, with the era of its paragraph."""
    lines: list[Line] = []
    paragraph: list[Line] = []
    last = 0
    for start, end, title in events:
        if title is not None or "\n" in text[last:start]:
            lines.extend(_with_era(paragraph))
            paragraph = []
        shown = (title, 0, len(title)) if title is not None else (text, start, end)
        paragraph.append(Line(*tokenise(*shown)) if tells_time(*shown) else _UNDATED.line)
        if title is not None:
            lines.extend(_with_era(paragraph))
            paragraph = []
        else:
            last = end
    return [*lines, *_with_era(paragraph)]


def _with_era(paragraph: list[Line]) -> list[Line]:
    era = early_era(paragraph)
    return [line._replace(early=era) for line in paragraph] if era else paragraph


def _read(text: str, line: Line, start: int, end: int, title: str | None) -> _Read:
    if title is None and not line.letters:
        return _UNDATED
    found = find_expressions(line)
    if title is not None:
        return _Read(line, found, True, False)
    return _Read(line, found, bool(found) and _is_title(text, start, end, line, found), True)


def _is_title(text: str, start: int, end: int, line: Line, found: list[Expression]) -> bool:
    """Whether a sentence is a bare heading with years: a short line of its own without a full stop."""
    if len(line.tokens) > _TITLE_TOKENS or text[end - 1] in ".!?:;,":
        return False
    years = any(e.parts.year is not None and e.parts.month is None for e in found)
    return years and not text[text.rfind("\n", 0, start) + 1 : start].strip() and _ends_line(text, end)


def _ends_line(text: str, end: int) -> bool:
    stop = text.find("\n", end)
    return not text[end : stop if stop >= 0 else len(text)].strip()


def _years_ahead(read: Sequence[_Read]) -> list[list[int | None]]:
    """For each expression the year of the next date before the next title that says when something happened."""
    ahead: list[list[int | None]] = []
    following: int | None = None
    for item in reversed(read):
        if item.titles:
            following = None
        row: list[int | None] = []
        for e in reversed(item.expressions):
            row.append(following)
            sure = not e.parts.era_open or item.line.early != "BC"
            if e.parts.year is not None and sure and not item.titles and tells_when(item.line, e):
                following = e.parts.year
        ahead.append(row[::-1])
    return ahead[::-1]


def _timex(text: str, line: Line, r: Resolved, n: int, range_id: str) -> Timex:
    start, end = (
        line.tokens[r.expression.first + r.expression.lead].start,
        line.tokens[r.expression.last - 1].end,
    )
    days = bounds(r.value, r.mod)
    return Timex(
        date_id=f"d{n:04d}",
        sentence_id="",
        start=start,
        end=end,
        text=text[start:end],
        type=r.expression.parts.type,
        value=r.value,
        mod=r.mod,
        edtf=days.edtf,
        earliest=days.earliest,
        latest=days.latest,
        range_id=range_id,
    )
