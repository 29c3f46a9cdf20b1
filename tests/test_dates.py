"""The date tagger on tables of sentences, on the labelled page, and its invariants."""

from __future__ import annotations

import json
import re
from datetime import datetime
from pathlib import Path
from time import perf_counter

import pytest
from edtf import parse_edtf
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.annotate.dates import date_sentences, find_dates, split_sentences
from pipeline.annotate.dates.grammar import RE_BEGIN, RULES, find_expressions
from pipeline.annotate.dates.lexicon import load_lexicon, tells_time, tokenise
from pipeline.annotate.dates.parts import Line
from pipeline.annotate.dates.reader import read_day
from pipeline.annotate.dates.sentences import day_key
from pipeline.annotate.dates.value import RE_PERIOD, RE_VALUE, bounds, shift_days
from pipeline.records import Sentence
from pipeline.tables import MODS, TIMEX_TYPES

HERE = Path(__file__).parent
CASES = [
    json.loads(line) for line in (HERE / "cases" / "dates.jsonl").read_text(encoding="utf8").splitlines()
]
PAGE = json.loads(
    (HERE / "data/pages/infolist/finland_soviet_union_relations.json").read_text(encoding="utf8")
)


def _parameters() -> list:
    marks = {"pass": (), "fail": (pytest.mark.xfail(strict=True),)}
    return [pytest.param(c, id=f"{c['label']}-{i}", marks=marks[c["expect"]]) for i, c in enumerate(CASES)]


@pytest.mark.parametrize("case", _parameters())
def test_case(case):
    found = [[d.text, d.type, d.value, d.mod] for d in find_dates(case["input"])]
    assert found == case["expected"]


def _page_sections():
    starts = [s["clean_start"] for s in PAGE["sections"]]
    ends = [*starts[1:], len(PAGE["clean"])]
    return [(a, b, s["title"]) for a, b, s in zip(starts, ends, PAGE["sections"], strict=True)]


def test_labelled_page():
    text = PAGE["clean"]
    found = {(d.start, d.end, d.type, d.value, d.mod) for d in find_dates(text, sections=_page_sections())}
    gold = {(g["clean_start"], g["clean_end"], g["type"], g["value"], g["mod"]) for g in PAGE["dates"]}
    assert 2 * len(found & gold) / (len(found) + len(gold)) >= 0.97


def test_two_ends_of_a_range_share_an_id():
    dates = find_dates(
        "In 1912–1913 and 1920. Between 1 May and 4 May 1930; from June to July 1940. In 1950 and 1951."
    )
    ids = [d.range_id for d in dates]
    assert ids[0] == ids[1] != "" and ids[2] == "" and ids[3] == ids[4] != ids[5] == ids[6] != ""
    assert ids[7:] == ["", ""]
    assert [d.date_id for d in dates] == [f"d{n:04d}" for n in range(1, 10)]


def test_sentence_outside_the_text_is_an_error():
    with pytest.raises(ValueError, match=r"sentence 0-99 .* 4 characters"):
        find_dates("1950", [(0, 99)])


def test_nothing_is_labelled_outside_the_sentences():
    text = "## In May 1950\nHe came in June."
    assert [(d.text, d.value) for d in find_dates(text)] == [("June", "1950-06")]
    assert [(d.text, d.value) for d in find_dates(text, [(15, len(text))])] == [("June", "1950-06")]
    assert find_dates("") == [] and find_dates("\n\n") == []


def test_an_expression_does_not_reach_over_a_sentence_bound():
    text = "He left on 7 April 1924."
    cut = text.index("April")
    assert [d.text for d in find_dates(text, [(0, cut), (cut, len(text))])] == ["April 1924"]


# --- sentences and their dates


def _sentences(text):
    return [Sentence(f"s{i}", "", a, b) for i, (a, b) in enumerate(split_sentences(text), 1)]


def test_sentences_inherit_within_their_section():
    text = (
        "No date.\n## The war, 1939–1945\nIt began. In May 1940 he came, in 1941 he left. He was ill.\n"
        "## After\nPeace."
    )
    first, second = text.index("It began"), text.index("Peace")
    sections = [(0, 8, ""), (first, second, "The war, 1939–1945"), (second, len(text), "After")]
    sentences = _sentences(text)
    dated = date_sentences(sentences, find_dates(text, sections=sections), sections)
    assert [(s.earliest, s.latest, s.dated_by) for s in dated] == [
        ("", "", ""),
        ("1939-01-01", "1945-12-31", "narrative"),
        ("1940-05-01", "1941-12-31", "own"),
        ("1940-05-01", "1941-12-31", "narrative"),
        ("", "", ""),
    ]


def test_split_sentences_keeps_abbreviations_together():
    text = (
        "Gen. J. Smith left on Sept. 5 at 3 p.m. He met the U.S. Army. “Why?” she asked.\n\n"
        "## A. Title\nc. 1850. End"
    )
    found = [text[a:b] for a, b in split_sentences(text)]
    assert found == [
        "Gen. J. Smith left on Sept. 5 at 3 p.m. He met the U.S. Army.",
        "“Why?” she asked.",
        "c. 1850.",
        "End",
    ]


# --- values

VALUES = {
    "1947": ("1947-01-01", "1947-12-31", "1947"),
    "1947-07": ("1947-07-01", "1947-07-31", "1947-07"),
    "1948-02": ("1948-02-01", "1948-02-29", "1948-02"),
    "1900-02": ("1900-02-01", "1900-02-28", "1900-02"),
    "1924-04-07": ("1924-04-07", "1924-04-07", "1924-04-07"),
    "1996-12-17TEV": ("1996-12-17", "1996-12-17", "1996-12-17"),
    "199": ("1990-01-01", "1999-12-31", "199X"),
    "18": ("1800-01-01", "1899-12-31", "18XX"),
    "1": ("1000-01-01", "1999-12-31", "1XXX"),
    "BC0480": ("-0479-01-01", "-0479-12-31", "-0479"),
    "BC0001": ("0000-01-01", "0000-12-31", "0000"),
    "BC047": ("-0478-01-01", "-0469-12-31", "-0478/-0469"),
    "1943-SU": ("1943-06-01", "1943-08-31", "1943-22"),
    "1943-WI": ("1943-01-01", "1944-02-29", "1943-24"),
    "2008-H2": ("2008-07-01", "2008-12-31", "2008-41"),
    "2008-Q3": ("2008-07-01", "2008-09-30", "2008-35"),
    "2009-W01": ("2008-12-29", "2009-01-04", "2008-12-29/2009-01-04"),
    "1941-12-XX": ("1941-12-01", "1941-12-31", "1941-12-XX"),
    "XXXX-12": ("", "", "XXXX-12"),
    "P3Y": ("", "", ""),
    "PXDE": ("", "", ""),
    "PT8H": ("", "", ""),
}


@pytest.mark.parametrize("value", VALUES)
def test_days_and_edtf_of_a_value(value):
    assert tuple(bounds(value)) == VALUES[value]


@pytest.mark.parametrize("value", ["", "abc", "19470", "1947-7", "1947-13x", "P", "P3", "1947T99"])
def test_no_value(value):
    with pytest.raises(ValueError, match="no TIMEX3 value"):
        bounds(value)


def test_approximate_values_are_marked_in_edtf():
    assert bounds("1910", "APPROX").edtf == "1910~"
    assert bounds("XXXX", "APPROX").edtf == "XXXX"
    for value in ("1910", "196", "18", "1910-05", "1910-SU", "XXXX-12", "1941-12-XX", "1950-H2"):
        parse_edtf(bounds(value, "APPROX").edtf)


@given(st.integers(-4000, 6000), st.integers(1, 12), st.integers(1, 28), st.integers(-20000, 20000))
def test_days_shift_there_and_back(year, month, day, days):
    assert shift_days(*shift_days(year, month, day, days), -days) == (year, month, day)


def test_days_are_read_by_the_calendar():
    assert read_day(1900, 2, 29) is None and read_day(2000, 2, 29) == (2000, 2, 29)
    assert read_day(-479, 2, 29) is None and read_day(-480, 2, 29) == (-480, 2, 29)


# --- independence of the clock


class _Moved(datetime):
    @classmethod
    def now(cls, tz=None):
        return cls(1871, 1, 18, 12, tzinfo=tz)

    @classmethod
    def utcnow(cls):
        return cls(1871, 1, 18, 12)

    @classmethod
    def today(cls):
        return cls(1871, 1, 18, 12)


def test_the_system_date_does_not_matter(monkeypatch):
    text = " ".join(c["input"] for c in CASES) + PAGE["clean"]
    before = find_dates(text)
    read_day.cache_clear()
    import dateparser.date
    import dateparser.date_parser
    import dateparser.freshness_date_parser
    import dateparser.parser

    modules = (dateparser.date, dateparser.date_parser, dateparser.freshness_date_parser, dateparser.parser)
    moved = [m for m in modules if hasattr(m, "datetime")]
    assert moved
    for module in moved:
        monkeypatch.setattr(module, "datetime", _Moved)
    assert find_dates(text) == before


# --- properties over any text

WORDS = sorted(load_lexicon().words) + sorted(load_lexicon().holidays)
PIECES = st.one_of(
    st.sampled_from(WORDS),
    st.sampled_from(WORDS).map(str.title),
    st.integers(0, 2100).map(str),
    st.integers(1, 31).map(lambda n: f"{n}th"),
    st.sampled_from(
        [
            "1960s",
            "'60",
            "BC",
            "–",
            "-",
            ",",
            ".",
            "(",
            ")",
            "/",
            "'s",
            "3:00",
            "a.m.",
            "\n",
            "## ",
            '"',
            "$",
            "the",
            "of",
        ]
    ),
    st.text(max_size=6),
)
TEXTS = st.lists(PIECES, max_size=40).map(" ".join)
QUIET = [w for w in WORDS if not tells_time(w, 0, len(w))]
QUIET_TEXTS = st.lists(st.sampled_from([*QUIET, *",.()'-/$", "'s"]), max_size=40).map(" ".join)
VALID_REF = re.compile(r"(?:PAST|PRESENT|FUTURE)_REF")


@given(st.one_of(QUIET_TEXTS, TEXTS))
@settings(max_examples=500, deadline=None)
def test_sentences_that_are_not_read_have_no_expression(text):
    if not tells_time(text, 0, len(text)):
        assert find_expressions(Line(*tokenise(text, 0, len(text)))) == []


# token classes that begin with `the`, `a`, `that` or an apostrophe, which few expressions do
CLASSES = st.tuples(st.sampled_from("tad'"), st.text("MSUuTJYDEHOXNVkFQatdsRLpPvClxI'-,f", max_size=5)).map(
    "".join
)


@given(CLASSES)
@settings(max_examples=2000, deadline=None)
def test_what_a_rule_fits_is_seen_to_begin_an_expression(letters):
    fits = [name for name, pattern, _ in RULES if (m := pattern.match(letters)) is not None and m.end() > 0]
    assert not fits or RE_BEGIN.match(letters)


def test_digits_of_any_script_are_read():
    assert tells_time("٣ مايو", 0, 6)


@settings(max_examples=400, deadline=None)
@given(TEXTS)
def test_any_text(text):
    sentences = split_sentences(text)
    end = 0
    for d in find_dates(text, sentences):
        assert text[d.start : d.end] == d.text == d.text.strip() != ""
        assert d.start >= end
        end = d.end
        assert any(a <= d.start and d.end <= b for a, b in sentences)
        assert d.type in TIMEX_TYPES and (d.mod in MODS or not d.mod)
        if d.type in ("DURATION", "SET"):
            assert RE_PERIOD.fullmatch(d.value) and not d.earliest
        else:
            assert RE_VALUE.fullmatch(d.value) or VALID_REF.fullmatch(d.value)
        if d.earliest or d.latest:
            assert day_key(d.earliest) <= day_key(d.latest)
        assert (d.earliest, d.latest) == bounds(d.value)[:2]
        if d.edtf:
            parse_edtf(d.edtf)


@settings(max_examples=200, deadline=None)
@given(st.lists(TEXTS, max_size=4))
def test_paragraph_by_paragraph_gives_the_same_spans(texts):
    paragraphs = [t for text in texts for t in text.split("\n")]
    whole = [(d.text, d.type) for d in find_dates("\n".join(paragraphs))]
    pieces = [(d.text, d.type) for p in paragraphs for d in find_dates(p)]
    assert whole == pieces


@given(st.integers(1, 9999), st.integers(1, 12), st.integers(1, 28))
@settings(max_examples=100, deadline=None)
def test_a_value_contains_its_days(year, month, day):
    value = f"{year:04d}-{month:02d}-{day:02d}"
    for coarse in (value, value[:7], value[:4], value[:3], value[:2], f"{year:04d}-Q{(month + 2) // 3}"):
        earliest, latest, _ = bounds(coarse)
        assert earliest <= value <= latest


# --- speed


def _seconds(text):
    best = 9e9
    for _ in range(3):
        started = perf_counter()
        find_dates(text)
        best = min(best, perf_counter() - started)
    return best


def test_speed_is_linear():
    """At least 100,000 characters a second, and as fast on ten times the text (twice for a busy machine)."""
    text = PAGE["clean"]
    short, long = text, "\n".join([text] * 10)
    find_dates(short)
    assert len(long) / _seconds(long) >= 100_000
    assert _seconds(long) / len(long) < 2 * _seconds(short) / len(short)


@pytest.mark.parametrize(
    "piece", ["12 ", "May ", "the end of the ", "1950–", "(", "three hundred and ", "a ", "first ", "nine-"]
)
def test_speed_is_linear_on_repeated_words(piece):
    short, long = piece * 2000, piece * 8000
    find_dates(short)
    assert _seconds(long) < 10 * _seconds(short) + 0.1
