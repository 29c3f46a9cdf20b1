"""Continued training of the name recogniser on labelled wiki text."""

from __future__ import annotations

import hashlib
import json
import random
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import spacy
from spacy.language import Language

from pipeline.annotate.model import NAMING, model_path
from pipeline.annotate.weights import (
    COMPONENT,
    MANIFEST,
    Weights,
    base_name,
    checksum,
    recogniser,
    write_tensors,
)
from pipeline.knowledge import load_knowledge

from .card import card_text
from .corpora import CorpusDoc, read_corpus, read_silver
from .crossval import DocCounts, Figures, Fold, fold_parts, merge_counts, score_documents
from .labels import build_examples
from .loop import Log, Member, average, get_weights, set_weights, train_member
from .proof import has_rules, read_pages, score_page, score_rules
from .settings import TrainError, TrainSettings, load_settings

__all__ = ["TrainError", "TrainSettings", "Trained", "cross_validate", "load_settings", "train"]

WEIGHTS_FILE = "ner.safetensors"
NAME, VERSION = "wiki-ner", "1.1"
CARD, REPORT = "CARD.md", "report.json"


@dataclass(frozen=True, slots=True)
class Trained:
    """What a training run made: the manifest of the weights, a report of plain values, the files written."""

    manifest: dict[str, str]
    report: dict[str, Any]
    files: tuple[Path, ...]


def train(
    corpora: Path,
    out: Path,
    *,
    settings: TrainSettings | None = None,
    folds: int = 0,
    pages: Sequence[Path] = (),
    log: Log = lambda line: None,
) -> Trained:
    """Train name weights on labelled corpora and write them, their manifest, card and report to `out`.

    Parameters: corpora, a folder with one folder a corpus (`raw/*.txt`, `gold.csv`) as named in the settings;
    settings, `train.toml` if None; folds, parts of a cross-validation that is run first and reported in
    the card (0: none); pages, folders of labelled pages (see `proof.read_pages`), reported in the card with
    the finished weights; log, takes lines on the progress.
    Raises: TrainError for a corpus that is missing or broken; ModelError if the base model is missing.
    Deterministic: same inputs, settings and machine (one thread) give the same bytes.
    """
    settings = settings or load_settings()
    docs, silver = read_all(corpora, settings)
    labelled = [page for folder in pages for page in read_pages(folder)]
    figures = cross_validate(docs, silver, settings, folds, log) if folds else {}
    nlp = load_base(settings.model)
    base = get_weights(recogniser(nlp).model)
    base_sum = checksum(recogniser(nlp).model)
    members = train_members(nlp, base, docs, silver, settings, log)
    final = average(members, base, settings.mix)
    data = write_tensors({key: final[key] - base[key] for key in base})
    manifest = {
        "name": NAME,
        "version": VERSION,
        "file": WEIGHTS_FILE,
        "sha256": hashlib.sha256(data).hexdigest(),
        "base": base_name(nlp),
        "base_sha256": base_sum,
    }
    if labelled:
        figures = join_figures(figures, score_pages(nlp, base, final, labelled))
    report = run_report(docs, silver, settings, members, figures)
    out.mkdir(parents=True, exist_ok=True)
    contents = {
        WEIGHTS_FILE: data,
        MANIFEST: _json(manifest),
        REPORT: _json(report),
        CARD: card_text(manifest, report, len(data)).encode(),
    }
    for name, content in contents.items():
        (out / name).write_bytes(content)
    return Trained(manifest, report, tuple(out / name for name in contents))


def cross_validate(
    docs: Sequence[CorpusDoc], silver: Sequence[CorpusDoc], settings: TrainSettings, folds: int, log: Log
) -> Figures:
    """F1 with intervals of the bare model and of weights that were trained without the scored documents."""
    return merge_counts(
        [score_fold(docs, silver, settings, parts, log) for parts in fold_parts(docs, folds)] if folds else []
    )


def score_fold(
    docs: Sequence[CorpusDoc], silver: Sequence[CorpusDoc], settings: TrainSettings, parts: Fold, log: Log
) -> dict[str, DocCounts]:
    """Counts on the test part of a fold: the bare model, and weights trained on its other part."""
    rest, test = parts
    log(f"fold: {len(rest)} of {len(docs)} documents to train on, {len(test)} to test")
    nlp = load_base(settings.model)
    base = get_weights(recogniser(nlp).model)
    bare = score_documents(nlp, test)
    few = replace(settings, seeds=settings.seeds[: settings.fold_members or None])
    members = train_members(nlp, base, rest, silver, few, log)
    set_weights(recogniser(nlp).model, average(members, base, settings.mix))
    systems = {"bare": bare, "weights": score_documents(nlp, test)}
    return systems | ({"rules": score_rules(nlp, test)} if has_rules(nlp) else {})


def score_pages(nlp: Language, base: Weights, final: Weights, pages: Sequence[CorpusDoc]) -> Figures:
    """F1 with intervals over paragraphs of each labelled page: bare model, weights, weights and rules."""
    systems: dict[str, DocCounts] = {"bare": {}, "weights": {}, "rules": {}}
    for system, weights in (("bare", base), ("weights", final), ("rules", final)):
        set_weights(recogniser(nlp).model, weights)
        for page in pages:
            systems[system] |= score_page(nlp, page, rules=system == "rules")
    return merge_counts([systems])


def join_figures(one: Figures, other: Figures) -> Figures:
    """The figures of both, system by system."""
    return {system: one.get(system, {}) | other.get(system, {}) for system in {**one, **other}}


def load_base(name: str) -> Language:
    """The base model with nothing but its name recogniser at work; the sentence splitter waits for the rules.

    Raises: ModelError if it is not installed; TrainError if it has no recogniser.
    """
    with warnings.catch_warnings():
        # W095: see pipeline.annotate.model.
        warnings.filterwarnings("ignore", message=r"\[W095\]")
        nlp = spacy.load(model_path(name))
    if COMPONENT not in nlp.component_names:
        raise TrainError(f"model {name!r} has no component {COMPONENT!r}")
    for component in nlp.component_names:
        if component not in NAMING:
            nlp.remove_pipe(component)
        elif component != COMPONENT and component not in nlp.disabled:
            nlp.disable_pipe(component)
    return nlp


def read_all(corpora: Path, settings: TrainSettings) -> tuple[list[CorpusDoc], list[CorpusDoc]]:
    """The labelled and the silver documents that the settings name.

    Raises: TrainError for a folder that is missing or broken, or settings without a corpus.
    """
    if not settings.corpora:
        raise TrainError("the settings name no labelled corpus")
    docs = [doc for name in settings.corpora for doc in read_corpus(corpora / name)]
    return docs, [doc for name in settings.silver for doc in read_silver(corpora / name)]


def train_members(
    nlp: Language,
    base: Weights,
    docs: Sequence[CorpusDoc],
    silver: Sequence[CorpusDoc],
    settings: TrainSettings,
    log: Log,
) -> list[Member]:
    """One member a seed, each with a validation part of its own; `nlp` must hold the base weights."""
    examples = build_examples(
        nlp, [*docs, *silver], settings.corpora, agreement=settings.agreement, known=known_labels
    )
    members = []
    for seed in settings.seeds:
        numbers = list(range(len(docs)))
        random.Random(seed).shuffle(numbers)
        held = frozenset(numbers[: int(len(docs) * settings.validation)])
        kept = [example for i, example in enumerate(examples) if i not in held]
        judged = [doc for i, doc in enumerate(docs) if i in held]
        members.append(train_member(nlp, base, kept, judged, settings, seed=seed, log=log))
    return members


def known_labels(name: str) -> frozenset[str]:
    """The labels that the knowledge tables give a name."""
    return frozenset(reading.label for reading in load_knowledge().lookup(name))


def run_report(
    docs: Sequence[CorpusDoc],
    silver: Sequence[CorpusDoc],
    settings: TrainSettings,
    members: Sequence[Member],
    figures: Figures,
) -> dict[str, Any]:
    """Settings, data with digests, the members' validation by pass, and the figures, as plain values."""
    data = {}
    for corpus in sorted({d.corpus for d in [*docs, *silver]}):
        part = [d for d in [*docs, *silver] if d.corpus == corpus]
        digest = hashlib.sha256()
        for doc in part:
            spans = [(s.start, s.end, s.label) for s in doc.spans]
            digest.update(f"{doc.doc_id}\0{doc.text}\0{spans}\0".encode())
        names = sum(len(d.spans) for d in part)
        data[corpus] = {"documents": len(part), "spans": names, "sha256": digest.hexdigest()}
    passes = [
        {"seed": m.seed, "kept": m.passes, "validation": [round(s, 4) for s in m.history]} for m in members
    ]
    return {"settings": settings.as_dict(), "data": data, "members": passes, "figures": figures}


def _json(value: dict[str, Any]) -> bytes:
    return (json.dumps(value, indent=1, ensure_ascii=False) + "\n").encode()
