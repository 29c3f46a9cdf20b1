"""Rules for days, months, years and weekdays.

Each rule is a pattern over the grammar classes (see `lexicon`) and a builder that gives the parts or None to refuse.
"""

from __future__ import annotations

import re
from typing import Any

from pipeline.annotate.dates import early
from pipeline.annotate.dates.context import counts_nothing, is_bare_month, is_year
from pipeline.annotate.dates.numerals import RE_DIGITS, YEAR, number, short_of, year_of
from pipeline.annotate.dates.parts import Line, Parts, Rule, rule

_DAY = r"(?:t(?=O))?(?P<d>[DO])"
_MONTH = r"(?:(?P<m>M)|(?P<m2>m)\.?)"
_DEICTIC = r"(?:ds?|t?[sR]|t)U"
RE_DAY_TAIL = re.compile(rf"{_DAY}(?!f?[Mm])(?:,?{YEAR})?")


def _month_at(g: dict[str, int]) -> int:
    """Token index of the month's name, full or abbreviated."""
    return g["m"] if "m" in g else g["m2"]


def _day_of(line: Line, g: dict[str, int]) -> int | None:
    day = number(line, g["d"])
    return day if 1 <= day <= 31 else None


def _date(line: Line, g: dict[str, int], i: int, j: int) -> Parts | None:
    """Any of day, month and year that the pattern has named."""
    fields: dict[str, Any] = {}
    if "d" in g:
        fields["day"] = _day_of(line, g)
        if fields["day"] is None or (line.tokens[g["d"]].text.isalpha() and line.letter(g["d"] - 1) != "t"):
            return None
    if "m" in g or "m2" in g:
        fields["month"] = int(line.tokens[_month_at(g)].value)
    fields["year"] = year_of(line, g)
    fields["short"] = short_of(line, g)
    if "y4" in g and fields["short"] is None:
        return None
    return Parts(**fields)


def _month_year(line: Line, g: dict[str, int], i: int, j: int) -> Parts | None:
    if "b" not in g and line.letter(j) in "n$":
        return None
    return _date(line, g, i, j)


def _day_month(line: Line, g: dict[str, int], i: int, j: int) -> Parts | None:
    """A day and a month without year: "14 October", "May 4"; not "in May 20 people"."""
    if (g["d"] > _month_at(g) and line.letter(j) in "nUu$") or (
        line.letter(j) == "-" and line.letter(j + 1) in "Uu"
    ):
        return None
    if g["d"] > _month_at(g) and line.tokens[g["d"]].text.isalpha() and line.letter(j) in "IxM":
        return None  # "by the end of May the Second Squadron"
    if g["d"] < _month_at(g) and line.letter(g["d"] - 1) in "h$":
        return None
    return _date(line, g, i, j)


def _bare_month(line: Line, g: dict[str, int], i: int, j: int) -> Parts | None:
    if not is_bare_month(line, _month_at(g)):
        return None
    return _date(line, g, i, j)


def _turned_month(line: Line, g: dict[str, int], i: int, j: int) -> Parts | None:
    """`the following April`, `that December`."""
    value = line.tokens[g["m"] - 1].value
    if line.letter(j) == "I" or value == "X":
        return None
    return Parts(
        month=int(line.tokens[g["m"]].value), turn=int(value or 0) if line.letter(g["m"] - 1) == "R" else 0
    )


def _of_deictic(line: Line, g: dict[str, int], i: int, j: int) -> Parts | None:
    """`October of that year`, `the summer of next year`, `the 7th of the following month`."""
    unit = line.tokens[j - 1].value
    if unit not in ("Y", "M") or (unit == "M" and ("m" in g or "m2" in g)):
        return None
    sign = next(
        (
            int(line.tokens[k].value)
            for k in range(g["u"], j)
            if line.letter(k) == "R" and line.tokens[k].value != "X"
        ),
        0,
    )
    season = line.tokens[g["s"]].value if "s" in g else ""
    parts = _date(line, {k: v for k, v in g.items() if k in ("d", "m", "m2")}, i, j)
    if parts is None:
        return None
    return Parts(day=parts.day, month=parts.month, season=season, shift=(unit, sign))


def _year(line: Line, g: dict[str, int], i: int, j: int) -> Parts | None:
    if "y4" in g:
        return _short_year(line, g, i, j)
    if not ("b" in g or "y2" in g or "y3" in g or line.letter(i) == "G") and not is_year(line, g["y"]):
        return None
    return Parts(year=year_of(line, g))


def _short_year(line: Line, g: dict[str, int], i: int, j: int) -> Parts | None:
    """`'60`."""
    short = short_of(line, g)
    feet = line.glued(i) and line.letter(i - 1) in "DEHYq"  # 6'11
    if short is None or feet or not line.glued(g["y4"]) or line.letter(j) in "Uunx'":
        return None
    return Parts(short=short)


def range_end(line: Line, i: int) -> Parts | None:
    """`60` of `1957–60`."""
    start, end = line.tokens[i - 2].text, line.tokens[i].text
    glued = line.glued(i) and line.glued(i - 1)
    if len(end) != 2 or not glued or int(end) <= int(start[2:]):
        return None
    return Parts(year=int(start[:2] + end))


def _day_head(line: Line, g: dict[str, int], i: int, j: int) -> Parts | None:
    """`20` of `20–21 August 1968`."""
    day = _day_of(line, g)
    if day is None or line.letter(i - 1) in "h$" or (line.letter(i - 1) in "Mm" and line.letter(i) == "D"):
        return None
    return Parts(day=day, head=True)


def day_tail(line: Line, g: dict[str, int], i: int, j: int) -> Parts | None:
    """`5` of `May 4 and 5`."""
    day = _day_of(line, g)
    listed = line.letter(i - 1) == "j"
    if day is None or (listed and line.letter(i) == "D" and not counts_nothing(line, j) and "y" not in g):
        return None
    if line.letter(i - 1) == "," and not (line.letter(j) in ",j" or "y" in g):
        return None
    return Parts(day=day, tail=True, year=year_of(line, g))


def _numeric(line: Line, g: dict[str, int], i: int, j: int) -> Parts | None:
    numbers = [int(n) for n in RE_DIGITS.findall(line.tokens[i].text)]
    if numbers[0] > 31:
        year, month, day = numbers
    else:
        day, month, year = numbers
        if month > 12:
            day, month = month, day
    return Parts(year=year, month=month, day=day) if 1 <= month <= 12 and 1 <= day <= 31 else None


def _weekday(line: Line, g: dict[str, int], i: int, j: int) -> Parts | None:
    if line.letter(j) == "I" and line.letter(i - 1) not in "bi":
        return None
    if line.letter(j) == "x" and line.letter(i - 1) == "t":
        return None  # "the Friday prayer"
    signs = [k for k in range(i, j) if line.letter(k) in "Rd"]
    turn = None
    if signs:
        value = line.tokens[signs[-1]].value
        turn = int(value) if line.letter(signs[-1]) == "R" and value != "X" else 0
    part = line.tokens[g["t"]].value if "t" in g else ""
    return Parts(
        weekday=int(line.tokens[g["w"]].value), turn=turn, daypart=part, type="TIME" if part else "DATE"
    )


RULES: tuple[Rule, ...] = (
    rule("numeric date", r"Z", _numeric),
    *early.DATED,
    rule("day month year", rf"(?:W,?)?{_DAY}-?f?{_MONTH}-?,?f?{YEAR}", _date),
    rule("month day year", rf"(?:W,?)?{_MONTH}{_DAY}(?:,|,?f)?{YEAR}", _date),
    rule("day month of that year", rf"{_DAY}f?{_MONTH},?f(?P<u>{_DEICTIC})", _of_deictic),
    rule("month day of that year", rf"{_MONTH}{_DAY},?f(?P<u>{_DEICTIC})", _of_deictic),
    rule("month of that year", rf"{_MONTH},?f(?P<u>{_DEICTIC})", _of_deictic),
    rule("day of that month", rf"{_DAY}f(?P<u>(?:ds?|t?[sR])U)", _of_deictic),
    rule("day of a list", rf"{_DAY}(?=(?:(?:,?j|,|-|/|r)t?[DO]){{1,4}}f?[Mm])", _day_head),
    rule("day month", rf"(?:W,?)?{_DAY}-?f?{_MONTH}", _day_month),
    rule("month year", rf"{_MONTH}(?:,|f)?{YEAR}", _month_year),
    rule("month day", rf"(?:W,?)?{_MONTH}{_DAY}", _day_month),
    rule("season of that year", rf"t?(?P<s>S),?f(?P<u>{_DEICTIC})", _of_deictic),
    *early.BARE[:2],
    rule("the years", rf"t[Uu]f?{YEAR}", _year),
    rule("year", YEAR, _year),
    *early.BARE[2:],
    rule("weekday", r"(?:t?R|d)?(?P<w>W)(?P<t>T?)", _weekday),
    rule("the next month of the name", rf"(?:t?R|ds?|ts){_MONTH}", _turned_month),
    rule("month", _MONTH, _bare_month),
)
