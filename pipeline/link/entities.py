"""The entity records of a page, from what the tables, the blurbs and the mentions themselves say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from pipeline.knowledge import Knowledge, KnownEntity
from pipeline.link.referents import Referent, Registry
from pipeline.records import Entity, Mention


def page_entities(mentions: Sequence[Mention], registry: Registry, knowledge: Knowledge) -> Iterator[Entity]:
    """The entities that the mentions name or stand for, sorted by id."""
    referents = {r.entity_id: r for r in registry.referents}
    actors = {m.actor_id for m in mentions if m.actor_id}
    named: dict[str, list[Mention]] = {}
    for m in mentions:
        named.setdefault(m.entity_id, []).append(m)
    for entity_id in sorted({*named, *actors}):
        known, referent = knowledge.entity(entity_id), referents.get(entity_id)
        mine = named.get(entity_id, [])
        acts = entity_id in actors
        if known is not None:
            yield _from_tables(known, referent, mine, acts)
        elif referent is not None:
            yield _from_blurb(referent, mine, acts)
        else:
            yield _from_page(entity_id, mine, acts)


def _from_tables(
    known: KnownEntity, referent: Referent | None, named: Sequence[Mention], acts: bool
) -> Entity:
    names = {m.text for m in named if m.label != "NORP" or known.type == "NORP"}
    return Entity(
        known.entity_id,
        known.name,
        known.type,
        tuple(sorted({*known.aliases, *names} - {known.name})),
        referent.description if referent else known.description,
        known.wikidata_id,
        known.iso3,
        known.cow_code,
        known.gw_code,
        known.valid_from,
        known.valid_to,
        acts,
    )


def _from_blurb(referent: Referent, named: Sequence[Mention], acts: bool) -> Entity:
    return Entity(
        referent.entity_id,
        referent.name,
        _usual_label(named) or referent.label,
        tuple(sorted({*referent.aliases, *(m.text for m in named)} - {referent.name})),
        referent.description,
        valid_from=referent.valid_from,
        valid_to=referent.valid_to,
        is_actor=acts,
    )


def _from_page(entity_id: str, named: Sequence[Mention], acts: bool) -> Entity:
    names = {m.text for m in named}
    name = max(names, key=_length) if names else entity_id.replace("_", " ").title()
    return Entity(entity_id, name, _usual_label(named) or "GPE", tuple(sorted(names - {name})), is_actor=acts)


def _usual_label(mentions: Sequence[Mention]) -> str:
    labels = {m.label for m in mentions}
    if len(labels) < 2:
        return labels.pop() if labels else ""
    counts = Counter(m.label for m in mentions)
    return min(counts, key=lambda label: (-counts[label], label))


def _length(name: str) -> tuple[int, str]:
    return len(name), name
