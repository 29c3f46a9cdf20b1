"""The tagger as a spaCy component."""

from __future__ import annotations

import spacy

from pipeline.annotate.dates.component import TimexComponent, create_timex

TEXT = "It ran from 1957–60. In December 1961 they broke. A year later it ended."


def _nlp(**config):
    assert create_timex is not None  # registers the factory where the package is not installed
    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer")
    nlp.add_pipe("timex", config=config)
    return nlp


def test_spans_carry_their_attributes():
    doc = _nlp()(TEXT)
    last = doc.spans["dates"][-1]
    assert (last.text, last.label_, last._.value, last._.type) == ("A year later", "DATE", "1962", "DATE")
    assert (last._.earliest, last._.latest, last._.mod, last._.edtf) == (
        "1962-01-01",
        "1962-12-31",
        "",
        "1962",
    )
    assert [d.value for d in doc._.dates] == ["1957", "1960", "1961-12", "1962"]
    assert [TEXT[d.start : d.end] for d in doc._.dates] == ["1957", "60", "December 1961", "A year later"]


def test_pipe_key_and_bytes():
    nlp = _nlp(spans_key="timexes")
    docs = list(nlp.pipe([TEXT, "", "Nothing."]))
    assert [len(d.spans["timexes"]) for d in docs] == [4, 0, 0]
    again = spacy.tokens.Doc(nlp.vocab).from_bytes(docs[0].to_bytes(exclude=["user_data"]))
    assert [s.text for s in again.spans["timexes"]] == [s.text for s in docs[0].spans["timexes"]]


def test_works_without_sentence_bounds():
    doc = TimexComponent()(spacy.blank("en")(TEXT))
    assert [d.value for d in doc._.dates] == ["1957", "1960", "1961-12", "1962"]
