"""Mutated pages through clean, names, dates and link: no exception, no hang, and what must hold of any page."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable
from itertools import pairwise

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.tokens import Doc

from pipeline.annotate import annotate_docs, paragraph_spans
from pipeline.clean import PageError, clean_page, decode_page
from pipeline.knowledge import load_knowledge
from pipeline.link import link_page
from pipeline.records import Annotation, Linked, Page
from tests.conftest import ROOT, SEED

# Pages in CI time; the environment asks for more on a quiet machine.
MUTANTS = int(os.environ.get("FUZZ_PAGES", "10000"))
SOURCES = [SEED, *sorted((ROOT / "tests/data/pages").glob("*/*.txt"))]
LAYOUTS = ("auto", "infolist", "infolist-next", "astronomy", "astronomy-twice", "plain")
# What mirrors, editors and attackers leave in a page.
PIECES = [
    " ...", "...", "''", "\r\n", "\n\n", "\x00", "\ufeff", "\u202e", "\u200b", "\u2028", "é", "é", "ﬁ", "𝔘",
    "🇦🇱", "See also\n", "References\n", "HOME\n", "TheInfoList\n", "OR:\n", "Encyclopedia\n", "x\nOK\n",
    "{{DEFAULTSORT:", "*", "|", "<script>",
    " may refer to:", ", image_flag = ", "(born 1 May 1950)", "#Section, ", "[[", "]]", "=", "==", "\t", " " * 200,
    "1951", "May", "the following year", "two years later", "the 1990s", "31 February 1900", "1939–45", "480 BC",
    "0000", "99999",
    "Albania", "Moscow", "Soviet", "Soviet–Albanian", "Enver Hoxha", "Hoxha's", "US", "UN", "Theresa May",
    "Georgia", "'s",
]  # fmt: skip
KNOWLEDGE = load_knowledge()
NLP = spacy.blank("en")
NLP.add_pipe("sentencizer")


def mutate(text: str, draw: random.Random) -> str:
    """A stretch of a page with a few cuts, copies, swaps and foreign pieces."""
    start = draw.randrange(max(1, len(text) - 200))
    part = text[start : start + draw.choice((80, 300, 900))] if draw.random() < 0.9 else text[:600]
    for _ in range(draw.randrange(1, 7)):
        i, j = sorted(draw.randrange(len(part) + 1) for _ in range(2))
        kind = draw.randrange(5)
        if kind == 0:
            part = part[:i] + part[min(j, i + 40) :]
        elif kind == 1:
            part = part[:j] + part[i : min(j, i + 80)] + part[j:]
        elif kind == 2:
            part = part[:i] + draw.choice(PIECES) + part[i:]
        elif kind == 3:
            part = part[:i] + part[i:j].swapcase() + part[j:]
        else:
            part = part[:i] + part[i:j].replace(" ", "\n", 2) + part[j:]
    return part


def parse(texts):
    """A stand-in for the parser: every token its own head."""
    for text in texts:
        doc = NLP.make_doc(text)
        words = [token.text for token in doc]
        yield Doc(
            NLP.vocab, words, [bool(token.whitespace_) for token in doc], heads=list(range(len(words))),
            deps=["ROOT"] * len(words), pos=["PROPN" if w[:1].isupper() else "NOUN" for w in words],
        )  # fmt: skip


def capitalised(page: Page) -> Annotation:
    """Annotation of a page as if the model had proposed every run of capitalised words."""
    docs = []
    for start, end in paragraph_spans(page):
        doc = NLP(page.text[start:end])
        spans, run = [], []
        for token in [*doc, None]:
            if token is not None and token.text[:1].isupper():
                run.append(token.i)
            elif run:
                label = ("PERSON", "GPE", "ORG", "NORP", "EVENT", "LOC")[len(spans) % 6]
                spans.append(spacy.tokens.Span(doc, run[0], run[-1] + 1, label=label))
                run = []
        doc.ents = spans
        docs.append((doc, (start, end)))
    return annotate_docs(page, docs, KNOWLEDGE)


def check_page(page: Page, raw: str) -> None:
    segments = page.source.segments
    assert "".join(raw[s.raw_start : s.raw_end] for s in segments) == raw
    assert all(page.text[s.start : s.end] == raw[s.raw_start : s.raw_end] for s in segments if s.kept)
    ends = [0, *(s.end for s in segments)]
    assert [s.start for s in segments] == ends[:-1] and ends[-1] == len(page.text)
    for blurb in page.blurbs:
        if not blurb.anchor:  # the page begins behind it
            assert blurb.raw_start == blurb.raw_end
            continue
        # First and last character: a control or bidi mark between them is removed from the clean text.
        assert raw[blurb.raw_start] == blurb.anchor[0] and raw[blurb.raw_end - 1] == blurb.anchor[-1]
        if blurb.start is not None and blurb.end is not None:
            assert page.text[blurb.start : blurb.end] == blurb.anchor


def check_spans(text: str, found: Annotation) -> None:
    ids = {s.sentence_id: s for s in found.sentences}
    assert len(ids) == len(found.sentences)
    for kind in (found.sentences, found.mentions, found.dates):
        assert all(0 <= x.start < x.end <= len(text) for x in kind)
        assert all(a.end <= b.start for a, b in pairwise(kind)), "overlap or disorder"
    for x in (*found.mentions, *found.dates):
        assert text[x.start : x.end] == x.text and x.text == x.text.strip()
        home = ids[x.sentence_id]
        assert home.start <= x.start and x.end <= home.end
    for d in found.dates:
        assert bool(d.earliest) == bool(d.latest)
        if d.earliest and not d.earliest.startswith("-") and not d.latest.startswith("-"):
            assert d.earliest <= d.latest


def check_links(linked: Linked, found: Annotation, page: Page) -> None:
    assert [(m.start, m.end) for m in linked.mentions] == [(m.start, m.end) for m in found.mentions]
    known = {e.entity_id for e in linked.entities}
    assert all(m.entity_id for m in linked.mentions)
    assert {m.entity_id for m in linked.mentions} | {
        m.actor_id for m in linked.mentions if m.actor_id
    } <= known
    assert set(linked.blurb_entities) <= {b.blurb_id for b in page.blurbs}


def through(raw: str, layout: str = "auto") -> None:
    """A page through every stage that works on one page."""
    page = clean_page(raw, "page", layout=layout)
    check_page(page, raw)
    found = capitalised(page)
    check_spans(page.text, found)
    check_links(link_page(page, found, parse, KNOWLEDGE), found, page)


@pytest.mark.slow
def test_mutated_pages():
    texts = [p.read_bytes().decode("utf8") for p in SOURCES]
    draw = random.Random(20240501)
    slowest = (0.0, "")
    for n in range(MUTANTS):
        raw, layout = mutate(draw.choice(texts), draw), draw.choice(LAYOUTS)
        started = time.perf_counter()
        try:
            through(raw, layout)
        except Exception as error:
            raise AssertionError(f"page {n}, layout {layout}: {raw!r}") from error
        slowest = max(slowest, (time.perf_counter() - started, raw))
    assert slowest[0] < 5, f"{slowest[0]:.1f} s for {slowest[1]!r}"


@settings(max_examples=150)
@given(
    st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=12)), max_size=40).map("".join),
    st.sampled_from(LAYOUTS),
)
def test_pages_made_of_pieces(raw, layout):
    through(raw, layout)


@settings(max_examples=300)
@given(st.binary(max_size=400))
def test_any_bytes_are_decoded_or_refused_with_the_place(data):
    try:
        text = decode_page(data)
    except PageError as error:
        assert "byte" in str(error)
    else:
        assert text.encode("utf8") == data


@pytest.mark.slow
@pytest.mark.parametrize(
    "make",
    [
        lambda n: "a" * n,
        lambda n: "a " * (n // 2),
        lambda n: "\n" * n,
        lambda n: "Warsaw Pact The Warsaw Pact (WP), formally ...\n" * (n // 46),
        lambda n: "(" * n,
        lambda n: "1951 " * (n // 5),
        lambda n: "May 1951 – June 1952, " * (n // 22),
        lambda n: "Albania and Albania, " * (n // 21),
        lambda n: "A. " * (n // 3),
        lambda n: "two years later " * (n // 16),
        lambda n: "the " * (n // 4) + "end",
        lambda n: "''" * (n // 2),
        lambda n: "Hoxha–" * (n // 6),
    ],
    ids=[
        "letters",
        "words",
        "lines",
        "blurbs",
        "brackets",
        "years",
        "ranges",
        "states",
        "initials",
        "later",
        "the",
        "marks",
        "dashes",
    ],
)
def test_time_is_linear_in_the_length(make: Callable[[int], str]):
    def seconds(size: int) -> float:
        started = time.process_time()
        through(make(size))
        return time.process_time() - started

    seconds(1000)
    small, large = seconds(20_000), seconds(80_000)
    # Four times the text: four times the time, and twice that for noise; sixteen times would be quadratic.
    assert large < 8 * small + 0.5, f"{small:.2f} s for 20,000 characters, {large:.2f} s for 80,000"
