"""Names of a page: model, link anchors, knowledge tables and the page's own consistency, one decision per span."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from pipeline.annotate.names import decide, proposals, repeats
from pipeline.annotate.names.gazetteer import gazetteer
from pipeline.annotate.names.heads import from_heads
from pipeline.annotate.names.lexicon import load_lexicon
from pipeline.annotate.names.words import word_places
from pipeline.knowledge import Knowledge
from pipeline.records import Blurb

__all__ = ["Name", "find_names"]


class Name(NamedTuple):
    """A decided name: a mention but for its number and sentence; the fields are those of `records.Mention`."""

    start: int
    end: int
    text: str
    label: str
    method: str
    score: float


def find_names(
    text: str,
    paragraphs: Sequence[tuple[int, int]],
    ents: Sequence[tuple[int, int, str]],
    blurbs: Sequence[Blurb],
    knowledge: Knowledge,
) -> list[Name]:
    """Decide which spans of a page are names, by the annotation guidelines' extents and labels.

    Parameters: text, the clean text; paragraphs, the spans of its prose (headings left out); ents, the model's
    (start, end, label); blurbs, of the page; all offsets index `text`, half-open.
    Returns: names in text order without overlaps; `method` tells what proposed one, `score` the share of the votes
    that went to the label.
    """
    lexicon = load_lexicon()
    known = gazetteer(knowledge)
    words = word_places(text, paragraphs)
    anchors = proposals.labelled_anchors(blurbs, lexicon)
    no_names = proposals.vetoed(anchors, lexicon)
    found = list(_allowed(text, proposals.from_model(text, ents, lexicon, known), no_names))
    found += proposals.from_anchors(text, anchors, lexicon, known.people)
    seen = proposals.from_knowledge(text, paragraphs, words, known, knowledge, lexicon)
    found += _allowed(text, seen, no_names)
    found += list(proposals.from_slips(text, found, known))
    found += proposals.from_bodies(text, paragraphs, words, lexicon)
    found += proposals.from_numerals(text, paragraphs, words)
    found += proposals.from_titles(text, paragraphs)
    found += proposals.from_groups(text, paragraphs, words, lexicon)
    found += list(from_heads(text, paragraphs, words, lexicon, found, known))

    board: decide.Board = {}

    def decided(more: Iterable[proposals.Proposal]) -> tuple[list[decide.Candidate], decide.Labels]:
        chosen = decide.select(text, decide.gather(text, more, board, known), known)
        return chosen, decide.label_candidates(text, chosen, lexicon)

    chosen, labels = decided(found)
    if short := list(proposals.from_brackets(text, labels)):
        chosen, labels = decided(short)
    by_name = repeats.labels_by_name(text, labels)
    again = repeats.repeats(text, paragraphs, words, labels, by_name)
    chosen, labels = decided([*again, *repeats.slips(text, paragraphs, words, by_name, known)])
    joined = decide.joined_persons(text, labels, known.realms)
    if joined:
        chosen, labels = decided(joined)
    names = []
    for c in chosen:
        if decision := labels.get((c.start, c.end)):
            label, share = decision
            names.append(Name(c.start, c.end, c.surface, label, "+".join(sorted(c.sources)), round(share, 4)))
    return names


def _allowed(
    text: str, found: Iterable[proposals.Proposal], no_names: frozenset[str]
) -> Iterable[proposals.Proposal]:
    """The proposals but those of spans that are said to be no names."""
    return (p for p in found if text[p.start : p.end] not in no_names) if no_names else found
