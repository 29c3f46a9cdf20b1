"""Pieces of a page to its clean text, sections and glossary, the same way for every layout."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from pipeline.clean.blurbs import blurb_kind, is_truncated
from pipeline.clean.headings import body_flags
from pipeline.clean.joins import needs_space
from pipeline.clean.pieces import Link, Piece, Scrape
from pipeline.clean.sourcemap import MapBuilder
from pipeline.facts import unroll
from pipeline.records import Blurb, Page, Section, Segment

# What is taken out of running prose. A citation leaked from a harvard template stands right behind the full stop:
# "ended in 1945.Vickers, 1999, p. 3 The war".
INLINE = {
    "markup": r"\{\{[^{}\n]{0,500}\}\}|</?(?:ref|small|sup|sub|nowiki|br|br /)>",
    "control": r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff\u200e\u200f\u202a-\u202e\u2066-\u2069]+",
    "reference": r"(?<=[.!?\"”)])[A-Z][\w’-]{1,30}(?:(?:,| and| &) [A-Z][\w’-]{1,30}){0,3}(?: et al\.)?,? \(?[12]\d{3}[a-z]?\)?, pp?\. ?\d{1,5}(?:[–-]\d{1,5})?\.?",
    "line-break": r"[ \t]*(?:\r\n|\n|\r)\s*",
}
RE_INLINE = re.compile("|".join(f"(?P<{name.replace('-', '_')}>{rule})" for name, rule in INLINE.items()))
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
            spaced = first > start or self.pending_space and gap != "soft"
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
    keep_section, keep_piece = body_flags(raw, pieces)
    last_kept = max((i for i, kept in enumerate(keep_piece) if kept), default=-1)
    drafts: list[list[int | str | bool | None]] = []
    section = -1
    for i, piece in enumerate(pieces):
        if piece.role == "heading" or section < 0 and piece.role == "text":
            section += 1
            title = raw[piece.start : piece.end].strip() if piece.role == "heading" else ""
            drafts.append([title, None, None, piece.start, piece.end, keep_section[section]])
        draft = drafts[-1] if drafts else None
        if draft is not None and piece.role in ("text", "heading"):
            draft[4] = piece.end
        if not keep_piece[i]:
            in_back = piece.role in ("text", "heading")
            body.remove(piece.start, piece.end, "back-matter" if in_back else piece.role)
            continue
        assert draft is not None
        if piece.role == "heading":
            _write_heading(body, piece)
            draft[1] = draft[2] = body.map.length
        else:
            if piece.gap == "para" and not body.start_of_line:
                body.break_line(piece.start, "\n")
            elif body.start_of_line and body.map.parts and not body.map.parts[-1].endswith("\n"):
                body.break_line(piece.start, "\n")
            before = body.map.length
            body.write(piece.start, piece.end, piece.gap)
            if draft[1] is None or draft[1] == draft[2]:
                draft[1] = before if draft[1] is None else draft[1]
            draft[2] = body.map.length
        if i == last_kept:
            following = pieces[i + 1].start if i + 1 < len(pieces) else len(raw)
            body.break_line(following, "\n")
    body.remove(len(raw), len(raw), "line-break")
    text, source = body.map.finish()
    sections = tuple(Section(f"s{i:02d}", *_tight(text, draft)) for i, draft in enumerate(drafts))
    kept = [s for s in source.segments if s.kept]
    links = sorted(scrape.links, key=lambda link: link.start)
    blurbs = tuple(_blurb(raw, text, kept, link, n) for n, link in enumerate(links))
    return Page(doc_id, scrape.title, scrape.layout, sha256, len(raw), text, sections, blurbs, source)


def _write_heading(body: _Body, piece: Piece) -> None:
    if body.map.length:
        body.break_line(piece.start, "\n\n")
    else:
        body.break_line(piece.start, "")
    body.map.put("## ")
    body.start_of_line = True
    body.write(piece.start, piece.end, "exact")
    body.break_line(body.map.at, "\n")


def _tight(text: str, draft: Sequence[int | str | bool | None]) -> tuple:  # type: ignore[type-arg]
    """Title, clean span without outer white space, raw span, kept."""
    title, start, end, raw_start, raw_end, kept = draft
    if isinstance(start, int) and isinstance(end, int):
        while start < end and text[start].isspace():
            start += 1
        while end > start and text[end - 1].isspace():
            end -= 1
    elif kept:
        start = end = len(text)
    return title, start if kept else None, end if kept else None, raw_start, raw_end, kept


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


def _blurb(raw: str, text: str, kept: list[Segment], link: Link, number: int) -> Blurb:
    span = _clean_span(kept, [s.raw_start for s in kept], link.start, link.end)
    raw_start, raw_end = link.start, link.end
    anchor = raw[raw_start:raw_end]
    if span is not None:
        lo, hi = span
        while lo < hi and text[lo].isspace():
            lo += 1
        while hi > lo and text[hi - 1].isspace():
            hi -= 1
        anchor = text[lo:hi]
        span = (lo, hi)
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
