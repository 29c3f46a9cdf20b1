"""Calendar spans: ISO days with astronomical years, their order, union, period and EDTF form."""

from __future__ import annotations

import re
from calendar import isleap
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

# "1961-12-03", "-0479-09-20" (480 BC), "12024-01-01"
RE_DAY = re.compile(r"(-?\d{4,})-(\d\d)-(\d\d)")
MONTH_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
PERIODS = {"year": 1, "decade": 10, "century": 100}


class Day(NamedTuple):
    """A day of the proleptic Gregorian calendar; year 0 is 1 BC. Days compare in order of time."""

    year: int
    month: int
    day: int

    def __str__(self) -> str:
        return _iso(self)


@lru_cache(maxsize=65536)  # the days of a run are few, and each is written often
def _iso(day: Day) -> str:
    return f"{format_year(day.year)}-{day.month:02}-{day.day:02}"


class Span(NamedTuple):
    """First and last day, both inside."""

    first: Day
    last: Day


def format_year(year: int) -> str:
    """An astronomical year as ISO 8601 writes it: four digits, a minus before year 0."""
    return f"-{-year:04}" if year < 0 else f"{year:04}"


def parse_day(text: str) -> Day:
    """The day of an ISO string.

    Raises: ValueError if the text is no ISO day.
    """
    match = RE_DAY.fullmatch(text)
    if match is None:
        raise ValueError(f"expected an ISO day such as 1961-12-03 or -0479-09-20, found {text!r}")
    day = Day(*(int(part) for part in match.groups()))
    if not (1 <= day.month <= 12 and 1 <= day.day <= days_in_month(day.year, day.month)):
        raise ValueError(f"no such day: {text!r}")
    return day


@lru_cache(maxsize=65536)  # many sentences speak of the same year
def parse_span(earliest: str | None, latest: str | None) -> Span | None:
    """The span between two ISO days; one of them alone is a span of one day, none is None."""
    if not earliest and not latest:
        return None
    first, last = parse_day(earliest or latest or ""), parse_day(latest or earliest or "")
    return Span(min(first, last), max(first, last))


def days_in_month(year: int, month: int) -> int:
    """Number of days of a month."""
    return 29 if month == 2 and isleap(year) else MONTH_DAYS[month - 1]


def next_day(day: Day) -> Day:
    """The day after."""
    if day.day < days_in_month(day.year, day.month):
        return Day(day.year, day.month, day.day + 1)
    return Day(day.year, day.month + 1, 1) if day.month < 12 else Day(day.year + 1, 1, 1)


def hull(spans: Iterable[Span | None]) -> Span | None:
    """The shortest span that holds all spans; None if there is none."""
    known = [span for span in spans if span is not None]
    return Span(min(s.first for s in known), max(s.last for s in known)) if known else None


def union(spans: Iterable[Span]) -> list[Span]:
    """The same days as spans in order that neither overlap nor touch."""
    merged: list[Span] = []
    for span in sorted(spans):
        if merged and span.first <= next_day(merged[-1].last):
            merged[-1] = Span(merged[-1].first, max(merged[-1].last, span.last))
        else:
            merged.append(span)
    return merged


def period_of(span: Span, unit: str) -> Span | None:
    """The year, decade or century that the span lies inside, None if it lies in more than one.

    Decades and centuries are those of the digits (1960-1969, 1900-1999), as in TIMEX3 and EDTF.
    """
    size = PERIODS[unit]
    first, last = span.first.year // size * size, span.last.year // size * size
    return year_span(first, first + size - 1) if first == last else None


def year_span(first: int, last: int) -> Span:
    """The span of whole years, both inside."""
    return Span(Day(first, 1, 1), Day(last, 12, 31))


def span_to_edtf(span: Span) -> str:
    """The span in EDTF, at the coarsest precision that covers it exactly, else as an interval.

    Example: a month is "1961-12", a decade "196X", a century "19XX", other spans "1957/1960".
    """
    first, last = span
    if first == last:
        return str(first)
    for size, suffix in ((10, "X"), (100, "XX")):
        if (
            0 <= first.year <= 9999
            and first.year % size == 0
            and span == year_span(first.year, first.year + size - 1)
        ):
            return format_year(first.year)[: -len(suffix)] + suffix
    month = (first.year, first.month) == (last.year, last.month)
    if first.year == last.year and _starts_year(first) and _ends_year(last):
        return _edtf_year(first.year)
    if month and first.day == 1 and _ends_month(last):
        return _edtf_month(first)
    # An interval's ends are as coarse as both allow: 1957/1960, 1961-03/1961-05, else days.
    if _starts_year(first) and _ends_year(last):
        return f"{_edtf_year(first.year)}/{_edtf_year(last.year)}"
    if first.day == 1 and _ends_month(last):
        return f"{_edtf_month(first)}/{_edtf_month(last)}"
    return f"{first}/{last}"


def decimal_year(day: Day) -> float:
    """The start of the day as a decimal year, for readers that know no years before 1 AD."""
    before = sum(days_in_month(day.year, month) for month in range(1, day.month)) + day.day - 1
    return round(day.year + before / (366 if isleap(day.year) else 365), 6)


def _starts_year(day: Day) -> bool:
    return (day.month, day.day) == (1, 1)


def _ends_year(day: Day) -> bool:
    return (day.month, day.day) == (12, 31)


def _ends_month(day: Day) -> bool:
    return day.day == days_in_month(day.year, day.month)


def _edtf_year(year: int) -> str:
    return f"Y{year}" if abs(year) > 9999 else format_year(year)


def _edtf_month(day: Day) -> str:
    return f"{format_year(day.year)}-{day.month:02}"
