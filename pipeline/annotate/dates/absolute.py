"""Rules for what the calendar names: days, months, years, decades, centuries, seasons, named days, clock times.

Each rule is a pattern over the grammar classes (see `lexicon`) and a builder that gives the parts or None to refuse.
"""

from __future__ import annotations

import re
from typing import Any

from pipeline.annotate.dates.context import counts_nothing, is_bare_month, is_year
from pipeline.annotate.dates.lexicon import in_group
from pipeline.annotate.dates.parts import Builder, Line, Parts

RE_DIGITS = re.compile(r"\d+")
RE_POSSESSIVE = re.compile(r"\d['’]s")
_YEAR = r"(?:G?(?P<y>Y)(?P<b>[BG]?)|G(?P<y2>[DEH])|(?P<y3>[DEHq])(?P<b3>[BG])|'(?P<y4>[DE]))"
_DAY = r"(?:t(?=O))?(?P<d>[DO])"
_MONTH = r"(?:(?P<m>M)|(?P<m2>m)\.?)"
_DEICTIC = r"(?:ds?|t?[sR]|t)U"


def number(line: Line, i: int) -> int:
    """The integer that a digit token or an ordinal stands for."""
    token = line.tokens[i]
    digits = RE_DIGITS.search(token.text)
    return int(digits.group()) if digits else int(token.value)


def ordinal(line: Line, first: int, last: int) -> int:
    """`twenty-first`, `21st`, `third` as a number."""
    total = number(line, last - 1)
    return total + (int(line.tokens[first].value) if line.letter(first) == "N" else 0)


def _month_at(g: dict[str, int]) -> int:
    """Token index of the month's name, full or abbreviated."""
    return g["m"] if "m" in g else g["m2"]


def _year_of(line: Line, g: dict[str, int]) -> int | None:
    for name, era in (("y", "b"), ("y2", ""), ("y3", "b3")):
        if name in g:
            year = int(line.tokens[g[name]].text.replace(",", ""))
            bc = bool(era) and era in g and line.letter(g[era]) == "B"
            return 1 - year if bc else year
    return None


def _day_of(line: Line, g: dict[str, int]) -> int | None:
    day = number(line, g["d"])
    return day if 1 <= day <= 31 else None


def _short_of(line: Line, g: dict[str, int]) -> int | None:
    """`60` of `'60`."""
    return int(line.tokens[g["y4"]].text) if "y4" in g and len(line.tokens[g["y4"]].text) == 2 else None


def _date(line: Line, g: dict[str, int], i: int, j: int) -> Parts | None:
    """Any of day, month and year that the pattern has named."""
    fields: dict[str, Any] = {}
    if "d" in g:
        fields["day"] = _day_of(line, g)
        if fields["day"] is None or (line.tokens[g["d"]].text.isalpha() and line.letter(g["d"] - 1) != "t"):
            return None
    if "m" in g or "m2" in g:
        fields["month"] = int(line.tokens[_month_at(g)].value)
    fields["year"] = _year_of(line, g)
    fields["short"] = _short_of(line, g)
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
    return Parts(year=_year_of(line, g))


def _year_before_era(line: Line, g: dict[str, int], i: int, j: int) -> Parts | None:
    """The first year of `499–493 BC`: its era is that of the next."""
    return Parts(short=int(line.tokens[i].text), head=True)


def _early_year(line: Line, g: dict[str, int], i: int, j: int) -> Parts | None:
    """`In 793, …`: a year of three digits, only where nothing could be counted by it."""
    if not in_group(line.word(i - 1), "early_year_after") or line.letter(j) not in ",.)\n;":
        return None
    return Parts(year=int(line.tokens[g["h"]].text))


def _short_year(line: Line, g: dict[str, int], i: int, j: int) -> Parts | None:
    """`'60`."""
    short = _short_of(line, g)
    if short is None or not line.glued(g["y4"]) or line.letter(j) in "Uunx'":
        return None
    return Parts(short=short)


def range_end(line: Line, i: int) -> Parts | None:
    """`60` of `1957–60`."""
    start, end = line.tokens[i - 2].text, line.tokens[i].text
    glued = line.glued(i) and line.glued(i - 1)
    if len(end) != 2 or not glued or int(end) <= int(start[2:]):
        return None
    return Parts(year=int(start[:2] + end))


def _season(line: Line, g: dict[str, int], i: int, j: int) -> Parts | None:
    k = g["s"]
    season, word, before = line.tokens[k].value, line.word(k), line.letter(k - 1)
    year = _year_of(line, g)
    if "y4" in g:
        return Parts(season=season, short=_short_of(line, g))
    named = line.tokens[k].text[0].isupper() and (before == "I" or line.letter(j) == "I")
    if year is None:
        if word == "fall" and (
            line.letter(k - 1) not in "pTRd"
            and line.word(k - 1) not in ("in", "by", "during")
            and not (before == "t" and line.word(k - 2) in ("in", "by", "during", "that", "over"))
        ):
            return None
        if (word == "spring" and before not in "tpRdibrjsfO" and line.letter(j) != "x") or (
            line.word(j) == "of" and word == "fall"
        ):
            return None
        if named or line.word(j) in ("palace", "olympics", "games"):
            return None
    turn = None
    sign = [k2 for k2 in range(i, k) if line.letter(k2) in "Rds"]
    if sign and year is None:
        value = line.tokens[sign[-1]].value
        turn = 0 if line.letter(sign[-1]) in "ds" or value == "X" else int(value)
    return Parts(season=season, year=year, turn=turn)


def _decade(line: Line, g: dict[str, int], i: int, j: int) -> Parts | None:
    token = line.tokens[g["x"]]
    digits = RE_DIGITS.search(token.text)
    if digits is None:
        if line.letter(g["x"] - 1) not in "tp" or line.word(g["x"] - 2) in ("his", "her", "their"):
            return None
        return Parts(short=int(token.value), unit="DE")
    if RE_POSSESSIVE.search(token.text) and line.letter(g["x"] - 1) not in "tp-":
        return None  # "1960's elections"
    value = int(digits.group())
    if "b" in g and line.letter(g["b"]) == "B":
        return Parts(decade=-(value // 10) - 1)
    if len(digits.group()) == 2:
        return Parts(short=value, unit="DE") if line.letter(g["x"] - 1) not in "h" else None
    return Parts(decade=value // 10) if value >= 100 else None


def _century(line: Line, g: dict[str, int], i: int, j: int) -> Parts | None:
    unit = line.tokens[g["u"]].value
    k = g["o"]
    n = ordinal(line, k - 2 if line.letter(k - 1) == "-" and line.letter(k - 2) == "N" else k, k + 1)
    if unit not in ("CE", "ML") or n < 1:
        return None
    bc = "b" in g and line.letter(g["b"]) == "B"
    step = -n if bc else n - 1
    return Parts(century=step) if unit == "CE" else Parts(millennium=step)


def _century_head(line: Line, g: dict[str, int], i: int, j: int) -> Parts | None:
    """`the 18th` of `the 18th and 19th centuries`."""
    k = j
    while line.letter(k) not in "Uu":
        k += 1
    if line.tokens[k].value not in ("CE", "ML"):
        return None
    n = ordinal(line, g["o"], g["o"] + 1)
    bc = line.letter(k + 1) == "B"
    step = -n if bc else n - 1
    return Parts(century=step) if line.tokens[k].value == "CE" else Parts(millennium=step)


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
    return Parts(day=day, tail=True, year=_year_of(line, g))


def _ordinal_day(line: Line, g: dict[str, int], i: int, j: int) -> Parts | None:
    """`the 20th` of the month that the story has reached."""
    token = line.tokens[g["o"]]
    if not token.text[0].isdigit() or not in_group(line.word(i - 1), "day_after"):
        return None
    if not counts_nothing(line, j) or (line.letter(j) in "-,jUu" and line.letter(j + 1) in "OUu"):
        return None
    day = number(line, g["o"])
    return Parts(day=day, shift=("M", 0)) if 1 <= day <= 31 else None


def _holiday(line: Line, g: dict[str, int], i: int, j: int) -> Parts | None:
    rule = line.tokens[g["j"]].value
    year = _year_of(line, g)
    if year is None and (line.letter(j) == "I" or line.letter(i - 1) == "I"):
        return None  # "Easter Rising", "White Christmas"
    return Parts(holiday=rule, year=year)


def _weekday(line: Line, g: dict[str, int], i: int, j: int) -> Parts | None:
    if line.letter(j) == "I" and line.letter(i - 1) not in "bi":
        return None
    signs = [k for k in range(i, j) if line.letter(k) in "Rd"]
    turn = None
    if signs:
        value = line.tokens[signs[-1]].value
        turn = int(value) if line.letter(signs[-1]) == "R" and value != "X" else 0
    part = line.tokens[g["t"]].value if "t" in g else ""
    return Parts(
        weekday=int(line.tokens[g["w"]].value), turn=turn, daypart=part, type="TIME" if part else "DATE"
    )


def _numeric(line: Line, g: dict[str, int], i: int, j: int) -> Parts | None:
    numbers = [int(n) for n in RE_DIGITS.findall(line.tokens[i].text)]
    if numbers[0] > 31:
        year, month, day = numbers
    else:
        day, month, year = numbers
        if month > 12:
            day, month = month, day
    return Parts(year=year, month=month, day=day) if 1 <= month <= 12 and 1 <= day <= 31 else None


RE_DAY_TAIL = re.compile(rf"{_DAY}(?!f?[Mm])(?:,?{_YEAR})?")
Rule = tuple[str, "re.Pattern[str]", Builder]


def _rule(name: str, pattern: str, builder: Builder) -> Rule:
    return name, re.compile(pattern), builder


RULES: tuple[Rule, ...] = (
    _rule("numeric date", r"Z", _numeric),
    _rule("day month year", rf"(?:W,?)?{_DAY}-?f?{_MONTH}-?,?f?{_YEAR}", _date),
    _rule("month day year", rf"(?:W,?)?{_MONTH}{_DAY}(?:,|,?f)?{_YEAR}", _date),
    _rule("day month of that year", rf"{_DAY}f?{_MONTH},?f(?P<u>{_DEICTIC})", _of_deictic),
    _rule("month day of that year", rf"{_MONTH}{_DAY},?f(?P<u>{_DEICTIC})", _of_deictic),
    _rule("month of that year", rf"{_MONTH},?f(?P<u>{_DEICTIC})", _of_deictic),
    _rule("day of that month", rf"{_DAY}f(?P<u>(?:ds?|t?[sR])U)", _of_deictic),
    _rule("day of a list", rf"{_DAY}(?=(?:(?:,?j|,|-|/|r)t?[DO]){{1,4}}f?[Mm])", _day_head),
    _rule("day month", rf"(?:W,?)?{_DAY}-?f?{_MONTH}", _day_month),
    _rule("month year", rf"{_MONTH}(?:,|f)?{_YEAR}", _month_year),
    _rule("month day", rf"(?:W,?)?{_MONTH}{_DAY}", _day_month),
    _rule("season of that year", rf"t?(?P<s>S),?f(?P<u>{_DEICTIC})", _of_deictic),
    _rule("season year", rf"t?(?P<s>S)(?:,|f|,?ft)?{_YEAR}", _season),
    _rule("season", r"(?:ds?|ts|t?R|t)?(?P<s>S)", _season),
    _rule("named day", rf"(?P<j>J)(?:,?f?{_YEAR})?", _holiday),
    _rule("decade", r"t?(?P<x>X)(?P<b>[BG]?)", _decade),
    _rule("century", r"(?:t(?!(?:N-)?O-))?(?:N-)?(?P<o>O)-?(?P<u>[Uu])(?P<b>[BG]?)", _century),
    _rule("century of a list", r"t?(?P<o>O)(?=(?:,?j|r|-|,)t?(?:p-?)?O-?[Uu])", _century_head),
    _rule("year before an era", r"[YDEH](?=(?:-|r|j|/)[YDEHq]B)", _year_before_era),
    _rule("the years", rf"t[Uu]f?{_YEAR}", _year),
    _rule("year", _YEAR, _year),
    _rule("early year", r"(?P<h>H)", _early_year),
    _rule("weekday", r"(?:t?R|d)?(?P<w>W)(?P<t>T?)", _weekday),
    _rule("day of the month reached", r"t(?P<o>O)", _ordinal_day),
    _rule("the next month of the name", rf"(?:t?R|ds?|ts){_MONTH}", _turned_month),
    _rule("month", _MONTH, _bare_month),
)
