"""Weights are added only to the model they were trained from, and only if every byte is the shipped one."""

import hashlib
import json
import struct

import numpy as np
import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from spacy.training import Example

from pipeline.annotate import weights as W

TEXT = "Ada Byron left Tirana for Moscow and met the Council of Ministers ."
SPANS = [(0, 2, "PERSON"), (3, 4, "GPE"), (5, 6, "GPE"), (9, 12, "ORG")]


def tiny_pipeline(seed=0):
    spacy.util.fix_random_seed(seed)
    nlp = spacy.blank("en")
    tok2vec = {
        "@architectures": "spacy.HashEmbedCNN.v2",
        "pretrained_vectors": None,
        "width": 16,
        "depth": 1,
        "embed_size": 50,
        "window_size": 1,
        "maxout_pieces": 2,
        "subword_features": True,
    }
    nlp.add_pipe(
        "ner",
        config={
            "model": {
                "@architectures": "spacy.TransitionBasedParser.v2",
                "state_type": "ner",
                "extra_state_tokens": False,
                "hidden_width": 16,
                "maxout_pieces": 2,
                "use_upper": True,
                "tok2vec": tok2vec,
            }
        },
    )
    reference = nlp.make_doc(TEXT)
    reference.set_ents([spacy.tokens.Span(reference, s, e, label=label) for s, e, label in SPANS])
    for label in ("EVENT", "LAW"):
        nlp.get_pipe("ner").add_label(label)
    nlp.initialize(lambda: [Example(nlp.make_doc(TEXT), reference)])
    return nlp


def arrays_of(nlp):
    return {key: node.get_param(name).copy() for key, node, name in W.parameters(W.recogniser(nlp).model)}


def ship(folder, nlp, delta, **changes):
    data = W.write_tensors(delta)
    (folder / "ner.safetensors").write_bytes(data)
    manifest = {
        "name": "test-ner",
        "version": "1.0",
        "file": "ner.safetensors",
        "sha256": hashlib.sha256(data).hexdigest(),
        "base": W.base_name(nlp),
        "base_sha256": W.checksum(W.recogniser(nlp).model),
        **changes,
    }
    (folder / W.MANIFEST).write_text(json.dumps(manifest), encoding="utf8")
    return manifest


@pytest.fixture
def delta():
    return {key: np.full(array.shape, 0.5, "float32") for key, array in arrays_of(tiny_pipeline()).items()}


def test_differences_are_added_once(tmp_path, delta):
    nlp = tiny_pipeline()
    before = arrays_of(nlp)
    manifest = ship(tmp_path, nlp, delta)
    name = W.apply_weights(nlp, tmp_path)
    assert name == f"test-ner 1.0 {manifest['sha256'][:8]}"
    assert W.apply_weights(nlp, tmp_path) == name
    after = arrays_of(nlp)
    for key, array in before.items():
        np.testing.assert_allclose(after[key], array + 0.5, atol=1e-6)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (
            {"base": "en_core_web_lg-3.7.1"},
            "they are for en_core_web_lg-3.7.1, the model is en_pipeline-0.0.0",
        ),
        ({"base_sha256": "0" * 64}, "checksum"),
    ],
)
def test_another_base_is_left_bare_and_reported(tmp_path, delta, caplog, change, reason):
    nlp = tiny_pipeline()
    before = arrays_of(nlp)
    ship(tmp_path, nlp, delta, **change)
    assert W.apply_weights(nlp, tmp_path) is None
    assert reason in caplog.text
    after = arrays_of(nlp)
    assert all((after[key] == before[key]).all() for key in before)


def test_a_model_trained_further_is_another_base(tmp_path, delta, caplog):
    nlp = tiny_pipeline()
    ship(tmp_path, nlp, delta)
    _, node, name = next(iter(W.parameters(W.recogniser(nlp).model)))
    node.set_param(name, node.get_param(name) + 1e-3)
    assert W.apply_weights(nlp, tmp_path) is None
    assert "checksum" in caplog.text


def test_no_weights_is_no_error(tmp_path, caplog):
    assert W.apply_weights(tiny_pipeline(), tmp_path) is None
    assert str(tmp_path) in caplog.text


def test_one_changed_byte_is_refused(tmp_path, delta):
    nlp = tiny_pipeline()
    ship(tmp_path, nlp, delta)
    path = tmp_path / "ner.safetensors"
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(bytes(data))
    with pytest.raises(W.WeightsError, match=r"ner\.safetensors: checksum differs"):
        W.apply_weights(nlp, tmp_path)


def test_a_missing_file_is_named(tmp_path, delta):
    nlp = tiny_pipeline()
    ship(tmp_path, nlp, delta)
    (tmp_path / "ner.safetensors").unlink()
    with pytest.raises(W.WeightsError, match=r"ner\.safetensors"):
        W.apply_weights(nlp, tmp_path)


@pytest.mark.parametrize(
    "text", ["", "[]", "null", '{"name": 1}', '{"name": "a", "version": "1", "file": 3}', "{"]
)
def test_a_broken_manifest_is_named(tmp_path, text):
    (tmp_path / W.MANIFEST).write_text(text, encoding="utf8")
    with pytest.raises(W.WeightsError, match=r"manifest\.json"):
        W.apply_weights(tiny_pipeline(), tmp_path)


def test_a_manifest_cannot_point_out_of_its_folder(tmp_path, delta):
    nlp = tiny_pipeline()
    ship(tmp_path, nlp, delta, file="../ner.safetensors")
    with pytest.raises(W.WeightsError, match="file"):
        W.apply_weights(nlp, tmp_path)


def test_a_wrong_shape_changes_nothing(tmp_path, delta):
    nlp = tiny_pipeline()
    before = arrays_of(nlp)
    last = sorted(delta)[-1]
    ship(tmp_path, nlp, {**delta, last: np.zeros((1, 1, 1), "float32")})
    with pytest.raises(W.WeightsError, match="does not fit"):
        W.apply_weights(nlp, tmp_path)
    after = arrays_of(nlp)
    assert all((after[key] == before[key]).all() for key in before)


@given(
    st.dictionaries(
        st.text("abc.0123", min_size=1, max_size=8),
        arrays("float16", array_shapes(max_dims=3, max_side=4), elements=st.floats(-8, 8, width=16)),
        max_size=4,
    )
)
def test_tensors_survive_the_file(tensors):
    data = W.write_tensors(tensors)
    read = W.read_tensors(data, "here")
    assert sorted(read) == sorted(tensors)
    for key, array in tensors.items():
        np.testing.assert_array_equal(read[key], array)
    assert W.write_tensors(dict(reversed(tensors.items()))) == data


@given(st.binary(max_size=80))
def test_any_bytes_give_tensors_or_one_clear_error(data):
    try:
        W.read_tensors(data, "here")
    except W.WeightsError as error:
        assert str(error).startswith("here: ")


def safetensors(header, body=b""):
    head = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(head)) + head + body


@pytest.mark.parametrize(
    "data",
    [
        safetensors({"a": {"dtype": "F16", "shape": [2], "data_offsets": [0, 8]}}, b"\0" * 4),
        safetensors({"a": {"dtype": "F16", "shape": [3], "data_offsets": [0, 4]}}, b"\0" * 4),
        safetensors({"a": {"dtype": "O", "shape": [1], "data_offsets": [0, 2]}}, b"\0" * 2),
        safetensors({"a": {"dtype": "F16", "shape": [1], "data_offsets": [0, 2]}}, b"\x00\x7e"),
        safetensors([1, 2]),
        safetensors(b"\xff"),
        struct.pack("<Q", 1 << 60),
    ],
    ids=["outside", "shape", "object", "nan", "list", "no-utf8", "huge"],
)
def test_bad_tensors_are_refused(data):
    with pytest.raises(W.WeightsError, match="here: not readable as weights"):
        W.read_tensors(data, "here")


@pytest.fixture(scope="module")
def shipped():
    manifest = W.read_manifest()
    assert manifest is not None, "the package carries no weights"
    return manifest


def test_shipped_file_is_small_and_the_one_in_manifest_and_card(shipped):
    data = (W.FOLDER / shipped["file"]).read_bytes()
    assert len(data) <= 7_000_000
    assert hashlib.sha256(data).hexdigest() == shipped["sha256"]
    card = (W.FOLDER / "CARD.md").read_text(encoding="utf8")
    assert shipped["sha256"] in card
    assert shipped["base_sha256"] in card


@pytest.mark.model
def test_shipped_weights_know_more_names_than_the_bare_model(shipped):
    from pipeline.annotate.model import load_model

    bare, ours = load_model("en_core_web_md", "none"), load_model("en_core_web_md", "auto")
    assert bare.weights == ""
    assert ours.weights == f"{shipped['name']} {shipped['version']} {shipped['sha256'][:8]}"
    assert W.checksum(W.recogniser(bare.nlp).model) == shipped["base_sha256"]
    assert W.checksum(W.recogniser(ours.nlp).model) != shipped["base_sha256"]
    # A page's own kind of sentence: the base labels its articles, ours follow the guidelines.
    doc = ours.nlp("The Soviet Union and the Ottoman Empire signed the Treaty of Moscow in 1921.")
    found = {(e.text, e.label_) for e in doc.ents}
    assert {("Soviet Union", "GPE"), ("Ottoman Empire", "GPE"), ("Treaty of Moscow", "LAW")} <= found
