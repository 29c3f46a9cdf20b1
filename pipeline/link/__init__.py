"""link: who or what every name refers to, and for which actor it stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from spacy.tokens import Doc

from pipeline.knowledge import STATE_KINDS, Knowledge
from pipeline.link.actors import Actor, decide_actor, decide_capital, sentences_to_parse
from pipeline.link.bodies import load_bodies
from pipeline.link.candidates import Decision
from pipeline.link.entities import page_entities
from pipeline.link.memory import Memory
from pipeline.link.merge import merge_entities
from pipeline.link.referents import Registry, build_registry
from pipeline.link.resolve import Reader
from pipeline.records import Annotation, Linked, Mention, Page

__all__ = ["explain_links", "link_page", "merge_entities"]

Parse = Callable[[Iterable[str]], Iterable[Doc]]


def link_page(page: Page, annotation: Annotation, parse: Parse, knowledge: Knowledge) -> Linked:
    """Link the names of one page and decide their actors.

    Parameters: page and annotation, with offsets into `page.text`; parse, gives parsed docs for sentence texts (used
    only for sentences that name a capital); knowledge, the tables.
    Returns: the mentions in order with entity, actor, `method` (the strongest evidence) and `score` (the winner's
    share of the evidence); the page's entities sorted by id; the entity of each linked blurb.
    """
    decisions, actors, registry = _decide(page, annotation, parse, knowledge)
    mentions = tuple([d.linked(a.actor_id) for d, a in zip(decisions, actors, strict=True)])
    entities = tuple(page_entities(mentions, registry, knowledge))
    return Linked(
        mentions, entities, _blurb_entities(page, mentions, registry, {e.entity_id for e in entities})
    )


def _blurb_entities(
    page: Page, mentions: Sequence[Mention], registry: Registry, known: set[str]
) -> dict[str, str]:
    """The entity of each linked blurb: that of the mention in its anchor, else (back matter) that of its article."""
    by_start = {m.start: m.entity_id for m in mentions}
    found = {}
    for blurb in page.blurbs:
        referent = registry.by_blurb.get(blurb.blurb_id)
        if referent is None:
            continue
        inside = [by_start[i] for i in range(blurb.start or 0, blurb.end or 0) if i in by_start]
        entity = inside[0] if inside else referent.entity_id
        if entity in known:
            found[blurb.blurb_id] = entity
    return found


def _decide(
    page: Page, annotation: Annotation, parse: Parse, knowledge: Knowledge
) -> tuple[list[Decision], list[Actor], Registry]:
    registry = build_registry(page, annotation.mentions, knowledge)
    sentences = {s.sentence_id: s for s in annotation.sentences}
    names = frozenset(m.text for m in annotation.mentions)
    memory = Memory(page, registry, knowledge, load_bodies(), sentences, names)
    reader = Reader(memory)
    decisions = [reader.read(m) for m in annotation.mentions]
    descriptions = {r.entity_id: r.description for r in registry.referents}
    first = [decide_actor(d, descriptions, memory) for d in decisions]
    waiting = [d.mention for d, a in zip(decisions, first, strict=True) if a is None]
    texts = sentences_to_parse(waiting, sentences, page)
    docs = dict(zip(texts, parse(texts.values()), strict=True)) if texts else {}
    states = _state_starts(decisions, first, knowledge) if texts else {}
    actors = [
        a
        if a is not None
        else decide_capital(
            d,
            docs[d.mention.sentence_id],
            sentences[d.mention.sentence_id].start,
            states.get(d.mention.sentence_id, ()),
            memory,
        )
        for d, a in zip(decisions, first, strict=True)
    ]
    return decisions, actors, registry


def _state_starts(
    decisions: Sequence[Decision], actors: Sequence[Actor | None], knowledge: Knowledge
) -> Mapping[str, list[int]]:
    """Clean offsets of the state names of each sentence."""
    starts: dict[str, list[int]] = {}
    for d, a in zip(decisions, actors, strict=True):
        if a is None or not a.actor_id or d.mention.label != "GPE":
            continue
        known = knowledge.entity(d.entity_id)
        if known is not None and known.kind in STATE_KINDS:
            starts.setdefault(d.mention.sentence_id, []).append(d.mention.start)
    return starts


def explain_links(page: Page, annotation: Annotation, parse: Parse, knowledge: Knowledge) -> str:
    """For each mention: its candidates with their evidence, what won, and why it has its actor."""
    decisions, actors, _registry = _decide(page, annotation, parse, knowledge)
    lines = []
    for d, a in zip(decisions, actors, strict=True):
        m = d.mention
        lines.append(
            f"{page.doc_id} {m.start}-{m.end} {m.text} [{m.label}] actor={a.actor_id or '-'} ({a.reason})"
        )
        for c in d.candidates:
            evidence = "; ".join(f"{what} {weight:+.1f}" for what, weight in c.evidence)
            lines.append(f"    {c.score:5.2f}  {c.entity_id}  {evidence}")
    return "\n".join(lines) + "\n"
