"""Tables read off the co-occurrences: states by year, dated events, edges by period."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pipeline.graph.cooccurrence import Count
from pipeline.graph.timespan import PERIODS, Day, Span, span_to_edtf, year_span
from pipeline.tables import Row

CODES = ("iso3", "cow_code", "gw_code")


def single_year(span: Span | None) -> int | None:
    """The year that the span lies inside, None if it lies in more than one."""
    return span.first.year if span is not None and span.first.year == span.last.year else None


def dyad_year_rows(years: Iterable[tuple[tuple[str, str, int], int]], actors: Mapping[str, Row]) -> list[Row]:
    """Rows of `dyad_year` from the sentences by pair and year: (source, target, year) → how many.

    A sentence counts for a year when its whole span lies inside that year. States are the actors with a state
    code, and those of type GPE (a GPE acts only as a state).
    """
    found = []
    for (source, target, year), sentences in years:
        pair = actors[source], actors[target]
        if all(map(is_state, pair)):
            one, two = sorted(pair, key=_state_order)
            found.append((_state_order(one), _state_order(two), year, sentences))
    found.sort()
    return [
        {
            "actor_id1": one[-1],
            "actor_id2": two[-1],
            "year": year,
            **{f"{code}{n}": actors[a[-1]][code] for code in CODES[1:] for n, a in ((1, one), (2, two))},
            "sentences": sentences,
        }
        for one, two, year, sentences in found
    ]


def event_row(sentence: Row, span: Span, actors: Iterable[str]) -> Row:
    """A row of `events` from a dated sentence, its span and its actors in order of appearance."""
    return {
        "doc_id": sentence["doc_id"],
        "sentence_id": sentence["sentence_id"],
        "earliest": str(span.first),
        "latest": str(span.last),
        "edtf": span_to_edtf(span),
        "dated_by": sentence["dated_by"],
        "actors": tuple(actors),
        "text": sentence["text"],
    }


def period_row(first_year: int, unit: str, source: str, target: str, count: Count) -> Row:
    """A row of `edges_by_period`: the period of this size that begins with this year."""
    period = year_span(first_year, first_year + PERIODS[unit] - 1)
    return {
        "period": span_to_edtf(period),
        "start": str(period.first),
        "end": str(period.last),
        "source": source,
        "target": target,
        "weight": count.windows,
        "documents": count.documents,
    }


def first_and_last(spans: Iterable[Span]) -> tuple[str, str]:
    """First and last day of the spans as ISO strings, empty if there is none."""
    days: list[Day] = [day for span in spans for day in span]
    return (str(min(days)), str(max(days))) if days else ("", "")


def is_state(actor: Row) -> bool:
    """Whether a row of `entities` or `actors` is a state's."""
    return actor["type"] == "GPE" or any(actor[code] for code in CODES)


def _state_order(actor: Row) -> tuple[bool, int, str]:
    code = actor["cow_code"] or ""
    number = int(code) if code.isascii() and code.isdigit() else 0
    return (not number, number, actor["actor_id"])
