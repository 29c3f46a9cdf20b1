"""Numbers, years and ordinals as tokens spell them."""

from __future__ import annotations

import re

from pipeline.annotate.dates.parts import Line

RE_DIGITS = re.compile(r"\d+")
# a year with or without its era, or two digits behind an apostrophe
YEAR = r"(?:G?(?P<y>Y)(?P<b>[BG]?)|G(?P<y2>[DEH])|(?P<y3>[DEHq])(?P<b3>[BG])|'(?P<y4>[DE]))"


def number(line: Line, i: int) -> int:
    """The integer that a digit token or an ordinal stands for."""
    token = line.tokens[i]
    digits = RE_DIGITS.search(token.text)
    return int(digits.group()) if digits else int(token.value)


def ordinal(line: Line, first: int, last: int) -> int:
    """`twenty-first`, `21st`, `third` as a number."""
    total = number(line, last - 1)
    return total + (int(line.tokens[first].value) if line.letter(first) == "N" else 0)


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


def year_of(line: Line, g: dict[str, int]) -> int | None:
    """The year, astronomical, that a match of `YEAR` names."""
    for name, era in (("y", "b"), ("y2", ""), ("y3", "b3")):
        if name in g:
            year = int(line.tokens[g[name]].text.replace(",", ""))
            bc = bool(era) and era in g and line.letter(g[era]) == "B"
            return 1 - year if bc else year
    return None


def short_of(line: Line, g: dict[str, int]) -> int | None:
    """`60` of `'60`."""
    return int(line.tokens[g["y4"]].text) if "y4" in g and len(line.tokens[g["y4"]].text) == 2 else None
