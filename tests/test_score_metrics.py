"""Counts, statistics, bootstrap and matching against slow and plain reference code."""

from collections import Counter
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.score.align import Alignment, Place
from pipeline.score.matching import Item, by_core, by_span, match_equal, match_overlap, overlap
from pipeline.score.metrics import BCubed, Counts, EdgeOverlap, Tally, draw_units, interval
from pipeline.score.network import align_ids

numbers = st.integers(0, 50)
ids = st.sampled_from("abcd")
triples = st.lists(st.tuples(st.integers(0, 4), ids, ids), min_size=1, max_size=12)


def test_counts_add_up_and_ratios_follow():
    total = Counts(3, 1, 0) + Counts(0, 0, 2)
    assert total == Counts(3, 1, 2)
    assert (total.precision, total.recall, total.support) == (3 / 4, 3 / 5, 5)
    assert total.f1 == pytest.approx(2 * (3 / 4) * (3 / 5) / (3 / 4 + 3 / 5))


def test_nothing_to_score_is_none_not_zero():
    assert (Counts().precision, Counts().recall, Counts().f1) == (None, None, None)
    assert (Counts(fp=2).precision, Counts(fp=2).recall, Counts(fp=2).f1) == (0, None, 0)
    assert (Counts(fn=2).precision, Counts(fn=2).recall, Counts(fn=2).f1) == (None, 0, 0)
    for empty in (Tally(), BCubed(), EdgeOverlap(binary=False)):
        assert empty.figure().f1 is None
        assert interval(empty, draw_units(5, 20, 0)) == (None, None)


@given(numbers, numbers, numbers)
def test_swapping_sides_swaps_precision_and_recall(tp, fp, fn):
    one, other = Counts(tp, fp, fn), Counts(tp, fn, fp)
    assert (one.precision, one.recall, one.f1) == (other.recall, other.precision, other.f1)


def plain_b_cubed(pairs):
    precision = recall = 0.0
    for gold, pred in pairs:
        same_gold = [p for p in pairs if p[0] == gold]
        same_pred = [p for p in pairs if p[1] == pred]
        both = [p for p in pairs if p == (gold, pred)]
        precision += len(both) / len(same_pred) / len(pairs)
        recall += len(both) / len(same_gold) / len(pairs)
    return precision, recall, 2 * precision * recall / (precision + recall)


def b_cubed_of(items):
    statistic = BCubed()
    for item in items:
        statistic.add(*item)
    return statistic


@given(triples)
def test_b_cubed_is_the_definition(items):
    figure = b_cubed_of(items).figure()
    expected = plain_b_cubed([(g, p) for _, g, p in items])
    assert (figure.precision, figure.recall, figure.f1) == pytest.approx(expected)
    assert figure.support == len(items)


@given(triples)
def test_b_cubed_does_not_read_the_names(items):
    renamed = [(u, g, {"a": "w", "b": "x", "c": "y", "d": "z"}[p]) for u, g, p in items]
    assert b_cubed_of(renamed).figure().f1 == pytest.approx(b_cubed_of(items).figure().f1)


@settings(deadline=None)
@given(triples, st.integers(0, 99))
def test_a_resample_of_b_cubed_is_that_of_the_repeated_items(items, seed):
    draws = draw_units(5, 3, seed)
    for draw, value in zip(draws, b_cubed_of(items).f1_of(draws), strict=True):
        repeated = [(g, p) for u, g, p in items for _ in range(int(draw[u]))]
        if repeated:
            assert value == pytest.approx(plain_b_cubed(repeated)[2])
        else:
            assert np.isnan(value)


edge_units = st.dictionaries(
    st.tuples(ids, ids), st.lists(st.integers(0, 4), unique=True, max_size=4), max_size=5
)


@settings(deadline=None)
@given(edge_units, edge_units, st.booleans(), st.integers(0, 99))
def test_a_resample_of_edges_is_that_of_the_repeated_sentences(gold, pred, binary, seed):
    statistic = EdgeOverlap(binary, gold, pred)
    draws = draw_units(5, 3, seed)
    for draw, value in zip(draws, statistic.f1_of(draws), strict=True):
        sides = []
        for side in (gold, pred):
            weights = Counter({e: int(sum(draw[u] for u in units)) for e, units in side.items()})
            sides.append(Counter({e: min(w, 1) if binary else w for e, w in weights.items()}))
        tp, whole = (sides[0] & sides[1]).total(), sides[0].total() + sides[1].total()
        assert np.isnan(value) if whole == 0 else value == pytest.approx(2 * tp / whole)


@given(st.lists(st.tuples(st.integers(0, 4), *[st.integers(0, 3)] * 3), max_size=9))
def test_the_draw_of_each_unit_once_gives_the_figure(rows):
    tally = Tally()
    for unit, tp, fp, fn in rows:
        tally.add(unit, tp=tp, fp=fp, fn=fn)
    value, figure = tally.f1_of(np.ones((1, 5)))[0], tally.figure().f1
    assert np.isnan(value) if figure is None else value == pytest.approx(figure)


def test_bootstrap_repeats_with_its_seed_and_changes_with_another():
    tally = Tally()
    for unit in range(60):
        tally.add(unit, tp=unit % 5, fp=unit % 3, fn=unit % 2)
    first = interval(tally, draw_units(60, 500, 1))
    assert first == interval(tally, draw_units(60, 500, 1))
    assert first != interval(tally, draw_units(60, 500, 2))
    low, high = first
    assert low < tally.figure().f1 < high
    assert high - low < 0.2


def test_interval_narrows_with_more_sentences_and_vanishes_without_spread():
    wide, narrow = Tally(), Tally()
    for unit in range(20):
        wide.add(unit, tp=unit % 2, fn=1 - unit % 2)
    for unit in range(500):
        narrow.add(unit, tp=unit % 2, fn=1 - unit % 2)
    (a, b), (c, d) = interval(wide, draw_units(20, 500, 0)), interval(narrow, draw_units(500, 500, 0))
    assert d - c < b - a
    perfect = Tally()
    perfect.add(0, tp=1)
    assert interval(perfect, draw_units(3, 200, 0)) == (1.0, 1.0)
    assert interval(perfect, None) == (None, None)
    assert interval(perfect, draw_units(1, 200, 0)) == (None, None)


def test_every_resample_draws_as_many_sentences_as_there_are():
    draws = draw_units(30, 40, 7)
    assert draws.shape == (40, 30)
    assert (draws.sum(axis=1) == 30).all()


@st.composite
def flat_items(draw):
    """Spans without overlaps among themselves."""
    items, place = [], 0
    for gap, length in draw(st.lists(st.tuples(st.integers(0, 3), st.integers(1, 5)), max_size=5)):
        start = place + gap
        items.append(Item(start, start + length, "x" * length, draw(st.sampled_from(["GPE", "ORG"]))))
        place = start + length
    return items


def best(gold, pred, agree):
    """Most pairs that any one-to-one matching has, by trying them all."""
    short, long = sorted((gold, pred), key=len)
    tries = permutations(range(len(long)), len(short))
    return max(sum(agree(short[i], long[j]) for i, j in enumerate(order)) for order in tries)


@given(flat_items(), flat_items(), st.booleans())
def test_overlap_matching_is_one_to_one_and_as_large_as_can_be(gold, pred, labelled):
    def agree(a, b):
        return overlap(a, b) and (not labelled or a.label == b.label)

    pairs = match_overlap(gold, pred, labelled=labelled)
    assert len({i for i, _ in pairs}) == len({j for _, j in pairs}) == len(pairs)
    assert all(agree(gold[i], pred[j]) for i, j in pairs)
    assert len(pairs) == best(gold, pred, agree)
    equal = match_equal(gold, pred, by_span)
    assert len(equal) <= len(match_overlap(gold, pred, labelled=False))


def test_inexact_spans_never_equal_and_empty_ones_never_overlap():
    gold = [Item(3, 9, "Tirana", "GPE")]
    assert match_equal(gold, [Item(3, 9, "Tirana", "GPE", exact=False)], by_span) == []
    assert match_overlap(gold, [Item(3, 9, "Tirana", "GPE", exact=False)], labelled=True) == [(0, 0)]
    assert match_overlap(gold, [Item(5, 5, "", "GPE", exact=False)], labelled=True) == []


@pytest.mark.parametrize(
    ("text", "core"),
    [
        ("the Balkans", "Balkans"),
        ("The Hague", "Hague"),
        ("a decade later", "decade later"),
        ("an hour", "hour"),
        ("Albania's", "Albania"),
        ("Albania’s", "Albania"),
        ("Theodore", "Theodore"),
        ("Anna", "Anna"),
        ("Hoxhas", "Hoxhas"),
    ],
)
def test_core(text, core):
    start, end = by_core(Item(10, 10 + len(text), text, "GPE"))
    assert text[start - 10 : end - 10] == core


def test_ids_are_aligned_one_to_one_by_shared_names():
    pairs = [("su", "x")] * 3 + [("ru", "x")] * 2 + [("ru", "y")] + [("", "z"), ("al", "")]
    assert align_ids(pairs) == {"x": "su", "y": "ru"}
    assert align_ids([("a", "b"), ("b", "b")]) == {"b": "b"}  # a tie goes to the equal id
    assert align_ids(reversed([("a", "b"), ("b", "b")])) == {"b": "b"}


words = st.lists(st.sampled_from(["Albania", "met", "Hoxha", "in", "1947", ",", "."]), max_size=12)


@given(words, words)
def test_alignment_carries_only_to_equal_words(source, target):
    a, b = " ".join(source), " ".join(target)
    alignment = Alignment(a, b)
    last = 0
    for token in alignment.source_tokens:
        place = alignment.carry(token.start, token.end)
        assert 0 <= place.start <= place.end <= len(b)
        assert place.start >= last  # order is kept
        last = place.start
        if place.exact:
            assert b[place.start : place.end] == token.form
        else:
            assert place.start == place.end


@given(words, st.integers(0, 12), words)
def test_an_insertion_moves_what_stands_behind_it(kept, at, junk):
    """Text left in by cleaning must not cost any name its place."""
    junk = [f"junk{i}" for i, _ in enumerate(junk)]
    dirty = kept[:at] + junk + kept[at:]
    alignment = Alignment(" ".join(dirty), " ".join(kept))
    carried = [alignment.carry(t.start, t.end) for t in alignment.source_tokens if "junk" not in t.form]
    assert [(p.start, p.end, p.exact) for p in carried] == [
        (t.start, t.end, True) for t in alignment.target_tokens
    ]


def test_equal_texts_are_carried_unchanged_even_between_words():
    alignment = Alignment("a  b\n", "a  b\n")
    assert alignment.carry(1, 3) == Place(1, 3, True)


def test_composed_and_decomposed_letters_are_one_word():
    alignment = Alignment("Xhac\u0327ka won", "Xha\u00e7ka won")
    assert alignment.edits == []
    place = alignment.carry(0, 7)
    assert (place.start, place.end, place.exact) == (0, 6, True)
