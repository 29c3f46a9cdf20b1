"""The grammar: one pass over the classes of a sentence's tokens, longest reading of the first rule that accepts.

A time expression is a chain of narrowing words (`about`, `early`, `the end of`, `the evening of`, `later`) before a
core (`days`, `periods`, `deictic`, `lengths`). Every step looks at a bounded stretch, so the time is linear in the
length of the sentence.
"""

from __future__ import annotations

import re

from pipeline.annotate.dates import days, deictic, early, lengths, periods
from pipeline.annotate.dates.lexicon import in_group
from pipeline.annotate.dates.linking import RE_JOINED
from pipeline.annotate.dates.numerals import number
from pipeline.annotate.dates.parts import Expression, Line, Parts

_SETS = (days.RULES, (*periods.RULES, *deictic.RULES), lengths.RULES)
RULES = tuple(rule for rules in _SETS for rule in rules)
RE_APPROX = re.compile(r"(?:c{1,2}|yz|V(?=[NDEH]))")
RE_EARLY = re.compile(r"t?(?:p-?r-?)?(?P<p>p)-?")
RE_EARLY_IN = re.compile(r"(?P<p>p)i")
RE_END_OF = re.compile(r"t?(?P<a>[pO]?)(?P<n>[pP])f")
RE_LATER = re.compile(r"(?P<l>L)i?")
RE_HALF = re.compile(r"t?(?P<o>[OpR])-?(?P<f>[FQ])f")
RE_DAYPART = re.compile(r"t?p?-?(?P<t>T)u?f|pit(?P<t2>T)f")
RE_HOURS = re.compile(r"t?(?P<p>p)(?P<h>u)f")
RE_UNITS_OF = re.compile(r"t(?P<o>[ORp])(?P<u>u)f")
RE_EDGE = re.compile(r"t(?P<o>[OR])(?P<u>U)f")
# What can begin an expression, seen at a glance: `the`, `a` and `that` never do right before a plain word or a name,
# nor an apostrophe but before the digits of a year.
_START = r"(?:[MmWSUuTJYDEHqOXZKNVkFQsRLpPwecyG]|[atd][^xI]|'[DE])"
# what the expression before can make a date
_TAIL = "[DEHY]|t?O"
_MAX_CHAIN = 4
# "the last days of", "the early years of"
_ENDS = frozenset(("first", "last", "final", "early", "late", "middle"))


def find_expressions(line: Line) -> list[Expression]:
    """The time expressions of a sentence, in order, without overlaps."""
    found: list[Expression] = []
    i = 0
    while (start := RE_BEGIN.search(line.letters, i)) is not None:
        i = start.start()
        expression = _read(line, i, 0) or _continue(line, i, found)
        if expression is None:
            i += 1
        else:
            found.append(expression)
            i = expression.last
    return found


def _groups(match: re.Match[str]) -> dict[str, int]:
    """Token index of each named group that took part."""
    return {k: match.start(k) for k, v in match.groupdict().items() if v}


def _core(line: Line, i: int) -> Expression | None:
    for rules, any_of_them in _RULE_SETS:
        first = any_of_them.match(line.letters, i)
        if first is None or first.lastindex is None:
            continue
        for _, pattern, builder in rules[first.lastindex - 1 :]:
            match = pattern.match(line.letters, i)
            if match is not None and match.end() > i:
                parts = builder(line, _groups(match), i, match.end())
                if parts is not None:
                    return Expression(i, match.end(), parts)
    return None


def _read(line: Line, i: int, depth: int) -> Expression | None:
    """The expression that begins at token `i`, its narrowing words before the core."""
    if depth < _MAX_CHAIN and RE_NARROWED.match(line.letters, i) is not None:
        match = RE_APPROX.match(line.letters, i)
        inner = _read(line, match.end(), depth + 1) if match is not None else None
        parts = _approx(line, i, inner) if inner is not None else None
        if inner is not None and parts is not None:
            return Expression(i, inner.last, parts, inner.first + inner.lead - i)
        for pattern, combine in _PREFIXES:
            match = pattern.match(line.letters, i)
            if match is None:
                continue
            inner = _read(line, match.end(), depth + 1)
            parts = combine(line, _groups(match), inner.parts) if inner is not None else None
            if inner is not None and parts is not None:
                return Expression(i, inner.last, parts)
    return _core(line, i)


def _approx(line: Line, i: int, inner: Expression) -> Parts | None:
    """`about 1910`, `nearly a year`, `more than 40 days`."""
    if line.word(inner.first - 1) in ("over", "under") and not _is_amount(line, i, inner):
        return None
    mods = [
        line.tokens[k].value
        for k in range(i, inner.first)
        if line.letter(k) in "cyV" and line.tokens[k].value not in ("", "X")
    ]
    mod = mods[0] if mods else ""
    parts = inner.parts
    if parts.mod or parts.type == "SET":
        return None
    if line.letter(i) == "b" and line.word(i) != "at":
        return None
    stated = parts.type == "DURATION" or parts.shift is not None
    if not stated and (mod != "APPROX" or line.word(i) in ("some", "nearly", "almost")):
        return None
    if line.letter(i) == "V":
        if line.word(i) != "some" or not stated:
            return None
        mod = "APPROX"
    return parts._replace(mod=mod)


def _is_amount(line: Line, i: int, inner: Expression) -> bool:
    """Whether `over`, `under` mean more, less: "for over a year", not "goods over six years"."""
    if line.letter(inner.first) == "t" or (
        line.letter(inner.last) in "xI" and "-" in line.letters[inner.first : inner.last]
    ):
        return False
    return inner.first - i > 1 or line.letter(i - 1) in "bicrg(,\n" or in_group(line.word(i - 1), "lasting")


def _narrow(line: Line, g: dict[str, int], parts: Parts) -> Parts | None:
    """`early February`, `late in the year`, `the end of 1945`, `later that month`."""
    k = next(g[name] for name in ("p", "n", "l") if name in g)
    mod = line.tokens[k].value
    if parts.type not in ("DATE",) or parts.mod or parts.daypart:
        return parts if parts.type == "TIME" and "n" not in g and "l" not in g and not parts.clock else None
    if "l" in g:
        reached = parts.shift is not None and parts.shift[1] == 0 and parts.edge is None
        told = parts.season and parts.year is None and line.letter(k + 1) == "i"
        return (
            parts
            if line.letter(k) == "L" and (reached or told) and line.word(k) in ("later", "earlier")
            else None
        )
    if (parts.day is not None and parts.month is not None) or (parts.head and parts.day is not None):
        return None
    if line.word(k) == "turn" and parts.century is None and (parts.shift is None or parts.shift[0] != "CE"):
        return parts._replace(mod="APPROX") if parts.shift is None else None
    if line.word(k) == "turn":
        return parts._replace(mod=mod, unit="turn")
    if mod == "PART":
        if "a" in g:
            value = line.tokens[k - 1].value
            mod = {"1": "START", "-1": "END"}.get(value, value if value in ("START", "MID", "END") else "")
            return parts._replace(mod=mod) if mod else None
        return parts if line.word(k) in ("rest", "remainder") else None
    return parts._replace(mod=mod)


def _half(line: Line, g: dict[str, int], parts: Parts) -> Parts | None:
    """`the second half of 2008`, `the first half of May 1940`, `the first quarter of the 19th century`."""
    month = parts.month is not None and parts.day is None and line.letter(g["f"]) == "F"
    if parts.type != "DATE" or parts.season or parts.mod or not (parts.month is None or month):
        return None
    value = line.tokens[g["o"]].value
    numbers = {"-1": -1, "START": 1, "END": -1} if not value.isdigit() else {}
    n = int(value) if value.isdigit() else numbers.get(value)
    if line.letter(g["o"]) == "O":
        n = number(line, g["o"])
    if n is None:
        return None
    size = 2 if line.letter(g["f"]) == "F" else 4
    n = size if n == -1 else n
    if not 1 <= n <= size:
        return None
    yearly = (parts.year is not None and not month) or (parts.shift is not None and parts.shift[0] == "Y")
    if yearly:
        return parts._replace(half=n) if size == 2 else parts._replace(quarter=n)
    return parts._replace(mod="START" if n == 1 else "END" if n == size else "MID")


def _in_day(line: Line, g: dict[str, int], parts: Parts) -> Parts | None:
    """`the evening of 17 December 1996`, `early in the morning of 29 April`."""
    by_day = (
        parts.day is not None
        or parts.holiday
        or parts.weekday
        or (parts.shift is not None and parts.shift[0] == "D")
    )
    if parts.type != "DATE" or not by_day or parts.mod:
        return None
    value = line.tokens[g["t"] if "t" in g else g["t2"]].value
    return parts._replace(
        type="TIME", clock=value if ":" in value else "", daypart="" if ":" in value else value
    )


def _units_of(line: Line, g: dict[str, int], parts: Parts) -> Parts | None:
    """`the last days of 1944`, `the early years of the 20th century`: its beginning or end."""
    value = line.tokens[g["o"]].value
    mod = {"1": "START", "-1": "END", "X": "END"}.get(value, value)
    narrowed = parts.type == "DATE" and not parts.mod and parts.day is None and parts.edge is None
    if not narrowed or mod not in ("START", "MID", "END") or line.word(g["o"]) not in _ENDS:
        return None
    return parts._replace(mod=mod)


def _hours(line: Line, g: dict[str, int], parts: Parts) -> Parts | None:
    """`the early hours of 5 May`."""
    early = line.tokens[g["p"]].value == "START" and line.tokens[g["h"]].value == "TH"
    return (
        parts._replace(type="TIME", daypart="MO")
        if early and parts.day is not None and not parts.mod
        else None
    )


def _edge(line: Line, g: dict[str, int], parts: Parts) -> Parts | None:
    """`the last day of the year`, `the first month of 1945`."""
    unit = line.tokens[g["u"]].value
    n = (
        number(line, g["o"])
        if line.letter(g["o"]) == "O"
        else int(line.tokens[g["o"]].value.replace("X", "-1"))
    )
    if parts.type != "DATE" or parts.mod or unit not in ("D", "W", "M", "DE") or parts.day is not None:
        return None
    weeks = unit == "W" and parts.month is not None and 1 <= n <= 5
    if (n not in (1, -1) and not weeks) or (unit == "W" and parts.month is None):
        return None
    return parts._replace(edge=n, unit=unit)


_PREFIXES = (
    (RE_EDGE, _edge),
    (RE_HALF, _half),
    (RE_DAYPART, _in_day),
    (RE_HOURS, _hours),
    (RE_UNITS_OF, _units_of),
    (RE_END_OF, _narrow),
    (RE_EARLY, _narrow),
    (RE_EARLY_IN, _narrow),
    (RE_LATER, _narrow),
)


def _nameless(pattern: re.Pattern[str]) -> str:
    """A pattern whose groups are not captured, to stand beside others."""
    return re.sub(r"\(\?P<\w+>", "(?:", pattern.pattern)


# Trying patterns one by one takes most of the time where none fits, so one of all of them goes before. Of the rules
# that is done by sets, as the first rule that fits (the group) may refuse, and then its set is tried one by one.
RE_NARROWED = re.compile("|".join(map(_nameless, (RE_APPROX, *(p for p, _ in _PREFIXES)))))
_RULE_SETS = tuple(
    (rules, re.compile("|".join(f"({_nameless(pattern)})" for _, pattern, _ in rules))) for rules in _SETS
)
RE_BEGIN = re.compile(
    rf"(?={_START})(?:{_TAIL}|"
    + "|".join(map(_nameless, (RE_APPROX, *(p for p, _ in _PREFIXES), *(p for _, p, _ in RULES))))
    + ")"
)


def _continue(line: Line, i: int, found: list[Expression]) -> Expression | None:
    """`60` behind `1957–`, `5` behind `May 4 and`: what only the expression before makes a date."""
    if not found:
        return None
    last = found[-1]
    gap = line.letters[last.last : i]
    if not RE_JOINED.fullmatch(gap) or last.parts.type == "DURATION":
        return None
    if (
        gap in "-/"
        and line.letter(last.last - 1) == "Y"
        and line.letter(i) in "DE"
        and last.parts.month is None
    ):
        parts = days.range_end(line, i)
        return None if parts is None else Expression(i, i + 1, parts)
    if (
        last.parts.era_open
        and gap in ("-", "r", "j")
        and line.letter(i) in "DEHY"
        and last.parts.month is None
    ):
        if gap == "j" and line.word(last.first - 1) != "between":
            return None
        parts = early.range_tail(line, i, last.parts)
        return None if parts is None else Expression(i, i + 1, parts)
    if last.parts.day is not None and (line.letter(last.last - 1) in "DO"):
        match = days.RE_DAY_TAIL.match(line.letters, i)
        if match is not None:
            parts = days.day_tail(line, _groups(match), i, match.end())
            return None if parts is None else Expression(i, match.end(), parts)
    return None
