"""What expressions of one sentence lend each other: ranges, lists, bracketed pairs, a clock time and its day."""

from __future__ import annotations

import re

from pipeline.annotate.dates.parts import Expression, Line

RE_JOINED = re.compile(r"(?:,?j|,|-|/|r)t?")
RE_RANGE = re.compile(r"(?:-|r)t?")
SEASON_MONTH = {"SP": 4, "SU": 7, "FA": 10, "WI": 1}
# tokens between a clock time and its day: "at 5:34 AM Baghdad time on March 20"
_CLOCK_REACH = 6
# tokens that a bracket with the other style's date may hold
_BRACKET_REACH = 12
_OPEN, _CLOSE = "([", ")]"


def link(line: Line, expressions: list[Expression]) -> list[Expression]:
    """Expressions with the parts that their neighbours in the sentence state: `20` of `20–21 August 1968`."""
    linked = _year_behind_bracket(line, expressions)
    for k in range(len(linked) - 2, -1, -1):
        e, after = linked[k], linked[k + 1]
        gap = line.letters[e.last : after.first]
        if e.parts.weekday is not None and gap == "," and _is_day(after) and after.parts.type == "DATE":
            q = after.parts  # "Sunday morning, 7 December 1941"
            linked[k] = e.with_parts(weekday=None, year=q.year, month=q.month, day=q.day)
        elif RE_JOINED.fullmatch(gap):
            linked[k] = _from_next(e, after)
        elif _tells_day(line, e, after, gap):
            q = after.parts
            clock = _afternoon(e.parts.clock) if q.daypart in ("AF", "EV") else e.parts.clock
            linked[k] = e.with_parts(shift=None, year=q.year, month=q.month, day=q.day, clock=clock)
    for k in range(1, len(linked)):
        e, before = linked[k], linked[k - 1]
        if e.parts.tail and e.parts.year is not None and before.parts.year is None:
            linked[k - 1] = before.with_parts(year=e.parts.year)  # "May 4 and 5, 1865"
        elif (
            line.letters[before.last : e.first] in tuple(_OPEN)
            and e.parts.year is None
            and _is_day(before)
            and _is_day(e)
        ):
            linked[k] = e.with_parts(year=_other_style(before, e))  # "7 November 1917 (25 October)"
    return linked


def ranges(line: Line, expressions: list[Expression]) -> list[tuple[int, int]]:
    """Pairs of neighbours that are the two ends of a range: a dash or `to` between them, or `between … and`."""
    pairs = []
    for k in range(len(expressions) - 1):
        e, after = expressions[k], expressions[k + 1]
        if "DURATION" in (e.parts.type, after.parts.type) or "SET" in (e.parts.type, after.parts.type):
            continue
        gap = line.letters[e.last : after.first]
        if RE_RANGE.fullmatch(gap) or (gap in ("j", "jt") and line.word(e.first - 1) == "between"):
            pairs.append((k, k + 1))
    return pairs


def month_of(e: Expression) -> int | None:
    """The month that an expression states, that of its season if it states one."""
    return e.parts.month or SEASON_MONTH.get(e.parts.season)


def _is_day(e: Expression) -> bool:
    return e.parts.month is not None and e.parts.day is not None


def _from_next(e: Expression, after: Expression) -> Expression:
    p, q = e.parts, after.parts
    if p.head and p.short is not None and q.year is not None:  # "499–493 BC"
        return e.with_parts(year=1 - p.short if q.year <= 0 else p.short, short=None, head=False)
    if p.head and p.day is not None:
        return e.with_parts(month=q.month, year=q.year)
    first, second = month_of(e), month_of(after)
    if p.year is None and p.shift is None and first and second and q.year is not None:
        return e.with_parts(year=q.year - (first > second))
    return e


def _tells_day(line: Line, e: Expression, after: Expression, gap: str) -> bool:
    """Whether `after` is the day of the clock time or part of a day `e`."""
    near = len(gap) <= _CLOCK_REACH and line.word(after.first - 1) in ("on", "of", "in")
    timed = e.parts.type == "TIME" and e.parts.shift == ("D", 0) and bool(e.parts.clock)
    return timed and near and _is_day(after) and not after.parts.clock


def _afternoon(clock: str) -> str:
    """`4:30` of an afternoon."""
    hour, _, minute = clock.partition(":")
    return f"{int(hour) + 12}:{minute}" if int(hour) < 12 else clock


def _other_style(before: Expression, e: Expression) -> int | None:
    """The year of the same day in the other calendar: the nearest one."""
    if before.parts.year is None or before.parts.month is None or e.parts.month is None:
        return before.parts.year
    apart = e.parts.month - before.parts.month
    return before.parts.year + (apart < -6) - (apart > 6)


def _year_behind_bracket(line: Line, expressions: list[Expression]) -> list[Expression]:
    """`25 October (7 November) 1917`, `December 7 (8 in Asia), 1941`: the year belongs to both days."""
    linked = list(expressions)
    for k, e in enumerate(linked):
        if not _is_day(e) or e.parts.year is not None or line.letter(e.last) not in _OPEN:
            continue
        close = next((i for i in range(e.last, e.last + _BRACKET_REACH) if line.letter(i) in _CLOSE), None)
        if close is None:
            continue
        for n in range(k + 1, len(linked)):
            year = linked[n].parts.year
            bare = year is not None and linked[n].parts == type(e.parts)(year=year)
            if bare and line.letters[close + 1 : linked[n].first] in ("", ","):
                for m in range(k, n):
                    if linked[m].parts.year is None and linked[m].parts.month is not None:
                        linked[m] = linked[m].with_parts(year=year)
    return linked
