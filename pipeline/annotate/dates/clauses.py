"""How a sentence tells a date: in its opening, or aside in brackets, quotations, before a noun or in the pluperfect."""

from __future__ import annotations

import re

from pipeline.annotate.dates.parts import Expression, Line

# An expression this near the start of its sentence sets the scene: "In the spring of 1943", "Meanwhile, in May".
_SCENE = 3
RE_OPENING = re.compile(r"[ib](?:t?[xI-]{1,4}f){1,2}t?")
# tokens that are looked back for an open bracket or quotation: sentences are shorter, and time stays linear
_REACH = 200
# tokens that are looked back for the verb of a clause, and classes that begin one
_CLAUSE, _CLAUSE_START = 15, ",;:()-\n"


def tells_when(line: Line, e: Expression) -> bool:
    """Whether a dated expression is likely to say when the story's next event happened.

    One near the start of its sentence does; one with its month does unless it is told aside; a bare year elsewhere is
    too often told aside to tell.
    """
    if told_before(line, e.first):
        return False
    if sets_scene(line, e):
        return True
    aside = in_brackets(line, e.first) or in_quotes(line, e.first) or is_modifier(line, e)
    return e.parts.month is not None and not aside and line.word(e.first - 1) != "since"


def sets_scene(line: Line, e: Expression) -> bool:
    """Whether a date opens its sentence: "Meanwhile, in May", "By the Treaty of Verdun of 843"."""
    return e.first <= _SCENE or RE_OPENING.fullmatch(line.letters, 0, e.first) is not None


def told_before(line: Line, i: int) -> bool:
    """Whether the clause before token `i` is in the pluperfect: "who had arrived in 1898"."""
    for k in range(i - 1, max(-1, i - _CLAUSE), -1):
        letter = line.letters[k]
        if letter in _CLAUSE_START:
            return False
        if (
            letter == "g"  # the class of "had"
            and line.word(k) == "had"
            and line.letter(k + 1) not in "tadVDEHqnI$cy"
            and line.word(k + 1) not in ("to", "a", "no")
        ):
            return True
    return False


def points_back(e: Expression) -> bool:
    """`two years earlier`."""
    return e.parts.shift is not None and (e.parts.shift[1] or 0) < 0


def is_modifier(line: Line, e: Expression) -> bool:
    """Whether the date stands before a noun that it belongs to: `the 1948 treaty`."""
    return line.letter(e.first - 1) in "taxI" and line.letter(e.last) in "xI"


def in_brackets(line: Line, i: int) -> bool:
    """Whether a bracket is open before token `i`."""
    start = max(0, i - _REACH)
    return line.letters.rfind("(", start, i) > line.letters.rfind(")", start, i)


def in_quotes(line: Line, i: int) -> bool:
    """Whether a quotation is open before token `i`."""
    return line.letters.count('"', max(0, i - _REACH), i) % 2 == 1


def dated_in_brackets(line: Line, expressions: list[Expression]) -> bool:
    """Whether days of one month in brackets are all that dates a sentence: "after Chesma (5–7 July 1770) he"."""
    if "(" not in line.letters:
        return False
    dated = [e for e in expressions if e.parts.type in ("DATE", "TIME")]
    months = {(e.parts.year, e.parts.month) for e in dated}
    whole = all(e.parts.year is not None and e.parts.month is not None for e in dated)
    return len(months) == 1 and whole and all(in_brackets(line, e.first) for e in dated)
