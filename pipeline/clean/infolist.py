"""Layouts `infolist` and `infolist-next`: the text breaks its line at a link.

`infolist` puts `ANCHOR BLURB` on the next line, `infolist-next` ANCHOR and BLURB on a line each; one page may do both.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.clean.banner import find_banner
from pipeline.clean.blurbs import (
    CUT_BYTES,
    RE_DOTS,
    Boundary,
    byte_length,
    score_boundary,
    score_line,
)
from pipeline.clean.headings import RE_ARTICLE_END, ends_open, is_back_matter, looks_like_heading
from pipeline.clean.joins import ends_sentence
from pipeline.clean.pieces import Line, Link, Piece, Scrape

# A unit needs this many points; a prose line that ends in dots gets about 0, a blurb 6 to 12.
ACCEPT_CUT = 4.0
ACCEPT_WHOLE = 6.0
MAX_BLURB_LINES = 14
MAX_NEXT_ANCHOR = 130
RE_BULLET = re.compile(r"(?:^|(?<=\s))\*+(?=\s|''|$)")
RE_STARTS_LOW = re.compile(r"[a-z,.;:)\]!?'’%–-]")


@dataclass(frozen=True, slots=True)
class Unit:
    """A link of the page in lines: where it starts and stops, where its blurb starts, and why."""

    first: int
    last: int
    anchor_end: int  # raw offsets
    blurb_start: int
    score: float
    next_style: bool
    evidence: tuple[str, ...]


class UnitFinder:
    """Finds the links of a page of lines; `cut_window` is learnt from the page's own surest blurbs."""

    def __init__(self, raw: str, lines: Sequence[Line], first: int) -> None:
        self.raw = raw
        self.lines = lines
        self.first = first
        self.cut = [bool(RE_DOTS.search(line.text[-6:])) and len(line.text) > 40 for line in lines]
        self.window = CUT_BYTES
        self.prior = {False: 0.0, True: 0.0}
        self._same: dict[int, Unit | None] = {}
        self._learn()

    def _learn(self) -> None:
        """Count which style the page's surest links have."""
        count = {False: 0, True: 0}
        for i in range(self.first, len(self.lines)):
            if not self.cut[i]:
                continue
            for unit in (self.same_line(i, i), self.next_line(i - 1, i) if i > self.first else None):
                if unit and unit.score >= 8 and "named again +5.0" in unit.evidence:
                    count[unit.next_style] += 1
        total = sum(count.values())
        self.count = count
        if total:
            self.prior = {style: 2.5 * n / total for style, n in count.items()}
        self._same.clear()

    def same_line(self, i: int, j: int) -> Unit | None:
        """Best reading of lines i..j as `ANCHOR BLURB`."""
        if i == j and i in self._same:
            return self._same[i]
        line = self.lines[i]
        text = self.raw[line.start : self.lines[j].end]
        best: Boundary | None = None
        for boundary in score_line(text, cut=self.cut[j], window=self.window):
            if boundary.anchor_end <= len(line.text) and (best is None or boundary.score > best.score):
                best = boundary
        unit = None
        if best is not None:
            unit = Unit(
                i,
                j,
                line.start + best.anchor_end,
                line.start + best.blurb_start,
                best.score + self.prior[False],
                False,
                best.evidence,
            )
        if i == j:
            self._same[i] = unit
        return unit

    def next_line(self, i: int, j: int) -> Unit | None:
        """Reading of line i as ANCHOR and lines i+1..j as BLURB."""
        line = self.lines[i]
        anchor = line.text.strip()
        if not anchor or len(anchor) > MAX_NEXT_ANCHOR or self.lines[i + 1].blank:
            return None
        start = self.lines[i + 1].start
        blurb = self.raw[start : self.lines[j].end]
        if not blurb.strip():
            return None
        score, evidence = score_boundary(
            anchor, blurb, byte_length(blurb), cut=self.cut[j], window=self.window
        )
        if not (anchor[0].isalnum() or anchor[0] in "\"'“‘("):
            score -= 5.0
        return Unit(i, j, line.end, start, score + self.prior[True], True, evidence)

    def _ends(self, i: int) -> list[int]:
        """Lines at which a cut blurb that starts at line i or i+1 may end."""
        ends = []
        size = 0
        for j in range(i, min(i + MAX_BLURB_LINES, len(self.lines))):
            line = self.lines[j]
            if line.blank:
                break
            size += len(line.text) + 1
            if size > self.window[1] + 2 * MAX_NEXT_ANCHOR:
                break
            if self.cut[j]:
                ends.append(j)
                break
        return ends

    def at(self, i: int) -> Unit | None:
        """The link that starts at line i, if one does."""
        if self.lines[i].blank:
            return None
        options: list[Unit] = []
        for j in self._ends(i):
            if j == i:
                options += [u for u in (self.same_line(i, i),) if u]
            elif j == i + 1:
                unit, rival = self.next_line(i, j), self.same_line(j, j)
                if unit and (rival is None or unit.score > rival.score):
                    options.append(unit)
                options += self._over_lines(i, j)
            else:
                options += self._over_lines(i, j)
        options = [u for u in options if u.score >= ACCEPT_CUT]
        if not options:
            options = [u for u in self._whole(i) if u.score >= ACCEPT_WHOLE]
        return max(options, key=lambda u: u.score, default=None)

    def _over_lines(self, i: int, j: int) -> list[Unit]:
        """Blurbs of several lines; the last line must not be a link of its own."""
        found = []
        last = self.same_line(j, j)
        own = last.score if last else 0.0
        for rival in (self.next_line(j - 1, j) if j - 1 > i else None,):
            own = max(own, rival.score if rival else 0.0)
        unit = self.same_line(i, j)
        if unit and "named again +5.0" in unit.evidence and unit.score - 1.0 > own:
            found.append(unit)
        if j > i + 1:
            unit = self.next_line(i, j)
            if unit and "named again +5.0" in unit.evidence and unit.score - 1.0 > own:
                found.append(unit)
        return found

    def _whole(self, i: int) -> list[Unit]:
        """Blurbs of short articles, which end without dots: they must name their subject or tear the sentence."""
        found = []
        line = self.lines[i]
        if len(line.text) <= self.window[1] + MAX_NEXT_ANCHOR and not self.cut[i]:
            unit = self.same_line(i, i)
            if unit:
                found.append(self._in_context(unit))
        if i + 1 < len(self.lines) and len(line.text) <= MAX_NEXT_ANCHOR and not self.cut[i + 1]:
            if not self.lines[i + 1].blank and len(self.lines[i + 1].text) <= self.window[1]:
                unit = self.next_line(i, i + 1)
                if unit:
                    found.append(self._in_context(unit))
        return [u for u in found if u is not None]

    def _in_context(self, unit: Unit) -> Unit | None:
        """Weigh a whole blurb by the sentence around it; None if it cannot be one."""
        blurb = self.raw[unit.blurb_start : self.lines[unit.last].end].strip()
        named = "named again +5.0" in unit.evidence
        before = self.lines[unit.first - 1].text.strip() if unit.first > self.first else ""
        after = self.lines[unit.last + 1].text.strip() if unit.last + 1 < len(self.lines) else ""
        torn = bool(after and RE_STARTS_LOW.match(after)) and blurb[-1:] in ".)!?\"'"
        is_open = bool(before) and not ends_sentence(before)
        if "a definition +1.0" not in unit.evidence or blurb[-1:] not in ".)!?\"'":
            return None
        if not (
            named and (torn or is_open) or torn and is_open and not unit.next_style and self.count[False]
        ):
            return None
        bonus = (2.0 if torn else 0.0) + (1.0 if is_open else -1.0)
        return Unit(
            unit.first,
            unit.last,
            unit.anchor_end,
            unit.blurb_start,
            unit.score + bonus,
            unit.next_style,
            (*unit.evidence, *(("the sentence is torn +2.0",) if torn else ())),
        )

    def units(self) -> list[Unit]:
        """All links of the page in order."""
        found = []
        i = self.first
        while i < len(self.lines):
            unit = self.at(i)
            if unit:
                found.append(unit)
                i = unit.last + 1
            else:
                i += 1
        return found


def _same_name(line: str, doc_id: str) -> bool:
    def plain(text: str) -> str:
        return " ".join(re.findall(r"[^\W_]+", text.casefold()))

    return bool(plain(line)) and plain(line) == plain(doc_id)


def read_infolist(raw: str, lines: Sequence[Line], doc_id: str) -> Scrape:
    """Cut a page of either infolist layout into pieces."""
    title_line, first, _ = find_banner(lines)
    finder = UnitFinder(raw, lines, first)
    units = finder.units()
    builder = _PieceBuilder(raw, lines, units)
    title = builder.banner(title_line, first, doc_id)
    builder.run()
    body_next = sum(u.next_style for u in units)
    layout = "infolist-next" if 2 * body_next > len(units) else "infolist"
    return Scrape(layout, title, tuple(builder.pieces), tuple(builder.links))


class _PieceBuilder:
    def __init__(self, raw: str, lines: Sequence[Line], units: Sequence[Unit]) -> None:
        self.raw = raw
        self.lines = lines
        self.units = {u.first: u for u in units}
        self.pieces: list[Piece] = []
        self.links: list[Link] = []
        self.next_style = 2 * sum(u.next_style for u in units) > len(units)
        self.over = False
        self.in_list = False
        self.item_starts = False
        self.before = ""  # text of the last prose line, "" behind a link
        self.after_blank = True
        self.i = 0

    def banner(self, title_line: int, first: int, doc_id: str) -> str:
        """Pieces of title and banner; the title."""
        title = ""
        if title_line < 0 and first == 0:
            title_line = self._bare_title(doc_id)
            first = title_line + 1
        for i in range(first):
            line = self.lines[i]
            if line.blank:
                continue
            if i == title_line:
                title = line.text.strip()
            self.pieces.append(Piece(line.start, line.end, "title" if i == title_line else "banner"))
        self.i = first
        return title

    def _bare_title(self, doc_id: str) -> int:
        """Line of a title without a banner: it is the file's name, or stands alone before the first paragraph."""
        i = next((i for i, line in enumerate(self.lines) if not line.blank), -1)
        if i < 0 or i in self.units:
            return -1
        text = self.lines[i].text.strip()
        alone = i + 1 < len(self.lines) and self.lines[i + 1].blank and looks_like_heading(text)
        return i if alone or _same_name(text, doc_id) else -1

    def run(self) -> None:
        """Cut all lines behind the banner."""
        headings = self._headings()
        i = self.i
        while i < len(self.lines):
            line = self.lines[i]
            unit = self.units.get(i)
            if unit:
                self._link(unit)
                i = unit.last + 1
                continue
            i += 1
            if line.blank:
                self.after_blank = True
                self.in_list = self.in_list and not self.pieces
                continue
            match = RE_ARTICLE_END.search(line.text)
            if match and not self.over:
                self._prose(line.start, line.start + match.start())
                self._add(line.start + match.start(), line.end, "categories")
                self.over = True
            elif self.over:
                self._add(line.start, line.end, "categories")
            elif i - 1 in headings:
                start = line.start + len(line.text) - len(line.text.lstrip())
                self._add(start, start + len(line.text.strip()), "heading")
                self.before, self.in_list = "", False
            else:
                self._prose(line.start, line.end)
            self.after_blank = False

    def _add(self, start: int, end: int, role: str, gap: str = "soft") -> None:
        if end > start:
            self.pieces.append(Piece(start, end, role, gap))

    def _link(self, unit: Unit) -> None:
        start = self.lines[unit.first].start
        end = self.lines[unit.last].end
        if self.over:
            self._add(start, unit.anchor_end, "categories")
        else:
            gap = "para" if self.after_blank or self.item_starts else "soft"
            self._add(start, unit.anchor_end, "text", gap)
        self._add(unit.blurb_start, end, "blurb")
        self.links.append(Link(start, unit.anchor_end, unit.blurb_start, end, "", unit.evidence))
        self.before, self.after_blank, self.item_starts = "", False, False

    def _prose(self, start: int, end: int) -> None:
        text = self.raw[start:end]
        if not text.strip():
            return
        gap = self._gap(text)
        if text.lstrip().startswith("*") and RE_BULLET.match(text.lstrip()):
            self.in_list = True
        if not self.in_list:
            self._add(start, end, "text", gap)
        else:
            at = start
            for match in RE_BULLET.finditer(text):
                self._item(at, start + match.start(), gap)
                self._add(start + match.start(), start + match.end(), "markup")
                gap, at = "para", start + match.end()
                self.item_starts = True
            self._item(at, end, gap)
        self.before = text.strip()

    def _item(self, start: int, end: int, gap: str) -> None:
        if self.raw[start:end].strip():
            self._add(start, end, "text", "para" if self.item_starts else gap)
            self.item_starts = False

    def _gap(self, text: str) -> str:
        low = bool(RE_STARTS_LOW.match(text.lstrip()))
        if self.after_blank:
            return "soft" if low and not ends_sentence(self.before or ".") else "para"
        if not self.before or self.next_style or low:
            return "soft"
        return "para" if ends_sentence(self.before) else "soft"

    def _headings(self) -> set[int]:
        """Lines that are headings: alone between blank lines, or bare where the page sets no heading apart."""
        lines = self.lines
        alone = set()
        inside = {i for u in self.units.values() for i in range(u.first, u.last + 1)}
        for i in range(self.i, len(lines)):
            text = lines[i].text.rstrip()
            if i in inside or not text or not looks_like_heading(text):
                if not (text and is_back_matter(text) and i not in inside):
                    continue
            before = i == self.i or lines[i - 1].blank
            after = i + 1 >= len(lines) or lines[i + 1].blank
            if before and after:
                alone.add(i)
        if not alone and self.next_style:
            alone = {
                i for i in range(self.i + 1, len(lines) - 1) if i not in inside and self._is_bare_heading(i)
            }
        return alone

    def _is_bare_heading(self, i: int) -> bool:
        text, before, after = self.lines[i].text, self.lines[i - 1].text, self.lines[i + 1].text
        if not looks_like_heading(text) or len(text) > 70 or ends_open(text):
            return False
        follows = not after or after[0].isupper() or after[0].isdigit() or is_back_matter(text)
        return follows and (ends_sentence(before) or is_back_matter(text) and not before.strip())
