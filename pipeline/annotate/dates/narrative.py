"""The narrative model: from stated parts and the time that the story has reached to TIMEX3 values.

The story's time moves with the dates that say when something happened, sentence by sentence; a heading with years sets it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.annotate.dates.grammar import RE_JOINED
from pipeline.annotate.dates.parts import Expression, Line, Parts
from pipeline.annotate.dates.reader import read_day
from pipeline.annotate.dates.value import (
    century_of,
    century_string,
    decade_of,
    decade_string,
    easter,
    month_days,
    shift_days,
    year_string,
)

_SEASON_MONTH = {"SP": 4, "SU": 7, "FA": 10, "WI": 1}
WRAP = 6
VOTE=0; VOTE2=-1; VOTE3=3
ON = dict.fromkeys("paren earlier quote since until mod year past cross plu vote votefar voteyear modfocus focus".split(), True)


def _is_modifier(line: Line, e: Expression) -> bool:
    """Whether the date stands before a noun that it belongs to: `the 1948 treaty`."""
    return line.letter(e.first - 1) in "taxI" and line.letter(e.last) in "xI"



@dataclass(frozen=True, slots=True)
class Moment:
    """A time that the story has reached, as far as it is known."""

    year: int
    month: int | None = None
    day: int | None = None


@dataclass(frozen=True, slots=True)
class Resolved:
    """An expression with its value."""

    expression: Expression
    value: str
    mod: str
    moment: Moment | None = None


class Narrative:
    """State of one page: feed it the sentences in order.

    `ref` is the time that the main story has reached, `day` its last full day, `focus` the time named last at all.
    """

    def __init__(self) -> None:
        self.ref: Moment | None = None
        self.day: Moment | None = None
        self.focus: Moment | None = None

    def heading(self, expressions: list[Expression]) -> None:
        """A heading with years sets the time of its section."""
        years = [e.parts.year for e in expressions if e.parts.year is not None]
        if years:
            self.ref = self.focus = Moment(min(years))
            self.day = None

    def resolve(self, line: Line, expressions: list[Expression], upcoming: Sequence[Sequence[int]] = ()) -> list[Resolved]:
        """Values of a sentence's expressions, the narrative's time moving on behind each.

        upcoming: for each expression the years that the next dates of its section state.
        """
        linked = _link(line, expressions)
        found: list[Resolved] = []
        for k, e in enumerate(linked):
            resolved = self._value(line, e, found)
            found.append(resolved)
            moment = resolved.moment
            if moment is None:
                continue
            self._move(line, resolved.expression, moment, upcoming[k] if upcoming else ())
        return found

    def _move(self, line: Line, e: Expression, moment: Moment, upcoming: Sequence[int]) -> None:
        if not (_is_modifier(line, e) and e.parts.shift is None and ON["modfocus"]):
            self.focus = moment
        if self.ref is not None and self._background(line, e, moment, upcoming):
            return
        self.ref = moment
        if moment.day is not None:
            self.day = moment

    def _background(self, line: Line, e: Expression, moment: Moment, upcoming: Sequence[int]) -> bool:
        ref = self.ref
        assert ref is not None
        letters = line.letters
        initial = e.first <= 3
        before = line.word(e.first - 1)
        steps = moment.year - ref.year
        votes = sum((abs(y - ref.year) > abs(y - moment.year)) - (abs(y - ref.year) < abs(y - moment.year)) for y in upcoming)
        if ON["paren"] and letters.rfind("(", 0, e.first) > letters.rfind(")", 0, e.first) and not initial:
            return True
        if ON["earlier"] and e.parts.shift is not None and (e.parts.shift[1] or 0) < 0:
            return True
        if ON["quote"] and letters.count('"', 0, e.first) % 2 == 1:
            return True
        if ON["since"] and before == "since":
            return True
        if ON["until"] and not initial and before in ("until", "till", "by", "to", "through", "before"):
            return True
        if ON["mod"] and not initial and _is_modifier(line, e) and e.parts.shift is None:
            return True
        if ON["vote"] and steps and not initial and e.parts.year is not None and moment.month is not None:
            return votes <= VOTE
        if ON["votefar"] and abs(steps) > 1 and initial and votes < VOTE2:
            return True
        if ON["year"] and steps != 0 and not initial and moment.month is None:
            return not (ON["voteyear"] and votes >= VOTE3)
        return False

    def _value(self, line: Line, e: Expression, found: list[Resolved]) -> Resolved:
        p = e.parts
        if p.type in ("DURATION", "SET"):
            return Resolved(e, p.period, p.mod)
        if p.tail and found and found[-1].moment is not None:
            before = found[-1].moment
            p = replace(p, month=before.month, year=before.year if p.year is None else p.year)
        p = self._anchored(line, e, p)
        return _finish(e, p)

    def _anchored(self, line: Line, e: Expression, p: Parts) -> Parts:
        """Fill what the words leave open from the time that the story has reached."""
        ref = self.ref
        if p.shift is not None:
            return self._shifted(p)
        if p.short is not None:
            return self._short(p)
        if p.holiday:
            return self._named_day(p)
        if p.weekday is not None:
            return self._week_day(p)
        if p.year is None and ref is not None and (p.month is not None or p.season):
            month = p.month if p.month is not None else _SEASON_MONTH[p.season]
            return replace(p, year=_near_year(ref, month, p, line, e))
        return p

    def _short(self, p: Parts) -> Parts:
        assert p.short is not None
        near = self.ref.year if self.ref is not None else None
        if p.unit == "DE":
            century = century_of(near) if near is not None else 19
            return replace(p, decade=century * 10 + p.short // 10, short=None)
        century = century_of(near) if near is not None else 19
        return replace(p, year=century * 100 + p.short, short=None)

    def _named_day(self, p: Parts) -> Parts:
        rule = p.holiday
        if rule.count("-") == 2:
            year, month, day = (int(n) for n in rule.split("-"))
            return replace(p, year=year, month=month, day=day)
        year_or_none = p.year if p.year is not None else self.ref.year if self.ref is not None else None
        if rule.startswith("easter"):
            if year_or_none is None:
                return replace(p, type="DATE")
            y, m, d = easter(year_or_none, int(rule[6:]))
            return replace(p, year=y, month=m, day=d)
        month, day = (int(n) for n in rule.split("-"))
        if p.year is None and self.ref is not None:
            year_or_none = _near_year(self.ref, month, p, None, None)
        return replace(p, year=year_or_none, month=month, day=day)

    def _week_day(self, p: Parts) -> Parts:
        base = (
            self.day
            if self.day is not None and self.ref is not None and self.day.year == self.ref.year
            else None
        )
        if base is None or base.month is None or base.day is None or p.weekday is None:
            return p
        from datetime import date

        year = 2000 + base.year % 400
        there = date(year, base.month, base.day).isoweekday()
        step = (p.weekday - there) % 7
        if p.turn == -1:
            step = step - 7 if step else -7
        elif p.turn == 1 and step == 0:
            step = 7
        y, m, d = shift_days(base.year, base.month, base.day, step)
        return replace(p, year=y, month=m, day=d, weekday=None)

    def _shifted(self, p: Parts) -> Parts:
        """`two years later`, `the following month`, `October of that year`, `that morning`."""
        assert p.shift is not None
        unit, steps = p.shift
        ref = self.focus if ON["focus"] and self.focus is not None else self.ref
        if ref is None or steps is None:
            return p
        if unit == "Y":
            return replace(p, year=ref.year + steps, shift=None)
        if unit in ("DE", "CE", "ML"):
            return _shift_digits(p, ref, unit, steps)
        if unit == "M":
            if ref.month is None:
                return replace(p, year=ref.year) if steps == 0 else p
            total = ref.year * 12 + ref.month - 1 + steps
            return replace(p, year=total // 12, month=total % 12 + 1, shift=None)
        base = (
            ref
            if ref.day is not None
            else self.day
            if self.day is not None and _within(self.day, ref)
            else None
        )
        if base is None or base.month is None or base.day is None:
            return replace(p, year=ref.year, month=ref.month)
        days = steps * 7 if unit == "W" else steps
        y, m, d = shift_days(base.year, base.month, base.day, days)
        if unit == "W" and p.turn is None:
            return replace(p, year=y, month=m, day=d, unit="W", shift=None)
        return replace(p, year=y, month=m, day=d, shift=None)


def _within(day: Moment, ref: Moment) -> bool:
    return day.year == ref.year and (ref.month is None or day.month == ref.month)


def _shift_digits(p: Parts, ref: Moment, unit: str, steps: int) -> Parts:
    told = "APPROX" if p.turn is not None and not p.mod else p.mod
    if unit == "DE":
        there = decade_of(ref.year + 10 * steps) if p.turn is not None else decade_of(ref.year) + steps
        return replace(p, decade=there, mod=told, shift=None)
    there = century_of(ref.year + 100 * steps) if p.turn is not None else century_of(ref.year) + steps
    return replace(p, century=there, mod=told, shift=None) if unit == "CE" else p


def _near_year(ref: Moment, month: int, p: Parts, line=None, e=None) -> int:
    """The year of a month told without one."""
    year = ref.year
    if p.turn == 1:
        return year + (ref.month is not None and month <= ref.month)
    if p.turn == -1:
        return year - (ref.month is not None and month >= ref.month)
    if e is not None:
        before = line.word(e.first - 1)
        if ON["past"] and before == "since":
            return year - (ref.month is not None and month > ref.month)
        if ON["plu"] and any(line.word(k) == "had" for k in range(max(0, e.first - 8), e.first)):
            return year - (ref.month is not None and month > ref.month)
    if ref.month is not None and ref.month - month > WRAP:
        return year + 1
    return year


def _link(line: Line, expressions: list[Expression]) -> list[Expression]:
    """Give heads of lists and ranges what the next expression states: `20` of `20–21 August`, `April` of `April to June 1968`."""
    linked = list(expressions)
    for k in range(len(linked) - 2, -1, -1):
        e, after = linked[k], linked[k + 1]
        if (
            RE_JOINED.fullmatch(line.letters[e.last : after.first]) is None
            or after.parts.year is None
            and not e.parts.head
        ):
            continue
        linked[k] = _linked(e, after)
    # a year behind the list dates the list: "May 4 and 5, 1865"
    for k in range(1, len(linked)):
        e, before = linked[k], linked[k - 1]
        if e.parts.tail and e.parts.year is not None and before.parts.year is None:
            linked[k - 1] = before.with_parts(year=e.parts.year)
    return linked


def _linked(e: Expression, after: Expression) -> Expression:
    p, q = e.parts, after.parts
    if p.short is not None and p.head and q.year is not None:
        return e.with_parts(year=1 - p.short if q.year <= 0 else p.short, short=None, head=False)
    if p.head and p.day is not None:
        return e.with_parts(month=q.month, year=q.year)
    if p.year is None and (p.month is not None or p.season) and q.year is not None:
        first = p.month or _SEASON_MONTH[p.season]
        second = q.month or _SEASON_MONTH.get(q.season, 0)
        if second == 0:
            return e
        return e.with_parts(year=q.year - (first > second))
    return e


def _finish(e: Expression, p: Parts) -> Resolved:
    """Write the value of what is known by now."""
    moment: Moment | None = None
    year = year_string(p.year) if p.year is not None else "XXXX"
    if p.unit == "W" and p.edge is None and p.day is not None and p.month is not None and p.year is not None:
        from datetime import date

        iso = date(2000 + p.year % 400, p.month, p.day).isocalendar()
        return Resolved(
            e,
            f"{year_string(p.year + iso.year - (2000 + p.year % 400))}-W{iso.week:02d}",
            p.mod,
            Moment(p.year, p.month, p.day),
        )
    if p.decade is not None:
        return Resolved(e, decade_string(p.decade), p.mod)
    if p.century is not None:
        return Resolved(e, century_string(p.century), p.mod)
    if p.millennium is not None:
        return Resolved(e, str(p.millennium) if p.millennium >= 0 else f"BC{-p.millennium - 1}", p.mod)
    if p.edge is not None:
        p = _edge(p)
        year = year_string(p.year) if p.year is not None else "XXXX"
    if p.season:
        value = f"{year}-{p.season}"
        moment = None if p.year is None else Moment(p.year, None)
    elif p.half is not None or p.quarter is not None:
        value = f"{year}-H{p.half}" if p.half is not None else f"{year}-Q{p.quarter}"
        moment = None if p.year is None else Moment(p.year)
    elif p.month is not None and p.day is not None:
        if p.year is not None and read_day(p.year, p.month, p.day) is None:
            value = f"{year}-{p.month:02d}"
        else:
            value = f"{year}-{p.month:02d}-{p.day:02d}"
        moment = None if p.year is None else Moment(p.year, p.month, p.day)
    elif p.month is not None:
        unknown = "-XX" if p.shift is not None and p.shift[0] in ("D", "W") or p.daypart or p.clock else ""
        value = f"{year}-{p.month:02d}{unknown}"
        moment = None if p.year is None else Moment(p.year, p.month)
    elif p.weekday is not None:
        value = f"{year}-WXX-{p.weekday}"
    elif p.shift is not None and p.shift[0] in ("D", "W", "M") or p.daypart or p.clock or p.day is not None:
        coarse = p.shift is not None and p.shift[0] == "M" and p.day is None
        value = f"{year}-XX" if coarse else f"{year}-XX-{p.day:02d}" if p.day is not None else f"{year}-XX-XX"
    elif p.shift is not None and p.shift[0] == "DE":
        value = "XXXX"
    else:
        value = year
        moment = None if p.year is None else Moment(p.year)
    if p.daypart or p.clock:
        value += f"T{p.daypart or p.clock}"
    return Resolved(e, value, p.mod, moment)


def _edge(p: Parts) -> Parts:
    """The first or last day (month, year) of what is stated."""
    if p.year is None or p.edge is None:
        return p
    first = p.edge > 0
    if p.unit == "D":
        month = p.month or (1 if first else 12)
        return replace(p, month=month, day=1 if first else month_days(p.year, month))
    if p.unit == "M" and p.month is None:
        return replace(p, month=1 if first else 12)
    return p
