"""Entities of many pages joined by id; different people of one name are kept apart."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from pipeline.records import Entity, replace

# Two blurbs may give a birth year in two calendars; more than this apart are two people.
SAME_YEARS = 1


def merge_entities(
    pages: Iterable[tuple[str, Sequence[Entity]]],
) -> tuple[list[Entity], dict[str, dict[str, str]]]:
    """One entity per id over all pages, sorted by id, and the ids that had to change: doc_id → old → new.

    Persons whose ids agree but whose birth years do not are two: the later page's gets its birth year as suffix.
    """
    merged: dict[str, Entity] = {}
    renames: dict[str, dict[str, str]] = {}
    for doc_id, entities in pages:
        for entity in entities:
            known = merged.get(entity.entity_id)
            if known is not None and _differ(known, entity):
                new_id = f"{entity.entity_id}_{_year(entity.valid_from)}"
                renames.setdefault(doc_id, {})[entity.entity_id] = new_id
                entity = replace(entity, entity_id=new_id)
                known = merged.get(new_id)
            merged[entity.entity_id] = entity if known is None else _join(known, entity)
    return [merged[k] for k in sorted(merged)], renames


def _year(date: str) -> int | None:
    found = re.match(r"-?\d{4}", date)
    return int(found.group()) if found else None


def _differ(a: Entity, b: Entity) -> bool:
    if a.type != "PERSON" or b.type != "PERSON":
        return False
    for x, y in ((a.valid_from, b.valid_from), (a.valid_to, b.valid_to)):
        first, second = _year(x), _year(y)
        if first is not None and second is not None and abs(first - second) > SAME_YEARS:
            return True
    return False


def _join(a: Entity, b: Entity) -> Entity:
    """`a` with what only `b` knows."""
    return replace(
        a,
        aliases=tuple(sorted({*a.aliases, *b.aliases})),
        description=a.description or b.description,
        wikidata_id=a.wikidata_id or b.wikidata_id,
        valid_from=a.valid_from or b.valid_from,
        valid_to=a.valid_to or b.valid_to,
        is_actor=a.is_actor or b.is_actor,
    )
