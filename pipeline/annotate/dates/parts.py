"""What the grammar hands to the narrative: an expression and the parts of calendar time that its words state."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from pipeline.annotate.dates.lexicon import Token


class Parts(NamedTuple):
    """Stated parts of a time. None and "" mean not stated; years are astronomical.

    short: a two-digit year or decade whose century is open. shift: (unit, steps) from the time that the narrative
    has reached, steps None when vague. turn: -1, 0, 1 for `last`, `this`, `next` before a month, season or weekday.
    edge: 1 or -1 for the first or last `unit` of what is stated. period: value of a length or set.
    era_open: a year below 1000 without BC or AD.
    head: the missing parts come from the next expression; tail: from the one before. sub: part of a decade or century.
    """

    type: str = "DATE"
    year: int | None = None
    month: int | None = None
    day: int | None = None
    decade: int | None = None
    century: int | None = None
    millennium: int | None = None
    short: int | None = None
    season: str = ""
    quarter: int | None = None
    half: int | None = None
    weekday: int | None = None
    holiday: str = ""
    daypart: str = ""
    clock: str = ""
    mod: str = ""
    period: str = ""
    shift: tuple[str, int | None] | None = None
    turn: int | None = None
    edge: int | None = None
    unit: str = ""
    head: bool = False
    tail: bool = False
    era_open: bool = False


class Expression(NamedTuple):
    """Tokens `first <= i < last` of a sentence and what they state.

    lead: how many of them are words of approximation (`about`, `more than`): they are read, for `mod` and for what
    stands before, but are no part of the extent.
    """

    first: int
    last: int
    parts: Parts
    lead: int = 0

    def with_parts(self, **changes: object) -> Expression:
        """The same words with some parts changed."""
        return self._replace(parts=self.parts._replace(**changes))  # type: ignore[arg-type]


class Line(NamedTuple):
    """A tokenised sentence: tokens and their classes, one letter each.

    early: the era ("BC", "AD") of a paragraph that tells of times before the year 1000, else "".
    """

    tokens: list[Token]
    letters: str
    early: str = ""

    def letter(self, i: int) -> str:
        """Class of token `i`; "^" before and "$$" behind the sentence never match a letter."""
        return self.letters[i] if 0 <= i < len(self.letters) else "\n"

    def word(self, i: int) -> str:
        """Token `i` in lower case, "" outside the sentence."""
        return self.tokens[i].text.lower() if 0 <= i < len(self.tokens) else ""

    def glued(self, i: int) -> bool:
        """Whether no white space stands between token `i - 1` and token `i`."""
        return 0 < i < len(self.tokens) and self.tokens[i - 1].end == self.tokens[i].start


Builder = Callable[[Line, "dict[str, int]", int, int], Parts | None]

Rule = tuple[str, "re.Pattern[str]", Builder]

# classes that end a clause, the sentence's end among them
CLAUSE_END = ".,;)\n!?:"


def rule(name: str, pattern: str, builder: Builder) -> Rule:
    """A rule of the grammar: its name, its pattern over token classes, what makes parts of a match."""
    return name, re.compile(pattern), builder
