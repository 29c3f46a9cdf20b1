"""Rules for what is told from the time that the story has reached, and for times of day."""

from __future__ import annotations

from pipeline.annotate.dates.context import counts_nothing
from pipeline.annotate.dates.lengths import period
from pipeline.annotate.dates.lexicon import in_group
from pipeline.annotate.dates.numerals import cardinal, number
from pipeline.annotate.dates.parts import CLAUSE_END, Line, Parts, Rule, rule


def _sign(line: Line, i: int, j: int) -> int | None:
    """0 for that, this, same; 1 for next; -1 for previous; None for a word that gives no direction."""
    sign: int | None = 0
    for k in range(i, j):
        if line.letter(k) in "RL":
            value = line.tokens[k].value
            sign = None if value == "X" else int(value)
    return sign


def _deictic(line: Line, g: dict[str, int], i: int, j: int) -> Parts | None:
    """`that year`, `the same day`, `the following month`, `the day before`, `next century`."""
    unit = line.tokens[g["u"]].value
    sign = _sign(line, i, j)
    if unit.startswith("T") or sign is None or unit in ("WE", "3M"):
        return None
    if (line.letter(i) == "R" and line.letter(i - 1) in "N") or line.letter(j) == "l":
        return None
    if line.letter(j - 1) == "R" and line.letter(j) in "taId":
        return None
    if "l" in g and line.letter(j) not in CLAUSE_END + "ijrgb":
        return None  # "the year after the war"
    if (
        line.word(i) == "past"
        or line.word(i + 1) == "past"
        or (line.word(i + 1) == "last" and unit in ("DE", "CE"))
    ):
        return Parts(type="DURATION", period=period(1, unit))
    told = line.word(i - 1) == "for" and line.word(j - 2) in ("next", "coming")
    if told or (line.word(i - 1) in ("over", "within") and unit == "DE"):
        return Parts(type="DURATION", period=period(1, unit))
    if unit == "D" and line.letter(i) == "d" and line.word(i - 1) == "to":
        return None  # "to this day"
    if unit == "2W":
        return Parts(shift=("W", 2 * sign))
    return Parts(shift=(unit, sign))


def _end_of_unit(line: Line, g: dict[str, int], i: int, j: int) -> Parts | None:
    """`year's end`, `the month's end`."""
    mod = line.tokens[g["n"]].value
    if line.word(g["n"] - 1) != "s" or mod not in ("START", "MID", "END") or line.letter(j) == "f":
        return None
    return Parts(shift=(line.tokens[g["u"]].value, 0), mod=mod)


def _reached(line: Line, g: dict[str, int], i: int, j: int) -> Parts | None:
    """`the month` of `the end of the month`: only behind a word for a part of it."""
    unit = line.tokens[g["u"]].value
    led = (line.letter(i - 1) == "f" and line.letter(i - 2) in "pPOFQRU") or (
        line.letter(i - 1) == "i" and line.letter(i - 2) in "pL"
    )
    if (
        not led
        or unit.startswith("T")
        or (line.letter(j) in "xI-" and line.letter(j) != "\n" and line.word(j) == "of")
    ):
        return None
    return Parts(shift=(unit, 0))


def _day_of_event(line: Line, g: dict[str, int], i: int, j: int) -> Parts | None:
    """`the first day of the visit`: a day of the range that was named last."""
    n = number(line, g["o"]) if line.letter(g["o"]) == "O" else -1
    if line.tokens[g["u"]].value != "D" or (
        line.letter(g["o"]) == "R" and line.word(g["o"]) not in ("last", "final")
    ):
        return None
    if line.letter(j) == "f" or (line.tokens[j - 1].text[0].isupper() and line.letter(j) == "I"):
        return None
    return Parts(edge=n, unit="D")


def _ordinal_day(line: Line, g: dict[str, int], i: int, j: int) -> Parts | None:
    """`the 20th` of the month that the story has reached."""
    token = line.tokens[g["o"]]
    if not token.text[0].isdigit() or not in_group(line.word(i - 1), "day_after"):
        return None
    if not counts_nothing(line, j) or (line.letter(j) in "-,jUu" and line.letter(j + 1) in "OUu"):
        return None
    day = number(line, g["o"])
    return Parts(day=day, shift=("M", 0)) if 1 <= day <= 31 else None


def _day_part(line: Line, g: dict[str, int], i: int, j: int) -> Parts | None:
    """`that morning`, `the next evening`, `in the afternoon`; `five the next morning`."""
    value = line.tokens[g["t"]].value
    sign = _sign(line, i, j)
    bare = not any(line.letter(k) in "Rds" for k in range(i, g["t"]))
    if sign is None or (bare and line.letter(i - 1) not in "ib") or (line.letter(j) in "xuf" and bare):
        return None
    if line.letter(j) == "I" and line.tokens[g["t"]].text[0].isupper():
        return None
    hour = ""
    if "n" in g:
        count = cardinal(line, g["n"], g["n"] + 1)
        if count is None or not 1 <= count <= 12:
            return None
        hour = f"{int(count) % 12 + (12 if value in ('AF', 'EV', 'NI') else 0):02d}:00"
    part = "" if ":" in value else value
    if ":" in value and bare:
        return None
    return Parts(
        type="TIME",
        shift=("D", sign),
        daypart="" if hour else part,
        clock=hour or (value if not part else ""),
    )


def _noon(line: Line, g: dict[str, int], i: int, j: int) -> Parts | None:
    """`at noon`."""
    value = line.tokens[i].value
    if ":" not in value or not in_group(line.word(i - 1), "time_after"):
        return None
    return Parts(type="TIME", clock=value, shift=("D", 0))


def _clock(line: Line, g: dict[str, int], i: int, j: int) -> Parts | None:
    """`3:00 a.m.`, `5 pm`, `six o'clock in the morning`, `at 14:30`."""
    k = g["k"]
    text = line.tokens[k].text.replace(".", ":")
    if line.letter(k) == "N":
        text = line.tokens[k].value
    hour, _, minute = text.partition(":")
    marked = "a" in g or "o" in g
    if int(hour) > 23 or not (marked or in_group(line.word(i - 1), "time_after")):
        return None
    half = ""
    if "a" in g:
        half = line.tokens[g["a"]].text[0].lower()
    elif "t" in g:
        half = "a" if line.tokens[g["t"]].value == "MO" else "p"
    if half and not 1 <= int(hour) <= 12:
        half = ""
    h = int(hour) % 12 + 12 * (half == "p") if half else int(hour)
    return Parts(type="TIME", clock=f"{h:02d}:{minute or '00'}", shift=("D", 0))


RULES: tuple[Rule, ...] = (
    rule("noon", r"(?P<t>T)", _noon),
    rule("clock", r"(?P<k>K)(?P<a>A?)(?:it(?P<t>T))?", _clock),
    rule("hour", r"(?P<k>[DN])(?:(?P<a>A)|(?P<o>o)(?:it(?P<t>T))?)", _clock),
    rule("hour in the morning", r"(?P<k>[DN])it(?P<t>T)", _clock),
    rule("hour of a morning", r"(?P<n>[ND])(?:tR|d)(?P<t>T)", _day_part),
    rule("part of a day", r"(?:ds?|ts|t?R|t)(?P<t>T)", _day_part),
    rule("day of an event", r"t(?P<o>[OR])(?P<u>U)ft[Ix]", _day_of_event),
    rule("day of the month reached", r"t(?P<o>O)", _ordinal_day),
    rule("that unit", r"(?:ds?|t?s|t?R)(?P<u>U)", _deictic),
    rule("unit before", r"t(?P<u>U)(?:R|(?P<l>L))", _deictic),
    rule("end of the unit", r"t?(?P<u>U)'x(?P<n>P)", _end_of_unit),
    rule("unit reached", r"t(?P<u>U)", _reached),
)
