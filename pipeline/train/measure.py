"""Typed F1 of names against a corpus's own labels: exact extent but for article and possessive."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from spacy.tokens import Doc

from .corpora import CorpusDoc

RE_ARTICLE = re.compile(r"(?:the|an?) ", re.IGNORECASE)
# Labels that count, and under what name: the coarse types of the public corpora.
COARSE = {"PERSON": "PER", "ORG": "ORG", "GPE": "LOC", "LOC": "LOC", "FAC": "LOC"}
SCHEMES: dict[str, dict[str, str]] = {"redocred": {**COARSE, "NORP": "LOC"}, "wikigold": COARSE}
GUIDELINE = ("PERSON", "NORP", "GPE", "LOC", "FAC", "ORG", "EVENT", "LAW", "WORK_OF_ART")
SCHEMES["pages"] = {label: label for label in GUIDELINE}


def trim(text: str, start: int, end: int) -> tuple[int, int]:
    """A span without a leading article and a possessive at its end."""
    if match := RE_ARTICLE.match(text, start, end):
        start = match.end()
    if text[start:end].endswith(("'s", "’s")):
        end -= 2
    return start, end


# start, end and label of a name
Found = tuple[int, int, str]


def count_names(
    gold: Sequence[CorpusDoc], docs: Iterable[Doc], scheme: Mapping[str, str]
) -> dict[str, tuple[int, int, int]]:
    """Per label and over `all`: right, in gold, predicted."""
    counts: dict[str, list[int]] = {}
    for source, doc in zip(gold, docs, strict=True):
        found = {(e.start_char, e.end_char, e.label_) for e in doc.ents}
        for label, triple in count_found(source, found, scheme).items():
            total = counts.setdefault(label, [0, 0, 0])
            total[:] = [a + b for a, b in zip(total, triple, strict=True)]
    return {label: (c[0], c[1], c[2]) for label, c in counts.items()}


def count_found(
    source: CorpusDoc, found: Iterable[Found], scheme: Mapping[str, str]
) -> dict[str, tuple[int, int, int]]:
    """The same for the names found in one document, offsets into its text."""
    kept, text = set(scheme.values()), source.text
    wanted = {(*trim(text, s.start, s.end), s.label) for s in source.spans if s.label in kept}
    given = {(*trim(text, start, end), scheme[label]) for start, end, label in found if label in scheme}
    counts: dict[str, list[int]] = {label: [0, 0, 0] for label in ("all", *sorted(kept))}
    for column, triples in enumerate((wanted & given, wanted, given)):
        for triple in triples:
            counts["all"][column] += 1
            counts[triple[2]][column] += 1
    return {label: (c[0], c[1], c[2]) for label, c in counts.items()}


def f1(right: int, gold: int, predicted: int) -> float:
    """Balanced F; 0 where there is nothing."""
    return 2 * right / (gold + predicted) if gold + predicted else 0.0
