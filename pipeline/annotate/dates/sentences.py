"""A light sentence split for text that comes without one, and the dates that sentences speak of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from pipeline.annotate.dates.early import early_era
from pipeline.annotate.dates.grammar import find_expressions
from pipeline.annotate.dates.lexicon import tells_time, tokenise
from pipeline.annotate.dates.narrative import Narrative
from pipeline.annotate.dates.parts import Line
from pipeline.annotate.dates.value import bounds
from pipeline.records import Sentence, Timex

RE_HEADING = re.compile(r"#{1,6} ")
# a full stop, closing quotes, white space, then a capital, digit or quote; not behind an initial or abbreviation
RE_STOP = re.compile(r"[.!?]+[\"'”’)\]]*\s+(?=[\"'“‘(\[]?[A-Z0-9])")
RE_NO_STOP = re.compile(
    r"(?:\b(?:[A-Z]|[ap]\.m|ca?|r|fl|cf|vs|St|Mr|Mrs|Ms|Dr|Prof|Gen|Col|Maj|Capt|Lt|Sgt|Adm|Gov|Sen|Rep|Rev|Hon|Jr|Sr|No|Nos|pp?|vol|fig"
    r"|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|U\.S|U\.K|B\.C|A\.D|e\.g|i\.e|etc|approx))\.$"
)


def split_sentences(text: str) -> list[tuple[int, int]]:
    """Half-open offsets of the sentences of `text`, line by line, headings left out."""
    spans: list[tuple[int, int]] = []
    offset = 0
    for line in text.split("\n"):
        if line.strip() and not RE_HEADING.match(line):
            spans.extend(_split_line(line, offset))
        offset += len(line) + 1
    return spans


def _split_line(line: str, offset: int) -> list[tuple[int, int]]:
    cuts = [0]
    for match in RE_STOP.finditer(line):
        head = line[max(0, match.start() - 12) : match.start() + 1]
        if not RE_NO_STOP.search(head):
            cuts.append(match.end())
    cuts.append(len(line))
    spans = []
    for start, end in pairwise(cuts):
        left = len(line[start:end]) - len(line[start:end].lstrip())
        right = len(line[start:end].rstrip())
        if right > left:
            spans.append((offset + start + left, offset + start + right))
    return spans


def date_sentences(
    sentences: Sequence[Sentence], dates: Sequence[Timex], sections: Sequence[tuple[int, int, str]] = ()
) -> list[Sentence]:
    """The sentences with `earliest`, `latest` and `dated_by` filled, all in text order.

    A sentence's own dates give the span from the first to the last day of any of them. Without one it inherits the
    span of the sentence before it in its section, and at a section's start that of the years in its title.
    """
    found: list[Sentence] = []
    d = 0
    carried = ("", "")
    section = -1
    for sentence in sentences:
        while section + 1 < len(sections) and sentence.start >= sections[section + 1][0]:
            section += 1
            carried = title_span(sections[section][2])
        own: list[Timex] = []
        while d < len(dates) and dates[d].start < sentence.end:
            if dates[d].start >= sentence.start and dates[d].earliest:
                own.append(dates[d])
            d += 1
        if own:
            carried = min((t.earliest for t in own), key=day_key), max((t.latest for t in own), key=day_key)
        by = "own" if own else "narrative" if carried[0] else ""
        found.append(_dated(sentence, *carried, by))
    return found


def _dated(s: Sentence, earliest: str, latest: str, by: str) -> Sentence:
    """The sentence with its time; written out, as `replace` takes three times as long."""
    return Sentence(s.sentence_id, s.section_id, s.start, s.end, earliest, latest, by, s.tokens)


def day_key(day: str) -> tuple[int, int, int]:
    """Order of ISO days that may lie before the year 0."""
    sign = -1 if day.startswith("-") else 1
    year, month, day_of_month = day.lstrip("-").split("-")
    return sign * int(year), int(month), int(day_of_month)


def title_span(title: str) -> tuple[str, str]:
    """First and last day of the years that a section's title names, ("", "") if it names none."""
    if not tells_time(title, 0, len(title)):
        return "", ""
    line = Line(*tokenise(title, 0, len(title)))
    line = line._replace(early=early_era([line]))
    days = [
        bounds(r.value)
        for r in Narrative().resolve(line, find_expressions(line))
        if r.expression.parts.type == "DATE"
    ]
    days = [b for b in days if b.earliest]
    if not days:
        return "", ""
    return min((b.earliest for b in days), key=day_key), max((b.latest for b in days), key=day_key)
