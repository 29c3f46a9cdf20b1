"""What a layout reader hands to the assembler: the page cut into pieces, in raw order."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple


class Line(NamedTuple):
    """A line of the raw page without its line end; `end` is where its text stops."""

    start: int
    end: int
    text: str
    blank: bool


# the end of a line: \r\n, \n, or a lone \r
RE_LINE_END = re.compile(r"\r\n|\n|\r")


def split_lines(raw: str, start: int = 0) -> list[Line]:
    """The lines of a page from `start` on."""
    lines = []
    if "\r" not in raw:
        for text in raw[start:].split("\n"):
            end = start + len(text)
            lines.append(Line(start, end, text, not text or text.isspace()))
            start = end + 1
    else:
        for match in RE_LINE_END.finditer(raw, start):
            text = raw[start : match.start()]
            lines.append(Line(start, match.start(), text, not text or text.isspace()))
            start = match.end()
        text = raw[start:]
        lines.append(Line(start, len(raw), text, not text or text.isspace()))
    if lines and not lines[-1].text:
        lines.pop()
    return lines


class Link(NamedTuple):
    """A link as found: spans of anchor and blurb in the raw text, and the evidence that placed them."""

    start: int
    end: int
    blurb_start: int
    blurb_end: int
    target: str = ""
    evidence: Callable[[], tuple[str, ...]] = tuple


class Piece(NamedTuple):
    """A stretch of the raw page with its part in the article.

    role: `text`, `heading`, or the name of the rule that removes it. gap: how it joins what stands before it in the
    body: `para` (new paragraph), `soft` (space or nothing, by what stands on both sides), `exact` (as in the raw text),
    `space`. A piece `entity` is replaced by the text of `insert` (`&ndash;`); a heading with gap `exact` goes
    on with the
    heading before it.
    """

    start: int
    end: int
    role: str
    gap: str = "soft"
    insert: str = ""


@dataclass(frozen=True, slots=True)
class Scrape:
    """A page as a layout reader understands it; raw text outside all pieces is white space."""

    layout: str
    title: str
    pieces: tuple[Piece, ...]
    links: tuple[Link, ...] = field(default=())
