"""TIMEX3 values: writing them, and the days and EDTF string that a value stands for.

Years are astronomical inside (1 BC is 0); in TIMEX3 480 BC is `BC0480`, in EDTF and ISO days `-0479`.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

RE_VALUE = re.compile(  # every DATE and TIME value that the tagger writes
    r"(?P<era>BC)?(?:(?P<ml>\d)|(?P<ce>\d\d)|(?P<de>\d{3})|(?P<y>\d{4}|XXXX)"
    r"(?:-(?:W(?P<w>\d\d)(?P<we>-WE)?|(?P<s>SP|SU|FA|WI)|Q(?P<q>[1-4])|H(?P<h>[12])"
    r"|W?(?P<wx>XX)(?:-(?P<wd>[1-7]))|(?P<m>\d\d|XX)(?:-(?P<d>\d\d|XX))?))?"
    r"(?:T(?:(?P<clock>[0-2]\d:[0-5]\d)|(?P<part>MO|AF|EV|NI|MI|DT)))?)"
)
RE_PERIOD = re.compile(r"P(?:T(?:\d+(?:\.\d+)?|X)[HMS]|(?:\d+(?:\.\d+)?|X)(?:Y|M|W|D|WE|DE|CE|ML|Q))+")
_EDTF_SEASON = {"SP": 21, "SU": 22, "FA": 23, "WI": 24}
# A winter is named after its December by some and after its January by others: its days cover both readings.
_SEASON_MONTHS = {"SP": (3, 5), "SU": (6, 8), "FA": (9, 11), "WI": (1, 14)}


class Bounds(NamedTuple):
    """First and last day of a value (ISO 8601, astronomical years) and its EDTF form; "" where open."""

    earliest: str
    latest: str
    edtf: str


def year_string(year: int) -> str:
    """A year in TIMEX3: `1947`, `BC0480`."""
    return f"{year:04d}" if year > 0 else f"BC{1 - year:04d}"


def decade_string(decade: int) -> str:
    """A decade in TIMEX3 from its number (year // 10 for AD; for BC minus the three digits of its years, less one)."""
    return f"{decade:03d}" if decade >= 0 else f"BC{-decade - 1:03d}"


def century_string(century: int) -> str:
    """A century in TIMEX3 from the two digits of its years; for BC minus them, less one."""
    return f"{century:02d}" if century >= 0 else f"BC{-century - 1:02d}"


def decade_of(year: int) -> int:
    """The number of the decade that a year is in; see `decade_string`."""
    return year // 10 if year > 0 else -((1 - year) // 10) - 1


def century_of(year: int) -> int:
    """The number of the century that a year is in, counted by its digits; see `century_string`."""
    return year // 100 if year > 0 else -((1 - year) // 100) - 1


def iso_year(year: int) -> str:
    """An astronomical year in ISO 8601 and EDTF."""
    return f"{year:04d}" if year >= 0 else f"-{-year:04d}"


def month_days(year: int, month: int) -> int:
    """Days of a month in the proleptic Gregorian calendar, any year."""
    return monthrange(2000 + year % 400, month)[1]


def shift_days(year: int, month: int, day: int, days: int) -> tuple[int, int, int]:
    """Year, month, day so many days on, any year."""
    cycle = 400 * ((year - 2000) // 400)
    moved = date(year - cycle, month, day) + timedelta(days=days)
    return moved.year + cycle, moved.month, moved.day


def easter(year: int, offset: int) -> tuple[int, int, int]:
    """The day so many days from Western Easter (Julian calendar before 1583)."""
    from dateutil import easter as feast  # type: ignore[import-untyped]

    day = feast.easter(max(1, min(year, 4099)), feast.EASTER_WESTERN if year >= 1583 else feast.EASTER_JULIAN)
    return shift_days(year, day.month, day.day, offset)


def _span(first: tuple[int, int, int], last: tuple[int, int, int], edtf: str) -> Bounds:
    return Bounds(
        f"{iso_year(first[0])}-{first[1]:02d}-{first[2]:02d}",
        f"{iso_year(last[0])}-{last[1]:02d}-{last[2]:02d}",
        edtf,
    )


def _digits_span(digits: str, bc: bool) -> Bounds:
    """A decade, century or millennium by the leading digits of its years."""
    size = 10 ** (4 - len(digits))
    low, high = int(digits) * size, int(digits) * size + size - 1
    if not bc:
        edtf = digits + "X" * (4 - len(digits))
        return _span((low, 1, 1), (high, 12, 31), edtf)
    first, last = 1 - high, min(1 - low, 0)
    return _span((first, 1, 1), (last, 12, 31), f"{iso_year(first)}/{iso_year(last)}")


def _week_span(year: int, week: int) -> Bounds:
    cycle = 400 * ((year - 2000) // 400)
    monday = date.fromisocalendar(year - cycle, week, 1)
    first = (monday.year + cycle, monday.month, monday.day)
    days = _span(first, shift_days(*first, 6), "")
    return days._replace(edtf=f"{days.earliest}/{days.latest}")


def _months_span(year: int, first: int, last: int, edtf: str) -> Bounds:
    end_year, end = year + (last - 1) // 12, (last - 1) % 12 + 1
    return _span((year, first, 1), (end_year, end, month_days(end_year, end)), edtf)


@lru_cache(maxsize=65536)
def bounds(value: str, mod: str = "") -> Bounds:
    """The days that a DATE or TIME value covers, and its EDTF form; all empty for lengths and unknown years.

    Raises: ValueError if the value is no TIMEX3 value.
    """
    if RE_PERIOD.fullmatch(value) or value in ("PAST_REF", "PRESENT_REF", "FUTURE_REF"):
        return Bounds("", "", "")
    match = RE_VALUE.fullmatch(value)
    if match is None:
        raise ValueError(f"no TIMEX3 value: {value!r}")
    found = _date_bounds(match.groupdict())
    # the edtf library takes no sign of approximation behind a season, half or quarter
    plain = not (match["s"] or match["q"] or match["h"])
    known = plain and found.edtf and "/" not in found.edtf and not found.edtf.startswith("XXXX")
    return found._replace(edtf=found.edtf + "~") if mod == "APPROX" and known else found


def _date_bounds(g: dict[str, str | None]) -> Bounds:
    bc = g["era"] is not None
    digits = g["ml"] or g["ce"] or g["de"]
    if digits:
        return _digits_span(digits, bc)
    if g["y"] == "XXXX":
        unknown = g["m"] if not g["d"] else f"{g['m']}-{g['d']}"
        return Bounds("", "", f"XXXX-{unknown}" if g["m"] else "" if g["s"] or g["w"] or g["wx"] else "XXXX")
    year = 1 - int(g["y"] or 0) if bc else int(g["y"] or 0)
    return _year_bounds(year, g)


def _year_bounds(year: int, g: dict[str, str | None]) -> Bounds:
    text = iso_year(year)
    if g["w"]:
        return _week_span(year, int(g["w"]))
    if g["s"]:
        return _months_span(year, *_SEASON_MONTHS[g["s"]], f"{text}-{_EDTF_SEASON[g['s']]}")
    if g["q"]:
        quarter = int(g["q"])
        return _months_span(year, quarter * 3 - 2, quarter * 3, f"{text}-{32 + quarter}")
    if g["h"]:
        half = int(g["h"])
        return _months_span(year, half * 6 - 5, half * 6, f"{text}-{39 + half}")
    if g["m"] in (None, "XX"):
        unknown = "" if g["m"] is None else "-XX" if g["d"] is None else "-XX-XX"
        return _span((year, 1, 1), (year, 12, 31), text + unknown)
    month = int(g["m"] or 0)
    if g["d"] in (None, "XX"):
        return _months_span(year, month, month, f"{text}-{month:02d}" + ("" if g["d"] is None else "-XX"))
    day = (year, month, int(g["d"] or 0))
    return _span(day, day, f"{text}-{month:02d}-{day[2]:02d}")
