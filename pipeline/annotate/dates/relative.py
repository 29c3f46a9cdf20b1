"""Rules for lengths, sets, and what is told from the time that the story has reached.

Lengths are read first; `later`, `earlier`, `ago` behind one make it a shift of the narrative's time.
"""

from __future__ import annotations

import re

from pipeline.annotate.dates.absolute import Rule, number
from pipeline.annotate.dates.lexicon import in_group
from pipeline.annotate.dates.parts import Builder, Line, Parts

_NUMBER = r"(?P<n>[DEHYq]|N(?:-?N|jN){0,6})"
_UNIT = r"(?P<u>[Uu])"
# units whose period takes a T, and units that are several of another
_PERIOD = {"TH": "PT{}H", "TM": "PT{}M", "TS": "PT{}S"}
_MULTIPLE = {"2W": (2, "W"), "3M": (3, "M"), "WE": (1, "WE")}
_HALVES = {
    "CE": (50, "Y"),
    "DE": (5, "Y"),
    "Y": (6, "M"),
    "TH": (30, "TM"),
    "D": (12, "TH"),
    "ML": (500, "Y"),
}
_QUARTERS = {"CE": (25, "Y"), "Y": (3, "M"), "TH": (15, "TM"), "ML": (250, "Y")}
# "eight days after", "two years before": a point in time only when nothing follows that they count from
_CONJUNCTIONS = frozenset(("after", "before"))
_CLAUSE_END = ".,;)\n!?:"


def cardinal(line: Line, first: int, last: int) -> float | None:
    """The number that tokens `first <= i < last` spell: `90`, `10,000`, `22.8`, `one hundred and fifty`."""
    if line.letter(first) != "N":
        text = line.tokens[first].text.replace(",", "")
        return float(text) if "." in text else int(text)
    total = group = 0
    for i in range(first, last):
        if line.letter(i) == "j" and group < 100:
            return None  # "one and two": no number
        if line.letter(i) != "N":
            continue
        value = int(line.tokens[i].value)
        if value >= 1000:
            total, group = total + max(group, 1) * value, 0
        elif value == 100:
            group = max(group, 1) * 100
        elif value == 12 and line.word(i) == "dozen":
            group = max(group, 1) * 12
        else:
            group += value
    return total + group


def period(count: float | str, unit: str) -> str:
    """A TIMEX3 length: `P3Y`, `PXDE`, `PT8H`."""
    if unit in _MULTIPLE:
        factor, unit = _MULTIPLE[unit]
        count = count if isinstance(count, str) else count * factor
    text = count if isinstance(count, str) else f"{count:g}"
    return _PERIOD.get(unit, "P{}" + unit).format(text)


def _shift(line: Line, g: dict[str, int], j: int, unit: str, count: float | None) -> Parts | None:
    """The shift that `later`, `earlier`, `ago` makes of a length; None where only the length is meant."""
    word = line.word(g["l"])
    if word in _CONJUNCTIONS and line.letter(j) not in _CLAUSE_END:
        return None
    if unit in ("TH", "TM", "TS"):
        return None
    sign = int(line.tokens[g["l"]].value)
    steps = None if count is None or count != int(count) else sign * int(count)
    if unit in _MULTIPLE:
        factor, unit = _MULTIPLE[unit]
        steps = None if steps is None else steps * factor
    return Parts(shift=(unit, steps), turn=sign)


def _length(line: Line, g: dict[str, int], i: int, j: int, count: float | str, unit: str) -> Parts | None:
    if "l" in g:
        return _shift(line, g, j, unit, None if isinstance(count, str) else count)
    return Parts(type="DURATION", period=period(count, unit))


def _is_age(line: Line, i: int, j: int) -> bool:
    behind = line.letter(j) == "l" or (line.letter(j) == "-" and line.letter(j + 1) == "l")
    of_age = line.word(j) == "of" and line.word(j + 1) == "age"
    return behind or of_age or (line.letter(i - 1) in "l$" and line.word(i - 1) != "old")


def _in_name(line: Line, u: int) -> bool:
    """`the Thirty Years' War`, `the Six-Day War`."""
    behind = u + 1
    while line.letter(behind) in "'s" and line.letter(behind) != "\n":
        behind += 1
    return line.tokens[u].text[0].isupper() and line.letter(behind) == "I"


def _counted(line: Line, g: dict[str, int], i: int, j: int) -> Parts | None:
    """`three years`, `13-day`, `90 days`, `two full days`; with `later` a shift."""
    last = g["n"] + 1
    while last < g["u"] and line.letter(last) in "N-j" and line.letter(g["n"]) == "N":
        last += 1
    count = cardinal(line, g["n"], last)
    unit = line.tokens[g["u"]].value
    if count is None or _is_age(line, i, j) or line.letter(g["n"] - 1) in "$h" or _in_name(line, g["u"]):
        return None
    if line.word(i) == "one" and unit == "D" and "l" not in g and line.letter(i - 1) == "\n":
        return None  # "One day he left"
    if line.letter(g["n"] - 1) == "-" and line.glued(g["n"]) and line.letter(g["n"] - 2) == "I":
        return None
    if line.letter(g["n"]) == "Y" and (count > 2000 or line.letter(g["u"]) == "U"):
        return None
    return _length(line, g, i, j, count, unit)


def _one(line: Line, g: dict[str, int], i: int, j: int) -> Parts | None:
    """`a week`, `a full year`; with `later` a shift."""
    unit = line.tokens[g["u"]].value
    if (line.letter(j) == "-" and line.glued(j) and line.word(j + 1) not in ("long", "old")) or _is_age(
        line, i, j
    ):
        return None
    if line.letter(j) == "I" and line.tokens[g["u"]].text[0].isupper():
        return None
    return _length(line, g, i, j, 1, unit)


def _long(line: Line, g: dict[str, int], i: int, j: int) -> Parts | None:
    """`year-long`."""
    if line.word(g["v"]) != "long":
        return None
    return Parts(type="DURATION", period=period(1, line.tokens[g["u"]].value))


def _vague(line: Line, g: dict[str, int], i: int, j: int) -> Parts | None:
    """`several decades`, `a few days`, `many months`."""
    if line.word(g["v"]) == "some" and line.letter(g["u"]) == "U":
        return None  # "some day"
    if _is_age(line, i, j):
        return None
    return _length(line, g, i, j, "X", line.tokens[g["u"]].value)


def _bare_units(line: Line, g: dict[str, int], i: int, j: int) -> Parts | None:
    """`decades`, `days` as a length: `within days`, `for decades`, `days before a visit`."""
    before = line.letter(i - 1)
    if before in "dpPOseF" or (before != "f" and in_group(line.word(i - 1), "not_units_after")):
        return None
    if before in "IxDEHYqN-" and not in_group(line.word(i - 1), "lasting"):
        return None
    if line.letter(j) == "l" or (line.tokens[g["u"]].text[0].isupper() and line.letter(j) == "I"):
        return None
    if line.letter(j) == "-" and line.glued(j):
        return None
    return _length(line, g, i, j, "X", line.tokens[g["u"]].value)


def _fraction(line: Line, g: dict[str, int], i: int, j: int) -> Parts | None:
    """`half a century`, `a quarter of a century`, `three quarters of an hour`."""
    table = _HALVES if line.letter(g["f"]) == "F" else _QUARTERS
    unit = line.tokens[g["u"]].value
    if unit not in table:
        return None
    amount, small = table[unit]
    times = cardinal(line, g["n"], g["n"] + 1) if "n" in g else 1
    if times is None:
        return None
    return _length(line, g, i, j, amount * times, small)


def _and_a_half(line: Line, g: dict[str, int], i: int, j: int) -> Parts | None:
    """`two and a half years`, `a year and a half`."""
    count = cardinal(line, g["n"], g["n"] + 1) if "n" in g else 1
    if count is None:
        return None
    unit = line.tokens[g["u"]].value
    return _length(line, g, i, j, count + 0.5, unit)


def _head_length(line: Line, g: dict[str, int], i: int, j: int) -> Parts | None:
    """`ten` of `ten or fifteen years`."""
    k = j
    while line.letter(k) not in "Uu":
        k += 1
    count = cardinal(line, g["n"], j)
    unit = line.tokens[k].value
    if count is not None and count >= 100 and line.word(j) == "and":
        return None  # "one hundred and fifty years"
    if count is None or line.letter(i - 1) in "$hI-" or count > 1000 or _is_age(line, i, k + 1):
        return None
    return Parts(type="DURATION", period=period(count, unit))


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
    if "l" in g and line.letter(j) not in _CLAUSE_END + "ijrg":
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
    if unit == "2W":
        return Parts(shift=("W", 2 * sign))
    return Parts(shift=(unit, sign))


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


def _next_units(line: Line, g: dict[str, int], i: int, j: int) -> Parts | None:
    """`the next few months`, `the four previous weeks`, `the following days`: a length."""
    unit = line.tokens[g["u"]].value
    count: float | str | None = "X"
    if "n" in g:
        count = cardinal(line, g["n"], g["n"] + 1)
    if count is None or _is_age(line, i, j):
        return None
    return Parts(type="DURATION", period=period(count, unit))


def _set(line: Line, g: dict[str, int], i: int, j: int) -> Parts | None:
    """`every year`, `each month`, `every five years`, `per day`."""
    count: float | None = 1
    if "n" in g:
        count = cardinal(line, g["n"], g["n"] + 1)
    elif "o" in g:
        count = number(line, g["o"])
    if "u" not in g:
        kind = line.letter(j - 1)
        return Parts(type="SET", period="P1Y" if kind in "SM" else "P1W" if kind == "W" else "P1D")
    return None if count is None else Parts(type="SET", period=period(count, line.tokens[g["u"]].value))


def _frequency(line: Line, g: dict[str, int], i: int, j: int) -> Parts | None:
    if not line.tokens[i].text.islower() and line.letter(i - 1) not in "\n":
        return None
    if line.letter(j) == "I":
        return None
    return Parts(type="SET", period=line.tokens[i].value)


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


def _rule(name: str, pattern: str, builder: Builder) -> Rule:
    return name, re.compile(pattern), builder


def _length_rules(name: str, pattern: str, builder: Builder) -> tuple[Rule, Rule]:
    """A length with `later` or the like behind it, then alone."""
    return _rule(f"{name}, later", pattern + "(?P<l>L)", builder), _rule(name, pattern, builder)


RULES: tuple[Rule, ...] = (
    _rule("set", r"e(?P<n>[ND])?(?P<o>O)?(?P<u>[Uu])", _set),
    _rule("set by name", r"e[SMWT]", _set),
    _rule("frequency", r"w", _frequency),
    _rule("noon", r"(?P<t>T)", _noon),
    _rule("clock", r"(?P<k>K)(?P<a>A?)(?:it(?P<t>T))?", _clock),
    _rule("hour", r"(?P<k>[DN])(?:(?P<a>A)|(?P<o>o)(?:it(?P<t>T))?)", _clock),
    _rule("hour of a morning", r"(?P<n>[ND])(?:tR|d)(?P<t>T)", _day_part),
    _rule("part of a day", r"(?:ds?|ts|t?R|t)(?P<t>T)", _day_part),
    _rule("length, head", rf"{_NUMBER}(?=(?:j|r|-)(?:[DEH]|N(?:-?N){{0,3}})-?[Uu])", _head_length),
    *_length_rules("number and a half", rf"(?P<n>[ND])ja(?P<f>F){_UNIT}", _and_a_half),
    *_length_rules("unit and a half", rf"a{_UNIT}ja(?P<f>F)", _and_a_half),
    *_length_rules("fraction", rf"(?:a|(?P<n>N))?(?P<f>[FQ])-?f?a?-?{_UNIT}", _fraction),
    _rule("next units", r"t?(?:[RO](?P<n>[NDEH])|[RO](?P<v>V)|R)v?(?P<u>u)", _next_units),
    _rule("previous units", r"t?(?P<n>[NDEH])R(?P<u>u)", _next_units),
    _rule("counted period", rf"[ta]?{_NUMBER}-?{_UNIT}-?(?P<p>C)", _counted),
    *_length_rules("counted", rf"t?{_NUMBER}v{{0,2}}(?P<u>u)", _counted),
    *_length_rules("counted, adjective", rf"{_NUMBER}(?:-|v){{0,2}}{_UNIT}", _counted),
    _rule("year-long", r"(?P<u>U)-(?P<v>v)", _long),
    *_length_rules("couple", rf"a?(?P<v>k)f?{_UNIT}", _vague),
    *_length_rules("vague", rf"[at]?(?P<v>V)f?v?{_UNIT}", _vague),
    *_length_rules("one", r"av?-?(?P<u>U)", _one),
    _rule("day of an event", r"t(?P<o>[OR])(?P<u>U)ft[Ix]", _day_of_event),
    _rule("that unit", r"(?:ds?|t?s|t?R)(?P<u>U)", _deictic),
    _rule("unit before", r"t(?P<u>U)(?:R|(?P<l>L))", _deictic),
    _rule("unit reached", r"t(?P<u>U)", _reached),
    *_length_rules("units", r"t?(?P<u>u)", _bare_units),
)
