"""Calendar spans: order, union, periods, EDTF."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from edtf import parse_edtf
from hypothesis import given
from hypothesis import strategies as st

from pipeline.graph.timespan import (
    Day,
    Span,
    decimal_year,
    hull,
    next_day,
    parse_day,
    parse_span,
    period_of,
    span_to_edtf,
    union,
)

dates = st.dates()


def span(first: str, last: str) -> Span:
    return Span(parse_day(first), parse_day(last))


@pytest.mark.parametrize("text", ["1961-12-03", "-0479-09-20", "0000-02-29", "12024-01-01"])
def test_days_read_back(text: str) -> None:
    assert str(parse_day(text)) == text


@pytest.mark.parametrize(
    "text", ["", "1961", "1961-02-29", "1961-13-01", "1961-00-10", "61-01-01", "1961-12-03T10:00"]
)
def test_no_days(text: str) -> None:
    with pytest.raises(ValueError, match="day"):
        parse_day(text)


def test_days_before_christ_come_first() -> None:
    texts = ["1961-01-01", "-0479-01-01", "0000-06-01", "-0480-12-31", "12024-01-01"]
    assert [str(d) for d in sorted(map(parse_day, texts))] == [
        texts[3],
        texts[1],
        texts[2],
        texts[0],
        texts[4],
    ]


@pytest.mark.parametrize(
    ("first", "last", "edtf"),
    [
        ("1961-12-03", "1961-12-03", "1961-12-03"),
        ("1961-12-01", "1961-12-31", "1961-12"),
        ("1960-02-01", "1960-02-29", "1960-02"),
        ("1961-02-01", "1961-02-28", "1961-02"),
        ("1961-01-01", "1961-12-31", "1961"),
        ("1960-01-01", "1969-12-31", "196X"),
        ("1900-01-01", "1999-12-31", "19XX"),
        ("1957-01-01", "1960-12-31", "1957/1960"),
        ("1961-03-01", "1961-05-31", "1961-03/1961-05"),
        ("1961-12-03", "1962-12-31", "1961-12-03/1962-12-31"),
        ("1961-01-01", "1961-03-31", "1961-01/1961-03"),
        ("-0479-01-01", "-0479-12-31", "-0479"),
        ("-0480-01-01", "-0471-12-31", "-0480/-0471"),
        ("0000-01-01", "0009-12-31", "000X"),
    ],
)
def test_edtf(first: str, last: str, edtf: str) -> None:
    assert span_to_edtf(span(first, last)) == edtf


@given(dates, dates)
def test_edtf_means_the_span(one: date, other: date) -> None:
    first, last = sorted((one, other))
    text = span_to_edtf(span(first.isoformat(), last.isoformat()))
    parsed = parse_edtf(text)
    assert parsed.lower_strict()[:3] == (first.year, first.month, first.day)
    assert parsed.upper_strict()[:3] == (last.year, last.month, last.day)


@given(dates.filter(lambda d: d < date.max))
def test_next_day(day: date) -> None:
    after = day + timedelta(days=1)
    assert next_day(Day(day.year, day.month, day.day)) == (after.year, after.month, after.day)
    assert decimal_year(parse_day(day.isoformat())) < decimal_year(parse_day(after.isoformat()))


def test_decimal_years() -> None:
    assert decimal_year(parse_day("-0479-01-01")) == -479.0
    assert decimal_year(parse_day("1961-07-02")) == pytest.approx(1961.4986, abs=1e-3)


def test_union_joins_what_overlaps_or_touches() -> None:
    spans = [
        span("1961-01-01", "1961-12-31"),
        span("1962-01-01", "1962-01-31"),
        span("1961-05-01", "1961-05-02"),
        span("1970-01-01", "1970-01-01"),
    ]
    assert union(spans) == [span("1961-01-01", "1962-01-31"), spans[3]]


@given(st.lists(st.tuples(st.integers(0, 300), st.integers(0, 30))))
def test_union_keeps_the_days(starts: list[tuple[int, int]]) -> None:
    zero = date(1960, 1, 1)

    def day(n: int) -> Day:
        d = zero + timedelta(days=n)
        return Day(d.year, d.month, d.day)

    merged = union(Span(day(a), day(a + n)) for a, n in starts)
    inside = {day(i) for a, n in starts for i in range(a, a + n + 1)}
    assert {day(i) for i in range(340) if any(s.first <= day(i) <= s.last for s in merged)} == inside
    assert all(next_day(a.last) < b.first for a, b in pairwise(merged))


def test_periods() -> None:
    assert period_of(span("1961-01-01", "1969-12-31"), "decade") == span("1960-01-01", "1969-12-31")
    assert period_of(span("1961-01-01", "1970-01-01"), "decade") is None
    assert period_of(span("-0005-01-01", "-0005-01-01"), "decade") == span("-0010-01-01", "-0001-12-31")
    assert period_of(span("1900-01-01", "1999-12-31"), "century") == span("1900-01-01", "1999-12-31")


def test_spans_from_cells() -> None:
    assert parse_span("", None) is None
    assert parse_span("1961-01-01", "") == span("1961-01-01", "1961-01-01")
    assert hull([None]) is None
    assert hull([None, span("1961-01-01", "1961-01-02"), span("1950-01-01", "1950-01-02")]) == span(
        "1950-01-01", "1961-01-02"
    )
