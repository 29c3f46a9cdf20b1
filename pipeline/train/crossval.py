"""Figures on documents that were not trained on: folds by document, counts that add up, intervals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from spacy.language import Language

from .corpora import CorpusDoc
from .measure import SCHEMES, count_names, f1

Counts = tuple[int, int, int]
# documents to train on, documents to test
Fold = tuple[list[CorpusDoc], list[CorpusDoc]]
# corpus -> label -> one (right, gold, predicted) a document
DocCounts = dict[str, dict[str, list[Counts]]]
# system (`bare`, `weights`) -> corpus -> label -> F1 and its interval
Figures = dict[str, dict[str, dict[str, dict[str, float]]]]
RESAMPLES = 1000


def fold_parts(docs: Sequence[CorpusDoc], folds: int) -> Iterator[Fold]:
    """For each fold the documents to train on and those to test: every `folds`-th document."""
    for fold in range(folds):
        rest = [doc for i, doc in enumerate(docs) if i % folds != fold]
        yield rest, [doc for i, doc in enumerate(docs) if i % folds == fold]


def score_documents(nlp: Language, gold: Sequence[CorpusDoc]) -> DocCounts:
    """Counts of each document by corpus and label."""
    counts: DocCounts = {}
    for source, doc in zip(gold, nlp.pipe((d.text for d in gold), batch_size=32), strict=True):
        for label, triple in count_names([source], [doc], SCHEMES[source.corpus]).items():
            counts.setdefault(source.corpus, {}).setdefault(label, []).append(triple)
    return counts


def merge_counts(parts: Sequence[Mapping[str, DocCounts]]) -> Figures:
    """F1 with a bootstrap interval over documents, from the counts of all folds."""
    figures: Figures = {}
    for system in parts[0] if parts else ():
        merged: DocCounts = {}
        for part in parts:
            for corpus, labels in part[system].items():
                for label, triples in labels.items():
                    merged.setdefault(corpus, {}).setdefault(label, []).extend(triples)
        figures[system] = {
            corpus: {label: _interval(triples) for label, triples in labels.items()}
            for corpus, labels in sorted(merged.items())
        }
    return figures


def _interval(triples: Sequence[Counts]) -> dict[str, float]:
    """F1 and its 95% percentile interval."""
    table = np.array(triples, dtype=int)
    rng = np.random.default_rng(0)
    draws = [
        f1(*table[rng.integers(0, len(table), len(table))].sum(axis=0).tolist()) for _ in range(RESAMPLES)
    ]
    low, high = np.percentile(draws, (2.5, 97.5))
    right, gold, predicted = table.sum(axis=0).tolist()
    values = {"f1": f1(right, gold, predicted), "low": float(low), "high": float(high)}
    values |= {"precision": right / predicted if predicted else 0.0, "recall": right / gold if gold else 0.0}
    return {key: round(value, 4) for key, value in values.items()} | {"gold": gold, "documents": len(table)}
