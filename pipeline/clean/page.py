"""The entry function: a raw page to a cleaned one."""

from __future__ import annotations

from itertools import pairwise

from pipeline.clean.assemble import assemble
from pipeline.clean.astronomy import find_units, read_astronomy
from pipeline.clean.banner import find_banner
from pipeline.clean.infolist import UnitFinder, read_infolist
from pipeline.clean.pieces import Line, Piece, Scrape, split_lines
from pipeline.clean.plain import read_plain
from pipeline.clean.webpage import read_html
from pipeline.records import Page, replace

FORMATS = ("text", "wikitext", "html")
LAYOUTS = ("infolist", "infolist-next", "astronomy", "astronomy-twice", "plain")


def title_from_name(doc_id: str) -> str:
    """The title of a page that shows none: its file name in words."""
    words = " ".join(doc_id.replace("_", " ").split())
    return words[:1].upper() + words[1:]


def detect_layout(raw: str, lines: list[Line]) -> tuple[str, UnitFinder | None]:
    """Which scrape a page is, by what it shows: its banner, else its surest links, else `plain`.

    The second value is what was learnt of the page's lines on the way, for `read_infolist`.
    """
    _, _, family = find_banner(lines)
    if family == "infolist":
        return "infolist", None
    if family == "astronomy":
        return "astronomy", None
    finder = UnitFinder(raw, lines, 0)
    sure = sum(finder.count.values())
    # an inline link ends in an empty line: where there are fewer of these, nothing need be weighed
    breaks = sum(after.blank and not line.blank for line, after in pairwise(lines))
    if breaks >= sure and len(find_units(raw, lines, 0, len(lines))) > sure:
        return "astronomy", None
    return ("infolist", finder) if sure else ("plain", None)


def clean_page(
    raw: str, doc_id: str, *, layout: str = "auto", sha256: str = "", format: str = "text"
) -> Page:
    """Clean one page.

    Parameters: raw, the page as decoded (a byte-order mark counts as its first character); layout, one of LAYOUTS or
    `auto`; format, one of FORMATS: `text` is a scrape, `wikitext` MediaWiki source, `html` a saved page.
    Returns: a Page; spans index `Page.text`, raw spans index `raw`, both half-open, in code points. Kept and removed
    segments of `Page.source` rebuild `raw`.
    Raises: ValueError for an unknown layout or format.
    """
    scrape = read_page(raw, doc_id, layout=layout, format=format)
    if scrape.layout == "plain":
        return read_plain(raw, doc_id=doc_id, title=scrape.title, sha256=sha256)
    return assemble(raw, scrape, doc_id=doc_id, sha256=sha256)


def read_page(raw: str, doc_id: str, *, layout: str = "auto", format: str = "text") -> Scrape:
    """Cut a page into its pieces; raises as `clean_page`."""
    if layout != "auto" and layout not in LAYOUTS:
        raise ValueError(f"unknown layout {layout!r}; valid ones are auto, {', '.join(LAYOUTS)}")
    if format not in FORMATS:
        raise ValueError(f"unknown format {format!r}; valid ones are {', '.join(FORMATS)}")
    skip = 1 if raw.startswith("\ufeff") else 0
    if format == "wikitext":
        from pipeline.clean.wikitext import read_wikitext  # its parser is only loaded where it is used

        scrape = read_wikitext(raw)
    elif format == "html":
        scrape = read_html(raw)
    else:
        scrape = _read_scrape(raw, split_lines(raw, skip), doc_id, layout)
    if skip and scrape.layout != "plain":
        pieces = [p._replace(start=max(p.start, 1)) for p in scrape.pieces if p.end > 1]
        scrape = replace(scrape, pieces=(Piece(0, 1, "control"), *pieces))
    return scrape if scrape.title else replace(scrape, title=title_from_name(doc_id))


def _read_scrape(raw: str, lines: list[Line], doc_id: str, layout: str) -> Scrape:
    finder = None
    family = layout
    if layout == "auto":
        family, finder = detect_layout(raw, lines)
    if family == "plain":
        return Scrape("plain", "", ())
    if family.startswith("astronomy"):
        return read_astronomy(raw, lines, layout=layout)
    return read_infolist(raw, lines, doc_id, finder)
