"""Pieces of a page to its clean text, sections and glossary, the same way for every layout."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from pipeline.clean.blurbs import blurb_kind, is_truncated
from pipeline.clean.headings import Part, split_sections
from pipeline.clean.joins import needs_space
from pipeline.clean.pieces import Link, Piece, Scrape
from pipeline.clean.sourcemap import MapBuilder
from pipeline.facts import unroll
from pipeline.records import Blurb, Page, Section, Segment, SourceMap

# What is taken out of running prose. A citation leaked from a harvard template stands right behind the full stop:
# "ended in 1945.Vickers, 1999, p. 3 The war".
INLINE = {
    "markup": r"\{\{[^{}\n]{0,500}\}\}|</?(?:ref|small|sup|sub|nowiki|br|br /)>",
    "control": r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff\u200e\u200f\u202a-\u202e\u2066-\u2069]+",
    "reference": r"(?<=[.!?\"”)])[A-Z][\w’-]{1,30}(?:(?:,| and|"
    r" &) [A-Z][\w’-]{1,30}){0,3}(?: et al\.)?,? \(?[12]\d{3}[a-z]?\)?, pp?\. ?\d{1,5}(?:[–-]\d{1,5})?\.?",
    "line-break": r"[ \t]*(?:\r\n|\n|\r)\s*",
}
# none of it begins with a small letter, as most of what is read does
RE_INLINE = re.compile(
    "(?![a-z])(?:" + "|".join(f"(?P<{name.replace('-', '_')}>{rule})" for name, rule in INLINE.items()) + ")"
)
RE_ITALIC = re.compile(r"'{2,5}")


class _Body:
    """The clean text being written; knows the paragraph it is in."""

    def __init__(self, raw: str) -> None:
        self.raw = raw
        self.map = MapBuilder(raw)
        self.tail = ""  # last visible characters of the paragraph
        self.quote_open = False
        self.italic_open = False
        self.start_of_line = True
        self.heading_line = False  # the present line is a section title
        self.pending_space = False  # white space was seen and not yet written

    def break_line(self, until: int, wanted: str) -> None:
        """End the paragraph; white space up to `until` becomes `wanted`."""
        self.map.gap(self.map.at, until, wanted)
        self.tail, self.pending_space, self.start_of_line = "", False, True
        self.quote_open = self.italic_open = False

    def remove(self, start: int, end: int, rule: str) -> None:
        """Drop a stretch together with the white space in front of it."""
        if start > self.map.at:
            self.pending_space |= (
                self.raw[self.map.at : start].isspace() and "\n" not in self.raw[self.map.at : start]
            )
            self.map.drop(self.map.at, start, "line-break")
        self.map.drop(start, end, rule)

    def write_heading(self, piece: Piece, *, goes_on: bool) -> None:
        """Write a section title on a line of its own, behind a blank line."""
        if not goes_on:
            self.break_line(piece.start, "\n\n" if self.map.length else "")
            self.map.put("## ")
        self.write(piece.start, piece.end, "exact")
        self.heading_line = True

    def write_prose(self, piece: Piece) -> int:
        """Write a piece of prose; where it starts in the clean text."""
        after_heading = bool(self.map.parts) and self.heading_line and not self.start_of_line
        if after_heading or (piece.gap == "para" and not self.start_of_line):
            if piece.role == "text" and not self.raw[piece.start : piece.end].strip():
                return self.map.length
            self.break_line(piece.start, "\n")
        start = self.map.length
        if piece.role == "entity":
            self._entity(piece)
        else:
            self.write(piece.start, piece.end, piece.gap)
        self.heading_line = False
        return start

    def _entity(self, piece: Piece) -> None:
        """Write what a character reference stands for."""
        if piece.insert.isspace():
            self.pending_space = self.pending_space or not self.start_of_line
            self.remove(piece.start, piece.end, "entity")
            return
        if self.map.at < piece.start:
            self.map.drop(self.map.at, piece.start, "line-break")
        self.map.drop(piece.start, piece.end, "entity")
        if not self.start_of_line and self.pending_space and not self.tail.endswith(" "):
            self.map.put(" ")
        self.map.put(piece.insert)
        self.tail, self.pending_space, self.start_of_line = piece.insert, False, False

    def write(self, start: int, end: int, gap: str) -> None:
        """Write prose, joined by `gap` to what stands before it; inline markup is removed on the way."""
        for match in RE_INLINE.finditer(self.raw, start, end):
            self._text(start, match.start(), gap)
            if self.raw[start : match.start()].strip():
                gap = "exact"
            rule = (match.lastgroup or "").replace("_", "-")
            if rule == "line-break":
                self.pending_space = True
            else:
                self._flush_space(match.start())
                self.map.drop(match.start(), match.end(), rule)
            start = match.end()
        self._text(start, end, gap)

    def _flush_space(self, until: int) -> None:
        """Settle white space in front of removed markup: keep one blank of it where it parts two words."""
        if until == self.map.at:
            return
        if self.start_of_line or not needs_space(self.tail, "x", self.quote_open, self.italic_open):
            self.map.drop(self.map.at, until, "line-break")
            return
        self.map.keep(self.map.at, self.map.at + 1)
        self.map.drop(self.map.at, until, "line-break")
        self.tail, self.pending_space = " ", False

    def _text(self, start: int, end: int, gap: str) -> None:
        raw = self.raw
        text = raw[start:end]
        visible = text.strip()
        if not visible:
            # white space only: it stays unwritten in the map until the next stretch decides
            self.pending_space |= bool(text)
            return
        first = start + len(text) - len(text.lstrip())
        last = first + len(visible)
        if self.start_of_line:
            self.map.drop(self.map.at, first, "line-break")
        else:
            spaced = first > start or (self.pending_space and gap != "soft")
            self._join(first, visible, spaced=spaced, gap=gap)
        self.map.keep(first, last)
        self.tail = visible[-40:]
        if visible.count('"') % 2:
            self.quote_open = not self.quote_open
        if "''" in visible and len(RE_ITALIC.findall(visible)) % 2:
            self.italic_open = not self.italic_open
        self.start_of_line = False
        self.pending_space = last < end

    def _join(self, first: int, visible: str, *, spaced: bool, gap: str) -> None:
        before = self.map.at
        if self.tail.endswith(" "):
            wanted = ""
        elif gap == "soft":
            wanted = (
                " " if spaced or needs_space(self.tail, visible, self.quote_open, self.italic_open) else ""
            )
        else:
            wanted = " " if spaced or gap == "space" else ""
        if wanted and self.tail[-1] in "([{":
            wanted = ""
        if wanted and gap != "soft" and first > before and not self.raw[before:first].strip(" \t\xa0"):
            # white space of the prose itself stays as it stands
            self.map.keep(before, first)
            return
        self.map.gap(before, first, wanted)


def assemble(raw: str, scrape: Scrape, *, doc_id: str, sha256: str) -> Page:
    """Join the kept pieces to the clean text; everything else is removed by the name of its rule."""
    body = _Body(raw)
    pieces = scrape.pieces
    parts = split_sections(raw, pieces)
    part_of: dict[int, int] = {}
    for n, part in enumerate(parts):
        part_of.update(dict.fromkeys(part.heading + part.prose, n))
    last_kept = max((i for i, n in part_of.items() if parts[n].kept), default=-1)
    spans: list[tuple[int, int] | None] = [None] * len(parts)
    for i, piece in enumerate(pieces):
        number = part_of.get(i)
        if number is None:
            body.remove(piece.start, piece.end, piece.role)
        elif not parts[number].kept:
            body.remove(piece.start, piece.end, "back-matter")
        elif piece.role == "heading":
            body.write_heading(piece, goes_on=i != parts[number].heading[0])
            spans[number] = (body.map.length, body.map.length)
        else:
            start = body.write_prose(piece)
            span = spans[number]
            first = start if span is None or span[0] == span[1] else span[0]
            spans[number] = (first, body.map.length)
        if i == last_kept:
            body.break_line(pieces[i + 1].start if i + 1 < len(pieces) else len(raw), "\n")
    body.remove(len(raw), len(raw), "line-break")
    text, source = body.map.finish()
    sections = tuple(
        _section(raw, text, pieces, part, span, n)
        for n, (part, span) in enumerate(zip(parts, spans, strict=True))
    )
    kept = [s for s in source.segments if s.kept]
    starts = [s.raw_start for s in kept]
    links = sorted(scrape.links, key=lambda link: link.start)
    blurbs = tuple(
        _blurb(raw, text, source, _clean_span(kept, starts, link.start, link.end), link, n)
        for n, link in enumerate(links)
    )
    return Page(doc_id, scrape.title, scrape.layout, sha256, len(raw), text, sections, blurbs, source)


def _section(
    raw: str, text: str, pieces: Sequence[Piece], part: Part, span: tuple[int, int] | None, number: int
) -> Section:
    own = part.heading + part.prose
    title = " ".join("".join(raw[pieces[i].start : pieces[i].end] for i in part.heading).split())
    raw_start, raw_end = pieces[own[0]].start, pieces[own[-1]].end
    if not part.kept or span is None:
        return Section(f"s{number:02d}", title, None, None, raw_start, raw_end, False)
    start, end = span
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Section(f"s{number:02d}", title, start, end, raw_start, raw_end, True)


def _clean_span(kept: list[Segment], starts: list[int], start: int, end: int) -> tuple[int, int] | None:
    """Clean span of the kept characters of a raw span; None if none was kept."""
    i = max(bisect_right(starts, start) - 1, 0)
    while i < len(kept) and kept[i].raw_end <= start:
        i += 1
    j = bisect_left(starts, end) - 1
    if i >= len(kept) or j < i or kept[i].raw_start >= end:
        return None
    first, last = kept[i], kept[j]
    lo = first.start + max(start - first.raw_start, 0)
    hi = last.start + min(end, last.raw_end) - last.raw_start
    return (lo, hi) if hi > lo else None


def _blurb(
    raw: str, text: str, source: SourceMap, span: tuple[int, int] | None, link: Link, number: int
) -> Blurb:
    raw_start, raw_end = link.start, link.end
    anchor = raw[raw_start:raw_end]
    if span is not None:
        lo, hi = span
        while lo < hi and text[lo].isspace():
            lo += 1
        while hi > lo and text[hi - 1].isspace():
            hi -= 1
        anchor, span = text[lo:hi], (lo, hi)
        raw_start, raw_end = source.raw_span(lo, hi)
    blurb = raw[link.blurb_start : link.blurb_end]
    return Blurb(
        f"b{number:04d}",
        anchor,
        span[0] if span else None,
        span[1] if span else None,
        raw_start,
        raw_end,
        blurb,
        link.blurb_start,
        link.blurb_end,
        blurb_kind(blurb),
        is_truncated(blurb),
        unroll(blurb),
        link.target,
    )
