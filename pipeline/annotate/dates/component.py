"""The date tagger as a spaCy component: `nlp.add_pipe("timex")` (entry point `spacy_factories`)."""

from __future__ import annotations

from typing import Any

from spacy.language import Language
from spacy.tokens import Doc, Span

from pipeline.annotate.dates.tagger import find_dates
from pipeline.records import Timex

_ATTRIBUTES = ("value", "type", "mod", "edtf", "earliest", "latest", "range_id")


class TimexComponent:
    """Adds the date expressions of a doc to `doc.spans[spans_key]` and, with exact offsets, to `doc._.dates`.

    A span reaches to the borders of the tokens that it touches, so the ends of a range that the tokeniser keeps in
    one token ("1957–60") share it; the records in `doc._.dates` keep them apart. Each span has the extension
    attributes value, type, mod, edtf, earliest, latest and range_id, its label is the TIMEX3 type.
    Sentence bounds are those of the doc where it has any, else the tagger's own.
    """

    def __init__(self, spans_key: str = "dates") -> None:
        self.spans_key = spans_key
        if not Doc.has_extension("dates"):
            Doc.set_extension("dates", default=())
        for name in _ATTRIBUTES:
            if not Span.has_extension(name):
                Span.set_extension(name, default="")

    def __call__(self, doc: Doc) -> Doc:
        """Tag one doc."""
        bounded = doc.has_annotation("SENT_START")
        sentences = [(s.start_char, s.end_char) for s in doc.sents] if bounded and len(doc) else []
        dates = find_dates(doc.text, sentences)
        doc._.dates = tuple(dates)
        doc.spans[self.spans_key] = [span for d in dates if (span := _span(doc, d)) is not None]
        return doc


def _span(doc: Doc, timex: Timex) -> Span | None:
    span = doc.char_span(timex.start, timex.end, label=timex.type, alignment_mode="expand")
    if span is not None:
        for name in _ATTRIBUTES:
            span._.set(name, getattr(timex, name))
    return span


@Language.factory("timex", default_config={"spans_key": "dates"}, assigns=["doc.spans"])
def create_timex(nlp: Language, name: str, spans_key: str) -> Any:
    """Make the component for `nlp.add_pipe("timex")`."""
    return TimexComponent(spans_key)
