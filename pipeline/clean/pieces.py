"""What a layout reader hands to the assembler: the page cut into pieces, in raw order."""

from __future__ import annotations

import re
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the raw page without its line end; `end` is where its text stops, `next` where the next line starts."""

    start: int
    end: int
    next: int
    text: str

    @property
    def blank(self) -> bool:
        """Whether the line holds nothing but white space."""
        return not self.text or self.text.isspace()


# a line and its end: \r\n, \n, or a lone \r
RE_LINE = re.compile(r"([^\r\n]*)(\r\n|\n|\r|\Z)")


def split_lines(raw: str, start: int = 0) -> list[Line]:
    """The lines of a page from `start` on."""
    lines = []
    size = len(raw)
    while start < size:
        match = RE_LINE.match(raw, start)
        assert match is not None  # the pattern matches everywhere
        lines.append(Line(start, match.end(1), match.end(), match.group(1)))
        start = match.end()
    return lines


@dataclass(frozen=True, slots=True)
class Link:
    """A link as found: spans of anchor and blurb in the raw text, and the evidence that placed them."""

    start: int
    end: int
    blurb_start: int
    blurb_end: int
    target: str = ""
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the raw page with its part in the article.

    role: `text`, `heading`, or the name of the rule that removes it. gap: how it joins what stands before it in the
    body: `para` (new paragraph), `soft` (space or nothing, by what stands on both sides), `exact` (as in the raw text).
    """

    start: int
    end: int
    role: str
    gap: str = "soft"


@dataclass(frozen=True, slots=True)
class Scrape:
    """A page as a layout reader understands it; raw text outside all pieces is white space."""

    layout: str
    title: str
    pieces: tuple[Piece, ...]
    links: tuple[Link, ...] = field(default=())
