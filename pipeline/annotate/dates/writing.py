"""From filled parts to a TIMEX3 value and the moment that the narrative may move to."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from pipeline.annotate.dates.linking import SEASON_MONTH
from pipeline.annotate.dates.parts import Expression, Parts
from pipeline.annotate.dates.reader import read_day
from pipeline.annotate.dates.value import century_string, decade_string, month_days, year_string

_YEARS = range(-9998, 10000)


class Moment(NamedTuple):
    """A time that the story has reached, as far as it is known.

    vague: "season" or "decade" where month or year only stand for one.
    """

    year: int
    month: int | None = None
    day: int | None = None
    vague: str = ""


class Resolved(NamedTuple):
    """An expression with its value."""

    expression: Expression
    value: str
    mod: str
    moment: Moment | None = None


def finish(e: Expression, p: Parts) -> Resolved:
    """Write the value of what is known by now; what is not known is X."""
    if p.year is not None and p.year not in _YEARS:
        p = p._replace(year=None)
    if p.edge is not None:
        p = _edge(p)
    value, moment = _coarse(p) or _calendar(p)
    if p.daypart or p.clock:
        value += f"T{p.daypart or p.clock}"
    return Resolved(e, value, p.mod, moment)


def _edge(p: Parts) -> Parts:
    """The first or last day (month) of what is stated."""
    first = (p.edge or 0) > 0
    if p.century is not None and p.unit == "DE":  # the years of a century before Christ count down
        tens = 0 if first == (p.century >= 0) else 9
        digits = (p.century if p.century >= 0 else -p.century - 1) * 10 + tens
        return p._replace(century=None, decade=digits if p.century >= 0 else -digits - 1)
    if p.year is None or p.edge is None:
        return p
    if p.unit == "D" and p.day is None:
        month = p.month or (1 if first else 12)
        return p._replace(month=month, day=1 if first else month_days(p.year, month))
    if (
        p.unit == "W" and p.month is not None
    ):  # the middle of the week, counted from the month's first or last day
        days = month_days(p.year, p.month)
        return p._replace(day=min(7 * (p.edge or 1) - 3, days) if first else days - 3, edge=None)
    if p.unit == "M" and p.month is None:
        return p._replace(month=1 if first else 12)
    return p


def _coarse(p: Parts) -> tuple[str, Moment | None] | None:
    """Values that are no year, month or day: millennia, centuries, decades, weeks, seasons, halves, quarters."""
    if p.decade is not None:
        inside = p.decade * 10 + 5 if p.decade >= 0 else (p.decade + 1) * 10 - 4
        return decade_string(p.decade), Moment(inside, vague="decade")
    if p.century is not None:
        return century_string(p.century), None
    if p.millennium is not None:
        return (str(p.millennium) if p.millennium >= 0 else f"BC{-p.millennium - 1}"), None
    year = year_string(p.year) if p.year is not None else "XXXX"
    if p.unit == "W" and p.edge is None and p.year is not None and p.month is not None and p.day is not None:
        return _week(p.year, p.month, p.day)
    if p.season:
        at = None if p.year is None else Moment(p.year, SEASON_MONTH[p.season], None, "season")
        return f"{year}-{p.season}", at
    if p.half is not None or p.quarter is not None:
        part = f"H{p.half}" if p.half is not None else f"Q{p.quarter}"
        return f"{year}-{part}", None if p.year is None else Moment(p.year)
    return None


def _week(year: int, month: int, day: int) -> tuple[str, Moment]:
    there = date(2000 + year % 400, month, day)
    iso = there.isocalendar()
    return f"{year_string(year + iso.year - there.year)}-W{iso.week:02d}", Moment(year, month, day)


def _calendar(p: Parts) -> tuple[str, Moment | None]:
    """Years, months, days, whole or with unknown parts."""
    year = year_string(p.year) if p.year is not None else "XXXX"
    at = None if p.year is None else Moment(p.year, p.month)
    if p.month is not None and p.day is not None:
        if read_day(2000 if p.year is None else p.year, p.month, p.day) is None:
            return f"{year}-{p.month:02d}", at  # "31 June": no such day
        return f"{year}-{p.month:02d}-{p.day:02d}", None if p.year is None else Moment(p.year, p.month, p.day)
    daily = bool(p.daypart or p.clock) or (p.shift is not None and p.shift[0] in ("D", "W"))
    if p.month is not None:
        return f"{year}-{p.month:02d}" + ("-XX" if daily else ""), at
    if p.weekday is not None:
        return f"{year}-WXX-{p.weekday}", None
    if p.day is not None:
        return f"{year}-XX-{p.day:02d}", None
    if daily or (p.edge is not None and p.unit == "D"):
        return f"{year}-XX-XX", None
    if p.shift is not None and p.shift[0] == "M":
        return f"{year}-XX", None
    if p.holiday:
        return f"{year}-XX-XX", None
    return year, at
