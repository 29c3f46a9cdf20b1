"""Large corpora for measurements: copies of real pages in which every name is another one."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from pipeline.knowledge import load_knowledge

# A capitalised word that is a name or part of one; what opens a sentence is told apart by `_names`.
RE_WORD = re.compile(r"\b[A-Z][a-zà-ÿčćšžęół]{3,}\b")
ONSETS = (
    "b",
    "br",
    "d",
    "dr",
    "f",
    "g",
    "gr",
    "h",
    "k",
    "kl",
    "l",
    "m",
    "n",
    "p",
    "r",
    "s",
    "st",
    "t",
    "v",
    "z",
)
VOWELS = ("a", "e", "i", "o", "u", "ai", "ei")
CODAS = ("", "n", "r", "s", "l", "k", "m", "nd", "sk", "v")
MONTHS = "January February March April June July August September October November December".split()
DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()


def make_corpus(
    pages: Sequence[str], count: int, *, seed: int = 0, chars: int = 0
) -> Iterator[tuple[str, str]]:
    """`count` pages with names like `page_00017`, made from the given ones in turn.

    In each copy, states are exchanged for other states and other names for invented ones, the same way throughout
    the page and its blurbs; capitals stay, as `link` asks the parser about them. chars, if not 0: pages are cut at the
    first line end behind so many characters.
    """
    draw = random.Random(seed)
    states = _state_names()
    for i in range(count):
        text = pages[i % len(pages)]
        if chars:
            end = text.find("\n", chars)
            text = text if end < 0 else text[: end + 1]
        yield f"page_{i:05d}", rename(text, states, draw, kept=load_knowledge().capital_of)


def _state_names() -> list[str]:
    names = {e.name for e in load_knowledge().states if e.iso3}
    return sorted(name for name in names if RE_WORD.fullmatch(name))


def rename(
    text: str, states: Sequence[str], draw: random.Random, kept: Callable[[str], object] = lambda name: False
) -> str:
    """The text with its names exchanged; those that are `kept`, other words, numbers and line ends stay."""
    others = list(states)
    draw.shuffle(others)
    exchange = dict(zip(states, others, strict=True))
    for word in _names(text):
        if word not in exchange and not kept(word):
            exchange[word] = _invented(draw)
    return RE_WORD.sub(lambda m: exchange.get(m[0], m[0]), text)


def _names(text: str) -> list[str]:
    """Capitalised words that the page never writes small, in order of appearance."""
    small = set(re.findall(r"\b[a-zà-ÿ]{4,}\b", text))
    calendar = {*MONTHS, *DAYS}
    words = dict.fromkeys(RE_WORD.findall(text))
    return [w for w in words if w.lower() not in small and w not in calendar]


def _invented(draw: random.Random) -> str:
    syllables = draw.choice((2, 2, 3))
    word = "".join(draw.choice(ONSETS) + draw.choice(VOWELS) for _ in range(syllables)) + draw.choice(CODAS)
    return word.capitalize()


def write_corpus(folder: Path, pages: Sequence[str], count: int, *, seed: int = 0, chars: int = 0) -> None:
    """Write a corpus as `*.txt` files."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in make_corpus(pages, count, seed=seed, chars=chars):
        (folder / f"{name}.txt").write_bytes(text.encode("utf8"))
