"""Which predicted span is which gold one: exactly, by core, by overlap. Spans are in gold clean text."""

from __future__ import annotations

import re
from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

# "the Balkans", "a decade later"
RE_ARTICLE = re.compile(r"(?:the|an?) ", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Item:
    """A mention or date to be scored; offsets index the gold clean text.

    `label` is a mention's label or a date's TIMEX3 type. Not `exact`: an end of the span has no counterpart
    in the gold text, so that it can overlap but never equal a gold span.
    """

    start: int
    end: int
    text: str
    label: str
    entity_id: str = ""
    actor_id: str = ""
    value: str = ""
    mod: str = ""
    exact: bool = True


Pair = tuple[int, int]
Key = Callable[[Item], Hashable]


def by_span(item: Item) -> Hashable:
    """The extent alone."""
    return item.start, item.end


def by_span_and_label(item: Item) -> Hashable:
    """Extent and label."""
    return item.start, item.end, item.label


def by_core(item: Item) -> Hashable:
    """The extent without a leading article and a possessive `'s`."""
    match = RE_ARTICLE.match(item.text)
    possessive = 2 if item.text.endswith(("'s", "’s")) else 0
    return item.start + (match.end() if match else 0), item.end - possessive


def by_core_and_label(item: Item) -> Hashable:
    """`by_core`, and the label."""
    return by_core(item), item.label


def match_equal(gold: Sequence[Item], pred: Sequence[Item], key: Key) -> list[Pair]:
    """One-to-one pairs (index in gold, in pred) of items with the same key; a duplicate finds no partner."""
    waiting: dict[Hashable, deque[int]] = defaultdict(deque)
    for i, item in enumerate(gold):
        waiting[key(item)].append(i)
    pairs = []
    for j, item in enumerate(pred):
        if item.exact and waiting.get(key(item)):
            pairs.append((waiting[key(item)].popleft(), j))
    return sorted(pairs)


def match_overlap(gold: Sequence[Item], pred: Sequence[Item], *, labelled: bool) -> list[Pair]:
    """One-to-one pairs of items that share a character (and the label, if `labelled`), equal ones first.

    On spans without overlaps among themselves the sweep finds as many pairs as there can be.
    """
    pairs = match_equal(gold, pred, by_span_and_label if labelled else by_span)
    taken_g, taken_p = {i for i, _ in pairs}, {j for _, j in pairs}
    for label in sorted({g.label for g in gold}) if labelled else [None]:
        left = [i for i, g in enumerate(gold) if i not in taken_g and label in (None, g.label)]
        right = [j for j, p in enumerate(pred) if j not in taken_p and label in (None, p.label)]
        pairs.extend(_sweep(gold, pred, left, right))
    return sorted(pairs)


def overlap(a: Item, b: Item) -> bool:
    """Whether two spans share a character; an empty one shares none."""
    return max(a.start, b.start) < min(a.end, b.end)


def _sweep(gold: Sequence[Item], pred: Sequence[Item], left: list[int], right: list[int]) -> list[Pair]:
    left.sort(key=lambda i: (gold[i].start, gold[i].end))
    right.sort(key=lambda j: (pred[j].start, pred[j].end))
    pairs, i, j = [], 0, 0
    while i < len(left) and j < len(right):
        g, p = gold[left[i]], pred[right[j]]
        if overlap(g, p):
            pairs.append((left[i], right[j]))
            i, j = i + 1, j + 1
        elif g.end <= p.end:
            i += 1
        else:
            j += 1
    return pairs
