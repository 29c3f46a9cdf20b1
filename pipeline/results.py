"""What the page function leaves behind: rows as CSV lines, so that joining pages joins strings; its stored form."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from operator import attrgetter

from pipeline.jsontext import to_json
from pipeline.records import Entity, Page
from pipeline.rows import Tables
from pipeline.tables import TABLES, format_csv, format_table

MAGIC = b"wiki-relations part 2 "
# In the order in which they are stored.
_ENTITY_FIELDS = tuple(f.name for f in fields(Entity))
_ALIASES = _ENTITY_FIELDS.index("aliases")  # the one tuple among them
_entity_values = attrgetter(*_ENTITY_FIELDS)


@dataclass(frozen=True, slots=True)
class Part:
    """The finished work on one page.

    tables: table name → its CSV lines without header. mentions: entity id → how often the page names it.
    """

    doc_id: str
    text: str
    tables: dict[str, str]
    entities: tuple[Entity, ...]
    mentions: dict[str, int]
    warnings: tuple[str, ...] = ()


# All but the entities, which are stored by themselves.
_PLAIN_FIELDS = tuple(f.name for f in fields(Part) if f.name != "entities")


def make_part(page: Page, tables: Tables, entities: Iterable[Entity], warnings: Iterable[str]) -> Part:
    """A part from the rows of a page."""
    lines = {name: format_table(TABLES[name], rows).partition("\n")[2] for name, rows in tables.items()}
    counts = Counter(row["entity_id"] for row in tables["mentions"])
    return Part(page.doc_id, page.text, lines, tuple(entities), dict(sorted(counts.items())), tuple(warnings))


def dump_part(part: Part) -> bytes:
    """The stored form: a line with the SHA-256 of what follows, then two blocks of compressed JSON.

    The entities are a block of their own: all pages' are joined before any table is. Nothing in it is ever run.
    """
    entities = [part.doc_id, [_entity_values(entity) for entity in part.entities]]
    plain = {name: getattr(part, name) for name in _PLAIN_FIELDS}
    body = b"".join(zlib.compress(to_json(block).encode("utf8"), 1) for block in (entities, plain))
    return MAGIC + hashlib.sha256(body).hexdigest().encode() + b"\n" + body


def is_whole(data: bytes) -> bool:
    """Whether stored bytes are those that were written."""
    head, _, body = data.partition(b"\n")
    return head == MAGIC + hashlib.sha256(body).hexdigest().encode()


def load_part(data: bytes) -> Part:
    """Read the stored form. Raises: ValueError for damaged bytes or an entry of another version."""
    _doc_id, entities, rest = _first_block(data)
    try:
        plain = json.loads(zlib.decompress(rest))
        if tuple(plain) != _PLAIN_FIELDS:
            raise ValueError("other fields")
        return Part(**{**plain, "warnings": tuple(plain["warnings"])}, entities=entities)
    except (TypeError, zlib.error) as error:
        raise ValueError(f"not a part: {error}") from None


def load_entities(data: bytes) -> tuple[str, tuple[Entity, ...]]:
    """Page and entities of the stored form, a fifth of it. Raises: as `load_part`."""
    return _first_block(data)[:2]


def _first_block(data: bytes) -> tuple[str, tuple[Entity, ...], bytes]:
    """Page and entities, and the bytes of the second block."""
    if not is_whole(data):
        raise ValueError("damaged")
    block = zlib.decompressobj()
    try:
        doc_id, rows = json.loads(block.decompress(data.partition(b"\n")[2]))
        for row in rows:
            row[_ALIASES] = tuple(row[_ALIASES])
        return doc_id, tuple(Entity(*row) for row in rows), block.unused_data
    except (IndexError, TypeError, zlib.error) as error:
        raise ValueError(f"not a part: {error}") from None


def rename_entities(part: Part, renames: Mapping[str, str]) -> Part:
    """The part with other entity and actor ids (people of one name on two pages)."""
    tables = dict(part.tables)
    for name in ("mentions", "glossary"):
        tables[name] = _renamed(name, tables[name], renames)
    counts = {renames.get(k, k): v for k, v in part.mentions.items()}
    return Part(part.doc_id, part.text, tables, part.entities, counts, part.warnings)


def _renamed(name: str, lines: str, renames: Mapping[str, str]) -> str:
    header = TABLES[name].column_names
    places = {header.index(column) for column in ("entity_id", "actor_id") if column in header}
    csv.field_size_limit(2**31 - 1)
    rows = csv.reader(io.StringIO(lines, newline=""))
    changed = [[renames.get(c, c) if i in places else c for i, c in enumerate(row)] for row in rows]
    return format_csv(header, changed).partition("\n")[2]
