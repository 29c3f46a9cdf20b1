"""Tables read off the co-occurrences: states by year, dated events, edges by period."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pipeline.graph.timespan import PERIODS, Day, Span, parse_span, period_of, span_to_edtf
from pipeline.tables import Row

CODES = ("iso3", "cow_code", "gw_code")


def dyad_year_rows(cooccurrences: Iterable[Row], actors: Mapping[str, Row]) -> list[Row]:
    """Rows of `dyad_year`: a sentence counts for a year when its whole span lies inside that year.

    States are the actors with a state code, and those of type GPE (a GPE acts only as a state).
    """
    counts: dict[tuple[str, str, int], int] = {}
    for row in cooccurrences:
        first, second = actors[row["source"]], actors[row["target"]]
        if not (_is_state(first) and _is_state(second)):
            continue
        span = parse_span(row["earliest"], row["latest"])
        if span is None or span.first.year != span.last.year:
            continue
        first, second = sorted((first, second), key=_state_order)
        key = (first["actor_id"], second["actor_id"], span.first.year)
        counts[key] = counts.get(key, 0) + 1
    return [
        {
            "actor_id1": one,
            "actor_id2": two,
            "year": year,
            **{f"{code}{n}": actors[a][code] for code in CODES[1:] for n, a in ((1, one), (2, two))},
            "sentences": sentences,
        }
        for (one, two, year), sentences in sorted(
            counts.items(),
            key=lambda c: (_state_order(actors[c[0][0]]), _state_order(actors[c[0][1]]), c[0][2]),
        )
    ]


def event_rows(events: Iterable[tuple[Row, Span, Iterable[str]]]) -> list[Row]:
    """Rows of `events` from dated sentences, their spans and actors, in page order: sorted by time."""
    numbered = list(enumerate(events))
    numbered.sort(key=lambda item: (item[1][1], item[0]))
    return [
        {
            "doc_id": sentence["doc_id"],
            "sentence_id": sentence["sentence_id"],
            "earliest": str(span.first),
            "latest": str(span.last),
            "edtf": span_to_edtf(span),
            "dated_by": sentence["dated_by"],
            "actors": tuple(actors),
            "text": sentence["text"],
        }
        for _, (sentence, span, actors) in numbered
    ]


def edges_by_period_rows(cooccurrences: Iterable[Row], unit: str) -> list[Row]:
    """Rows of `edges_by_period`: a co-occurrence counts for a period when its whole span lies inside it.

    Raises: ValueError for an unknown unit.
    """
    if unit not in PERIODS:
        raise ValueError(f"unknown period {unit!r}; expected one of {', '.join(PERIODS)}")
    counts: dict[tuple[Span, str, str], tuple[int, set[str]]] = {}
    for row in cooccurrences:
        span = parse_span(row["earliest"], row["latest"])
        period = period_of(span, unit) if span else None
        if period is None:
            continue
        key = (period, row["source"], row["target"])
        weight, pages = counts.get(key, (0, set()))
        pages.add(row["doc_id"])
        counts[key] = (weight + 1, pages)
    return [
        {
            "period": span_to_edtf(period),
            "start": str(period.first),
            "end": str(period.last),
            "source": source,
            "target": target,
            "weight": weight,
            "documents": len(pages),
        }
        for (period, source, target), (weight, pages) in sorted(counts.items(), key=lambda c: c[0])
    ]


def first_and_last(spans: Iterable[Span]) -> tuple[str, str]:
    """First and last day of the spans as ISO strings, empty if there is none."""
    days: list[Day] = [day for span in spans for day in span]
    return (str(min(days)), str(max(days))) if days else ("", "")


def _is_state(actor: Row) -> bool:
    return actor["type"] == "GPE" or any(actor[code] for code in CODES)


def _state_order(actor: Row) -> tuple[bool, int, str]:
    code = actor["cow_code"] or ""
    number = int(code) if code.isascii() and code.isdigit() else 0
    return (not number, number, actor["actor_id"])
