"""Layouts `infolist` and `infolist-next`: the text breaks its line at a link.

`infolist` puts `ANCHOR BLURB` on the next line, `infolist-next` ANCHOR and BLURB on a line each; one page may do both.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from pipeline.clean.banner import find_banner
from pipeline.clean.blurbs import (
    CUT_BYTES,
    FUNCTION,
    MAX_ANCHOR_WORDS,
    RE_DOTS,
    Boundary,
    Head,
    learn_cut,
    tokens,
)
from pipeline.clean.headings import RE_ARTICLE_END, ends_open, is_back_matter, looks_like_heading
from pipeline.clean.joins import ends_sentence
from pipeline.clean.pieces import Line, Link, Piece, Scrape

# A unit needs this many points; a prose line that ends in dots gets about 0, a blurb 6 to 12.
ACCEPT_CUT = 4.0
ACCEPT_WHOLE = 6.0
SURE = 7.5
CERTAIN = 9.5  # named again, where the mirror cuts: no other boundary comes near
TWIN_CHARS = 150
# is a city | was King of | , informally | or Deshima: how a whole blurb goes on behind a lost subject
RE_LOST_WHOLE = re.compile(
    r"(?:\([\s,;:]*\),? )?(?:is|was|are|were) (?:an? |the |one of |[A-Z])|, [^\W_]|or [A-Z]|\([\s,;]*\)"
)
SHORTEST_LOST = 30
WHOLE_ENDS = ".)!?\"'"
MAX_BLURB_LINES = 14
MAX_NEXT_ANCHOR = 130
RE_BULLET = re.compile(r"(?:^|(?<=\s))\*+(?=\s|''|$)")
RE_CLOSES = re.compile(r"[\"”](?:[.,;:)]|$)")
RE_STARTS_LOW = re.compile(r"[a-z,.;:)\]!?'’%–-]")


class Unit(NamedTuple):
    """A link of the page in lines: where it starts and stops, where its blurb starts, and why."""

    first: int
    last: int
    score: float
    next_style: bool
    boundary: Boundary
    torn: bool = False

    @property
    def anchor_end(self) -> int:
        """Raw offset behind the anchor."""
        return self.boundary.anchor_end

    @property
    def blurb_start(self) -> int:
        """Raw offset of the blurb."""
        return self.boundary.blurb_start

    @property
    def named(self) -> bool:
        """Whether the blurb names the anchor again."""
        return self.boundary.named


class UnitFinder:
    """Finds the links of a page of lines; what the page's surest links look like weighs on the others."""

    def __init__(self, raw: str, lines: Sequence[Line], first: int) -> None:
        self.raw = raw
        self.lines = lines
        self.first = first
        self.cut = [len(line.text) > 4 and bool(RE_DOTS.search(line.text[-6:])) for line in lines]
        self.window = CUT_BYTES
        self.prior = {False: 0.0, True: 0.0}
        self.count = {False: 0, True: 0}
        self._same: dict[int, tuple[Boundary, ...]] = {}
        self._read: dict[str, int] = {}  # the first line of each text
        self._next: dict[int, Boundary | None] = {}
        self._twins: dict[str, list[int]] = {}
        self._mixed: set[str] = set()  # ends that lines with different starts have
        self._learn()

    def _learn(self) -> None:
        """Learn the mirror's cut, count which style the surest links have, note lines that end alike."""
        rows = [i for i in range(self.first, len(self.lines)) if self.cut[i]]
        self.window = learn_cut(
            [(self.lines[i - 1].text if i else "", self.lines[i].text) for i in rows[:400]]
        )
        self._find_twins(rows)
        for i in rows:
            below = self._below(i - 1) if i > self.first else None
            if below and below.score >= SURE and below.named:
                self.count[True] += 1
            elif self._again(i) and any(b.score >= SURE and b.named for b in self._inside(i)):
                self.count[False] += 1
        total = sum(self.count.values())
        if total:
            self.prior = {style: 2.5 * n / total for style, n in self.count.items()}

    def _find_twins(self, rows: Sequence[int]) -> None:
        for i in rows:
            text = self.lines[i].text
            twins = self._twins.setdefault(text[-TWIN_CHARS:], [])
            twins.append(i)
            if text != self.lines[twins[0]].text:
                self._mixed.add(text[-TWIN_CHARS:])

    def _inside(self, i: int) -> tuple[Boundary, ...]:
        """Boundaries inside line i; a line that was read before is read the same way."""
        if i not in self._same:
            line = self.lines[i]
            known = self._read.setdefault(line.text, i)
            if known != i:
                shift = line.start - self.lines[known].start
                self._same[i] = tuple([b.moved(shift) for b in self._inside(known)])
                return self._same[i]
            self._same[i] = tuple(self._score_inside(i))
        return self._same[i]

    def _score_inside(self, i: int) -> list[Boundary]:
        """The best boundary inside line i has all its points, and every one in a line with unlike twins."""
        line = self.lines[i]
        head = Head(self.raw, line.start, line.end, cut=self.cut[i], window=self.window)
        candidates = head.candidates()
        again = head.repeated(candidates)
        first = head.boundary(again) if again else None
        if first and first.named and first.score >= CERTAIN:
            return [first]
        floor = first.score if first else -math.inf
        mixed = line.text[-TWIN_CHARS:] in self._mixed
        found = []
        for k in candidates:
            known = first if k == again else None
            # `_learn` counts the sure ones, too
            found.append(known or head.boundary(k, -math.inf if mixed else min(floor, SURE)))
            floor = max(floor, found[-1].score)
        return found

    def _again(self, i: int) -> bool:
        """Whether line i can name an anchor of its own again: its first words come twice."""
        first = [s for s in tokens(self.lines[i].text[:MAX_NEXT_ANCHOR]) if s not in FUNCTION]
        return bool(first) and first[0] in first[1:]

    def _below(self, i: int, j: int | None = None) -> Boundary | None:
        """The boundary between line i as a whole and the lines below it, to line j."""
        if j is None and i in self._next:
            return self._next[i]
        found = self._score_below(i, i + 1 if j is None else j)
        if j is None:
            self._next[i] = found
        return found

    def _score_below(self, i: int, j: int) -> Boundary | None:
        line = self.lines[i]
        anchor = line.text.strip()
        if not 0 < len(anchor) <= MAX_NEXT_ANCHOR or self.lines[i + 1].blank or self.cut[i]:
            return None
        if anchor[-1] in ".!?" and len(anchor.split()[-1]) > 4 and ends_sentence(anchor):
            return None
        if anchor[-1] in ",;:" or not (anchor[0].isalnum() or anchor[0] in "\"'“‘(") or ends_open(anchor):
            return None
        words = anchor.split()
        if len(words) > MAX_ANCHOR_WORDS:
            return None
        if j > i + 1 and self.lines[j].end - self.lines[i + 1].start > self.window[1]:
            return None  # more characters than the mirror keeps bytes
        if self.cut[j] and self.lines[j].end - self.lines[j].start > self.window[1] + 2:
            return None  # an anchor of its own stands on that line
        head = Head(self.raw, line.start, self.lines[j].end, cut=self.cut[j], window=self.window)
        return head.boundary(len(words)) if len(words) < len(head.words) else None

    def same_line(self, i: int) -> Unit | None:
        """Best reading of line i as `ANCHOR BLURB`; lines that end alike are read together."""
        options = self._inside(i)
        if not options:
            return None
        twins = self._twins.get(self.lines[i].text[-TWIN_CHARS:], [])
        best = max(options, key=lambda b: b.score)
        if len(twins) > 1:
            best = self._with_twins(i, twins[:6])
        return self._unit(i, i, best, best.score + self.prior[False], next_style=False)

    def _with_twins(self, i: int, twins: Sequence[int]) -> Boundary:
        """The boundary that fits all links to one article best: their blurbs are equal, their anchors need
        not be.
        """
        texts = {self.lines[t].text: t for t in twins}
        end = self.lines[i].end

        def together(boundary: Boundary) -> float:
            size = end - boundary.blurb_start
            total = boundary.score
            for text, t in texts.items():
                if t == i or text == self.lines[i].text:
                    continue
                if len(text) == size:
                    total += 6.0  # that line is the blurb and nothing else
                    continue
                same = [b.score for b in self._inside(t) if self.lines[t].end - b.blurb_start == size]
                total += same[0] if same else -4.0
            return total

        return max(self._inside(i), key=together)

    @staticmethod
    def _unit(i: int, j: int, boundary: Boundary, score: float, *, next_style: bool) -> Unit:
        return Unit(i, j, score, next_style, boundary)

    def next_line(self, i: int, j: int) -> Unit | None:
        """Reading of line i as ANCHOR and lines i+1..j as BLURB."""
        boundary = self._below(i, None if j == i + 1 else j)
        if boundary is None:
            return None
        score = boundary.score + self.prior[True] + self._stands_alone(i)
        return self._unit(i, j, boundary, score, next_style=True)

    def _stands_alone(self, i: int) -> float:
        """A line that breaks off prose is an anchor of its own; behind a blurb it is the text between two
        links.
        """
        if i <= self.first or self.lines[i - 1].blank:
            return 0.0
        return -1.5 if self.cut[i - 1] else 2.0

    def _end(self, i: int) -> int:
        """The line at which a cut blurb that starts at line i or i+1 may end; -1 if none."""
        size = 0
        for j in range(i, min(i + MAX_BLURB_LINES, len(self.lines))):
            line = self.lines[j]
            size += len(line.text) + 1
            if line.blank or size > self.window[1] + 2 * MAX_NEXT_ANCHOR:
                return -1
            if self.cut[j]:
                return j
        return -1

    def at(self, i: int) -> Unit | None:
        """The link that starts at line i, if one does."""
        if self.lines[i].blank:
            return None
        j = self._end(i)
        options: list[Unit | None] = []
        if j == i:
            options.append(self.same_line(i))
        elif j == i + 1:
            unit = self.next_line(i, j)
            if unit and not (unit.score >= SURE and (unit.named or not self._again(j))):
                rival = self.same_line(j)
                unit = unit if rival is None or unit.score > rival.score else None
            options.append(unit)
        if j > i:
            options += self._over_lines(i, j)
        found = [u for u in options if u and u.score >= ACCEPT_CUT]
        if not found:
            found = [u for u in self._whole(i) if u.score >= ACCEPT_WHOLE]
        return max(found, key=lambda u: u.score, default=None)

    def _over_lines(self, i: int, j: int) -> list[Unit]:
        """Blurbs of several lines: they must name their subject, and the last line must not be a link of
        its own.
        """
        text = self.lines[i].text
        found: list[Unit] = []
        words = (
            tokens(text[:MAX_NEXT_ANCHOR])
            if self.lines[j].end - self.lines[i].start < self.window[1] + MAX_NEXT_ANCHOR
            else []
        )
        if words and words[0] in words[1:20]:
            head = Head(self.raw, self.lines[i].start, self.lines[j].end, cut=True, window=self.window)
            inside = [
                b
                for b in map(head.boundary, head.candidates())
                if b.anchor_end <= self.lines[i].end and b.named
            ]
            if inside:
                best = max(inside, key=lambda b: b.score)
                found.append(self._unit(i, j, best, best.score + self.prior[False], next_style=False))
        if j > i + 1:
            unit = self.next_line(i, j)
            if unit and unit.named:
                found.append(unit)
        if not found:
            return []
        last = self.same_line(j)
        rival = self.next_line(j - 1, j) if j - 1 > i else None
        own = max(last.score if last else 0.0, rival.score if rival else 0.0)
        return [u for u in found if u.score - 1.0 > own]

    def _whole(self, i: int) -> list[Unit]:
        """Blurbs of short articles, which end without dots: they must name their subject or tear the
        sentence.
        """
        found: list[Unit | None] = []
        text = self.lines[i].text
        fits = not self.cut[i] and text[-1] in WHOLE_ENDS and len(text) <= self.window[1] + MAX_NEXT_ANCHOR
        if fits and (self._torn(i) or self._open(i) or self._doubled(text)):
            unit = self.same_line(i)
            found.append(self._in_context(unit) if unit else None)
        below = self.lines[i + 1].text if i + 1 < len(self.lines) else ""
        fits = (
            below[-1:] in tuple(WHOLE_ENDS) and len(text) <= MAX_NEXT_ANCHOR and len(below) <= self.window[1]
        )
        if fits and not self.cut[i + 1] and (self._torn(i + 1) or self._open(i)):
            unit = self.next_line(i, i + 1)
            found.append(self._in_context(unit) if unit else None)
        return [u for u in found if u is not None]

    @staticmethod
    def _doubled(text: str) -> bool:
        """Whether a line says its first words twice, as no prose does: Battle of Mohi The Battle of Mohi (…"""
        for again in (text.find(" The " + text[:8], 3), text.find(" " + text[:8], 3)):
            if 0 < again <= MAX_NEXT_ANCHOR:
                name = text[:again]
                return (
                    len(name) > 8
                    and " " in name
                    and text[again:].removeprefix(" The").startswith(f" {name} ")
                )
        return False

    def _torn(self, last: int) -> bool:
        """Whether the line behind line `last` goes on in mid-sentence."""
        after = self.lines[last + 1].text.lstrip() if last + 1 < len(self.lines) else ""
        return bool(after) and bool(RE_STARTS_LOW.match(after) or RE_CLOSES.match(after))

    def _open(self, first: int) -> bool:
        """Whether the line before line `first` is prose that asks for more."""
        if first <= self.first or self.cut[first - 1]:
            return False
        before = self.lines[first - 1].text.strip()
        return bool(before) and not ends_sentence(before)

    def _in_context(self, unit: Unit) -> Unit | None:
        """Weigh a whole blurb by the sentence around it; None if it cannot be one."""
        torn, is_open = self._torn(unit.last), self._open(unit.first)
        blurb = self.raw[unit.blurb_start : self.lines[unit.last].end]
        doubled = not unit.next_style and self._doubled(self.lines[unit.first].text)
        named = unit.named and (torn or is_open or doubled)
        lost = bool(RE_LOST_WHOLE.match(blurb)) and len(blurb) >= SHORTEST_LOST
        if not unit.boundary.defined and not (torn and is_open and blurb[0].isupper()):
            return None
        known_style = self.count[unit.next_style] > 0 and ends_sentence(blurb)
        known_style = known_style and (lost or blurb[0].isupper())
        after = self.lines[unit.last + 1].text if unit.last + 1 < len(self.lines) else ""
        # an anchor that has a line to itself in an open sentence needs no more
        apart = is_open and (after.startswith("(") or (unit.next_style and lost))
        if not (named or ((torn or apart) and known_style)):
            return None
        # a sentence that goes on behind a full stop: nothing but a blurb stands between
        bonus = (4.0 if torn and lost else 2.0 if torn else 0.0) + (
            1.0 if is_open else 0.0 if lost and unit.next_style else -1.0
        )
        return Unit(unit.first, unit.last, unit.score + bonus, unit.next_style, unit.boundary, torn)

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


def _reasons(unit: Unit) -> Callable[[], tuple[str, ...]]:
    """The evidence, put into words only where somebody asks."""
    more = ("the sentence is torn +2.0",) if unit.torn else ()
    return lambda: (
        *unit.boundary.evidence,
        *more,
        f"{'next' if unit.next_style else 'same'} line {unit.score:+.1f}",
    )


def _same_name(line: str, doc_id: str) -> bool:
    def plain(text: str) -> str:
        return " ".join(re.findall(r"[^\W_]+", text.casefold()))

    return bool(plain(line)) and plain(line) == plain(doc_id)


def read_infolist(raw: str, lines: Sequence[Line], doc_id: str, finder: UnitFinder | None = None) -> Scrape:
    """Cut a page of either infolist layout into pieces; `finder` is what is known of the page's lines, if anything."""
    title_line, first, _ = find_banner(lines)
    if finder is None or finder.first != first:
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
        """Line of a title without a banner: it is the file's name, or stands alone before the first
        paragraph.
        """
        i = next((i for i, line in enumerate(self.lines) if not line.blank), -1)
        if i < 0 or i in self.units:
            return -1
        text = self.lines[i].text.strip()
        alone = i + 1 < len(self.lines) and self.lines[i + 1].blank and looks_like_heading(text)
        return i if alone or _same_name(text, doc_id) else -1

    def run(self) -> None:
        """Cut all lines behind the banner."""
        headings = self._headings()
        ends = "DEFAULTSORT" in self.raw or "[[Category:" in self.raw  # or no line need be searched
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
            match = RE_ARTICLE_END.search(line.text) if ends else None
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
        self.links.append(Link(start, unit.anchor_end, unit.blurb_start, end, "", _reasons(unit)))
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
            if i in inside or not (looks_like_heading(text) or is_back_matter(text)):
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
        return follows and (ends_sentence(before) or (is_back_matter(text) and not before.strip()))
