"""Find the date expressions of a page: grammar, value and narrative put together."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from pipeline.annotate.dates.grammar import find_expressions
from pipeline.annotate.dates.lexicon import tokenise
from pipeline.annotate.dates.narrative import Narrative, Resolved
from pipeline.annotate.dates.parts import Line
from pipeline.annotate.dates.sentences import RE_HEADING, split_sentences
from pipeline.annotate.dates.value import bounds
from pipeline.records import Timex

RE_HEADING_LINE = re.compile(r"^#{1,6} .*$", re.MULTILINE)


def find_dates(
    text: str, sentences: Sequence[tuple[int, int]] = (), *, sections: Sequence[tuple[int, int, str]] = ()
) -> list[Timex]:
    spans = list(sentences) or split_sentences(text)
    events: list[tuple[int, int, int, str]] = [(s, 1, e, "") for s, e in spans]
    if sections:
        events += [(s, 0, e, title) for s, e, title in sections]
    else:
        events += [(m.start(), 0, m.end(), m.group().lstrip("# ")) for m in RE_HEADING_LINE.finditer(text)]
    events.sort(key=lambda t: t[:3])
    narrative = Narrative()
    dates: list[Timex] = []
    for start, kind, end, title in events:
        if kind == 0:
            line = Line(*tokenise(title, 0, len(title)))
            narrative.heading(line, find_expressions(line))
            continue
        line = Line(*tokenise(text, start, end))
        for r in narrative.resolve(line, find_expressions(line)):
            dates.append(_timex(text, line, r, len(dates) + 1))
    return dates


def _timex(text: str, line: Line, r: Resolved, n: int) -> Timex:
    start, end = line.tokens[r.expression.first].start, line.tokens[r.expression.last - 1].end
    days = bounds(r.value, r.mod)
    return Timex(
        f"d{n:04d}",
        "",
        start,
        end,
        text[start:end],
        r.expression.parts.type,
        r.value,
        r.mod,
        days.edtf,
        days.earliest,
        days.latest,
    )
