"""Layouts `astronomy` and `astronomy-twice`: the anchor stays in the text and ends its line.

Then come a line TITLE, a line BLURB closed by `...`, an empty line, and the text goes on with its own leading space.
`astronomy-twice` has the whole prose first, with the lines broken and no blurbs: that pass is kept, the second
one gives the
glossary and tells where a space belongs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.clean.anchors import base_title, find_anchor
from pipeline.clean.banner import find_banner, find_tail
from pipeline.clean.blurbs import FUNCTION, Boundary, byte_length, like_any, score_boundary, tokens
from pipeline.clean.headings import RE_ARTICLE_END, RE_TITLE_END, is_back_matter, looks_like_heading
from pipeline.clean.joins import ends_sentence
from pipeline.clean.pieces import Line, Link, Piece, Scrape

RE_CUT = re.compile(r"\.\.\.\s*$|…\s*$")
WHOLE_ENDS = (".", ")", "!", "?", '"', "'")
MAX_TITLE = 130
MAX_BLURB_LINES = 14
SHORTEST_CUT = 60
LONGEST_BLURB = 640  # bytes; mirrors are known to cut at 250


@dataclass(frozen=True, slots=True)
class Unit:
    """A link: the line of its title, the lines of its blurb."""

    title: int
    first: int
    last: int


def _blurb_end(lines: Sequence[Line], first: int) -> int:
    """Last line of a blurb that starts at line `first` and is followed by an empty line; -1 if none."""
    size = 0
    for j in range(first, min(first + MAX_BLURB_LINES, len(lines))):
        if lines[j].blank:
            return -1
        size += byte_length(lines[j].text) + 1
        if size > LONGEST_BLURB:
            return -1
        if (j + 1 >= len(lines) or lines[j + 1].blank) and (RE_CUT.search(lines[j].text) or j == first):
            return j
    return -1


def _is_unit(raw: str, lines: Sequence[Line], t: int, last: int, start: int) -> bool:
    title = lines[t].text.strip()
    blurb = raw[lines[t + 1].start : lines[last].end].strip()
    if (
        not title
        or len(title) > MAX_TITLE
        or lines[t].text[0].isspace()
        or (title[0].islower() and title[0].isascii())
    ):
        return False
    if t and lines[t - 1].blank and t > 1 and not lines[t - 2].blank and RE_CUT.search(lines[t - 2].text):
        return False  # text that goes on behind a blurb
    if t + 2 <= last:
        # a line that ends in a link and starts a paragraph is no title: the next one is
        end = _blurb_end(lines, t + 2)
        if end >= 0 and _is_unit(raw, lines, t + 1, end, start):
            return False
    cut = bool(RE_CUT.search(blurb))
    if cut and len(blurb) >= SHORTEST_CUT and blurb.removeprefix("The ").startswith(f"{base_title(title)} "):
        return True
    boundary = _score(title, blurb, cut=cut)
    if cut:
        return len(blurb) >= SHORTEST_CUT and boundary.score > -4.0
    before = lines[t - 1].text.rstrip() if t > start else ""
    if not before or blurb[-1:] not in WHOLE_ENDS or RE_TITLE_END.search(title):
        return False
    after = lines[last + 2].text if last + 2 < len(lines) else ""
    if after and not after[0].isalnum() and after[0] not in '"“(' and not ends_sentence(before):
        return boundary.score > -4.0  # torn at both ends: the text goes on with its own blank or comma
    if not boundary.defined:
        return False
    goes_on = not after or not (after[0].isalnum() or after[0] in "\"'“(") or after[:1].islower()
    if boundary.named and (before.casefold().endswith(base_title(title).casefold()) or boundary.score >= 6):
        return goes_on or before.casefold().endswith(base_title(title).casefold())
    # the title need not be the anchor, nor the blurb name it
    return bool(after) and goes_on and (boundary.named or _related(before, title))


def _score(title: str, blurb: str, *, cut: bool) -> Boundary:
    """How well a blurb fits its title, or the title without what tells it from its namesakes."""
    window = (SHORTEST_CUT, LONGEST_BLURB)
    found = score_boundary(title, blurb, cut=cut, window=window)
    base = base_title(title)
    if found.named or base == title:
        return found
    return max(found, score_boundary(base, blurb, cut=cut, window=window), key=lambda b: b.score)


def _related(before: str, title: str) -> bool:
    """Whether the words before a title line have one of the title's."""
    words = [s for s in tokens(title) if s not in FUNCTION]
    return any(s in words or like_any(s, words) for s in tokens(before[-60:])[-5:] if s not in FUNCTION)


def find_units(raw: str, lines: Sequence[Line], first: int, last: int) -> list[Unit]:
    """The links of a page between two lines."""
    units = []
    t = first
    while t + 1 < last:
        if not lines[t].blank and len(lines[t].text) <= MAX_TITLE:
            end = _blurb_end(lines, t + 1)
            if end >= 0 and _is_unit(raw, lines, t, end, first):
                units.append(Unit(t, t + 1, end))
                t = end + 1
                continue
        t += 1
    return units


def read_astronomy(raw: str, lines: Sequence[Line], *, layout: str = "auto") -> Scrape:
    """Cut a page of either astronomy layout into pieces."""
    title_line, first, _ = find_banner(lines)
    end, tail = find_tail(lines)
    units = find_units(raw, lines, first, end)
    reader = _Reader(raw, lines, units, first, end)
    pieces = [
        Piece(lines[i].start, lines[i].end, "title" if i == title_line else "banner")
        for i in range(first)
        if not lines[i].blank
    ]
    title = lines[title_line].text.strip() if title_line >= 0 else ""
    split = reader.second_pass() if units and layout != "astronomy" else None
    if split is not None:
        from pipeline.clean.twice import read_twice

        body, links = read_twice(reader, *split)
    else:
        body, links = reader.run()
    pieces += body
    pieces += [Piece(line.start, line.end, tail or "licence") for line in lines[end:] if not line.blank]
    return Scrape("astronomy-twice" if split is not None else "astronomy", title, tuple(pieces), tuple(links))


def squeeze(text: str) -> str:
    """A text without its white space."""
    return "".join(text.split())


class _Reader:
    def __init__(self, raw: str, lines: Sequence[Line], units: Sequence[Unit], first: int, end: int) -> None:
        self.raw = raw
        self.lines = lines
        self.units = list(units)
        self.first = first
        self.end = end
        self.owner = {i: u for u in units for i in range(u.title, u.last + 1)}

    def second_pass(self) -> tuple[int, int] | None:
        """(raw position behind the first link's anchor in the first pass, line where the second pass
        starts), if any.
        """
        unit = self.units[0]
        before = [i for i in range(self.first, unit.title) if not self.lines[i].blank]
        if len(before) < 2:
            return None
        after = ""
        for i in range(unit.last + 1, self.end):
            if i in self.owner:
                if len(after) >= 12:
                    break
                continue
            after += squeeze(self.lines[i].text)
            if len(after) >= 80:
                break
        head = "".join(squeeze(self.lines[i].text) for i in before)
        place = head.find(after[:80]) if len(after) >= 12 else -1
        if place < 0:
            return None
        # the second pass starts behind the longest stretch that stands before both
        common = 0
        limit = min(place, 4000)
        while common < limit and head[place - 1 - common] == head[-1 - common]:
            common += 1
        start = self._line_at(before, len(head) - common)
        return self._raw_at(before, place), start

    def _line_at(self, rows: list[int], size: int) -> int:
        """The line that starts at or behind `size` characters (white space not counted)."""
        total = 0
        for i in rows:
            if total >= size:
                return i
            total += len(squeeze(self.lines[i].text))
        return self.units[0].title

    def _raw_at(self, rows: list[int], size: int) -> int:
        """Raw position behind the first `size` characters (white space not counted)."""
        total = 0
        for i in rows:
            length = len(squeeze(self.lines[i].text))
            if total + length >= size:
                at = self.lines[i].start
                while total < size:
                    total += not self.raw[at].isspace()
                    at += 1
                return at
            total += length
        return self.lines[rows[-1]].end

    def headings(self, first: int, end: int) -> set[int]:
        """Lines between `first` and `end` that are headings: alone between empty lines, set apart by two or
        at a high start.
        """
        found = set()
        for i in range(first, end):
            text = self.lines[i].text.rstrip()
            if i in self.owner or not text or not (looks_like_heading(text) or is_back_matter(text)):
                continue
            before = i == first or self.lines[i - 1].blank
            after = i + 1 >= end or self.lines[i + 1].blank
            if not (before and after):
                continue
            found.add(i)
        return found

    def run(self) -> tuple[list[Piece], list[Link]]:
        """Pieces and links of a page that says its text once."""
        lines, raw = self.lines, self.raw
        pieces: list[Piece] = []
        links: list[Link] = []
        by_title = {u.title: u for u in self.units}
        headings = self.headings(self.first, self.end)
        before, blanks, behind_unit, over = "", 1, False, False
        text_start = -1
        i = self.first
        while i < self.end:
            line = lines[i]
            unit = by_title.get(i)
            if unit:
                if text_start >= 0:
                    links.append(self._link(unit, text_start, lines[i - 1].end))
                pieces.append(Piece(line.start, line.end, "title-line"))
                pieces.append(Piece(lines[unit.first].start, lines[unit.last].end, "blurb"))
                i, blanks, behind_unit, text_start = unit.last + 1, 0, True, -1
                continue
            i += 1
            if line.blank:
                blanks += 1
                continue
            match = RE_ARTICLE_END.search(line.text)
            if over or match:
                cut = line.start if over else line.start + (match.start() if match else 0)
                if cut > line.start and raw[line.start : cut].strip():
                    pieces.append(Piece(line.start, cut, "text", "para"))
                pieces.append(Piece(cut, line.end, "categories"))
                over, text_start = True, -1
                continue
            if i - 1 in headings:
                pieces.append(Piece(line.start, line.end, "heading"))
                before, text_start = "", -1
            else:
                gap = self._gap(line.text, before, blanks, behind_unit)
                pieces.append(Piece(line.start, line.end, "text", gap))
                before, text_start = line.text, line.start
            blanks, behind_unit = 0, False
        return pieces, links

    def _gap(self, text: str, before: str, blanks: int, behind_unit: bool) -> str:
        if behind_unit and blanks <= 1:
            return "exact" if text[0].isspace() or not (text[0].isupper() or text[0].isdigit()) else "soft"
        if behind_unit and text[0].isspace():
            return "exact"
        if blanks:
            return "para"
        return "para" if ends_sentence(before.rstrip()) else "soft"

    def _link(self, unit: Unit, start: int, end: int) -> Link:
        lines = self.lines
        blurb_start, blurb_end = lines[unit.first].start, lines[unit.last].end
        target = lines[unit.title].text.strip()
        text = self.raw[start:end]
        a, b, evidence = find_anchor(text, target, self.raw[blurb_start:blurb_end])
        return Link(start + a, start + b, blurb_start, blurb_end, target, lambda: evidence)
