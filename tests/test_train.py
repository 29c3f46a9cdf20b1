"""Training: labels by the guidelines, nothing learnt from held documents, the same bytes twice."""

import csv
import json
import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from spacy.tokens import Doc, Span
from spacy.training import Example

import pipeline.train as T
from pipeline.annotate import weights as W
from pipeline.train.augment import mention_pool, replace_mentions
from pipeline.train.corpora import CorpusDoc, read_corpus, read_silver
from pipeline.train.corpora import Span as Gold
from pipeline.train.crossval import fold_parts, merge_counts
from pipeline.train.extents import guideline_extents
from pipeline.train.labels import build_examples, head_labels, plan_spans
from pipeline.train.loop import Member, average
from pipeline.train.measure import SCHEMES, count_names, f1
from pipeline.train.proof import read_pages, score_page
from pipeline.train.settings import DEFAULT, TrainError, TrainSettings, load_settings

from .test_weights import tiny_pipeline

PEOPLES = frozenset(("Yugoslav", "Albanian", "Soviet"))
CONVENTION = {"PER": ("PERSON",), "ORG": ("ORG",), "LOC": ("GPE",), "MISC": ("EVENT", "LAW")}


@pytest.mark.parametrize(
    ("name", "label", "expected"),
    [
        ("the Soviet Union", "LOC", ["Soviet Union"]),
        ("The Hague", "LOC", ["Hague"]),
        ("Theodore Roe", "PER", ["Theodore Roe"]),
        ("a", "MISC", ["a"]),
        ("Josip Broz Tito's", "PER", ["Josip Broz Tito"]),
        ("’s", "PER", ["’s"]),
        ("President Carter", "PER", ["Carter"]),
        ("Dr. Jane Roe", "PER", ["Jane Roe"]),
        ("President of Finland", "PER", ["President of Finland"]),
        ("General Motors", "ORG", ["General Motors"]),
        ('"Gloomy Sunday"', "MISC", ["Gloomy Sunday"]),
        ('"One" and "Two"', "MISC", ['"One" and "Two"']),
        ("“The Wall”", "MISC", ["Wall"]),
        ("Yugoslav–Albanian", "LOC", ["Yugoslav", "Albanian"]),
        ("Soviet-Albanian", "LOC", ["Soviet", "Albanian"]),
        ("Soviet-Albanian split", "MISC", ["Soviet-Albanian split"]),
        ("Saint-Denis", "LOC", ["Saint-Denis"]),
        ("  ", "LOC", []),
    ],
)
def test_extents_follow_the_guidelines(name, label, expected):
    text = f"x {name} y"
    spans = guideline_extents(text, 2, 2 + len(name), label, peoples=PEOPLES)
    assert [text[s:e] for s, e in spans] == expected


@given(st.text("the 'sA-–\"“”an.Dr\n", max_size=20), st.sampled_from(("PER", "LOC")))
def test_extents_stay_inside_and_settle(text, label):
    for start, end in guideline_extents(text, 0, len(text), label, peoples=PEOPLES):
        assert 0 <= start < end <= len(text)
        assert text[start:end] == text[start:end].strip()
        assert guideline_extents(text, start, end, label, peoples=PEOPLES) == [(start, end)]


def make_doc(words, ents):
    doc = Doc(tiny_pipeline().vocab, words=words.split())
    doc.set_ents([Span(doc, s, e, label=label) for s, e, label in ents])
    return doc


def gold_doc(doc, *spans):
    made = [Gold(doc[s].idx, doc[e - 1].idx + len(doc[e - 1]), label) for s, e, label in spans]
    return CorpusDoc("c", "d", doc.text, tuple(made))


def unknown(name):
    return frozenset()


def planned(doc, source, convention=CONVENTION, known=unknown):
    return [(s.start, s.end, s.labels) for s in plan_spans(doc, source, convention, PEOPLES, known)]


def test_human_spans_win_and_unlabelled_families_keep_the_models_own():
    doc = make_doc("Ada left Paris in 1920 with Bob .", [(0, 1, "ORG"), (4, 5, "DATE"), (6, 7, "PERSON")])
    source = gold_doc(doc, (0, 1, "PER"), (2, 3, "LOC"))
    # 1920 is the model's; Bob is not: the corpus labels people and has none here.
    assert planned(doc, source) == [(0, 1, ("PERSON",)), (2, 3, ("GPE",)), (4, 5, ("DATE",))]


def test_events_and_laws_outside_human_spans_are_left_open():
    doc = make_doc("the Great Split began", [(0, 3, "EVENT")])
    assert planned(doc, gold_doc(doc)) == [(1, 3, ())]


def test_a_people_that_the_corpus_calls_an_organisation_is_left_open():
    doc = make_doc("most Catholic voters", [(1, 2, "NORP")])
    assert planned(doc, gold_doc(doc, (1, 2, "ORG"))) == [(1, 2, ())]


@pytest.mark.parametrize(
    ("name", "labels"),
    [
        ("Battle of Midway", ("EVENT",)),
        ("Winter War", ("EVENT",)),
        ("Treaty of Act", ("LAW",)),
        ("Constitution of 1812", ("LAW",)),
        ("Gloomy Sunday", ("EVENT", "LAW")),
    ],
)
def test_head_words_settle_events_and_laws(name, labels):
    doc = make_doc(f"{name} .", [])
    assert planned(doc, gold_doc(doc, (0, len(doc) - 1, "MISC")))[0][2] == labels


def test_a_table_settles_a_type_only_where_it_knows_one():
    doc = make_doc("Gloomy Sunday .", [])
    source = gold_doc(doc, (0, 2, "MISC"))
    assert planned(doc, source, known=lambda name: {"EVENT", "GPE"}) == [(0, 2, ("EVENT",))]
    assert planned(doc, source, known=lambda name: {"EVENT", "LAW"}) == [(0, 2, ("EVENT", "LAW"))]
    assert planned(doc, source, known=lambda name: {"GPE"}) == [(0, 2, ("EVENT", "LAW"))]


def test_the_tables_know_states_and_nationalities():
    assert T.known_labels("Soviet Union") == {"GPE"}
    assert T.known_labels("Albanian") == {"NORP"}
    assert T.known_labels("Quxland") == frozenset()


def test_a_span_off_the_token_border_is_left_open():
    doc = make_doc("in 1990–95 there", [])
    source = CorpusDoc("c", "d", doc.text, (Gold(3, 7, "LOC"),))
    assert planned(doc, source) == [(1, 2, ())]


def test_silver_documents_keep_all_labels_without_their_article():
    doc = make_doc("the Soviet Union 's men", [(0, 4, "GPE")])
    assert planned(doc, gold_doc(doc), None) == [(1, 3, ("GPE",))]


def test_silver_leaves_capitalised_words_that_the_model_passes_over_open():
    doc = make_doc("Men saw Kirov . Then they signed the Treaty of Riga", [(7, 11, "ORG")])
    assert planned(doc, gold_doc(doc), None) == [(2, 3, ()), (8, 11, ("LAW",))]


def test_a_forced_choice_is_never_a_people_or_a_language():
    doc = make_doc("in Malaya and the Zande", [(3, 5, "NORP")])
    source = gold_doc(doc, (1, 2, "LOC"), (3, 5, "LOC"))
    convention = {"LOC": ("GPE", "LOC", "NORP")}
    assert planned(doc, source, convention) == [(1, 2, ("GPE", "LOC")), (4, 5, ("NORP",))]


def test_head_words_are_lower_case_and_known_labels():
    assert all(head == head.lower() for head in head_labels())
    assert set(head_labels().values()) <= {"EVENT", "LAW", "GPE", "LOC", "FAC"}


def test_examples_have_missing_tokens_where_nothing_is_known():
    nlp = tiny_pipeline()
    text = "Ada Byron left Gloomy Sunday ."
    source = CorpusDoc("c", "d", text, (Gold(0, 9, "PER"), Gold(15, 28, "MISC")))
    made = build_examples(nlp, [source], {"c": CONVENTION}, agreement=1.1, known=unknown)
    reference = made[0].reference
    assert [(e.text, e.label_) for e in reference.ents if e.label_ == "PERSON"] == [("Ada Byron", "PERSON")]
    assert [t.text for t in reference if t.ent_iob == 0] == ["Gloomy", "Sunday"]
    assert [t.text for t in reference if t.ent_iob == 2][:1] == ["left"]


def test_an_open_type_is_settled_by_the_models_belief():
    nlp = tiny_pipeline()
    source = CorpusDoc("c", "d", "He saw Tirana .", (Gold(7, 13, "LOC"),))
    convention = {"c": {"LOC": ("GPE", "ORG")}}
    reference = build_examples(nlp, [source], convention, agreement=0.5, known=unknown)[0].reference
    assert [e.text for e in reference.ents] == ["Tirana"]
    assert reference.ents[0].label_ in ("GPE", "ORG")


def test_a_label_that_the_model_lacks_is_named():
    with pytest.raises(TrainError, match="no label PLANET"):
        build_examples(tiny_pipeline(), [], {"c": {"LOC": ("GPE", "PLANET")}}, agreement=0.5, known=unknown)


def test_replaced_mentions_keep_labels_open_tokens_and_the_rest():
    nlp = tiny_pipeline()
    reference = make_doc("Ada met Bob and Ada in Oslo ?", [(0, 1, "PERSON"), (4, 5, "PERSON"), (6, 7, "GPE")])
    reference.set_ents(list(reference.ents), missing=[reference[2:3]], default="outside")
    example = Example(nlp.make_doc(reference.text), reference)
    pool = {"PERSON": [(("Josip", True), ("Tito", False))], "GPE": [(("Rome", False),)]}
    new = replace_mentions(example, pool, 1.0, random.Random(0)).reference
    assert new.text == "Josip Tito met Bob and Josip Tito in Rome ? "
    assert [(e.text, e.label_) for e in new.ents] == [
        ("Josip Tito", "PERSON"),
        ("Josip Tito", "PERSON"),
        ("Rome", "GPE"),
    ]
    assert [t.text for t in new if t.ent_iob == 0] == ["Bob"]
    same = replace_mentions(example, pool, 0.0, random.Random(0)).reference
    assert same.text == reference.text
    assert mention_pool([example])["GPE"] == [(("Oslo", True),)]


def write_corpus(folder, documents):
    (folder / "raw").mkdir(parents=True)
    with (folder / "gold.csv").open("w", newline="", encoding="utf8") as handle:
        writer = csv.writer(handle)
        writer.writerow(["doc_id", "start", "end", "text", "label"])
        for doc_id, (text, spans) in documents.items():
            (folder / "raw" / f"{doc_id}.txt").write_bytes(text.encode())
            writer.writerows([doc_id, s, e, text[s:e], label] for s, e, label in spans)


NAMES = ["Ada", "Bob", "Eve", "Ivan", "Nora", "Otto"]
DOCUMENTS = {
    f"d{i:02}": (f"{NAMES[i % 6]} went to Tirana .", [(0, len(NAMES[i % 6]), "PER")]) for i in range(20)
}


def test_a_corpus_is_read_in_order_with_its_spans(tmp_path):
    write_corpus(tmp_path / "c", DOCUMENTS)
    docs = read_corpus(tmp_path / "c")
    assert [d.doc_id for d in docs] == sorted(DOCUMENTS)
    assert docs[1].spans == (Gold(0, 3, "PER"),)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("d00,0,3,Bob,PER", r"gold\.csv:2: expected 'Bob' at 0-3, found 'Ada'"),
        ("d00,0,99,Ada,PER", r"gold\.csv:2: expected"),
        ("d00,x,3,Ada,PER", r"gold\.csv:2: start and end"),
        ("d99,0,3,Ada,PER", r"gold\.csv:2: no document 'd99'"),
    ],
)
def test_a_broken_corpus_is_named_with_its_line(tmp_path, row, message):
    write_corpus(tmp_path / "c", DOCUMENTS)
    (tmp_path / "c" / "gold.csv").write_text(f"doc_id,start,end,text,label\n{row}\n", encoding="utf8")
    with pytest.raises(TrainError, match=message):
        read_corpus(tmp_path / "c")


def test_missing_corpus_files_are_named(tmp_path):
    with pytest.raises(TrainError, match="no text files"):
        read_corpus(tmp_path)
    write_corpus(tmp_path / "c", DOCUMENTS)
    (tmp_path / "c" / "gold.csv").write_text("doc_id,start\nd00,1\n", encoding="utf8")
    with pytest.raises(TrainError, match="no column end, text, label"):
        read_corpus(tmp_path / "c")


def test_silver_takes_paragraphs_of_prose_only(tmp_path):
    prose = "word " * 25
    write_corpus(tmp_path / "s", {"a": (f"Heading\n{prose}\n\nshort line\n{prose}", [])})
    assert [d.doc_id for d in read_silver(tmp_path / "s")] == ["a:1", "a:4"]


def test_default_settings_load_and_unknown_keys_do_not(tmp_path):
    settings = load_settings(DEFAULT)
    assert set(settings.corpora) == {"redocred", "wikigold"}
    path = tmp_path / "t.toml"
    for text, message in (
        ("rate = 1", "unknown key 'rate'"),
        ("passes = 1.5", "passes: expected int"),
        ("=", "t.toml"),
    ):
        path.write_text(text, encoding="utf8")
        with pytest.raises(TrainError, match=message):
            load_settings(path)


def test_counts_trim_articles_and_map_types():
    doc = make_doc("the Alps and the Finns like Nokia", [(0, 2, "LOC"), (4, 5, "NORP"), (6, 7, "PERSON")])
    gold = gold_doc(doc, (1, 2, "LOC"), (4, 5, "LOC"), (6, 7, "ORG"))
    redocred = count_names([gold], [doc], SCHEMES["redocred"])
    assert redocred == {"all": (2, 3, 3), "LOC": (2, 2, 2), "ORG": (0, 1, 0), "PER": (0, 0, 1)}
    assert count_names([gold], [doc], SCHEMES["wikigold"])["LOC"] == (1, 2, 1)
    assert f1(0, 0, 0) == 0.0
    assert f1(2, 3, 3) == pytest.approx(2 / 3)


@given(st.integers(1, 30), st.integers(1, 7))
def test_every_document_is_tested_once_and_never_in_its_own_training(n, folds):
    docs = [CorpusDoc("c", str(i), "") for i in range(n)]
    tested = []
    for rest, test in fold_parts(docs, folds):
        assert not {d.doc_id for d in rest} & {d.doc_id for d in test}
        assert len(rest) + len(test) == n
        tested += [d.doc_id for d in test]
    assert sorted(tested) == sorted(d.doc_id for d in docs)


def test_fold_counts_add_up():
    parts = [{"bare": {"c": {"all": [(1, 2, 2)]}}}, {"bare": {"c": {"all": [(2, 2, 4), (0, 1, 0)]}}}]
    cell = merge_counts(parts)["bare"]["c"]["all"]
    assert cell["f1"] == round(2 * 3 / (5 + 6), 4)
    assert (cell["gold"], cell["documents"]) == (5, 3)
    assert cell["low"] <= cell["f1"] <= cell["high"]


def test_the_average_goes_mix_of_the_way():
    base = {"w": np.zeros(2, "float32")}
    members = [Member(i, {"w": np.array([i, 2.0], "float32")}, 1, (0.5,)) for i in (1, 3)]
    np.testing.assert_allclose(average(members, base, 1.0)["w"], [2, 2])
    np.testing.assert_allclose(average(members, base, 0.5)["w"], [1, 1])
    assert average(members, base, 0.0)["w"].dtype == np.float32


@pytest.fixture
def small_run(tmp_path, monkeypatch):
    monkeypatch.setattr(T, "load_base", lambda name: tiny_pipeline())
    write_corpus(tmp_path / "bench" / "c", DOCUMENTS)
    settings = TrainSettings(
        corpora={"c": CONVENTION}, learn_rate=0.01, passes=3, seeds=(0, 1), varied=0.5, anchor=0.1
    )
    monkeypatch.setitem(SCHEMES, "c", SCHEMES["wikigold"])
    return tmp_path / "bench", settings


def test_training_writes_weights_that_load_and_are_the_same_twice(small_run, tmp_path):
    corpora, settings = small_run
    lines = []
    first = T.train(corpora, tmp_path / "one", settings=settings, folds=2, log=lines.append)
    T.train(corpora, tmp_path / "two", settings=settings, folds=2)
    for path in first.files:
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes(), path.name
    assert any("seed 1, pass 1" in line for line in lines)
    nlp = tiny_pipeline()
    assert W.apply_weights(nlp, tmp_path / "one") == f"{T.NAME} {T.VERSION} {first.manifest['sha256'][:8]}"
    assert first.report["figures"]["weights"]["c"]["all"]["documents"] == 20
    card = (tmp_path / "one" / "CARD.md").read_text(encoding="utf8")
    assert first.manifest["sha256"] in card
    report = json.loads((tmp_path / "one" / "report.json").read_text(encoding="utf8"))
    assert report["data"]["c"]["documents"] == 20


def test_training_learns(small_run):
    corpora, settings = small_run
    docs, _ = T.read_all(corpora, settings)
    figures = T.cross_validate(docs, [], settings, 2, lambda line: None)
    assert figures["weights"]["c"]["PER"]["f1"] > figures["bare"]["c"]["PER"]["f1"]


def test_held_documents_do_not_reach_the_weights(small_run):
    corpora, settings = small_run
    docs, _ = T.read_all(corpora, settings)
    rest, test = next(fold_parts(docs, 2))
    changed = [
        CorpusDoc(d.corpus, d.doc_id, "Completely other text about Oslo .", ()) if d in test else d
        for d in docs
    ]

    def weights(documents):
        nlp = tiny_pipeline()
        base = {k: n.get_param(p).copy() for k, n, p in W.parameters(W.recogniser(nlp).model)}
        kept, _ = next(fold_parts(documents, 2))
        return T.train_members(nlp, base, kept, [], settings, lambda line: None)

    one, two = weights(docs), weights(changed)
    assert rest
    for a, b in zip(one, two, strict=True):
        assert all((a.weights[key] == b.weights[key]).all() for key in a.weights)


def test_frozen_layers_do_not_move(small_run):
    corpora, settings = small_run
    docs, _ = T.read_all(corpora, settings)
    nlp = tiny_pipeline()
    base = {k: n.get_param(p).copy() for k, n, p in W.parameters(W.recogniser(nlp).model)}
    frozen = T.TrainSettings(corpora=settings.corpora, passes=1, frozen=("hashembed",), learn_rate=0.01)
    member = T.train_members(nlp, base, docs, [], frozen, lambda line: None)[0]
    for key, array in base.items():
        same = np.allclose(member.weights[key], array, atol=1e-6)
        if "hashembed" in key:
            assert same, key
    assert any(not np.allclose(member.weights[k], base[k]) for k in base)


def test_a_missing_corpus_folder_is_an_error(tmp_path):
    with pytest.raises(TrainError, match="no text files"):
        T.train(tmp_path, tmp_path / "out", settings=TrainSettings(corpora={"c": CONVENTION}))
    with pytest.raises(TrainError, match="no labelled corpus"):
        T.train(tmp_path, tmp_path / "out", settings=TrainSettings())


def write_page(folder, name, raw, spans):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.txt").write_text(raw, encoding="utf8")
    labels = [
        {"raw_start": raw.index(t), "raw_end": raw.index(t) + len(t), "label": kind} for t, kind in spans
    ]
    (folder / f"{name}.json").write_text(json.dumps({"mentions": labels}), encoding="utf8")


def test_labelled_pages_are_read_from_both_forms(tmp_path):
    write_page(tmp_path, "a", "Risto Ryti spoke.\n", [("Risto Ryti", "PERSON")])
    (page,) = read_pages(tmp_path)
    assert (page.doc_id, page.spans) == ("a", (Gold(0, 10, "PERSON"),))
    root = Path(__file__).resolve().parents[1]
    (gold,) = read_pages(root / "gold")
    assert len(gold.spans) > 400 and gold.text[gold.spans[0].start :].startswith("Albania")


@pytest.mark.parametrize("content", ["", "{}", '{"mentions": [{"raw_start": 1}]}', '{"mentions": 3}'])
def test_a_broken_labelled_page_is_named(tmp_path, content):
    write_page(tmp_path, "a", "Risto Ryti spoke.\n", [])
    (tmp_path / "a.json").write_text(content, encoding="utf8")
    with pytest.raises(T.TrainError, match=r"a\.json"):
        read_pages(tmp_path)


def test_a_folder_without_labelled_pages_is_named(tmp_path):
    with pytest.raises(T.TrainError):
        read_pages(tmp_path)


@pytest.mark.model
def test_a_page_is_counted_by_paragraph_with_model_and_rules(tmp_path):
    raw = "Enver Hoxha led Albania.\nIn 1961 the Treaty of Zenda was signed in Tirana.\n"
    spans = [("Enver Hoxha", "PERSON"), ("Albania", "GPE"), ("Treaty of Zenda", "LAW"), ("Tirana", "GPE")]
    write_page(tmp_path, "a", raw, spans)
    (page,) = read_pages(tmp_path)
    nlp = T.load_base("en_core_web_md")
    ruled = score_page(nlp, page, rules=True)["a"]
    assert [triple[:2] for triple in ruled["all"]] == [(2, 2), (2, 2)]
    assert ruled["LAW"] == [(0, 0, 0), (1, 1, 1)]
    bare = score_page(nlp, page, rules=False)["a"]
    assert [gold for _right, gold, _found in bare["all"]] == [2, 2]
