"""Names: one decision per span, without a model (its proposals are given)."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.annotate.names import find_names, heads
from pipeline.annotate.names.extent import trim
from pipeline.annotate.names.lexicon import load_lexicon
from pipeline.annotate.names.proposals import RE_WHOLE_WORD
from pipeline.annotate.names.words import matches_at, starts_of, within_spans, word_places
from pipeline.knowledge import load_knowledge
from pipeline.records import Blurb
from pipeline.tables import LABELS

CASES = [
    json.loads(line)
    for line in (Path(__file__).parent / "cases" / "names.jsonl").read_text(encoding="utf8").splitlines()
]


def ents_of(text, pairs):
    """The model's entities of a case: every occurrence of each given surface."""
    found = []
    for surface, label in pairs:
        start = text.find(surface)
        assert start >= 0, surface
        while start >= 0:
            found.append((start, start + len(surface), label))
            start = text.find(surface, start + 1)
    return found


def marked(text):
    """The plain text of a case and the spans between its marks."""
    plain, spans, start = "", [], 0
    for c in text:
        if c == "⟦":
            start = len(plain)
        elif c == "⟧":
            spans.append((start, len(plain)))
        else:
            plain += c
    return plain, spans


def names(text, ents=(), blurbs=()):
    return find_names(text, [(0, len(text))], list(ents), list(blurbs), load_knowledge())


@pytest.mark.parametrize("case", CASES, ids=[c["label"] for c in CASES])
def test_case(case):
    text, spans = marked(case["text"])
    found = names(text, ents_of(text, case["ents"]))
    assert [(m.start, m.end) for m in found] == spans, [m.text for m in found]
    if not case.get("loose"):
        assert [m.label for m in found] == case["labels"]


def link(text, anchor, blurb, **more):
    start = text.index(anchor)
    return Blurb(
        "b1", anchor, start, start + len(anchor), 0, 1, blurb, 1, 2, "definition", True, gloss=blurb, **more
    )


def test_link_tells_the_type():
    text = "Then Neste refined the oil, and Neste grew."
    blurb = "Neste is an oil refining and marketing company located in Espoo, Finland."
    found = names(text, ents_of(text, [("Neste", "GPE")]), [link(text, "Neste", blurb)])
    assert [(m.text, m.label) for m in found] == [("Neste", "ORG"), ("Neste", "ORG")]
    assert "link" in found[0].method


def test_link_to_a_common_thing_is_no_name():
    text = "Critics spoke of Finlandization then."
    blurb = "Finlandization is the process by which one powerful country makes a smaller one refrain."
    assert (
        names(text, ents_of(text, [("Finlandization", "PERSON")]), [link(text, "Finlandization", blurb)])
        == []
    )


def test_lower_case_link_is_no_name():
    text = "They built a heavy industry there."
    assert (
        names(text, [], [link(text, "heavy industry", "Heavy industry is an industry that involves plants.")])
        == []
    )


def test_lower_case_event_link_is_a_name():
    text = "They fought in the war in Donbas again."
    blurb = "The war in Donbas, or the Donbas war, was a phase of the Russo-Ukrainian War in Ukraine."
    found = names(text, [], [link(text, "war in Donbas", blurb)])
    assert [(m.text, m.label) for m in found] == [("war in Donbas", "EVENT")]


WORDS = st.sampled_from(
    "the Soviet Union Albania of and in Treaty War President Ivan Moscow's – ( ) , . King 1990 anti- UN Nations".split()
)


@given(st.lists(WORDS, max_size=30), st.data())
def test_spans_are_sound_on_any_text(words, data):
    text = " ".join(words)
    ents = []
    for _ in range(data.draw(st.integers(0, 4))):
        a = data.draw(st.integers(0, len(text)))
        b = data.draw(st.integers(a, len(text)))
        ents.append((a, b, data.draw(st.sampled_from(LABELS))))
    found = names(text, ents)
    end = 0
    for m in found:
        assert end <= m.start < m.end <= len(text)
        assert text[m.start : m.end] == m.text == m.text.strip()
        assert m.label in LABELS and 0 < m.score <= 1
        end = m.end
    assert found == names(text, list(reversed(ents)))


@given(st.text(max_size=60))
def test_trimming_stays_inside(text):
    start, end = trim(text, 0, len(text), load_lexicon())
    assert 0 <= start <= end <= len(text)
    assert trim(text, start, end, load_lexicon()) == (start, end)


def test_an_empty_page_has_no_names():
    assert names("") == []


def test_a_linked_name_without_a_type_leaves_the_others_theirs():
    """A link whose blurb tells no type proposes a span but no label."""
    text = "Zenda Strelsau rose. In 1961 Enver Hoxha spoke."
    blurb = Blurb("b1", "Zenda Strelsau", 0, 14, 0, 14, "", 0, 0, "fragment", False)
    found = find_names(text, [(0, len(text))], [(29, 40, "PERSON")], [blurb], load_knowledge())
    assert ("Enver Hoxha", "PERSON") in {(m.text, m.label) for m in found}


# What makes phrases and what breaks them, for texts that are all border cases.
PIECES = "War Treaty Navy Foo U.S O'Hara war crisis of in on the and & small - – _ 's . , XIV 7 é Ā".split()
BORDER_CASES = st.lists(st.sampled_from([*PIECES, *(" " * 10), "\n"]), max_size=40).map("".join)


@given(BORDER_CASES)
def test_phrases_are_found_from_their_words_as_by_a_search(text):
    """The index of words and the windows around heads leave out nothing that a search of the whole text finds."""
    span, lexicon = (0, len(text)), load_lexicon()
    words = word_places(text, [span])
    places = list(within_spans(starts_of(lexicon.name, words), [span]))
    runs = [m for m in heads.RE_RUN.finditer(text) if any(m.start() <= at < m.end() for at, _ in places)]
    assert [m.span() for m in heads._runs(text, places)] == [m.span() for m in runs]
    headed = {(m.span(), m["head"]) for m in heads.RE_HEAD_OF.finditer(text) if lexicon.name.get(m["head"])}
    found = heads._phrases(heads.RE_HEAD_OF, heads.RE_COMPLEMENT, text, places, tokens=6)
    assert {(m.span(), m["head"]) for m, _end in found} == headed
    whole = [m.span() for m in RE_WHOLE_WORD.finditer(text)]
    assert [m.span() for m in matches_at(RE_WHOLE_WORD, text, starts_of(words, words), [span])] == whole
