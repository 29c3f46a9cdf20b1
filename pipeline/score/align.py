"""Where a place of one clean text stands in another, so that scores mean something when cleaning erred."""

from __future__ import annotations

import difflib
import re
import unicodedata
from dataclasses import dataclass

# words (a letter may be written with combining marks) and single signs; spaces never count, so a lost line
# break is no error of cleaning
RE_TOKEN = re.compile(r"(?:\w[\u0300-\u036f]*)+|[^\w\s]")
# "## Early years" up to its line break
RE_HEADING = re.compile(r"^## .*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Token:
    """A word or sign of the prose; `form` is its NFC form, which is what is compared."""

    start: int
    end: int
    form: str


@dataclass(frozen=True, slots=True)
class Edit:
    """A stretch in which two token lists differ: `a[a_start:a_end]` stands where `b[b_start:b_end]` does."""

    a_start: int
    a_end: int
    b_start: int
    b_end: int


@dataclass(frozen=True, slots=True)
class Place:
    """A span carried over to the other text; not `exact` if one of its ends has no counterpart there."""

    start: int
    end: int
    exact: bool


def tokenise(text: str) -> list[Token]:
    """Words and signs of the prose in text order; heading lines are left out."""
    headings = [m.span() for m in RE_HEADING.finditer(text)]
    tokens: list[Token] = []
    h = 0
    for match in RE_TOKEN.finditer(text):
        while h < len(headings) and headings[h][1] <= match.start():
            h += 1
        if h < len(headings) and headings[h][0] <= match.start():
            continue
        tokens.append(Token(match.start(), match.end(), unicodedata.normalize("NFC", match.group())))
    return tokens


def diff(a: list[Token], b: list[Token]) -> list[Edit]:
    """The stretches in which two token lists differ, in order.

    Equal ends are cut off first: difflib is quadratic, and a page is mostly clean.
    """
    left = 0
    while left < min(len(a), len(b)) and a[left].form == b[left].form:
        left += 1
    right = 0
    while right < min(len(a), len(b)) - left and a[-1 - right].form == b[-1 - right].form:
        right += 1
    x = [t.form for t in a[left : len(a) - right]]
    y = [t.form for t in b[left : len(b) - right]]
    matcher = difflib.SequenceMatcher(None, x, y, autojunk=False)
    return [
        Edit(left + i, left + j, left + k, left + n)
        for op, i, j, k, n in matcher.get_opcodes()
        if op != "equal"
    ]


class Alignment:
    """Carries spans of `source` over to `target`; both are clean texts of one page."""

    def __init__(self, source: str, target: str) -> None:
        self.source = source
        self.target = target
        self.source_tokens = tokenise(source)
        self.target_tokens = tokenise(target)
        self._same = source == target
        self.edits = [] if self._same else diff(self.source_tokens, self.target_tokens)
        self._map: list[int] = [] if self._same else self._character_map()
        # where the text goes on in `target` behind a place that has no counterpart
        self._next = [len(target)] * len(self._map)
        for i in range(len(self._map) - 1, -1, -1):
            following = self._next[i + 1] if i + 1 < len(self._map) else len(target)
            self._next[i] = self._map[i] if self._map[i] >= 0 else following

    def _character_map(self) -> list[int]:
        """Position in `target` of each character of `source`; -1 where it has none."""
        places = [-1] * len(self.source)
        j = 0
        edits = iter([*self.edits, Edit(len(self.source_tokens), 0, 0, 0)])
        edit = next(edits)
        i = 0
        while i < len(self.source_tokens):
            if i == edit.a_start:
                i, j, edit = edit.a_end, edit.b_end, next(edits)
                continue
            mine, other = self.source_tokens[i], self.target_tokens[j]
            if mine.end - mine.start == other.end - other.start:
                places[mine.start : mine.end] = range(other.start, other.end)
            else:  # NFC forms agree but lengths do not: only the ends are known
                places[mine.start], places[mine.end - 1] = other.start, other.end - 1
            i, j = i + 1, j + 1
        return places

    def carry(self, start: int, end: int) -> Place:
        """The span `source[start:end]` in `target`.

        An end without counterpart is pulled in to the next character that has one; a span without any
        becomes an empty one at the place where it would stand.
        """
        if self._same:
            return Place(start, end, True)
        known = [p for p in self._map[start:end] if p >= 0]
        if not known:
            gap = self._next[start] if start < len(self._next) else len(self.target)
            return Place(gap, gap, False)
        exact = self._map[start] >= 0 and self._map[end - 1] >= 0
        return Place(known[0], known[-1] + 1, exact)
