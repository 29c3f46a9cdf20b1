"""Words of time expressions and the tokens of a sentence, each with a one-letter grammar class.

The grammar is written over these letters (`grammar.py`), one letter per token:

    M month  m month, abbreviated  W weekday  S season  U unit  u units  T part of the day  J named day
    Y number 1000-2100  D 0-31  E 32-99  H 100-999  q other number  O ordinal  X decade  Z numeric date  K clock
    N number word  V vague quantity  k couple  F half  Q quarter  a a, an  t the  d this, that  s same
    R next, previous  L later, earlier, ago  p early, mid, late  P beginning, end  w daily  e every  v full, long
    B BC  G AD  A a.m.  o o'clock  c about, nearly  y more, less  z than  f of  i in  b other preposition  r to
    j and, or  l old, aged  C period  g function word  h noun before a number  n noun after a number
    I capitalised  x other, and punctuation for itself (every dash is "-", every apostrophe "'", currency "$",
    anything else "#").
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

# What can be said at a glance goes first, so that the kinds need not be tried one by one: white space is no token,
# most tokens are plain words, and only digits begin a number.
_TOKEN = r"""
(?!\s)(?:
(?P<plain>[a-z]{{3,}}(?!\w)|[a-z]{{1,2}}(?![\w.'’]))
|(?P<J>(?=[A-Z])(?:{holidays})(?!\w))
|(?=[\d'’])(?:
(?P<Z>\d{{4}}-\d\d-\d\d(?!\w)|\d{{1,2}}/\d{{1,2}}/\d{{4}}(?!\w)|\d{{1,2}}\.\d{{1,2}}\.\d{{4}}(?!\w))
|(?P<K>[0-2]?\d:[0-5]\d(?:(?![\w:])|(?=[ap]m\b))|[0-2]?\d\.[0-5]\d(?=\s?[ap]\.?m\b))
|(?P<q>\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?(?!\w)|\d+\.\d+(?!\w))
|(?P<O>\d{{1,3}}(?:st|nd|rd|th)(?!\w))
|(?P<X>\d{{2,3}}0s(?!\w)|['’]?\d0s(?!\w)|\d{{3}}0['’]s(?!\w))
|(?P<num>\d+(?:(?!\w)|(?=[ap]m\b)))
)
|(?P<A>[AaPp]\.\s?[Mm]\.?(?!\w))
|(?P<B>B\.\s?C\.(?:\s?E\.)?)
|(?P<G>A\.\s?D\.|C\.\s?E\.)
|(?P<c>ca?\.(?=\s?\d))
|(?P<o>o['’]clock\b)
|(?P<word>[^\W\d_]+(?!\w))
|(?P<x>\w+)
|(?P<punct>[^\w\s])
)
"""
# Classes of which every time expression has one, besides those that digits write (A and o stand behind a number word).
_TELLING = frozenset("MmWSUuTXJwA")
RE_LETTERS = re.compile(r"[^\W\d_]+")
RE_ASCII_LETTERS = re.compile(r"[a-z]+")
RE_DIGIT = re.compile(r"\d")
_DASHES = "-–—‒−‑"
_PUNCT = {
    **dict.fromkeys(_DASHES, "-"),
    **dict.fromkeys("'’‘`", "'"),
    **dict.fromkeys("$€£¥%", "$"),
    **dict.fromkeys(',().!?/:;"[]', None),
}


class Token(NamedTuple):
    """A token: half-open offsets into the text, its words and its value (int, float or a code of the lexicon)."""

    start: int
    end: int
    text: str
    value: str


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The word table and the token pattern made from it."""

    words: dict[str, tuple[str, str, str]]
    holidays: dict[str, str]
    token: re.Pattern[str]


def _table(name: str) -> list[dict[str, str]]:
    text = files("pipeline").joinpath("data", "dates", name).read_text(encoding="utf8")
    return list(csv.DictReader(text.splitlines()))


@lru_cache(maxsize=1)
def load_lexicon() -> Lexicon:
    """The tables in `pipeline/data/dates`, read once."""
    words = {r["word"]: (r["class"], r["value"], r["case"]) for r in _table("lexicon.csv")}
    holidays = {r["name"].replace("’", "'").lower(): r["rule"] for r in _table("holidays.csv")}
    names = sorted((r["name"] for r in _table("holidays.csv")), key=lambda n: (-len(n), n))
    pattern = "|".join(re.escape(n).replace("'", "['’]").replace(r"\-", "[-–]") for n in names)
    return Lexicon(words, holidays, re.compile(_TOKEN.format(holidays=pattern), re.VERBOSE))


@lru_cache(maxsize=1)
def _telling_words() -> frozenset[str]:
    """The words of the classes `_TELLING`, and a word of every named day, `a.m.` and `o'clock`."""
    lexicon = load_lexicon()
    words = {word for word, (letter, _, _) in lexicon.words.items() if letter in _TELLING}
    return frozenset((*words, *(RE_LETTERS.findall(name)[-1] for name in lexicon.holidays), "m", "clock"))


def tells_time(text: str, start: int, end: int) -> bool:
    """Whether `text[start:end]` can hold a time expression at all: most sentences have no digit and no such word."""
    if RE_DIGIT.search(text, start, end):
        return True
    words = text[start:end].lower()
    # the same words, found in half the time where no letter is foreign
    letters = RE_ASCII_LETTERS if words.isascii() else RE_LETTERS
    return not _telling_words().isdisjoint(letters.findall(words))


@lru_cache(maxsize=1)
def _context() -> dict[str, frozenset[str]]:
    groups: dict[str, set[str]] = {}
    for row in _table("context.csv"):
        groups.setdefault(row["group"], set()).add(row["word"])
    return {group: frozenset(words) for group, words in groups.items()}


def in_group(word: str, group: str) -> bool:
    """Whether a lower-case word is in a group of `context.csv`."""
    return word in _context()[group]


def _number_class(text: str) -> str:
    value = int(text)
    if len(text) == 4 and 1000 <= value <= 2100:
        return "Y"
    if len(text) > 3:
        return "q"
    return "D" if value <= 31 else "E" if value <= 99 else "H"


@lru_cache(maxsize=1 << 15)
def _class_of(kind: str, text: str) -> tuple[str, str]:
    """Class and value of a token by the group of the pattern that it matched."""
    if kind in ("plain", "word"):
        return _word_class(text)
    if kind == "punct":
        return _PUNCT.get(text, "#") or text, text
    if kind == "num":
        return _number_class(text), text
    if kind == "J":
        return kind, load_lexicon().holidays[text.replace("’", "'").replace("–", "-").lower()]
    return kind, "APPROX" if kind == "c" else text


def _word_class(text: str) -> tuple[str, str]:
    entry = load_lexicon().words.get(text.lower())
    if entry is not None:
        letter, value, case = entry
        if case == "any" or (text.isupper() if case == "upper" else text[0].isupper()):
            return letter, value
    return ("I" if text[0].isupper() else "x"), ""


def tokenise(text: str, start: int, end: int) -> tuple[list[Token], str]:
    """Tokens of `text[start:end]` and their classes as a string of the same length."""
    tokens: list[Token] = []
    letters: list[str] = []
    for match in load_lexicon().token.finditer(text, start, end):
        surface = match.group()
        letter, value = _class_of(match.lastgroup or "", surface)
        tokens.append(Token(*match.span(), surface, value))
        letters.append(letter)
    return tokens, "".join(letters)
