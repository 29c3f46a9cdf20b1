"""The narrative model: what the words leave open is taken from the time that the story has reached.

The story's time moves with the dates that say when something happened, sentence by sentence; a heading with years sets
it, else the first date of a section. Dates told aside do not move it: in brackets and quotations (unless
they are all that dates the sentence), before a noun (`the 1948 treaty`), `since 1913`, `two years earlier`, in a clause
in the pluperfect, and those that the next dates of the section leave again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from pipeline.annotate.dates.clauses import (
    dated_in_brackets,
    in_brackets,
    in_quotes,
    is_modifier,
    points_back,
    sets_scene,
    told_before,
)
from pipeline.annotate.dates.linking import RE_RANGE, SEASON_MONTH, link, month_of, ranges
from pipeline.annotate.dates.parts import Expression, Line, Parts
from pipeline.annotate.dates.value import century_of, decade_of, easter, shift_days
from pipeline.annotate.dates.writing import Moment, Resolved, finish

# A month told without a year that lies more months back than this is one of the next year: measured on WikiWars, any
# number from 4 to 9 does as well. Where the next date with a year is of a later year, a smaller step is enough.
_BACK, _BACK_BEFORE_NEXT_YEAR = 6, 4
# two digits do not name a year or decade this far ahead of the story: "the '70s" told of 2011
_SHORT_AHEAD = 20
# how much farther a year that goes back in time seems than one that goes on
_BACKWARDS = 3
_BOUNDS = frozenset(("until", "till", "by", "to", "through", "before"))


class Narrative:
    """State of one page: feed it the sentences in order.

    ref: the time that the main story has reached; day: its last full day; focus: the time named last;
    span: the last range of days.
    """

    def __init__(self) -> None:
        self.ref: Moment | None = None
        self.day: Moment | None = None
        self.focus: Moment | None = None
        self.span: tuple[Moment, Moment] | None = None
        self._told: Moment | None = None  # a year that the sentence has told without moving the story
        self._dated_in_brackets = False  # whether the sentence's only date stands in brackets
        self._begun = True  # whether a section has told when it begins
        self._left: Moment | None = (
            None  # the focus that a clause in the pluperfect has left, for its sentence
        )

    def heading(self, expressions: list[Expression]) -> None:
        """A heading with years sets the time of its section."""
        years = [e.parts.year for e in expressions if e.parts.year is not None]
        self._begun = bool(years)
        if years:
            self.ref = self.focus = Moment(min(years))
            self.day = self.span = None

    def resolve(
        self, line: Line, expressions: list[Expression], upcoming: Sequence[int | None] = ()
    ) -> list[Resolved]:
        """Values of a sentence's expressions, the narrative's time moving on behind each.

        upcoming: for each expression the year of the next date in its section that states one.
        """
        linked = link(line, expressions)
        self._told = None
        self._dated_in_brackets = dated_in_brackets(line, linked)
        found: list[Resolved] = []
        ends = {last for _, last in ranges(line, linked)}
        for k, e in enumerate(linked):
            ahead = upcoming[k] if upcoming else None
            after = linked[k + 1] if k + 1 < len(linked) else None
            resolved = self._resolve_one(line, e, after, found[-1] if found else None, ahead)
            if resolved.moment is not None:
                if k in ends and found[-1].moment is not None:
                    self._note_range(found[-1].moment, resolved.moment)
                self._move(line, e, resolved.moment, ahead)
            found.append(resolved)
        if self._left is not None:
            self.focus, self._left = self._left, None
        return found

    def _note_range(self, first: Moment, last: Moment) -> None:
        if first.day is not None and last.day is not None:
            self.span = (first, last)

    def _move(self, line: Line, e: Expression, moment: Moment, ahead: int | None) -> None:
        back = line.word(e.first - 1) == "since" or points_back(e)
        if self._goes_back(line, e, moment):
            self._left = self._left or self.focus
        else:
            self._left = None
        if not back and not (is_modifier(line, e) and e.parts.shift is None):
            self.focus = moment
        if moment.vague == "decade" or (self.ref is not None and self._is_aside(line, e, moment, ahead)):
            if self._tells_in_passing(line, e, moment, back):
                self._told = moment
            return
        self._told = None
        self.ref = moment
        self._begun = True
        if moment.day is not None:
            self.day = moment

    def _tells_in_passing(self, line: Line, e: Expression, moment: Moment, back: bool) -> bool:
        """Whether the rest of the sentence goes on from a date that does not move the story."""
        near = self.ref is not None and abs(moment.year - self.ref.year) <= _SHORT_AHEAD
        apart = back or self._left is not None or in_brackets(line, e.first)
        return near and not apart and line.word(e.first - 1) in ("in", "on")

    def _goes_back(self, line: Line, e: Expression, moment: Moment) -> bool:
        return self.ref is not None and moment.year < self.ref.year and told_before(line, e.first)

    def _is_aside(self, line: Line, e: Expression, moment: Moment, ahead: int | None) -> bool:
        """Whether a date is told in passing, so that the story's time stays where it is."""
        if self.ref is None:
            return False
        if points_back(e) or in_quotes(line, e.first) or line.word(e.first - 1) == "since":
            return True
        if self._goes_back(line, e, moment):
            return True
        steps = moment.year - self.ref.year
        nearer = 0 if ahead is None else abs(ahead - self.ref.year) - abs(ahead - moment.year)
        if sets_scene(line, e):
            return self._begun and abs(steps) > 1 and nearer < 0
        told = (in_brackets(line, e.first) and not self._dated_in_brackets) or line.word(
            e.first - 1
        ) in _BOUNDS
        if told or (is_modifier(line, e) and e.parts.shift is None):
            return True
        later = e.parts.shift is not None and (e.parts.shift[1] or 0) > 0 and self._left is None
        onward = later and (ahead is None or moment.year <= ahead)  # "handed over two years later"
        if steps == 0 or not self._begun or onward:
            return False
        if ahead is None and moment.month is None:
            # the next year, where the section has no date behind that would tell
            return steps != 1 or line.word(e.first - 1) == "for"
        return nearer < 0 if moment.month is not None else nearer <= 0

    def _resolve_one(
        self, line: Line, e: Expression, after: Expression | None, before: Resolved | None, ahead: int | None
    ) -> Resolved:
        p = e.parts
        if p.type in ("DURATION", "SET"):
            return Resolved(e, p.period, p.mod)
        if p.era_open and p.year is not None and self.ref is not None:
            p = p._replace(year=_era_year(self.ref.year, p.year))
        moment = before.moment if before is not None else None
        if p.tail and moment is not None:
            p = p._replace(month=moment.month, year=moment.year if p.year is None else p.year)
        if p.year is None and month_of(e) is not None and p.shift is None and p.turn is None:
            p = self._between(line, e, p, after, before)
        return finish(e, self._anchored(line, e, p, ahead))

    def _between(
        self, line: Line, e: Expression, p: Parts, after: Expression | None, before: Resolved | None
    ) -> Parts:
        """The years of a range of months without one: `from October to March`."""
        month = month_of(e) or 0
        if before is not None and before.moment is not None and _joins(line, before.expression, e):
            start = before.moment
            return p._replace(year=start.year + (start.month is not None and start.month > month))
        if after is not None and self.ref is not None and self.ref.month and _joins(line, e, after):
            end = month_of(after)
            if end is not None and end < month and after.parts.year is None:
                return p._replace(year=self.ref.year - (self.ref.month <= end))
        return p

    def _anchored(self, line: Line, e: Expression, p: Parts, ahead: int | None) -> Parts:
        """Fill what the words leave open from the time that the story has reached."""
        if p.shift is not None:
            return self._shifted(p)
        if p.short is not None:
            return self._short(p)
        if p.holiday:
            return self._named_day(line, e, p, ahead)
        if p.weekday is not None:
            return self._weekday(p)
        if p.edge is not None and p.unit == "D" and p.year is None and p.month is None:
            return self._day_of_span(p)
        if p.year is None and self.ref is not None and (p.month is not None or p.season):
            if p.turn == 0 and self.focus is not None:
                return p._replace(year=self.focus.year)
            return p._replace(year=_near_year(self._told or self.ref, line, e, p, ahead))
        return p

    def _day_of_span(self, p: Parts) -> Parts:
        """`the first day of the visit`: of the range of days named last."""
        if self.span is None or p.edge is None:
            return p
        first, last = self.span
        if p.edge < 0:
            return p._replace(year=last.year, month=last.month, day=last.day)
        y, m, d = shift_days(first.year, first.month or 1, first.day or 1, p.edge - 1)
        return p._replace(year=y, month=m, day=d)

    def _short(self, p: Parts) -> Parts:
        """`'60`, `the sixties`: of the century that the story is in, the 20th where it has not begun."""
        century = century_of(self.ref.year) if self.ref is not None else 19
        if self.ref is not None and self.ref.year < 100 and p.short is not None:
            return _early_short(p, p.short, self.ref.year)
        if self.ref is not None and century * 100 + (p.short or 0) > self.ref.year + _SHORT_AHEAD:
            century -= 1
        if century < 0 or p.short is None:
            return p._replace(short=None)
        if p.unit == "DE":
            return p._replace(decade=century * 10 + p.short // 10, short=None)
        return p._replace(year=century * 100 + p.short, short=None)

    def _named_day(self, line: Line, e: Expression, p: Parts, ahead: int | None) -> Parts:
        rule = p.holiday
        if rule.count("-") == 2:  # a day in history
            y, m, d = (int(n) for n in rule.split("-"))
            return p._replace(year=y, month=m, day=d)
        year = p.year
        if rule.startswith("easter"):
            year = self.ref.year if year is None and self.ref is not None else year
            if year is None:
                return p
            y, m, d = easter(year, int(rule[6:]))
            return p._replace(year=y, month=m, day=d)
        month, day = (int(n) for n in rule.split("-"))
        p = p._replace(month=month, day=day)
        if year is None and self.ref is not None:
            year = _near_year(self.ref, line, e, p, ahead)
        return p._replace(year=year)

    def _weekday(self, p: Parts) -> Parts:
        """The next such day from the last full day on; with `last` the one before it."""
        base = self.day
        known = base is not None and self.ref is not None and base.year == self.ref.year
        if not known or base is None or base.month is None or base.day is None or p.weekday is None:
            return p
        step = (p.weekday - date(2000 + base.year % 400, base.month, base.day).isoweekday()) % 7
        if p.turn == -1:
            step = step - 7 if step else -7
        elif p.turn == 1 and step == 0:
            step = 7
        y, m, d = shift_days(base.year, base.month, base.day, step)
        return p._replace(year=y, month=m, day=d, weekday=None)

    def _shifted(self, p: Parts) -> Parts:
        """`two years later`, `the following month`, `October of that year`, `that morning`."""
        unit, steps = p.shift or ("", None)
        ref = self.focus or self.ref
        if ref is None or (steps is None and unit not in ("D", "W")):
            return p
        if steps is None:  # "days later"
            return p if ref.vague else p._replace(year=ref.year)
        if unit in ("DE", "CE", "ML"):
            return _shift_digits(p, ref, unit, steps)
        if ref.vague == "decade":
            ref = self.ref
        if ref is None:
            return p
        if unit == "Y":
            return p._replace(year=ref.year + steps, shift=None)
        if unit == "M":
            return self._shifted_months(p, ref, steps)
        return self._shifted_days(p, ref, unit, steps)

    def _shifted_months(self, p: Parts, ref: Moment, steps: int) -> Parts:
        if (ref.month is None or ref.vague) and self.ref is not None:
            ref = self.ref
        if ref.month is None or ref.vague:
            return p._replace(year=ref.year) if steps == 0 else p
        months = ref.year * 12 + ref.month - 1 + steps
        return p._replace(year=months // 12, month=months % 12 + 1, shift=None)

    def _shifted_days(self, p: Parts, ref: Moment, unit: str, steps: int) -> Parts:
        base: Moment | None = ref
        if ref.day is None:
            same = self.day is not None and self.day.year == ref.year and ref.month in (None, self.day.month)
            base = self.day if same else None
        if base is None or base.month is None or base.day is None:
            return p._replace(year=ref.year, month=None if ref.vague else ref.month)
        y, m, d = shift_days(base.year, base.month, base.day, steps * 7 if unit == "W" else steps)
        whole_week = "W" if unit == "W" and p.turn is None else p.unit
        return p._replace(year=y, month=m, day=d, unit=whole_week, shift=None)


def _era_year(ref: int, year: int) -> int:
    """A year below 1000 of the era that brings it nearer to the story's time; stories seldom go back."""
    if ref > 0:
        return year
    apart = {n: n - ref if n >= ref else _BACKWARDS * (ref - n) for n in (1 - year, year)}
    return min(apart, key=lambda n: apart[n])


def _early_short(p: Parts, short: int, ref: int) -> Parts:
    """`the early 50s` of a story in the first centuries BC and AD."""
    year = _era_year(ref, max(short, 1))
    if p.unit == "DE":
        return p._replace(decade=short // 10 if year > 0 else -(short // 10) - 1, short=None)
    return p._replace(year=year, short=None)


def _joins(line: Line, e: Expression, after: Expression) -> bool:
    return RE_RANGE.fullmatch(line.letters[e.last : after.first]) is not None


def _shift_digits(p: Parts, ref: Moment, unit: str, steps: int) -> Parts:
    """Decades and centuries: `three decades earlier` is about so long ago, `the next decade` exact."""
    counted = p.turn is not None
    mod = "APPROX" if counted and not p.mod else p.mod
    if unit == "DE":
        decade = decade_of(ref.year + 10 * steps) if counted else decade_of(ref.year) + steps
        return p._replace(decade=decade, mod=mod, shift=None)
    if unit == "CE":
        century = century_of(ref.year + 100 * steps) if counted else century_of(ref.year) + steps
        if p.unit == "turn" and steps == 0:
            century = century_of(ref.year + 50)  # the nearest turn
        return p._replace(century=century, mod=mod, shift=None)
    return p


def _near_year(ref: Moment, line: Line, e: Expression, p: Parts, ahead: int | None) -> int:
    """The year of a month or season told without one: the story's, or the next when it would lie too far back."""
    month = p.month or SEASON_MONTH[p.season]
    if ref.month is None:
        return ref.year
    if p.turn == 1:
        return ref.year + (month <= ref.month)
    if p.turn == -1:
        return ref.year - (month >= ref.month)
    if line.word(e.first - 1) == "since":
        return ref.year - (month > ref.month)
    back = ref.month - month
    if p.season == "WI" and back > _BACK:
        return ref.year  # that which begins at the year's end, as the guidelines' pages have it
    if ahead is not None:
        return ref.year + (ahead > ref.year and back > _BACK_BEFORE_NEXT_YEAR)
    return ref.year + (back > _BACK)
