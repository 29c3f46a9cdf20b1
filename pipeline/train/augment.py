"""Mention replacement: the same sentences about other people and places, so that context is learnt.

Method: Dai & Adel 2020, An Analysis of Simple Data Augmentation for Named Entity Recognition.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence

from spacy.tokens import Doc
from spacy.tokens import Span as DocSpan
from spacy.training import Example

Words = tuple[tuple[str, bool], ...]  # each word with whether a space follows
Pool = Mapping[str, Sequence[Words]]
REPLACED = frozenset(("PERSON", "GPE", "LOC", "FAC", "ORG", "NORP", "EVENT", "LAW", "WORK_OF_ART"))


def mention_pool(examples: Sequence[Example]) -> dict[str, list[Words]]:
    """Every name of the examples by label, as often as it is used, in order."""
    pool: dict[str, list[Words]] = defaultdict(list)
    for example in examples:
        for ent in example.reference.ents:
            if ent.label_ in REPLACED:
                pool[ent.label_].append(_words(ent))
    return dict(pool)


def replace_mentions(example: Example, pool: Pool, share: float, rng: random.Random) -> Example:
    """The example with about `share` of its names exchanged for others of their label, each throughout."""
    doc = example.reference
    chosen: dict[tuple[str, str], Words] = {}
    words: list[str] = []
    spaces: list[bool] = []
    named: list[tuple[int, int, str]] = []
    missing: list[tuple[int, int]] = []
    ents = {ent.start: ent for ent in doc.ents}
    at = 0
    while at < len(doc):
        ent = ents.get(at)
        start = len(words)
        if ent is None:
            words.append(doc[at].text)
            spaces.append(bool(doc[at].whitespace_))
            if doc[at].ent_iob == 0:
                missing.append((start, start + 1))
            at += 1
            continue
        key = (ent.text, ent.label_)
        if key not in chosen:
            own = _words(ent)
            swap = ent.label_ in pool and rng.random() < share
            chosen[key] = rng.choice(pool[ent.label_]) if swap else own
        new = chosen[key]
        words += [w for w, _ in new]
        spaces += [s for _, s in new]
        spaces[-1] = bool(doc[ent.end - 1].whitespace_)
        named.append((start, len(words), ent.label_))
        at = ent.end
    reference = Doc(doc.vocab, words=words, spaces=spaces)
    reference.set_ents(
        [DocSpan(reference, s, e, label=label) for s, e, label in named],
        missing=[DocSpan(reference, s, e) for s, e in missing],
        default="outside",
    )
    return Example(Doc(doc.vocab, words=words, spaces=spaces), reference)


def _words(span: DocSpan) -> Words:
    return tuple((t.text, bool(t.whitespace_)) for t in span)
