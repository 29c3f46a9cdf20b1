"""annotations.jsonl: every mention and date as a W3C Web Annotation on the raw page.

Any annotation client can show them on the scrape without knowing our tables: a target is found by position
and, should the copy differ, by its quote with the words around it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

from pipeline.jsontext import to_json
from pipeline.tables import Row

CONTEXT = "http://www.w3.org/ns/anno.jsonld"
WIKIDATA = "http://www.wikidata.org/entity/"
# Code points of context on each side: enough to tell repeated names apart, as in the model's examples.
CONTEXT_CHARS = 32


def web_annotations(
    mentions: Iterable[Row], dates: Iterable[Row], entities: Iterable[Row], raw_texts: Mapping[str, str]
) -> Iterator[str]:
    """One line of JSON for every mention and date, page by page in order of their place on the raw page.

    Parameters: rows of the tables of the same names; raw_texts, doc_id → raw file decoded as UTF-8 without
    newline translation (asked for once a page, so it may load lazily).
    Returns: lines that end in a line break. A quote is the raw text from the span's first to its last
    character, with whatever stood between them (a line break, a removed blurb).
    Raises: ValueError if a span does not lie inside its raw page; KeyError for a page without raw text.
    Source: Web Annotation Data Model (W3C Recommendation, 23 February 2017); positions count code points.
    """
    known = {row["entity_id"]: row["wikidata_id"] for row in entities if row["wikidata_id"]}
    pages: dict[str, tuple[list[Row], list[Row]]] = {}
    for place, rows in enumerate((mentions, dates)):
        for row in rows:
            pages.setdefault(row["doc_id"], ([], []))[place].append(row)
    for doc_id, (named, dated) in pages.items():
        yield from page_annotations(doc_id, named, dated, known, raw_texts[doc_id])


def page_annotations(
    doc_id: str, mentions: Iterable[Row], dates: Iterable[Row], wikidata: Mapping[str, str], raw: str
) -> Iterator[str]:
    """The lines of one page, in order of their place on it; otherwise as `web_annotations`.

    Parameters: the page's rows of mentions and dates; wikidata, the item of each entity that has one; raw, the
    page's raw text.
    """
    source = to_json(f"raw/{quote(doc_id)}.txt")
    items = [(row, row["mention_id"], "identifying", _mention(row, wikidata)) for row in mentions]
    items += [(row, row["date_id"], "tagging", _date(row)) for row in dates]
    for row, key, motivation, bodies in sorted(items, key=_place):
        # Written as text, and only the strings encoded: a corpus has hundreds of thousands.
        name = uuid5(NAMESPACE_URL, f"wiki-relations/{doc_id}/{key}")
        yield (
            f'{{"@context": "{CONTEXT}", "id": "urn:uuid:{name}", "type": "Annotation", '
            f'"motivation": "{motivation}", "body": [{", ".join(bodies)}], '
            f'"target": {{"source": {source}, "selector": [{_selectors(row, key, raw)}]}}}}\n'
        )


def _place(item: tuple[Row, str, str, list[str]]) -> tuple[int, int]:
    return item[0]["raw_start"], item[0]["raw_end"]


def _selectors(row: Row, key: str, raw: str) -> str:
    start, end = row["raw_start"], row["raw_end"]
    if not 0 <= start < end <= len(raw):
        raise ValueError(
            f"{row['doc_id']}: {key}: raw span {start}-{end} lies outside the page of {len(raw)} code points"
        )
    prefix, suffix = raw[max(0, start - CONTEXT_CHARS) : start], raw[end : end + CONTEXT_CHARS]
    return (
        f'{{"type": "TextQuoteSelector", "exact": {to_json(raw[start:end])}, '
        f'"prefix": {to_json(prefix)}, "suffix": {to_json(suffix)}}}, '
        f'{{"type": "TextPositionSelector", "start": {start}, "end": {end}}}'
    )


def _mention(row: Row, wikidata: Mapping[str, str]) -> list[str]:
    """The bodies of a mention: its entity, also in Wikidata, its label, and its actor."""
    bodies = [_resource("identifying", f"entities.csv#{row['entity_id']}")]
    if row["entity_id"] in wikidata:
        bodies.append(_resource("identifying", WIKIDATA + wikidata[row["entity_id"]]))
    bodies.append(_text("classifying", row["label"]))
    if row["actor_id"]:
        bodies.append(_resource("linking", f"actors.csv#{row['actor_id']}"))
    return bodies


def _date(row: Row) -> list[str]:
    """The bodies of a date: its TIMEX3 value, its type, and its EDTF form where it has one."""
    bodies = [_text("tagging", row["value"]), _text("classifying", row["type"])]
    if row["edtf"]:
        bodies.append(_text("describing", f"EDTF {row['edtf']}"))
    return bodies


def _resource(purpose: str, source: str) -> str:
    return f'{{"type": "SpecificResource", "purpose": "{purpose}", "source": {to_json(source)}}}'


def _text(purpose: str, value: str) -> str:
    return f'{{"type": "TextualBody", "purpose": "{purpose}", "value": {to_json(value)}, "format": "text/plain"}}'
