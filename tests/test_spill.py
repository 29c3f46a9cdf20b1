"""Counting with little memory: what goes through files comes back as if it had stayed."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import spill
from pipeline.graph import NetworkBuilder, build_graph
from pipeline.graph.cooccurrence import Count
from pipeline.graph.timespan import Day, Span, union
from pipeline.tables import Row
from tests.graph_pages import ENTITIES, entity_rows, merge, page_rows

keys = st.tuples(st.text(max_size=3), st.integers(-3000, 3000))


@given(st.lists(st.lists(keys, max_size=8), max_size=8), st.integers(0, 5), st.integers(2, 3))
def test_counts_through_files_are_those_of_a_dict(pages: list, limit: int, fan_in: int) -> None:
    plain: dict = {}
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(spill, "FAN_IN", fan_in)
        found = spill.counts(Path(folder), limit)
        for page in pages:
            for key in page:
                plain[key] = plain.get(key, 0) + 1
                found.held[key] = found.held.get(key, 0) + 1
            found.settle()
        assert list(found.items()) == sorted(plain.items())
        assert list(found.items()) == sorted(plain.items()), "a second reading adds nothing"
        for run in Path(folder).iterdir():
            assert all(json.loads(line) for line in run.read_text("utf8").splitlines())


def test_without_a_folder_nothing_is_written() -> None:
    found = spill.counts(None, limit=0)
    found.held["a",] = 1
    found.settle()
    assert found.runs == [] and list(found.items()) == [(("a",), 1)]


days = st.builds(Day, st.integers(-500, 2100), st.integers(1, 12), st.integers(1, 28))
spans = st.builds(lambda a, b: Span(min(a, b), max(a, b)), days, days)


@given(st.lists(spans, max_size=300))
def test_many_spans_are_held_as_their_union(found: list[Span]) -> None:
    count = Count()
    for span in found:
        count.date(span)
    assert union(count.spans) == union(found)
    assert len(count.spans) <= max(count.room, 1)
    back = Count.from_plain(json.loads(json.dumps(count.plain())))
    assert union(back.spans) == union(found)


ACTORS = ("", *list(ENTITIES)[:5], "of_no_entity")
DATES = ("", "1961-12-03", "1961-01-01", "1962-07-01", "-0479-01-01")
sentences = st.tuples(st.lists(st.sampled_from(ACTORS), max_size=4), st.sampled_from(DATES))
corpora = st.lists(st.lists(sentences, min_size=1, max_size=5), min_size=1, max_size=6)


def made(corpus: list) -> list[dict]:
    return [
        page_rows(f"p{n}", [[(" ".join(f"[x|{a}]" for a in names) + ".", day, day)] for names, day in page])
        for n, page in enumerate(corpus)
    ]


@given(corpora, st.integers(0, 3), st.sampled_from(["", "decade"]), st.sampled_from(["sentence", "section"]))
def test_a_network_through_files_is_that_of_memory(
    corpus: list, limit: int, slice_by: str, window: str
) -> None:
    pages = made(corpus)
    t = merge(*pages)
    whole = build_graph(
        t["documents"], t["sections"], t["sentences"], t["mentions"], t["entities"],
        slice_by=slice_by, window=window,
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        options = {"slice_by": slice_by, "window": window, "folder": Path(folder), "limit": limit}
        builder = NetworkBuilder(entity_rows(), **options)
        rows: list[Row] = []
        for page in pages:
            doc_id = page["documents"][0]["doc_id"]
            rows += builder.add_page(doc_id, page["sections"], page["sentences"], page["mentions"])
        network = builder.finish()
        assert rows == whole.cooccurrences
        assert list(builder.events()) == whole.events
        assert (network.actors, network.edges, network.dyad_year) == (
            whole.actors,
            whole.edges,
            whole.dyad_year,
        )
        assert list(builder.edges_by_period(network)) == whole.edges_by_period
        assert dict(network.graph.nodes(data=True)) == dict(whole.graph.nodes(data=True))
        assert list(network.graph.edges(data=True)) == list(whole.graph.edges(data=True))


def test_pairs_below_the_least_weight_are_no_edges_but_stay_on_record() -> None:
    twice = ("[A|albania] and [R|russia] and [N|nato].", "1961-01-01", "1961-12-31")
    once = ("[A|albania] and [Y|yugoslavia].", "1961-01-01", "1961-12-31")
    t = merge(page_rows("a", [[twice], [once], [twice]]))
    args = (t["documents"], t["sections"], t["sentences"], t["mentions"], t["entities"])
    every, strong = (build_graph(*args, slice_by="year", min_weight=n) for n in (1, 2))
    assert strong.cooccurrences == every.cooccurrences
    assert strong.dyad_year == every.dyad_year
    kept = [(r["source"], r["target"]) for r in every.edges if r["weight"] >= 2]
    assert [(r["source"], r["target"]) for r in strong.edges] == kept == list(strong.graph.edges)
    assert {(r["source"], r["target"]) for r in strong.edges_by_period} == set(kept)
    assert [r["actor_id"] for r in strong.actors] == [r["actor_id"] for r in every.actors]
    degrees = {r["actor_id"]: (r["degree"], r["weighted_degree"]) for r in strong.actors}
    assert degrees == {"albania": (2, 4), "nato": (2, 4), "russia": (2, 4), "yugoslavia": (0, 0)}
