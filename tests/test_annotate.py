"""annotate: sentence bounds, and how names, dates and sentences settle where they meet."""

import pytest
from spacy.lang.en import English
from spacy.tokens import Doc

from pipeline.annotate import annotate_docs, paragraph_spans
from pipeline.annotate.model import ModelError, load_model, model_path
from pipeline.annotate.sentences import sentence_spans
from pipeline.clean import clean_page
from pipeline.knowledge import load_knowledge

NLP = English()


def doc_of(text, splits=(), ents=()):
    """A doc of a text, split into sentences before the given substrings, with the given entities."""
    doc = NLP.make_doc(text)
    starts = {text.index(s) for s in splits}
    doc = Doc(
        NLP.vocab,
        [t.text for t in doc],
        [bool(t.whitespace_) for t in doc],
        sent_starts=[t.idx in starts or t.i == 0 for t in doc],
    )
    doc.ents = [doc.char_span(text.index(s), text.index(s) + len(s), label) for s, label in ents]
    return doc


@pytest.mark.parametrize(
    ("text", "splits", "sentences"),
    [
        ("He left. She came.", ["She"], ["He left.", "She came."]),
        ("It fell to J. K. Paasikivi then.", ["K.", "Paasikivi"], ["It fell to J. K. Paasikivi then."]),
        ("They met in St. Petersburg again.", ["Petersburg"], ["They met in St. Petersburg again."]),
        ('He said "no." and left.', ["and"], ['He said "no." and left.']),
        ("It lasted c. 1500 days.", ["1500"], ["It lasted c. 1500 days."]),
        (
            "They left the town without a stop Then more.",
            ["Then"],
            ["They left the town without a stop Then more."],
        ),
        ("What now? Nobody knew.", ["Nobody"], ["What now?", "Nobody knew."]),
        ("One.  Two.", ["Two"], ["One.", "Two."]),
        ("(He left.) She came.", ["She"], ["(He left.)", "She came."]),
    ],
)
def test_sentence_bounds(text, splits, sentences):
    assert [text[a:b] for a, b in sentence_spans(doc_of(text, splits), text)] == sentences


def annotation_of(text, splits=(), ents=()):
    page = clean_page(text, "page", layout="plain")
    docs = [(doc_of(page.text[a:b], splits, ents), (a, b)) for a, b in paragraph_spans(page)]
    return page, annotate_docs(page, docs, load_knowledge())


def test_a_date_inside_a_name_belongs_to_the_name():
    _, found = annotation_of(
        "In 1964 the Civil Rights Act of 1964 passed.", ents=[("Civil Rights Act of 1964", "LAW")]
    )
    assert [d.text for d in found.dates] == ["1964"]
    assert [(m.text, m.label) for m in found.mentions] == [("Civil Rights Act of 1964", "LAW")]


def test_a_name_over_a_sentence_bound_joins_the_sentences():
    _, found = annotation_of(
        "He served with Gen. Grant. He left.", ["Grant", "He left"], [("Gen. Grant", "PERSON")]
    )
    assert len(found.sentences) == 2


def test_ids_and_homes_follow_the_text():
    _, found = annotation_of("Albania left in 1961. Russia stayed.", ["Russia"])
    assert [s.sentence_id for s in found.sentences] == ["s0001", "s0002"]
    assert [(m.mention_id, m.sentence_id) for m in found.mentions] == [("m0001", "s0001"), ("m0002", "s0002")]
    assert [(d.date_id, d.sentence_id) for d in found.dates] == [("d0001", "s0001")]
    assert found.sentences[0].dated_by == "own" and found.sentences[0].tokens == 5


def test_an_unknown_model_is_one_clear_line():
    with pytest.raises(ModelError, match="no_such_model"):
        model_path("no_such_model")


@pytest.mark.model
def test_the_parser_runs_only_when_asked():
    model = load_model("en_core_web_md", "none")
    assert sorted(model.nlp.pipe_names) == ["ner", "senter"]
    (doc,) = model.parse(["Tirana signed an agreement."])
    assert doc[0].dep_ == "nsubj"
