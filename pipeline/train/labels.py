"""Training labels: human spans, fine types settled by model or head word, silver for what is not labelled."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc
from spacy.tokens import Span as DocSpan
from spacy.training import Example

from pipeline.annotate.weights import recogniser

from .corpora import CorpusDoc
from .extents import guideline_extents
from .settings import TrainError

HEADS = Path(__file__).with_name("heads.csv")
# Types whose extent the guidelines leave the article to: dates and amounts.
KEEPS_ARTICLE = frozenset(("DATE", "TIME", "CARDINAL", "ORDINAL", "QUANTITY", "MONEY", "PERCENT"))
# Labels of the MISC kind: where a corpus has no span, the model's own is neither taught nor untaught.
LOOSE = frozenset(("EVENT", "WORK_OF_ART", "LAW", "PRODUCT", "LANGUAGE"))
PREPOSITIONS = frozenset(("of", "for", "on", "against", "between"))
Convention = Mapping[str, Sequence[str]]
# The labels that a knowledge table gives a name; none if it does not know it.
Known = Callable[[str], Set[str]]


@dataclass(frozen=True, slots=True)
class TokenSpan:
    """A span of tokens with the labels it may have; none means left open (`missing`)."""

    start: int
    end: int
    labels: tuple[str, ...]


@cache
def head_labels() -> dict[str, str]:
    """Head nouns of events and laws, lower case: label. Source: the annotation guidelines' definitions."""
    with HEADS.open(newline="", encoding="utf8") as handle:
        return {row["head"]: row["label"] for row in csv.DictReader(handle)}


def people_words(docs: Iterable[Doc]) -> frozenset[str]:
    """Words that the model takes for nationalities at least twice."""
    counts = Counter(e.text for doc in docs for e in doc.ents if e.label_ == "NORP" and len(e) == 1)
    return frozenset(word for word, n in counts.items() if n >= 2)


def build_examples(
    nlp: Language,
    docs: Sequence[CorpusDoc],
    conventions: Mapping[str, Convention],
    *,
    agreement: float,
    known: Known,
) -> list[Example]:
    """One example a document, in order, labelled by the guidelines as far as humans or the model know.

    Human spans give extent and coarse type; a coarse type that stands for several labels is settled by what
    is `known` of the name, else by its head word (`Battle of X`), else by the share of the model's belief
    among them (`agreement`), else left open. Outside human spans the model's own labels stand where the
    corpus labels no such family; documents of a corpus without a convention keep all of them.
    Raises: TrainError if a convention has a label that the model lacks.
    """
    allowed = {
        label for convention in conventions.values() for labels in convention.values() for label in labels
    }
    if unknown := sorted(allowed - set(recogniser(nlp).labels)):
        raise TrainError(f"the model has no label {', '.join(unknown)}")
    own = list(nlp.pipe((d.text for d in docs), batch_size=32))
    peoples = people_words(own)
    plans = [
        plan_spans(doc, d, conventions.get(d.corpus), peoples, known)
        for doc, d in zip(own, docs, strict=True)
    ]
    settled = settle(nlp, own, plans, agreement)
    return [_example(nlp, doc, spans) for doc, spans in zip(own, settled, strict=True)]


def plan_spans(
    doc: Doc, source: CorpusDoc, convention: Convention | None, peoples: frozenset[str], known: Known
) -> list[TokenSpan]:
    """Spans of a document in order, without overlap; see `build_examples`."""
    if convention is None:
        return _silver_spans(doc)
    own = _own_spans(doc)
    planned: list[TokenSpan] = []
    taken = np.zeros(len(doc) + 1, dtype=bool)
    for span in source.spans:
        options = tuple(convention.get(span.label, ()))
        for start, end in guideline_extents(source.text, span.start, span.end, span.label, peoples=peoples):
            inside = doc.char_span(start, end)
            if inside is None:
                inside = doc.char_span(start, end, alignment_mode="expand")
                labels: tuple[str, ...] = ()
            else:
                labels = _narrow(inside, options, own.get((inside.start, inside.end), ""), known)
            if inside is not None and not taken[inside.start : inside.end].any():
                taken[inside.start : inside.end] = True
                planned.append(TokenSpan(inside.start, inside.end, labels))
    covered = {label for options in convention.values() for label in options}
    for (first, last), label in own.items():
        if taken[first:last].any() or (label in covered and label not in LOOSE):
            continue
        taken[first:last] = True
        planned.append(TokenSpan(first, last, () if label in covered else (label,)))
    return sorted(planned, key=lambda s: s.start)


def _own_spans(doc: Doc) -> dict[tuple[int, int], str]:
    """The model's own names by their tokens, without article and possessive."""
    spans: dict[tuple[int, int], str] = {}
    for ent in doc.ents:
        start, end = ent.start, ent.end
        if ent.label_ not in KEEPS_ARTICLE:
            start += len(ent) > 1 and ent[0].lower_ in ("the", "a", "an")
            end -= end - start > 1 and ent[-1].text in ("'s", "’s")
        spans[start, end] = ent.label_
    return spans


def _silver_spans(doc: Doc) -> list[TokenSpan]:
    """The model's own names; capitalised words that it passes over inside a sentence are left open."""
    spans = []
    for (start, end), label in _own_spans(doc).items():
        heads = [head_labels().get(w) for w in _heads([t.lower_ for t in doc[start:end]])]
        law = label in ("ORG", "EVENT", "WORK_OF_ART") and end - start > 1 and "LAW" in heads
        spans.append(TokenSpan(start, end, ("LAW",) if law else (label,)))
    taken = {i for span in spans for i in range(span.start, span.end)}
    for token in doc[1:]:
        if token.i not in taken and token.text[:1].isupper() and doc[token.i - 1].text not in '.!?"”':
            spans.append(TokenSpan(token.i, token.i + 1, ()))
    return sorted(spans, key=lambda s: s.start)


def _heads(words: Sequence[str]) -> list[str]:
    """The likely head of a name: the word before its first preposition, and its last word."""
    before = [w for w, following in pairwise(words) if following in PREPOSITIONS]
    return [*before[:1], *words[-1:]]


def _narrow(span: DocSpan, options: tuple[str, ...], own: str, known: Known) -> tuple[str, ...]:
    """The labels a human span may have after tables, head words and the model's `own` label for it."""
    if own == "NORP" and options == ("ORG",):
        return ()  # a religion or people to us, an organisation to the corpus
    if len(options) < 2:
        return options
    told = sorted(known(span.text) & set(options))
    if len(told) == 1:
        return (told[0],)
    for head in _heads([t.lower_ for t in span]):
        if head_labels().get(head) in options:
            return (head_labels()[head],)
    if own in options:
        return (own,)
    # Where the model saw no people or language, a choice forced on it among these is mostly wrong.
    return tuple(label for label in options if label not in ("NORP", "LANGUAGE"))


def settle(
    nlp: Language, docs: Sequence[Doc], plans: Sequence[Sequence[TokenSpan]], agreement: float
) -> list[list[TokenSpan]]:
    """Spans with one label each, or none: the model decodes each document along the planned spans.

    At the first token of a span that may have several labels, its scores among them decide if the best has at
    least the share `agreement`.
    """
    ner = recogniser(nlp)
    blank = [nlp.make_doc(doc.text) for doc in docs]
    states = ner.moves.init_batch(blank)
    step = ner.model.predict(blank)
    names = [ner.moves.get_class_name(i) for i in range(ner.moves.n_moves)]
    index = {name: i for i, name in enumerate(names)}
    starts = [{span.start: n for n, span in enumerate(plan)} for plan in plans]
    result = [list(plan) for plan in plans]
    actions: list[list[str]] = [[] for _ in docs]
    for position in range(max((len(doc) for doc in docs), default=0)):
        live = [i for i, doc in enumerate(docs) if position < len(doc)]
        scores = step.predict([states[i] for i in live])
        for row, i in enumerate(live):
            n = starts[i].get(position)
            if n is not None:
                span = _decide(result[i][n], scores[row], index, agreement)
                result[i][n] = span
                actions[i] = _moves(span)
            move = actions[i].pop(0) if actions[i] else "O"
            ner.moves.apply_transition(states[i], move)
    return result


def _decide(span: TokenSpan, scores: np.ndarray, index: Mapping[str, int], agreement: float) -> TokenSpan:
    if len(span.labels) < 2:
        return span
    prefix = "U" if span.end - span.start == 1 else "B"
    logits = np.array([scores[index[f"{prefix}-{label}"]] for label in span.labels], dtype="float64")
    shares = np.exp(logits - logits.max())
    shares /= shares.sum()
    best = int(shares.argmax())
    return TokenSpan(span.start, span.end, (span.labels[best],) if shares[best] >= agreement else ())


def _moves(span: TokenSpan) -> list[str]:
    """The transitions of a span; a span left open is walked as if outside."""
    length = span.end - span.start
    if not span.labels:
        return ["O"] * length
    label = span.labels[0]
    if length == 1:
        return [f"U-{label}"]
    return [f"B-{label}", *[f"I-{label}"] * (length - 2), f"L-{label}"]


def _example(nlp: Language, doc: Doc, spans: Sequence[TokenSpan]) -> Example:
    reference = nlp.make_doc(doc.text)
    named = [DocSpan(reference, s.start, s.end, label=s.labels[0]) for s in spans if s.labels]
    missing = [DocSpan(reference, s.start, s.end) for s in spans if not s.labels]
    reference.set_ents(named, missing=missing, default="outside")
    return Example(nlp.make_doc(doc.text), reference)
