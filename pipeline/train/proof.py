"""What weights and rules are worth: names by the bare model, by the weights, and by the whole annotate stage."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from pathlib import Path

from spacy.language import Language

from pipeline.annotate import annotate_pages, paragraph_spans
from pipeline.annotate.model import NAMING, Model
from pipeline.clean import clean_page
from pipeline.knowledge import load_knowledge
from pipeline.records import Page
from pipeline.score import GoldError, read_gold

from .corpora import CorpusDoc, Span
from .crossval import DocCounts
from .measure import SCHEMES, Found, count_found
from .settings import TrainError

PAGES = "pages"  # the scheme of labelled pages: the guidelines' labels
SUFFIX = ".txt"


def has_rules(nlp: Language) -> bool:
    """Whether a pipeline has the components that the annotate stage needs."""
    return all(component in nlp.component_names for component in NAMING)


def score_rules(nlp: Language, gold: Sequence[CorpusDoc]) -> DocCounts:
    """Counts of each document by corpus and label for the names of the annotate stage, model and rules together."""
    counts: DocCounts = {}
    pages = [clean_page(doc.text, f"{doc.corpus}-{doc.doc_id}", layout="plain") for doc in gold]
    for source, (_page, found) in zip(gold, _ruled(nlp, pages), strict=True):
        _add(counts, source.corpus, count_found(source, found, SCHEMES[source.corpus]))
    return counts


def read_pages(folder: Path) -> list[CorpusDoc]:
    """Labelled pages as scraped: `NAME.txt` with `NAME.json` beside it, or a gold set with its pages in `../raw`.

    Spans have offsets into the raw text. Raises: TrainError for a folder without pages or with a broken one.
    """
    found = [_from_json(path) for path in sorted(folder.glob("*.json")) if path.with_suffix(SUFFIX).is_file()]
    found = found or list(_from_gold(folder))
    if not found:
        raise TrainError(f"{folder}: no labelled pages")
    return found


def _from_json(path: Path) -> CorpusDoc:
    try:
        labels = json.loads(path.read_text(encoding="utf8"))["mentions"]
        spans = tuple(Span(m["raw_start"], m["raw_end"], m["label"]) for m in labels)
        return CorpusDoc(PAGES, path.stem, path.with_suffix(SUFFIX).read_bytes().decode("utf8"), spans)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise TrainError(f"{path}: {type(error).__name__}: {error}") from None


def _from_gold(folder: Path) -> Iterator[CorpusDoc]:
    try:
        gold = read_gold(folder)
    except (FileNotFoundError, GoldError) as error:
        raise TrainError(str(error)) from None
    for labelled in gold:
        path = folder.parent / "raw" / f"{labelled.doc_id}{SUFFIX}"
        try:
            raw = path.read_bytes().decode("utf8")
        except (OSError, UnicodeDecodeError) as error:
            raise TrainError(f"{path}: {error}") from None
        page = clean_page(raw, labelled.doc_id)
        if page.text != labelled.text:
            raise TrainError(f"{path}: its clean text is not the one that was labelled")
        spans = (Span(*page.source.raw_span(m.start, m.end), m.label) for m in labelled.mentions)
        yield CorpusDoc(PAGES, labelled.doc_id, raw, tuple(spans))


def score_page(nlp: Language, source: CorpusDoc, *, rules: bool) -> DocCounts:
    """Counts of a labelled page by label, a triple for each paragraph; under the page's name."""
    page = clean_page(source.text, source.doc_id)
    found = next(_ruled(nlp, [page]))[1] if rules else _modelled(nlp, page)
    bounds = [page.source.raw_span(a, b) for a, b in paragraph_spans(page)]
    starts = [a for a, _b in bounds]
    gold_parts: list[list[Span]] = [[] for _ in bounds]
    found_parts: list[set[Found]] = [set() for _ in bounds]
    for span in source.spans:
        gold_parts[max(0, bisect_right(starts, span.start) - 1)].append(span)
    for triple in found:
        found_parts[max(0, bisect_right(starts, triple[0]) - 1)].add(triple)
    counts: DocCounts = {}
    for spans, triples in zip(gold_parts, found_parts, strict=True):
        part = CorpusDoc(PAGES, source.doc_id, source.text, tuple(spans))
        _add(counts, source.doc_id, count_found(part, triples, SCHEMES[PAGES]))
    return counts


def _ruled(nlp: Language, pages: Sequence[Page]) -> Iterator[tuple[Page, set[Found]]]:
    """The names of the annotate stage in raw offsets, page by page."""
    with nlp.select_pipes(enable=list(NAMING)):
        model = Model(nlp, nlp.meta["name"], nlp.meta["version"])
        for page, annotation in annotate_pages(pages, model, load_knowledge()):
            yield page, {(*page.source.raw_span(m.start, m.end), m.label) for m in annotation.mentions}


def _modelled(nlp: Language, page: Page) -> set[Found]:
    """The model's own names in raw offsets, paragraph by paragraph."""
    spans = paragraph_spans(page)
    docs = nlp.pipe(page.text[a:b] for a, b in spans)
    return {
        (*page.source.raw_span(start + e.start_char, start + e.end_char), e.label_)
        for (start, _end), doc in zip(spans, docs, strict=True)
        for e in doc.ents
        if e.text.strip()
    }


def _add(counts: DocCounts, name: str, labels: dict[str, tuple[int, int, int]]) -> None:
    for label, triple in labels.items():
        counts.setdefault(name, {}).setdefault(label, []).append(triple)
