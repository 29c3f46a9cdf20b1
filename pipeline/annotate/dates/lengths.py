"""Rules for lengths and sets.

`later`, `earlier`, `ago` behind a length make it a shift of the narrative's time.
"""

from __future__ import annotations

from pipeline.annotate.dates.lexicon import in_group
from pipeline.annotate.dates.numerals import cardinal, number
from pipeline.annotate.dates.parts import CLAUSE_END, Builder, Line, Parts, Rule, rule

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
# numbers that take an article: a dozen, a hundred, a thousand
_ROUND = 12
# units whose halves are whole numbers of a smaller unit of the same letter
_WHOLE = {"ML": (1000, "Y"), "CE": (100, "Y"), "DE": (10, "Y")}
# "eight days after", "two years before": a point in time only when nothing follows that they count from
_CONJUNCTIONS = frozenset(("after", "before"))


def period(count: float | str, unit: str) -> str:
    """A TIMEX3 length: `P3Y`, `PXDE`, `PT8H`."""
    if unit in _MULTIPLE:
        factor, unit = _MULTIPLE[unit]
        count = count if isinstance(count, str) else count * factor
    text = count if isinstance(count, str) else f"{count:.3f}".rstrip("0").rstrip(".")
    return _PERIOD.get(unit, "P{}" + unit).format(text)


def _shift(line: Line, g: dict[str, int], j: int, unit: str, count: float | None) -> Parts | None:
    """The shift that `later`, `earlier`, `ago` makes of a length; None where only the length is meant."""
    word = line.word(g["l"])
    if word in _CONJUNCTIONS and line.letter(j) not in CLAUSE_END:
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


def is_age(line: Line, i: int, j: int) -> bool:
    """Whether tokens `i <= k < j` are an age: `45 years old`, `aged 45 years`."""
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
    if count is None or is_age(line, i, j) or line.letter(g["n"] - 1) in "$h" or _in_name(line, g["u"]):
        return None
    if line.letter(i) == "a" and line.word(i) != "another" and (line.letter(g["n"]) != "N" or count < _ROUND):
        return None  # "a hundred years", but "a 20 years' peace"
    if line.word(i) == "one" and unit == "D" and "l" not in g and line.letter(i - 1) == "\n":
        return None  # "One day he left"
    if line.letter(g["n"] - 1) == "-" and line.glued(g["n"]) and line.letter(g["n"] - 2) == "I":
        return None
    if line.tokens[g["n"]].text[0] == "0":
        return None  # "0500 hours"
    if line.letter(g["n"]) == "Y" and (count > 2000 or line.letter(g["u"]) == "U"):
        return None
    return _length(line, g, i, j, count, unit)


def _one(line: Line, g: dict[str, int], i: int, j: int) -> Parts | None:
    """`a week`, `a full year`; with `later` a shift."""
    unit = line.tokens[g["u"]].value
    if (line.letter(j) == "-" and line.glued(j) and line.word(j + 1) not in ("long", "old")) or is_age(
        line, i, j
    ):
        return None
    if line.letter(j) == "I" and line.tokens[g["u"]].text[0].isupper():
        return None
    if line.letter(j) == "f" and line.letter(j + 1) == "t" and line.letter(i - 1) in "x\n":
        return None  # "it bore a year of the Christian era", "a day of the week"
    if "l" not in g and (line.letter(i - 1) in "nqDEHN$" or in_group(line.word(i - 1), "rate_after")):
        return Parts(type="SET", period=period(1, unit))
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
    if is_age(line, i, j):
        return None
    return _length(line, g, i, j, "X", line.tokens[g["u"]].value)


def _bare_units(line: Line, g: dict[str, int], i: int, j: int) -> Parts | None:
    """`decades`, `days` as a length: `within days`, `for decades`, `days before a visit`."""
    before = line.letter(i - 1)
    if before in "dpPOseFS" or (before != "f" and in_group(line.word(i - 1), "not_units_after")):
        return None
    # "in letters exchanged days before the treaty", "was called back weeks later"
    reckoned = before == "x" and line.letter(i) == "u" and ("l" in g or line.letter(j) == "L")
    if before in "IxDEHYqN-" and not in_group(line.word(i - 1), "lasting") and not reckoned:
        return None
    if line.letter(j) == "l" or (line.tokens[g["u"]].text[0].isupper() and line.letter(j) == "I"):
        return None
    if (line.letter(j) == "-" and line.glued(j)) or line.word(j) == "between":
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
    if unit in _WHOLE:  # "two and a half centuries": 250 years; 30 months where they are counted from a time
        whole, small = _WHOLE[unit]
        return _length(line, g, i, j, (count + 0.5) * whole, small)
    if unit in _HALVES and "l" not in g:
        half, small = _HALVES[unit]
        joint = period(count, unit) + period(half, small)[1:]
        return Parts(type="DURATION", period=joint.replace("HT", "H"))
    unit, count = ("M", 12 * count + 6) if unit == "Y" else (unit, count + 0.5)
    return _length(line, g, i, j, count, unit)


def _head_length(line: Line, g: dict[str, int], i: int, j: int) -> Parts | None:
    """`ten` of `ten or fifteen years`."""
    k = j
    while line.letter(k) not in "Uu":
        k += 1
    count = cardinal(line, g["n"], j)
    unit = line.tokens[k].value
    if (count is not None and count >= 100 and line.word(j) == "and") or (
        line.letter(j) == "-" and line.letter(j + 1) == "N"
    ):
        return None  # "one hundred and fifty years", "ninety-nine years"
    if count is None or line.letter(i - 1) in "$hI-" or count > 1000 or is_age(line, i, k + 1):
        return None
    return Parts(type="DURATION", period=period(count, unit))


def _next_units(line: Line, g: dict[str, int], i: int, j: int) -> Parts | None:
    """`the next few months`, `the four previous weeks`, `the following days`: a length."""
    unit = line.tokens[g["u"]].value
    count: float | str | None = "X"
    if "n" in g:
        count = cardinal(line, g["n"], g["n"] + 1)
    if count is None or is_age(line, i, j):
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
    if line.letter(j) in "xIn":
        return None  # "a daily newspaper"
    return Parts(type="SET", period=line.tokens[i].value)


def _length_rules(name: str, pattern: str, builder: Builder) -> tuple[Rule, Rule]:
    """A length with `later` or the like behind it, then alone."""
    return rule(f"{name}, later", pattern + "(?P<l>L)", builder), rule(name, pattern, builder)


RULES: tuple[Rule, ...] = (
    rule("set", r"e(?P<n>[ND])?(?P<o>O)?(?P<u>[Uu])", _set),
    rule("set by name", r"e[SMWT]", _set),
    rule("frequency", r"w", _frequency),
    rule("length, head", rf"{_NUMBER}(?=(?:j|r|-)(?:[DEH]|N(?:-?N){{0,3}})-?[Uu])", _head_length),
    *_length_rules("number and a half", rf"(?P<n>[ND])ja(?P<f>F){_UNIT}", _and_a_half),
    *_length_rules("unit and a half", rf"a{_UNIT}ja(?P<f>F)", _and_a_half),
    *_length_rules("fraction", rf"(?:a|(?P<n>N))?(?P<f>[FQ])-?f?a?-?{_UNIT}", _fraction),
    rule("next units", r"t?(?:[RO](?P<n>[NDEH])|[RO](?P<v>V)|R)v?(?P<u>u)", _next_units),
    rule("previous units", r"t?(?P<n>[NDEH])R(?P<u>u)", _next_units),
    rule("counted period", rf"[ta]?{_NUMBER}-?{_UNIT}-?(?P<p>C)", _counted),
    *_length_rules("counted", rf"[ta]?{_NUMBER}v{{0,2}}(?P<u>u)", _counted),
    *_length_rules("counted, adjective", rf"{_NUMBER}(?:-|v){{0,2}}{_UNIT}", _counted),
    rule("year-long", r"(?P<u>U)-(?P<v>v)", _long),
    *_length_rules("couple", rf"a?(?P<v>k)f?{_UNIT}", _vague),
    *_length_rules("vague", rf"[at]?(?P<v>V)f?v?{_UNIT}", _vague),
    *_length_rules("one", r"av?-?(?P<u>U)", _one),
    *_length_rules("units", r"t?(?P<u>u)", _bare_units),
)
