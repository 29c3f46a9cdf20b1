"""The gold set: hand-labelled pages, read from and written to brat stand-off.

A page is three files: `<doc_id>.txt`, its clean text; `<doc_id>.ann`, the labels over it;
`<doc_id>.links.csv`, the anchors of its blurbs in the raw file. Offsets of mentions and dates index the gold
clean text, those of links the raw file; half-open, code points.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from pipeline.records import Mention, Timex
from pipeline.score import brat
from pipeline.score.brat import Problem, Span
from pipeline.tables import LABELS, TIMEX_TYPES, write_text


class GoldError(ValueError):
    """A gold file that cannot be used; the message names file, line and place."""


@dataclass(frozen=True, slots=True)
class GoldLink:
    """The anchor of an inline blurb and the blurb, in the raw file; `body` is False in dropped sections."""

    anchor: str
    raw_start: int
    raw_end: int
    blurb_start: int
    blurb_end: int
    body: bool


@dataclass(frozen=True, slots=True)
class GoldPage:
    """A labelled page, in text order; the records have the ids of the `.ann` file and no `sentence_id`."""

    doc_id: str
    text: str
    mentions: tuple[Mention, ...] = ()
    dates: tuple[Timex, ...] = ()
    links: tuple[GoldLink, ...] = ()


def read_gold(folder: Path) -> list[GoldPage]:
    """Every page of a gold folder, sorted by `doc_id`.

    Raises: FileNotFoundError if there is no such folder; GoldError at the first line that cannot be scored
    (`validate.check_gold` lists all of them, and finds more).
    """
    if not folder.is_dir():
        raise FileNotFoundError(f"{folder}: no such folder")
    return [read_gold_page(folder, path.stem) for path in sorted(folder.glob("*.ann"))]


def read_gold_page(folder: Path, doc_id: str) -> GoldPage:
    """One page of a gold folder. Raises: see `read_gold`."""
    text = _read(folder / f"{doc_id}.txt")
    path = folder / f"{doc_id}.ann"
    spans, problems = brat.parse_ann(_read(path), str(path))
    problems += [problem for span in spans for problem in structure_problems(span, text, str(path))]
    if problems:
        raise GoldError(str(problems[0]))
    mentions, dates = build_records(spans)
    links_path = folder / f"{doc_id}.links.csv"
    links = parse_links(_read(links_path), str(links_path)) if links_path.exists() else ()
    return GoldPage(doc_id, text, mentions, dates, links)


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf8")
    except FileNotFoundError:
        raise GoldError(f"{path}: missing") from None
    except UnicodeDecodeError as error:
        raise GoldError(f"{path}: not UTF-8 (byte {error.start})") from None


def structure_problems(span: Span, text: str, file: str) -> Iterator[Problem]:
    """Why a span could not be scored at all: its label, its place in the text, what hangs on it."""
    if span.label not in (*LABELS, *TIMEX_TYPES):
        yield Problem(
            file, span.line, span.place, f"unknown label; valid are {', '.join((*LABELS, *TIMEX_TYPES))}"
        )
        return
    if not 0 <= span.start < span.end <= len(text):
        yield Problem(file, span.line, span.place, f"span is empty or outside the text (0-{len(text)})")
    elif text[span.start : span.end] != span.text:
        around = text[max(0, span.start - 20) : span.end + 20]
        found = text[span.start : span.end]
        yield Problem(file, span.line, span.place, f"the text there is {found!r}, in {around!r}")
    is_date = span.label in TIMEX_TYPES
    if is_date and "value" not in span.notes:
        yield Problem(file, span.line, span.place, "date without a value")
    if not is_date and "entity" not in span.notes:
        yield Problem(file, span.line, span.place, "mention without an entity")
    for key in span.notes:
        if (key in brat.ATTRIBUTES) != is_date:
            yield Problem(file, span.line, span.place, f"{key} does not belong to a {span.label}")


def build_records(spans: Iterable[Span]) -> tuple[tuple[Mention, ...], tuple[Timex, ...]]:
    """Mentions and dates from sound spans, in text order."""
    mentions: list[Mention] = []
    dates: list[Timex] = []
    for s in sorted(spans, key=lambda s: (s.start, s.end, s.line)):
        if s.label in TIMEX_TYPES:
            value, mod = s.notes.get("value", ""), s.notes.get("mod", "")
            dates.append(Timex(s.id, "", s.start, s.end, s.text, s.label, value, mod))
        else:
            entity, actor = s.notes.get("entity", ""), s.notes.get("actor", "")
            mentions.append(Mention(s.id, "", s.start, s.end, s.text, s.label, "gold", 1.0, entity, actor))
    return tuple(mentions), tuple(dates)


def write_gold(folder: Path, page: GoldPage) -> None:
    """Write the three files of a page; the links file only if there are links."""
    write_text(folder / f"{page.doc_id}.txt", page.text)
    write_text(folder / f"{page.doc_id}.ann", brat.format_ann(page.mentions, page.dates))
    if page.links:
        write_text(folder / f"{page.doc_id}.links.csv", format_links(page.links))


def write_brat_config(folder: Path, pages: Iterable[GoldPage]) -> None:
    """Write what brat needs to show the folder: annotation.conf, visual.conf, tools.conf."""
    write_text(folder / "annotation.conf", brat.annotation_conf(d for page in pages for d in page.dates))
    write_text(folder / "visual.conf", brat.visual_conf())
    write_text(folder / "tools.conf", brat.tools_conf())


_LINK_COLUMNS = [f.name for f in fields(GoldLink)]


def format_links(links: Iterable[GoldLink]) -> str:
    """The links file of a page as CSV."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(_LINK_COLUMNS)
    for link in links:
        offsets = (link.raw_start, link.raw_end, link.blurb_start, link.blurb_end)
        writer.writerow([link.anchor, *offsets, "true" if link.body else "false"])
    return buffer.getvalue()


def parse_links(content: str, file: str) -> tuple[GoldLink, ...]:
    """The links of a page. Raises: GoldError naming line and column."""
    reader = csv.reader(io.StringIO(content))
    if next(reader, None) != _LINK_COLUMNS:
        raise GoldError(f"{file}:1: expected columns {','.join(_LINK_COLUMNS)}")
    links = []
    for cells in reader:
        try:
            anchor, a, b, c, d, body = cells
            links.append(
                GoldLink(anchor, int(a), int(b), int(c), int(d), {"true": True, "false": False}[body])
            )
        except (ValueError, KeyError):
            raise GoldError(
                f"{file}:{reader.line_num}: not anchor, four offsets, true or false: {cells}"
            ) from None
    return tuple(links)


def gold_digest(folder: Path) -> str:
    """SHA-256 over names and bytes of everything that is scored against."""
    digest = hashlib.sha256()
    for path in sorted([*folder.glob("*.txt"), *folder.glob("*.ann"), *folder.glob("*.links.csv")]):
        content = path.read_bytes()
        digest.update(f"{path.name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


# "1939–1944" and "1939 to 1944", labelled as one expression
RE_RANGE = re.compile(r"\s*(?:–|-|—|/| to | and )\s*")


def read_json_page(path: Path) -> GoldPage:
    """A page in the JSON form of tests/data/pages: body text without headings, labels with offsets."""
    data: dict[str, Any] = json.loads(path.read_text(encoding="utf8"))
    mentions = tuple(
        Mention(f"T{i}", "", m["clean_start"], m["clean_end"], m["text"], m["label"], "gold", 1.0,
                m["entity"], m["actor"] or "")
        for i, m in enumerate(data["mentions"])
    )  # fmt: skip
    dates = tuple(
        part
        for i, d in enumerate(data["dates"])
        for part in split_range(
            Timex(
                f"D{i}",
                "",
                d["clean_start"],
                d["clean_end"],
                d["text"],
                d["type"],
                d["value"],
                d["mod"] or "",
            )
        )
    )
    links = tuple(
        GoldLink(x["anchor"], x["raw_start"], x["raw_end"], x["blurb_start"], x["blurb_end"], x["body"])
        for x in data["links"]
    )
    return GoldPage(data["doc_id"], data["clean"], mentions, dates, links)


def split_range(timex: Timex) -> Sequence[Timex]:
    """The two ends of an expression with an interval value `A/B`; any other expression as it is."""
    if "/" not in timex.value or not (match := RE_RANGE.search(timex.text)):
        return [timex]
    first, second = timex.value.split("/", 1)
    left, right = match.span()
    return [
        replace(timex, end=timex.start + left, text=timex.text[:left], value=first),
        replace(timex, start=timex.start + right, text=timex.text[right:], value=second),
    ]
