"""Between the records of a page and the rows of its tables, both ways."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from pipeline.records import (
    Annotation,
    Blurb,
    Entity,
    Linked,
    Mention,
    Page,
    Section,
    Segment,
    Sentence,
    SourceMap,
    Timex,
)
from pipeline.tables import Row, TableError, read_table

Tables = dict[str, list[Row]]
T = TypeVar("T")
_json = json.JSONEncoder(ensure_ascii=False).encode


def clean_rows(page: Page, raw: str) -> Tables:
    """Rows of `clean`: documents (its counts of later stages empty), sections, segments, glossary."""
    doc = {"doc_id": page.doc_id}
    return {
        "documents": [
            {
                **doc,
                "title": page.title,
                "layout": page.layout,
                "sha256": page.sha256,
                "raw_chars": page.raw_chars,
                "clean_chars": len(page.text),
                "sections": sum(s.kept for s in page.sections),
                "sentences": None,
                "tokens": None,
                "blurbs": len(page.blurbs),
                "mentions": None,
                "dates": None,
            }
        ],
        "sections": [{**doc, **_fields(s)} for s in page.sections],
        "segments": [
            {**doc, **_fields(s), "inserted": _inserted(page.text, s)} for s in page.source.segments
        ],
        "glossary": [{**doc, **_fields(b)} for b in page.blurbs],
    }


def _inserted(text: str, segment: Segment) -> str:
    if segment.rule != "insert":
        return ""
    return _json(text[segment.start : segment.end])


def _fields(record: object) -> Row:
    return {name: getattr(record, name) for name in record.__dataclass_fields__}  # type: ignore[attr-defined]


def annotate_rows(page: Page, annotation: Annotation) -> Tables:
    """Rows of `annotate`: sentences, names, dates."""
    return {
        "sentences": [_spanned(page, s) for s in annotation.sentences],
        "names": [_spanned(page, m) for m in annotation.mentions],
        "dates": [_spanned(page, d) for d in annotation.dates],
    }


def link_rows(page: Page, linked: Linked) -> Tables:
    """Rows of `link` for one page: mentions; entities are merged over pages by `entity_rows`."""
    return {"mentions": [_spanned(page, m) for m in linked.mentions]}


def _spanned(page: Page, record: Sentence | Mention | Timex) -> Row:
    row = _fields(record)
    row["doc_id"] = page.doc_id
    row["raw_start"], row["raw_end"] = page.source.raw_span(record.start, record.end)
    row["text"] = page.text[record.start : record.end]
    return row


def counted_documents(documents: Iterable[Row], annotations: Mapping[str, Mapping[str, int]]) -> list[Row]:
    """Rows of documents.csv with the counts of later stages (sentences, tokens, mentions, dates)."""
    return [{**row, **annotations.get(row["doc_id"], {})} for row in documents]


def annotation_counts(annotation: Annotation) -> dict[str, int]:
    """What documents.csv says of an annotated page."""
    return {
        "sentences": len(annotation.sentences),
        "tokens": sum(s.tokens for s in annotation.sentences),
        "mentions": len(annotation.mentions),
        "dates": len(annotation.dates),
    }


def entity_rows(
    entities: Sequence[Entity], mentions: Mapping[str, int], documents: Mapping[str, int]
) -> list[Row]:
    """Rows of entities.csv, sorted by id; mentions and documents count by entity over all pages."""
    return [
        {
            **_fields(e),
            "mentions": mentions.get(e.entity_id, 0),
            "documents": documents.get(e.entity_id, 0),
        }
        for e in sorted(entities, key=lambda e: e.entity_id)
    ]


def count_entities(mentions: Iterable[Row]) -> tuple[dict[str, int], dict[str, int]]:
    """How many mentions each entity has, and in how many documents."""
    pages: dict[str, set[str]] = defaultdict(set)
    counts: Counter[str] = Counter()
    for row in mentions:
        counts[row["entity_id"]] += 1
        pages[row["entity_id"]].add(row["doc_id"])
    return dict(counts), {k: len(v) for k, v in pages.items()}


def rename_ids(rows: Iterable[Row], renames: Mapping[str, str]) -> None:
    """Replace entity and actor ids in place (people of one name on two pages)."""
    for row in rows:
        for column in ("entity_id", "actor_id"):
            if row.get(column) in renames:
                row[column] = renames[row[column]]


def with_blurb_entities(glossary: Iterable[Row], found: Mapping[str, Mapping[str, str]]) -> list[Row]:
    """Rows of glossary.csv with the entity of each link; `found` maps doc_id to blurb_id to entity_id."""
    return [{**row, "entity_id": found.get(row["doc_id"], {}).get(row["blurb_id"], "")} for row in glossary]


def read_pages(folder: Path) -> list[Page]:
    """The pages that `clean` wrote under `folder`, in the order of documents.csv.

    Raises: FileNotFoundError if `clean` has not run; TableError if the tables do not fit the clean text.
    """
    by_doc = {name: _by_doc(read_table(folder, name)) for name in ("sections", "segments", "glossary")}
    pages = []
    for row in read_table(folder, "documents"):
        doc_id = row["doc_id"]
        path = folder / "clean" / f"{doc_id}.txt"
        text = path.read_bytes().decode("utf8")
        if len(text) != row["clean_chars"]:
            raise TableError(
                f"{path}: expected {row['clean_chars']} characters, found {len(text)}; run clean again"
            )
        pages.append(
            Page(
                doc_id,
                row["title"],
                row["layout"],
                row["sha256"],
                row["raw_chars"],
                text,
                tuple(_record(Section, r) for r in by_doc["sections"].get(doc_id, ())),
                tuple(_record(Blurb, r) for r in by_doc["glossary"].get(doc_id, ())),
                SourceMap(tuple(_record(Segment, r) for r in by_doc["segments"].get(doc_id, ()))),
            )
        )
    return pages


def read_annotations(folder: Path) -> dict[str, Annotation]:
    """What `annotate` wrote under `folder`, by page."""
    sentences = _by_doc(read_table(folder, "sentences"))
    names = _by_doc(read_table(folder, "names"))
    dates = _by_doc(read_table(folder, "dates"))
    return {
        doc_id: Annotation(
            tuple(_record(Sentence, r) for r in sentences.get(doc_id, ())),
            tuple(_record(Mention, r) for r in names.get(doc_id, ())),
            tuple(_record(Timex, r) for r in dates.get(doc_id, ())),
        )
        for doc_id in sorted({*sentences, *names, *dates})
    }


def _by_doc(rows: Iterable[Row]) -> dict[str, list[Row]]:
    grouped: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        grouped[row["doc_id"]].append(row)
    return dict(grouped)


def _record(kind: type[T], row: Row) -> T:
    names = [n for n in kind.__dataclass_fields__ if not n.startswith("_")]  # type: ignore[attr-defined]
    return kind(**{n: row[n] for n in names if n in row})
