"""Absolute day dates, read by dateparser: what it gets is a full date, so that neither clock nor locale matters."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Any

from pipeline.annotate.dates.value import month_days

_SETTINGS = {
    "PARSERS": ["absolute-time"],
    "DATE_ORDER": "DMY",
    "RELATIVE_BASE": datetime(2000, 1, 1),
    "TIMEZONE": "UTC",
    "REQUIRE_PARTS": ["day", "month", "year"],
}
# Told how the day is written, the parser need not find out, which takes it half a millisecond a day.
_FORMAT = "%d %m %Y"


@lru_cache(maxsize=1)
def _parser() -> Any:
    from dateparser.date import DateDataParser

    return DateDataParser(languages=["en"], settings=_SETTINGS)


@lru_cache(maxsize=65536)
def read_day(year: int, month: int, day: int) -> tuple[int, int, int] | None:
    """The calendar day, None if there is none (30 February). Years that `datetime` lacks are checked by hand."""
    if not 1000 <= year <= 9999:
        return (year, month, day) if 1 <= day <= month_days(year, month) else None
    found = _parser().get_date_data(f"{day:02d} {month:02d} {year}", date_formats=[_FORMAT]).date_obj
    if found is None or (found.year, found.month, found.day) != (year, month, day):
        return None
    return year, month, day
