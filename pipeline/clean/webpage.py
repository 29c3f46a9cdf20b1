"""A saved Wikipedia page (`*.html`): links give titles; reference marks, tables, boxes and navigation go.

The standard library's parser is used because it tells where in the file each tag and text stands.
"""

from __future__ import annotations

import html
from bisect import bisect_right
from html.parser import HTMLParser
from urllib.parse import unquote

from pipeline.clean.pieces import RE_LINE_END, Link, Piece, Scrape
from pipeline.clean.words import word_set

VOID = word_set("area base br col embed hr img input link meta param source track wbr")
DROPPED = word_set(
    "script style table sup-reference nav header footer figure form button noscript head aside svg math"
)
DROPPED_CLASSES = word_set(
    "navbox hatnote thumb toc reflist mw-editsection infobox metadata ambox noprint mw-references-wrap "
    "reference catlinks printfooter mw-jump-link vector-header mw-indicators sistersitebox "
    "shortdescription gallery mw-empty-elt"
)
BLOCKS = word_set("p li dd dt blockquote div section td pre")
HEADINGS = frozenset(("h2", "h3", "h4", "h5", "h6"))


class _Parser(HTMLParser):
    def __init__(self, raw: str) -> None:
        super().__init__(convert_charrefs=False)
        self.raw = raw
        self.line_starts = [0, *(m.end() for m in RE_LINE_END.finditer(raw) if raw[m.end() - 1] == "\n")]
        self.events: list[tuple[int, str, str]] = []  # start, role, text or title
        self.stack: list[tuple[str, bool]] = []
        self.dropping = 0
        self.in_content = "mw-parser-output" not in raw
        self.title = ""
        self.mode = ""

    def where(self) -> int:
        line, column = self.getpos()
        return self.line_starts[line - 1] + column

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        classes = set((values.get("class") or "").split())
        at = self.where()
        if "mw-parser-output" in classes:
            self.in_content = True
        if tag == "title" or values.get("id") == "firstHeading":
            self.mode, self.title = "title", ""
        dropped = tag in DROPPED or bool(classes & DROPPED_CLASSES) or values.get("role") == "navigation"
        role = "block" if tag in BLOCKS else "heading" if tag in HEADINGS else "br" if tag == "br" else "tag"
        value = ""
        if tag == "a" and not self.dropping:
            href = values.get("href") or ""
            if (
                values.get("title")
                and "redlink" not in href
                and not href.startswith("#")
                and ":" not in href.split("/wiki/")[-1]
            ):
                role, value = "link", values.get("title") or unquote(href)
        self.events.append((at, "drop" if self.dropping or dropped else role, value))
        if tag not in VOID:
            self.stack.append((tag, dropped))
            self.dropping += dropped

    def handle_endtag(self, tag: str) -> None:
        at = self.where()
        while self.stack and any(t == tag for t, _ in self.stack[-40:]):
            name, dropped = self.stack.pop()
            self.dropping -= dropped
            if name == tag:
                break
        if tag in ("title", "h1"):
            self.mode = ""
        role = "block" if tag in BLOCKS or tag in HEADINGS else "unlink" if tag == "a" else "tag"
        self.events.append((at, "drop" if self.dropping else role, "end" if tag in HEADINGS else ""))

    def _data(self, role: str, value: str) -> None:
        at = self.where()
        if self.mode == "title" and value.strip():
            self.title += value
        shown = self.in_content and not self.dropping and self.mode != "title"
        self.events.append((at, role if shown else "drop", value))

    def handle_data(self, data: str) -> None:
        self._data("text", data)

    def handle_entityref(self, name: str) -> None:
        self._data("entity", html.unescape(f"&{name};"))

    def handle_charref(self, name: str) -> None:
        self._data("entity", html.unescape(f"&#{name};"))

    def handle_comment(self, data: str) -> None:
        self.events.append((self.where(), "drop", ""))

    def handle_decl(self, decl: str) -> None:
        self.events.append((self.where(), "drop", ""))

    def unknown_decl(self, data: str) -> None:
        self.events.append((self.where(), "drop", ""))

    def handle_pi(self, data: str) -> None:
        self.events.append((self.where(), "drop", ""))


def read_html(raw: str) -> Scrape:
    """Cut a saved page into pieces; links have targets and no blurbs."""
    parser = _Parser(raw)
    parser.feed(raw)
    parser.close()
    pieces: list[Piece] = []
    links: list[Link] = []
    gap, in_heading, link = "para", False, None
    events = [e for n, e in enumerate(parser.events) if n == 0 or e[0] >= parser.events[n - 1][0]]
    if not events or events[0][0] > 0:
        events.insert(0, (0, "drop", ""))
    starts = [e[0] for e in events]
    for n, (start, role, value) in enumerate(events):
        end = starts[n + 1] if n + 1 < len(starts) else len(raw)
        if end <= start:
            continue
        if role == "text":
            if in_heading:
                # a heading torn by inline tags goes on with gap `exact`
                pieces.append(Piece(start, end, "heading" if value.strip() else "markup", gap))
            else:
                pieces.append(Piece(start, end, "text", gap))
            gap = "exact" if value.strip() else gap
            continue
        if role == "entity":
            pieces.append(Piece(start, end, "entity", gap, value))
            gap = "exact"
            continue
        if role == "link":
            link = (end, value)
        elif role == "unlink" and link:
            if raw[link[0] : start].strip():
                links.append(Link(link[0], start, start, start, link[1], lambda: ("marked as a link",)))
            link = None
        elif role in ("block", "heading"):
            in_heading = role == "heading"
            gap = "para"
        if role == "br":
            pieces.append(Piece(start, end, "entity", gap, " "))
        else:
            pieces.append(Piece(start, end, "markup"))
    title = parser.title.strip().removesuffix("- Wikipedia").strip()
    return Scrape(
        "html", title, tuple(pieces), tuple(x for x in links if _shown(pieces, starts_of(pieces), x))
    )


def starts_of(pieces: list[Piece]) -> list[int]:
    """Where the pieces start."""
    return [p.start for p in pieces]


def _shown(pieces: list[Piece], starts: list[int], link: Link) -> bool:
    i = max(bisect_right(starts, link.start) - 1, 0)
    return any(p.role == "text" and p.end > link.start and p.start < link.end for p in pieces[i : i + 20])
