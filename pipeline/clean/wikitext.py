"""MediaWiki wikitext (`*.wiki`): links give anchors and targets; templates, tables and references go.

mwparserfromhell parses without loss, so the lengths of its nodes in order are their places in the file.
"""

from __future__ import annotations

import html
import re

import mwparserfromhell
from mwparserfromhell.nodes import (
    Argument,
    Comment,
    ExternalLink,
    Heading,
    HTMLEntity,
    Tag,
    Template,
    Text,
    Wikilink,
)

from pipeline.clean.headings import RE_ARTICLE_END
from pipeline.clean.pieces import Link, Piece, Scrape

RE_PARAGRAPH = re.compile(r"\n[ \t]*\n\s*")
# in a section title: italics, comments, reference marks, the target of a link
RE_HEADING_PART = re.compile(
    r"('{2,5}|<!--.*?-->|<ref[^<>]*/>|<ref[^<>]*>.*?</ref>|\[\[(?:[^\[\]|]*\|)?|\]\]|\{\{[^{}]*\}\})"
)
# namespaces whose links are no text of the article
RE_NO_TEXT = re.compile(r"\s*(?:file|image|category|media|datei|fichier|archivo)\s*:", re.I)
# templates that wrap running text: {{lang|fr|Entente}}, {{nowrap|…}}
WRAPPERS = frozenset(
    (
        "lang",
        "langx",
        "nowrap",
        "nobr",
        "small",
        "transl",
        "transliteration",
        "em",
        "strong",
        "abbr",
        "tooltip",
    )
)
RE_LANG = re.compile(r"lang-[a-z-]+")
DROPPED_TAGS = frozenset(
    (
        "ref",
        "table",
        "gallery",
        "math",
        "timeline",
        "score",
        "references",
        "imagemap",
        "hr",
        "templatestyles",
        "syntaxhighlight",
    )
)
MAX_DEPTH = 20


class _Walker:
    def __init__(self, raw: str) -> None:
        self.raw = raw
        self.pieces: list[Piece] = []
        self.links: list[Link] = []
        self.gap = "para"
        self.at = 0

    def drop(self, size: int, rule: str) -> None:
        if size > 0:
            self.pieces.append(Piece(self.at, self.at + size, rule))
        self.at += size

    def drop_to(self, end: int, rule: str) -> None:
        self.drop(end - self.at, rule)

    def text(self, value: str) -> None:
        start = self.at
        for match in RE_PARAGRAPH.finditer(value):
            self._put(start, self.at + match.start())
            start = self.at + match.end()
            self.gap = "para"
        self._put(start, self.at + len(value))
        self.at += len(value)

    def _put(self, start: int, end: int) -> None:
        if end > start:
            self.pieces.append(Piece(start, end, "text", self.gap))
            if self.raw[start:end].strip():
                self.gap = "exact"

    def walk(self, code: mwparserfromhell.wikicode.Wikicode, depth: int = 0) -> None:
        """Walk the nodes of a piece of wikitext; `at` moves by exactly its length."""
        for node in code.nodes:
            end = self.at + len(str(node))
            if depth > MAX_DEPTH:
                self.drop_to(end, "markup")
            elif isinstance(node, Text):
                self.text(str(node))
            elif isinstance(node, Wikilink):
                self._wikilink(node, end, depth)
            elif isinstance(node, Heading):
                self._heading(node, end)
            elif isinstance(node, Tag):
                self._tag(node, end, depth)
            elif isinstance(node, ExternalLink):
                self._external(node, end, depth)
            elif isinstance(node, HTMLEntity):
                self.pieces.append(Piece(self.at, end, "entity", self.gap, html.unescape(str(node))))
                self.gap, self.at = "exact", end
            elif isinstance(node, Template):
                self._template(node, end, depth)
            else:
                self.drop_to(
                    end,
                    "comment"
                    if isinstance(node, Comment)
                    else "template"
                    if isinstance(node, Argument)
                    else "markup",
                )
            self.at = end

    def _inside(self, code: object, depth: int) -> None:
        """Walk a part of a node that comes next but for its opening marks."""
        value = str(code)
        place = self.raw.find(value, self.at)
        if value and place >= 0:
            self.drop_to(place, "markup")
            self.walk(code, depth + 1)  # type: ignore[arg-type]

    def _wikilink(self, node: Wikilink, end: int, depth: int) -> None:
        if RE_NO_TEXT.match(str(node.title)):
            self.drop_to(end, "category" if "ategory" in str(node.title) else "file")
            return
        title = str(node.title)
        self.drop(2, "markup")
        if node.text is not None:
            self.drop(len(title) + 1, "markup")
        start = self.at
        self.walk(node.title if node.text is None else node.text, depth + 1)
        stop = self.at
        self.drop_to(end, "markup")
        target = " ".join(title.split("#")[0].replace("_", " ").split())
        if stop > start and target and ":" not in target[:1]:
            self.links.append(Link(start, stop, stop, stop, target, lambda: ("marked as a link",)))

    def _heading(self, node: Heading, end: int) -> None:
        if node.level < 2:
            self.drop_to(end, "title")
            return
        self.drop(node.level, "markup")
        title = str(node.title)
        lead = len(title) - len(title.lstrip())
        self.drop(lead, "markup")
        gap = "para"
        for part in RE_HEADING_PART.split(title.strip()):
            if RE_HEADING_PART.fullmatch(part):
                self.drop(len(part), "markup")
            elif part:
                self.pieces.append(Piece(self.at, self.at + len(part), "heading", gap))
                self.at, gap = self.at + len(part), "exact"
        self.drop_to(end, "markup")
        self.gap = "para"

    def _tag(self, node: Tag, end: int, depth: int) -> None:
        name = str(node.tag).strip().lower()
        if name in DROPPED_TAGS:
            self.drop_to(end, "reference" if name.startswith("ref") else name)
            if name in ("table", "gallery", "hr"):
                self.gap = "para"
        elif name in ("li", "dd", "dt"):
            self.drop_to(end, "markup")
            self.gap = "para"
        elif name == "br":
            self.pieces.append(Piece(self.at, end, "entity", self.gap, " "))
        elif node.contents is not None:
            self._inside(node.contents, depth)
            self.drop_to(end, "markup")
        else:
            self.drop_to(end, "markup")

    def _external(self, node: ExternalLink, end: int, depth: int) -> None:
        if node.title is not None:
            self.drop(len(str(node.url)), "markup")
            self._inside(node.title, depth)
        self.drop_to(end, "markup")

    def _template(self, node: Template, end: int, depth: int) -> None:
        name = str(node.name).strip().lower()
        if (name in WRAPPERS or RE_LANG.fullmatch(name)) and node.params:
            values = [p for p in node.params if not p.showkey]
            if values:
                last = (
                    values[1]
                    if name in ("lang", "langx", "transl", "transliteration") and len(values) > 1
                    else values[0]
                )
                head = "".join(f"|{p}" for p in node.params[: node.params.index(last)])
                self.drop(2 + len(str(node.name)) + len(head) + 1, "template")
                self.walk(last.value, depth + 1)
        self.drop_to(end, "template")


def read_wikitext(raw: str) -> Scrape:
    """Cut wikitext into pieces; links have targets and no blurbs."""
    walker = _Walker(raw)
    walker.walk(mwparserfromhell.parse(raw))
    over = RE_ARTICLE_END.search(raw)
    pieces = walker.pieces
    if over:
        pieces = [
            p if p.start < over.start() or p.role != "text" else Piece(p.start, p.end, "categories")
            for p in pieces
        ]
    return Scrape("wikitext", "", tuple(p for p in pieces if p.end > p.start), tuple(walker.links))
