"""annotate: sentences, names and dates of clean pages.

The model reads every paragraph once, in batches over pages; everything else is ours and works on offsets.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from itertools import pairwise
from operator import attrgetter

from spacy.attrs import IDX, IS_SPACE
from spacy.tokens import Doc

from pipeline.annotate.dates import date_sentences, find_dates
from pipeline.annotate.model import Model
from pipeline.annotate.names import Name, find_names
from pipeline.annotate.sentences import sentence_spans
from pipeline.knowledge import Knowledge
from pipeline.records import Annotation, Mention, Page, Sentence, Timex

__all__ = ["annotate_pages"]

Span = tuple[int, int]
# Paragraphs that the model takes at once: more do not fit the processor's cache (spaCy's 256 take a quarter longer).
TEXTS = 16
# spaCy's tokeniser takes time with the square (or worse) of a run of signs without a space, and refuses a text
# of a million characters: 500 characters without a space are no word, 100,000 no paragraph.
RE_LONG = re.compile(r"\S{500}|.{100000}(?=\s)", re.DOTALL)


def annotate_pages(
    pages: Iterable[Page], model: Model, knowledge: Knowledge
) -> Iterator[tuple[Page, Annotation]]:
    """Annotate pages in order; all offsets index `page.text`.

    Ids (`s0001`, `m0001`, `d0001`) count within a page in text order. A sentence lies in one paragraph; names and
    dates lie in one sentence and do not overlap.
    """
    tasks = ((text, (page, span)) for page in pages for text, span in _texts(page))
    waiting: Page | None = None
    docs: list[tuple[Doc, Span]] = []
    for doc, (page, span) in model.nlp.pipe(tasks, as_tuples=True, batch_size=TEXTS):
        if waiting is not None and page is not waiting:
            yield waiting, annotate_docs(waiting, docs, knowledge)
            docs = []
        waiting = page
        if span is not None:
            docs.append((doc, span))
    if waiting is not None:
        yield waiting, annotate_docs(waiting, docs, knowledge)


def _texts(page: Page) -> Iterator[tuple[str, Span | None]]:
    """The paragraphs of a page; a page without any gives one empty text, so that it is not lost."""
    spans = paragraph_spans(page)
    for start, end in spans:
        yield page.text[start:end], (start, end)
    if not spans:
        yield "", None


def paragraph_spans(page: Page) -> list[Span]:
    """Clean spans of the prose lines of the kept sections, in order; headings are no prose."""
    spans = []
    for section in page.sections:
        if section.start is None or section.end is None:
            continue
        position = section.start
        for line in page.text[section.start : section.end].split("\n"):
            if line.strip():
                spans += _pieces(page.text, position, position + len(line))
            position += len(line) + 1
    return spans


def _pieces(text: str, start: int, end: int) -> list[Span]:
    """A line as it is, or cut where the tokeniser could not manage it."""
    cuts = [start, *(m.end() for m in RE_LONG.finditer(text, start, end)), end]
    return [(a, b) for a, b in pairwise(cuts) if text[a:b].strip()]


def annotate_docs(page: Page, docs: Sequence[tuple[Doc, Span]], knowledge: Knowledge) -> Annotation:
    """Annotation of one page from the model's docs of its paragraphs."""
    ents = [
        (start + e.start_char, start + e.end_char, e.label_) for doc, (start, _end) in docs for e in doc.ents
    ]
    paragraphs = [span for _doc, span in docs]
    spans = [
        (start + a, start + b)
        for doc, (start, end) in docs
        for a, b in sentence_spans(doc, page.text[start:end])
    ]
    headings = [(s.start, s.end, s.title) for s in page.sections if s.start is not None and s.end is not None]
    names = find_names(page.text, paragraphs, ents, page.blurbs, knowledge)
    dates = find_dates(page.text, spans, sections=headings)
    names, dates = _settle_overlaps(names, dates)
    spans = _unbroken(spans, [*((m.start, m.end) for m in names), *((d.start, d.end) for d in dates)])
    tokens = [start + at for doc, (start, _end) in docs for at in _word_starts(doc)]
    sentences = _sentences(page, spans, tokens)
    dated = date_sentences(sentences, dates, headings)
    return Annotation(tuple(dated), tuple(_mentions(names, sentences)), tuple(_filed_dates(dates, sentences)))


def _word_starts(doc: Doc) -> list[int]:
    """Where the tokens start that are no white space."""
    tokens = doc.to_array([IDX, IS_SPACE])
    starts: list[int] = tokens[:, 0][tokens[:, 1] == 0].tolist()
    return starts


def _settle_overlaps(names: Sequence[Name], dates: Sequence[Timex]) -> tuple[list[Name], list[Timex]]:
    """A date inside a name belongs to the name (`Theresa May`); otherwise a name that overlaps a date gives way."""
    starts = [m.start for m in names]
    kept_dates = [d for d in dates if not _inside(d, names, bisect_right(starts, d.start) - 1)]
    starts = [d.start for d in kept_dates]
    kept_names = [m for m in names if not _overlaps(m, kept_dates, bisect_left(starts, m.end) - 1)]
    return kept_names, kept_dates


def _inside(d: Timex, names: Sequence[Name], i: int) -> bool:
    """Whether a date lies within a longer name, which can only be name `i`, the last that starts before it."""
    return i >= 0 and d.end <= names[i].end and (names[i].start, names[i].end) != (d.start, d.end)


def _overlaps(m: Name, dates: Sequence[Timex], i: int) -> bool:
    """Whether a name overlaps a date, which can only be date `i`, the last that starts before the name's end."""
    return i >= 0 and dates[i].end > m.start


def _unbroken(spans: Sequence[Span], items: Sequence[Span]) -> list[Span]:
    """Sentence spans joined where a name or date reaches over a bound."""
    starts = [start for start, _ in spans]
    crossed = {
        k for a, b in items for k in range(bisect_right(starts, a), bisect_left(starts, b))
    }  # spans that begin inside an item
    joined: list[Span] = []
    for k, (start, end) in enumerate(spans):
        if joined and k in crossed:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


def _sentences(page: Page, spans: Sequence[Span], tokens: Sequence[int]) -> list[Sentence]:
    sections = [s for s in page.sections if s.start is not None and s.end is not None]
    found, s, t = [], 0, 0
    for number, (start, end) in enumerate(spans, 1):
        while s + 1 < len(sections) and start >= (sections[s + 1].start or 0):
            s += 1
        first = bisect_left(tokens, start, t)
        t = bisect_left(tokens, end, first)
        found.append(Sentence(f"s{number:04d}", sections[s].section_id, start, end, tokens=t - first))
    return found


def _mentions(names: Sequence[Name], sentences: Sequence[Sentence]) -> Iterator[Mention]:
    """The names numbered on the page (m0001), each in its sentence."""
    homes = _homes([name.start for name in names], sentences)
    for number, (name, home) in enumerate(zip(names, homes, strict=True), 1):
        yield Mention(f"m{number:04d}", home, *name)


def _filed_dates(dates: Sequence[Timex], sentences: Sequence[Sentence]) -> Iterator[Timex]:
    """The dates numbered on the page (d0001), each in its sentence."""
    values = attrgetter(*(field.name for field in fields(Timex)[2:]))  # quicker than `replace`
    homes = _homes([d.start for d in dates], sentences)
    for number, (d, home) in enumerate(zip(dates, homes, strict=True), 1):
        yield Timex(f"d{number:04d}", home, *values(d))


def _homes(starts: Sequence[int], sentences: Sequence[Sentence]) -> list[str]:
    """The sentence of each position, positions in order."""
    homes, s = [], 0
    for start in starts:
        while s + 1 < len(sentences) and start >= sentences[s + 1].start:
            s += 1
        homes.append(sentences[s].sentence_id)
    return homes
