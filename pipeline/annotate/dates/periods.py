"""Rules for seasons, decades, centuries and named days."""

from __future__ import annotations

import re

from pipeline.annotate.dates.numerals import RE_DIGITS, YEAR, ordinal, short_of, year_of
from pipeline.annotate.dates.parts import Line, Parts, Rule, rule

RE_POSSESSIVE = re.compile(r"\d['’]s")


def _season(line: Line, g: dict[str, int], i: int, j: int) -> Parts | None:
    k = g["s"]
    season, word, before = line.tokens[k].value, line.word(k), line.letter(k - 1)
    year = year_of(line, g)
    if "y4" in g:
        return Parts(season=season, short=short_of(line, g))
    named = line.tokens[k].text[0].isupper() and (
        before == "I" or (j < len(line.tokens) and line.tokens[j].text[0].isupper())
    )
    if year is None:
        if word == "fall" and (
            line.letter(k - 1) not in "pTRd"
            and line.word(k - 1) not in ("in", "by", "during")
            and not (before == "t" and line.word(k - 2) in ("in", "by", "during", "that", "over"))
        ):
            return None
        if (word == "spring" and before not in "tpRdibrjsfO" and line.letter(j) != "x") or (
            line.word(j) == "of" and word == "fall"
        ):
            return None
        if line.word(k - 1) == "to" and line.letter(k - 2) not in "SMYD":
            return None  # "they refused to winter there"
        if named or line.word(j) in ("palace", "olympics", "games"):
            return None
    turn = None
    sign = [k2 for k2 in range(i, k) if line.letter(k2) in "Rds"]
    if sign and year is None:
        value = line.tokens[sign[-1]].value
        turn = 0 if line.letter(sign[-1]) in "ds" or value == "X" else int(value)
    return Parts(season=season, year=year, turn=turn)


def _decade(line: Line, g: dict[str, int], i: int, j: int) -> Parts | None:
    token = line.tokens[g["x"]]
    digits = RE_DIGITS.search(token.text)
    if digits is None:
        if line.letter(g["x"] - 1) not in "tp" or line.word(g["x"] - 2) in ("his", "her", "their"):
            return None
        return Parts(short=int(token.value), unit="DE")
    if RE_POSSESSIVE.search(token.text) and line.letter(g["x"] - 1) not in "tp-":
        return None  # "1960's elections"
    value = int(digits.group())
    if "b" in g and line.letter(g["b"]) == "B":
        return Parts(decade=-(value // 10) - 1)
    if "b" in g:
        return Parts(decade=value // 10)  # "the 30s AD"
    if len(digits.group()) == 2:
        return Parts(short=value, unit="DE") if line.letter(g["x"] - 1) not in "h" else None
    return Parts(decade=value // 10) if value >= 100 else None


def _century(line: Line, g: dict[str, int], i: int, j: int) -> Parts | None:
    unit = line.tokens[g["u"]].value
    k = g["o"]
    n = ordinal(line, k - 2 if line.letter(k - 1) == "-" and line.letter(k - 2) == "N" else k, k + 1)
    if unit not in ("CE", "ML") or n < 1:
        return None
    bc = "b" in g and line.letter(g["b"]) == "B"
    step = -n if bc else n - 1
    return Parts(century=step) if unit == "CE" else Parts(millennium=step)


def _century_head(line: Line, g: dict[str, int], i: int, j: int) -> Parts | None:
    """`the 18th` of `the 18th and 19th centuries`."""
    k = j
    while line.letter(k) not in "Uu":
        k += 1
    if line.tokens[k].value not in ("CE", "ML"):
        return None
    n = ordinal(line, g["o"], g["o"] + 1)
    bc = line.letter(k + 1) == "B"
    step = -n if bc else n - 1
    return Parts(century=step) if line.tokens[k].value == "CE" else Parts(millennium=step)


def _holiday(line: Line, g: dict[str, int], i: int, j: int) -> Parts | None:
    rule = line.tokens[g["j"]].value
    if "-" not in rule and not rule.startswith("easter"):
        return None  # a Roman day without its month
    year = year_of(line, g)
    if year is None and (line.letter(j) == "I" or line.letter(i - 1) == "I"):
        return None  # "Easter Rising", "White Christmas"
    return Parts(holiday=rule, year=year)


RULES: tuple[Rule, ...] = (
    rule("season year", rf"t?(?P<s>S)(?:,|f|,?ft)?{YEAR}", _season),
    rule("season", r"(?:ds?|ts|t?R|t)?(?P<s>S)", _season),
    rule("named day", rf"(?P<j>J)(?:,?f?{YEAR})?", _holiday),
    rule("decade", r"t?(?P<x>X)(?P<b>[BG]?)", _decade),
    rule("century", r"(?:t(?!(?:N-)?O-))?(?:N-)?(?P<o>O)-?(?P<u>[Uu])(?P<b>[BG]?)", _century),
    rule("century of a list", r"t?(?P<o>O)(?=(?:-?(?:,?j|r)|-|,)t?(?:p-?)?O-?[Uu])", _century_head),
)
