"""Years below 1000 that stand without BC or AD: `in 116`, `13 October 54`, `the spring of 37`, `the siege of 717`.

Such a number is a year only where its context makes it one: a month, season or event before it, or a preposition of
time in a paragraph whose story is set in those centuries; never before something that it could count.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.annotate.dates.context import is_plural
from pipeline.annotate.dates.lexicon import in_group
from pipeline.annotate.dates.numerals import YEAR, number, year_of
from pipeline.annotate.dates.parts import CLAUSE_END, Line, Parts, Rule, rule

_DAY = r"(?:t(?=O))?(?P<d>[DO])"
_MONTH = r"(?:(?P<m>M)|(?P<m2>m)\.?)"
# what shows that a paragraph tells of early times, and what that it does not
RE_HINT = re.compile(r"[BGHXO]")  # every such mark has one of these
RE_ERA = re.compile(r"[DEHX][BG]|G[DEH]")
RE_BEFORE_CHRIST = re.compile(r"[DEHXUu]B")
RE_DATED = re.compile(r"(?:[Mm]\.?f?|Sf?|ip-?|Pf)H(?=[,.);gtIijb])|tUH|[Ix]\(H-H\)|[i(]H(?=-Y)|bH(?=rY)")
RE_LED = re.compile(r"(?<![NDEHYqO])iH(?=[,.);gtjib])")
RE_DECADE, RE_EARLY_DECADE = re.compile(r"X"), re.compile(r"\d{3}s")
RE_CENTURY, RE_OF_YEAR = re.compile(r"O-?[Uu]"), re.compile(r"fH")
RE_EARLY_PERIOD = re.compile(r"X|O-?[Uu]|fH")  # any of these
_LAST_EARLY_CENTURY = 10
# the day of the month, and that in March, May, July and October
_ROMAN_DAYS = {"kalends": (1, 1), "nones": (5, 7), "ides": (13, 15)}
# what behind "in 116" shows best that nothing is counted: a clause that ends, an article, pronoun, preposition
_PLAIN = CLAUSE_END + "gtjib"


# words of approximation that stand before years more than before amounts
_ABOUT = frozenset(("c.", "ca.", "circa"))


def early_era(lines: Sequence[Line]) -> str:
    """The era of a paragraph set before the year 1000: "BC" if any date of it has that mark, else "AD"; or ""."""
    lines = [line for line in lines if line.letters]
    letters = "\n".join([line.letters for line in lines])
    if RE_HINT.search(letters) is None:
        return ""
    marks = len(RE_ERA.findall(letters)) + len(RE_DATED.findall(letters))
    marks += sum(_early_periods(line) for line in lines)
    led = len(RE_LED.findall(letters)) + sum(_opens_early(line) for line in lines)
    later = letters.count("Y")
    if not (marks and marks >= later) and marks + led <= later:
        return ""
    return "BC" if RE_BEFORE_CHRIST.search(letters) else "AD"


def _opens_early(line: Line) -> bool:
    """Whether a sentence opens with a year of three digits: "In 216 Hannibal won"; not "In 216 German towns"."""
    return line.letters.startswith("iHI") and not any(
        line.letter(k) in "nN" or is_plural(line, k) for k in (3, 4)
    )


def _early_periods(line: Line) -> int:
    """How many times before 1000 the line names as decade, century or event: `the 380s`, `the siege of 717`."""
    if RE_EARLY_PERIOD.search(line.letters) is None:
        return 0
    decades = sum(
        RE_EARLY_DECADE.fullmatch(line.tokens[m.start()].text) is not None
        for m in RE_DECADE.finditer(line.letters)
    )
    centuries = [m.start() for m in RE_CENTURY.finditer(line.letters)]
    named = [k for k in centuries if "centur" in line.word(k + 1) + line.word(k + 2)]
    told = 0
    for match in RE_OF_YEAR.finditer(line.letters):
        if in_group(line.word(match.start() - 1), "event_noun"):
            told += _counts_nothing(line._replace(early="AD"), match.start() + 1)
    return decades + told + sum(1 <= number(line, k) <= _LAST_EARLY_CENTURY for k in named)


def _counts_nothing(line: Line, k: int, *, last: bool = False) -> bool:
    """Whether the number at `k`, that of a range's end behind it or not, has nothing behind it that it could count."""
    after = line.letter(k + 1)
    if after in CLAUSE_END or after in "gtdbi":
        return after != "," or line.letter(k + 2) not in "DEHq" or line.early != ""
    if after == "j":
        return line.letter(k + 2) not in "DEHYqNVRU"
    if after == "N":  # "in 69 four men", not "69 million"
        return int(line.tokens[k + 1].value) < 100 and line.word(k + 1) != "dozen"
    if after == "I":
        return line.early != "" or not (line.letter(k + 2) in "nN" or is_plural(line, k + 2))
    if after == "q":
        return not line.glued(k + 1)  # "in October 782 4,500 prisoners"
    if after == "r" and line.letter(k + 2) not in "DEHYNVqcyz":
        return True
    if after in "-r":
        return not last and line.letter(k + 2) in "DEHY" and _counts_nothing(line, k + 2, last=True)
    if after in "xpRLPaTc":
        return line.early != "" and not is_plural(line, k + 1) and not is_plural(line, k + 2)
    return False


def _is_early(line: Line, k: int, *, sure: bool) -> bool:
    """Whether the number at `k` is a year; `sure` where the words before it hardly allow anything else."""
    three = line.letter(k) == "H"
    return (line.early != "" or (three and sure)) and _counts_nothing(line, k)


def _fields(line: Line, g: dict[str, int]) -> Parts | None:
    day = number(line, g["d"]) if "d" in g else None
    month = int(line.tokens[g["m"] if "m" in g else g["m2"]].value) if "m" in g or "m2" in g else None
    season = line.tokens[g["s"]].value if "s" in g else ""
    year = int(line.tokens[g["h"]].text)
    if year < 1 or (day is not None and not 1 <= day <= 31):
        return None
    return Parts(day=day, month=month, season=season, year=year, era_open=True)


def _dated(line: Line, g: dict[str, int], i: int, j: int) -> Parts | None:
    """`13 October 54`, `August 117`, `April 8, 217`."""
    comma = line.letter(g["h"] - 1) == ","
    if comma and line.letter(j) not in CLAUSE_END:
        return None
    if "d" not in g and line.letter(g["h"]) == "D":
        return None  # a day
    if line.letter(g["h"] - 1) == "f" and not line.early:
        return None  # "a low in January of 114"
    if "d" in g and line.tokens[g["d"]].text.isalpha() and line.letter(g["d"] - 1) != "t":
        return None
    return _fields(line, g) if _is_early(line, g["h"], sure=True) else None


def _season(line: Line, g: dict[str, int], i: int, j: int) -> Parts | None:
    """`the spring of 37`; the two digits are those of the story's century where it is a later one."""
    if _is_early(line, g["h"], sure=True):
        return _fields(line, g)
    two = line.letter(g["h"]) == "E" and line.letter(g["h"] - 1) == "f" and line.letter(j) in CLAUSE_END
    return Parts(season=line.tokens[g["s"]].value, short=number(line, g["h"])) if two else None


def _named_day(line: Line, g: dict[str, int], i: int, j: int) -> Parts | None:
    """`Christmas 785`."""
    day = line.tokens[g["k"]].value
    if day in _ROMAN_DAYS or not _is_early(line, g["h"], sure=True):
        return None
    return Parts(holiday=day, year=number(line, g["h"]), era_open=True)


def _named(line: Line, g: dict[str, int], i: int, j: int) -> Parts | None:
    """`the year 69`."""
    if line.tokens[i + 1].value != "Y" or not _counts_nothing(line, g["h"]):
        return None
    return _fields(line, g)


def _bare(line: Line, g: dict[str, int], i: int, j: int) -> Parts | None:
    """`In 793, …`, `in 116 he`, `the siege of 717`, `from 58 to 63`, `(224)`."""
    return _fields(line, g) if _is_led(line, i) else None


def _is_led(line: Line, i: int) -> bool:
    """Whether the words before the number at `i` lead to a year."""
    word, before, three = line.word(i - 1), line.letter(i - 1), line.letter(i) == "H"
    if in_group(word, "early_year_after"):
        share = line.letter(i - 2) in "ND"  # "one in 300"
        return not share and _is_early(line, i, sure=_spans_to_year(line, i) or line.letter(i + 1) in _PLAIN)
    if word == "of" and (line.letter(i - 2) == "P" or in_group(line.word(i - 2), "event_noun")):
        return _is_early(line, i, sure=three)
    if word == "of" and three and line.early and line.letter(i - 2) == "I":
        return _counts_nothing(line, i)  # "the Treaty of Verdun of 843"
    part = line.letters[max(0, i - 2) : i] in ("ip", "p-")  # "in early 453", "mid-476"
    if part or word in _ABOUT:
        return _is_early(line, i, sure=three)
    reigned = in_group(line.word(i - 2) if before == "." else word, "reign")
    if three and reigned and line.letter(i + 1) == "-":
        return _counts_nothing(line, i)  # "he ruled 527–565", "(r. 527–565)"
    spans = _spans_to_year(line, i)
    if spans and (in_group(word, "early_year_after_too") or (before == "(" and line.letter(i - 2) in "Ix")):
        return True
    if not line.early or not _counts_nothing(line, i):
        return False
    bracket = before == "(" and line.letter(i + 1) in ")-;" and three
    more = in_group(word, "early_year_after_too") or (three and in_group(word, "early_year_after_of_three"))
    return bracket or more


def _spans_to_year(line: Line, i: int) -> bool:
    """Whether a range to a year of four digits begins at `i`: `from 960 to 1279`, `(960–1279)`."""
    three = line.letter(i) == "H" and line.letter(i + 1) in "-r" and line.letter(i + 2) == "Y"
    return three and _counts_nothing(line, i + 2, last=True)


def _modifier(line: Line, g: dict[str, int], i: int, j: int) -> Parts | None:
    """`717` of `the 717 siege`, `the 717–718 siege`."""
    behind = j + 2 if line.letter(j) == "-" else j
    told = line.early and line.letter(i - 1) == "t" and in_group(line.word(behind), "event_noun")
    return _fields(line, g) if told else None


def _between(line: Line, g: dict[str, int], i: int, j: int) -> Parts | None:
    """`58` of `between 58 and 63`."""
    told = line.early and line.word(i - 1) == "between" and _counts_nothing(line, g["z"])
    rising = number(line, g["h"]) != number(line, g["z"])
    return _fields(line, {"h": g["h"]}) if told and rising else None


def _year_before_era(line: Line, g: dict[str, int], i: int, j: int) -> Parts | None:
    """The first year of `499–493 BC`, `58 to 63 AD`: its era is that of the next."""
    first, last = int(line.tokens[i].text), int(line.tokens[g["z"]].text.replace(",", ""))
    down = line.letter(g["z"] + 1) == "B"  # years before Christ count down; "in 1850 and 466 BC" is no list
    if first == last or (first > last) != down or (line.letter(j) == "j" and abs(first - last) > 50):
        return None
    return Parts(short=first, head=True)


def _roman_day(line: Line, g: dict[str, int], i: int, j: int) -> Parts | None:
    """`the Ides of March`, `the Kalends of January 193`: the 15th or 13th, the 7th or 5th, the 1st."""
    name, month = line.tokens[g["k"]].value, int(line.tokens[g["m"] if "m" in g else g["m2"]].value)
    if name not in _ROMAN_DAYS:
        return None
    day = _ROMAN_DAYS[name][month in (3, 5, 7, 10)]
    if "h" in g:
        fields = _fields(line, {"h": g["h"]}) if _is_early(line, g["h"], sure=True) else None
        return None if fields is None else Parts(day=day, month=month, year=fields.year, era_open=True)
    return Parts(day=day, month=month, year=year_of(line, g))


def range_tail(line: Line, i: int, head: Parts) -> Parts | None:
    """`63` of `from 58 to 63`, `17` of `113–17`: behind a year without era, rising or (before Christ) falling."""
    text = line.tokens[i].text
    first = head.year or 0
    if len(text) < len(str(first)) and line.glued(i) and int(text) > first % 100:
        text = str(first)[: -len(text)] + text
    year = int(text)
    if year == first or year < 1 or (year < first and line.early != "BC") or not _counts_nothing(line, i):
        return None
    return Parts(year=year, era_open=year < 1000)


# what has a month or season, and so comes before the rules for days without a year
DATED: tuple[Rule, ...] = (
    rule("Roman day, year", rf"t?(?P<k>J)f?{_MONTH},?{YEAR}", _roman_day),
    rule("Roman day, early year", rf"t?(?P<k>J)f?{_MONTH},?(?P<h>[EH])", _roman_day),
    rule("Roman day", rf"t?(?P<k>J)f?{_MONTH}", _roman_day),
    rule("named day, early year", r"(?P<k>J),?f?(?P<h>H)", _named_day),
    rule("day month early year", rf"(?:W,?)?{_DAY}-?f?{_MONTH},?f?(?P<h>[DEH])", _dated),
    rule("month day early year", rf"{_MONTH}{_DAY},(?P<h>[EH])", _dated),
    rule("month early year", rf"{_MONTH}[,f]?(?P<h>[EH])", _dated),
    rule("season early year", r"t?(?P<s>S),?f?(?P<h>[DEH])", _season),
)
BARE: tuple[Rule, ...] = (
    rule("year before an era", r"[YDEH](?=(?:(?:-|r)c?|j|/)(?P<z>[YDEHq])[BG])", _year_before_era),
    rule("the early year", r"t[Uu]f?(?P<h>[DEH])", _named),
    rule("early year of two", r"(?P<h>[DEH])(?=j(?P<z>[DEH]))", _between),
    rule("early year", r"(?P<h>[DEH])", _bare),
    rule("early year before a noun", r"(?P<h>H)(?=x|-[DEH]x)", _modifier),
)
