"""Layout `astronomy-twice`: keep the first pass, read links and spacing off the second."""

from __future__ import annotations

from bisect import bisect_left

from pipeline.clean.anchors import find_anchor
from pipeline.clean.astronomy import _Reader
from pipeline.clean.joins import ends_sentence
from pipeline.clean.pieces import Link, Piece

_SURE_WORDS = 40  # so many characters stand at one place only; fewer are looked for as near as that
_LOOK_AHEAD = 20_000  # how far the second pass may have lost text of the first, in characters


class _Squeezed:
    """Prose of some lines without white space, with the raw position of each character."""

    def __init__(self, reader: _Reader, rows: list[int]) -> None:
        raw = reader.raw
        self.at = [
            k for i in rows for k in range(reader.lines[i].start, reader.lines[i].end) if not raw[k].isspace()
        ]
        self.text = "".join(raw[k] for k in self.at)


def read_twice(reader: _Reader, first_link: int, second: int) -> tuple[list[Piece], list[Link]]:
    """Pieces and links; `first_link` is the raw position behind the first anchor, `second` the second
    pass's first line.
    """
    lines = reader.lines
    rows = [i for i in range(reader.first, second) if not lines[i].blank]
    headings = reader.headings(reader.first, second)
    prose = _Squeezed(reader, rows)
    gaps: dict[int, str] = {}  # raw position in the first pass -> how the second pass joins there
    links: list[Link] = []
    at = bisect_left(prose.at, first_link)
    unit = reader.units[0]
    line = max((i for i in rows if lines[i].start < first_link), default=rows[0])
    links.append(_link(reader, 0, lines[line].start, first_link))
    number, i = 0, unit.last + 1
    segment, fresh, blanks = at, True, 0
    while i < reader.end:
        if number + 1 < len(reader.units) and i == reader.units[number + 1].title:
            number += 1
            end = prose.at[at - 1] + 1 if at else 0
            start = prose.at[segment] if segment < at else end
            if start < end:
                start = max(
                    start, max((lines[k].start for k in rows[_row(reader, rows, end) :][:1]), default=start)
                )
                links.append(_link(reader, number, start, end))
            i, segment, fresh, blanks = reader.units[number].last + 1, at, True, 0
            continue
        text = lines[i].text
        i += 1
        if not text.strip():
            blanks += 1
            continue
        words = "".join(text.split())
        if not prose.text.startswith(words, at):
            place = prose.text.find(words, at, at + _LOOK_AHEAD)
            if place < 0 or place - at > (_LOOK_AHEAD if len(words) >= _SURE_WORDS else _SURE_WORDS):
                fresh, blanks = False, 0
                continue
            at = place
        if at < len(prose.at):
            if fresh and blanks <= 1:
                gaps[prose.at[at]] = "space" if text[0].isspace() else "exact"
            else:
                gaps[prose.at[at]] = "para"
        at += len(words)
        fresh, blanks = False, 0
    pieces = _first_pass(reader, rows, headings, gaps)
    pieces += _second_pass(reader, second)
    return pieces, links


def _row(reader: _Reader, rows: list[int], end: int) -> int:
    """Index in `rows` of the line that holds the character before `end`."""
    low, high = 0, len(rows)
    while low < high:
        middle = (low + high) // 2
        if reader.lines[rows[middle]].start < end:
            low = middle + 1
        else:
            high = middle
    return max(low - 1, 0)


def _link(reader: _Reader, number: int, start: int, end: int) -> Link:
    unit, lines = reader.units[number], reader.lines
    blurb_start, blurb_end = lines[unit.first].start, lines[unit.last].end
    target = lines[unit.title].text.strip()
    a, b, evidence = find_anchor(reader.raw[start:end], target, reader.raw[blurb_start:blurb_end])
    return Link(start + a, start + b, blurb_start, blurb_end, target, lambda: evidence)


def _first_pass(reader: _Reader, rows: list[int], headings: set[int], gaps: dict[int, str]) -> list[Piece]:
    lines = reader.lines
    pieces = []
    before = ""
    for n, i in enumerate(rows):
        line = lines[i]
        if i in headings:
            pieces.append(Piece(line.start, line.end, "heading"))
            before = ""
            continue
        gap = gaps.get(line.start + len(line.text) - len(line.text.lstrip()))
        if gap is None:
            blank = n > 0 and rows[n - 1] != i - 1
            gap = "para" if blank or (before and ends_sentence(before)) else "soft"
        pieces.append(Piece(line.start, line.end, "text", gap))
        before = line.text.strip()
    return pieces


def _second_pass(reader: _Reader, second: int) -> list[Piece]:
    pieces = []
    for i in range(second, reader.end):
        line = reader.lines[i]
        if line.blank:
            continue
        unit = reader.owner.get(i)
        role = "second-pass" if unit is None else "title-line" if unit.title == i else "blurb"
        pieces.append(Piece(line.start, line.end, role))
    return pieces
