"""Between the records of a page and the rows of its tables, both ways."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from pipeline.jsontext import to_json
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
from pipeline.tables import Row, TableError

Tables = dict[str, list[Row]]
T = TypeVar("T")


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
    return to_json(text[segment.start : segment.end])


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


def annotation_counts(annotation: Annotation) -> dict[str, int]:
    """What documents.csv says of an annotated page."""
    return {
        "sentences": len(annotation.sentences),
        "tokens": sum(s.tokens for s in annotation.sentences),
        "mentions": len(annotation.mentions),
        "dates": len(annotation.dates),
    }


def entity_rows(entities: Sequence[Entity], counts: EntityCounts) -> Iterator[Row]:
    """Rows of entities.csv, sorted by id."""
    for entity in sorted(entities, key=lambda e: e.entity_id):
        counted = {
            "mentions": counts.mentions[entity.entity_id],
            "documents": counts.documents[entity.entity_id],
        }
        yield {**_fields(entity), **counted}


class EntityCounts:
    """How many mentions each entity has, and on how many pages; page by page."""

    def __init__(self) -> None:
        self.mentions: Counter[str] = Counter()
        self.documents: Counter[str] = Counter()

    def add_page(self, mentions: Mapping[str, int]) -> None:
        """Count a page; mentions by entity."""
        self.mentions.update(mentions)
        self.documents.update(dict.fromkeys(mentions, 1))


def rename_ids(rows: Iterable[Row], renames: Mapping[str, str]) -> None:
    """Replace entity and actor ids in place (people of one name on two pages)."""
    for row in rows:
        for column in ("entity_id", "actor_id"):
            if row.get(column) in renames:
                row[column] = renames[row[column]]


def page_of(document: Row, rows: Mapping[str, Sequence[Row]], text: str) -> Page:
    """The page that `clean` wrote, from its row of documents, its rows of the other tables and its text.

    Raises: TableError if the text is not the one that the tables speak of.
    """
    if len(text) != document["clean_chars"]:
        raise TableError(
            f"clean/{document['doc_id']}.txt: expected {document['clean_chars']} characters, found {len(text)}; "
            "run clean again"
        )
    return Page(
        document["doc_id"],
        document["title"],
        document["layout"],
        document["sha256"],
        document["raw_chars"],
        text,
        tuple(_record(Section, r) for r in rows["sections"]),
        tuple(_record(Blurb, r) for r in rows["glossary"]),
        SourceMap(tuple(_record(Segment, r) for r in rows["segments"])),
    )


def annotation_of(rows: Mapping[str, Sequence[Row]]) -> Annotation:
    """What `annotate` wrote about a page, from its rows of sentences, names and dates."""
    return Annotation(
        tuple(_record(Sentence, r) for r in rows["sentences"]),
        tuple(_record(Mention, r) for r in rows["names"]),
        tuple(_record(Timex, r) for r in rows["dates"]),
    )


def _record(kind: type[T], row: Row) -> T:
    names = [n for n in kind.__dataclass_fields__ if not n.startswith("_")]  # type: ignore[attr-defined]
    return kind(**{n: row[n] for n in names if n in row})
