"""The graph stage: who meets whom, how often, when; measures; states by year; events; slices."""

from __future__ import annotations

import os
import subprocess
import sys
from itertools import combinations, pairwise
from pathlib import Path

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.graph import RELATION, Network, build_graph
from pipeline.graph import betweenness as betweenness_module
from pipeline.graph import measures as measures_module
from pipeline.graph.betweenness import betweenness
from pipeline.graph.measures import actor_measures
from pipeline.graph.significance import disparity, log_likelihood_ratio, npmi
from pipeline.tables import TABLES, format_table
from tests.graph_pages import entity_rows, gold_page_rows, merge, page_rows

INPUTS = ("documents", "sections", "sentences", "mentions", "entities")
TWO_PARAGRAPHS = [
    [
        (
            "[Albania|albania] and [Russia|russia] met in 1961, [Albania|albania] said.",
            "1961-12-03",
            "1961-12-03",
        ),
        ("[Yugoslavia|yugoslavia] watched.", "", ""),
    ],
    [
        ("[Hoxha|enver_hoxha] flew to [Tirana|].", "1957-01-01", "1960-12-31"),
        (
            "The [Russians|russia] and [Albanians|albania] and [Yugoslavs|yugoslavia].",
            "1962-01-01",
            "1962-12-31",
        ),
    ],
]


def network(*pages: dict, **options: object) -> Network:
    tables = merge(*pages)
    return build_graph(*(tables[name] for name in INPUTS), **options)


def edge_weights(net: Network) -> dict[tuple[str, str], int]:
    return {(row["source"], row["target"]): row["weight"] for row in net.edges}


@pytest.fixture(scope="module")
def small() -> Network:
    return network(page_rows("a", TWO_PARAGRAPHS))


@pytest.fixture(scope="module")
def gold() -> Network:
    tables = gold_page_rows()
    return build_graph(*(tables[name] for name in INPUTS), slice_by="decade")


def test_an_edge_counts_the_sentences_in_which_two_actors_meet(small: Network) -> None:
    assert edge_weights(small) == {
        ("albania", "russia"): 2,
        ("albania", "yugoslavia"): 1,
        ("russia", "yugoslavia"): 1,
    }


def test_an_actor_named_twice_in_a_sentence_makes_one_meeting_and_no_loop(small: Network) -> None:
    row = small.cooccurrences[0]
    assert (row["source"], row["target"], row["sentence_id"]) == ("albania", "russia", "s0001")
    assert row["source_mention_ids"] == ("m0001", "m0003")
    assert row["target_mention_ids"] == ("m0002",)
    assert all(row["source"] < row["target"] for row in small.cooccurrences)


def test_a_mention_without_actor_is_no_node(small: Network) -> None:
    assert [row["actor_id"] for row in small.actors] == ["albania", "enver_hoxha", "russia", "yugoslavia"]


def test_actor_counts_and_dates(small: Network) -> None:
    albania = small.actors[0]
    assert (albania["mentions"], albania["sentences"], albania["documents"]) == (3, 2, 1)
    assert (albania["degree"], albania["weighted_degree"]) == (2, 3)
    assert (albania["first_date"], albania["last_date"]) == ("1961-12-03", "1962-12-31")
    assert (albania["name"], albania["iso3"], albania["wikidata_id"]) == ("Albania", "ALB", "Q222")
    lonely = small.actors[1]
    assert (lonely["degree"], lonely["pagerank"] > 0, lonely["first_date"]) == (0, True, "1957-01-01")


def test_edge_dates_come_from_dated_sentences_only(small: Network) -> None:
    undated = network(page_rows("a", [[("[A|albania] and [R|russia].", "", "")]]))
    assert (undated.edges[0]["first_date"], undated.edges[0]["last_date"]) == ("", "")
    assert (small.edges[0]["first_date"], small.edges[0]["last_date"]) == ("1961-12-03", "1962-12-31")


def test_an_actor_without_entity_gets_a_name_and_the_type_of_its_mentions() -> None:
    tables = merge(page_rows("a", [[("[Tirana|albania] and [Greeks|greece].", "", "")]]))
    for mention in tables["mentions"]:
        mention["label"] = "NORP" if mention["actor_id"] == "greece" else "GPE"
    tables["entities"] = []
    actors = build_graph(*(tables[name] for name in INPUTS)).actors
    assert [(row["name"], row["type"]) for row in actors] == [("Albania", "GPE"), ("Greece", "GPE")]


def test_wider_windows_join_sentences() -> None:
    page = page_rows("a", TWO_PARAGRAPHS)
    paragraph = network(page, window="paragraph", clean_texts={"a": page["text"]})
    assert edge_weights(paragraph) == {
        ("albania", "enver_hoxha"): 1,
        ("albania", "russia"): 2,
        ("albania", "yugoslavia"): 2,
        ("enver_hoxha", "russia"): 1,
        ("enver_hoxha", "yugoslavia"): 1,
        ("russia", "yugoslavia"): 2,
    }
    section = network(page, window="section")
    assert set(edge_weights(section).values()) == {1}
    assert len(section.edges) == 6


def test_a_wide_window_gives_its_first_sentence_and_all_dates_as_evidence() -> None:
    row = next(
        r
        for r in network(page_rows("a", TWO_PARAGRAPHS), window="section").cooccurrences
        if (r["source"], r["target"]) == ("enver_hoxha", "yugoslavia")
    )
    assert (row["sentence_id"], row["earliest"], row["latest"]) == ("s0002", "1957-01-01", "1962-12-31")
    assert row["target_mention_ids"] == ("m0004", "m0009")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"window": "page"}, "unknown window 'page'"),
        ({"window": "paragraph"}, "a: paragraphs are the lines of the clean text"),
        ({"slice_by": "week"}, "unknown period 'week'; expected one of year, decade, century"),
    ],
)
def test_wrong_options_say_what_is_right(options: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        network(page_rows("a", TWO_PARAGRAPHS), **options)


def test_inconsistent_tables_name_the_place() -> None:
    page = page_rows("a", TWO_PARAGRAPHS)
    page["mentions"][0]["sentence_id"] = "s0099"
    with pytest.raises(ValueError, match="a: mention m0001 stands in sentence s0099"):
        network(page)
    page = page_rows("b", [[("[A|albania].", "1961-13-01", "1961-13-01")]])
    with pytest.raises(ValueError, match="b: sentence s0001: no such day"):
        network(page)


def test_sentences_of_dropped_sections_do_not_count() -> None:
    page = page_rows("a", TWO_PARAGRAPHS)
    page["sections"][0]["kept"] = False
    net = network(page)
    assert (net.actors, net.edges, net.events) == ([], [], [])


def test_two_pages_about_overlapping_countries_join_into_one_network() -> None:
    first = page_rows(
        "albania_russia", [[("[Albania|albania] met [Russia|russia].", "1961-01-01", "1961-12-31")]]
    )
    second = page_rows(
        "albania_yugoslavia",
        [
            [("[Albania|albania] met [Yugoslavia|yugoslavia].", "1948-01-01", "1948-12-31")],
            [("[Russia|russia] wrote to [Albania|albania].", "1946-01-01", "1946-12-31")],
        ],
    )
    net = network(first, second)
    assert edge_weights(net) == {("albania", "russia"): 2, ("albania", "yugoslavia"): 1}
    assert [row["documents"] for row in net.edges] == [2, 1]
    assert net.actors[0]["documents"] == 2
    assert net.edges[0]["first_date"] == "1946-01-01"
    assert nx.is_connected(net.graph)
    assert [row["doc_id"] for row in net.events] == [
        "albania_yugoslavia",
        "albania_yugoslavia",
        "albania_russia",
    ]


def test_order_of_the_pages_changes_no_count() -> None:
    one, two = page_rows("a", TWO_PARAGRAPHS), page_rows("b", TWO_PARAGRAPHS[:1])
    forward, backward = network(one, two), network(two, one)
    assert forward.edges == backward.edges
    assert forward.actors == backward.actors
    assert forward.dyad_year == backward.dyad_year


def test_nothing_in_gives_empty_tables() -> None:
    net = build_graph([], [], [], [], [], slice_by="year")
    assert all(rows == [] for rows in net.tables().values())
    assert set(net.tables()) == {"actors", "cooccurrences", "edges", "dyad_year", "events", "edges_by_period"}


# --- tables read off the co-occurrences ---


def test_dyad_year_counts_sentences_that_lie_in_the_year() -> None:
    rows = network(
        page_rows(
            "a",
            [
                [("[R|russia] and [A|albania].", "1961-12-03", "1961-12-05")],
                [("[A|albania] and [R|russia].", "1961-01-01", "1961-12-31")],
                [("[A|albania] and [R|russia].", "1961-12-31", "1962-01-01")],
                [
                    (
                        "[A|albania] and [R|russia] and [H|enver_hoxha] and [N|nato].",
                        "1968-01-01",
                        "1968-12-31",
                    )
                ],
                [("[A|albania] and [R|russia].", "", "")],
            ],
        )
    ).dyad_year
    assert [(r["actor_id1"], r["actor_id2"], r["year"], r["sentences"]) for r in rows] == [
        ("albania", "russia", 1961, 2),
        ("albania", "russia", 1968, 1),
    ]
    assert [rows[0][name] for name in ("cow_code1", "cow_code2", "gw_code1", "gw_code2")] == [
        "339",
        "365",
        "339",
        "365",
    ]


def test_dyad_year_has_the_smaller_cow_code_first_and_states_without_one_last() -> None:
    marked = "[Yugoslavia|yugoslavia], [Russia|russia], [Athens|athens] and [Kosovo|kosovo]."
    rows = network(page_rows("a", [[(marked, "1995-01-01", "1995-12-31")]])).dyad_year
    assert [(r["actor_id1"], r["actor_id2"]) for r in rows] == [
        ("yugoslavia", "kosovo"),
        ("yugoslavia", "russia"),
        ("yugoslavia", "athens"),
        ("kosovo", "russia"),
        ("kosovo", "athens"),
        ("russia", "athens"),
    ]


def test_years_before_christ_are_astronomical() -> None:
    net = network(
        page_rows("a", [[("[Athens|athens] fought [Sparta|sparta].", "-0430-01-01", "-0430-12-31")]]),
        slice_by="century",
    )
    assert net.dyad_year[0]["year"] == -430
    assert net.events[0]["edtf"] == "-0430"
    assert net.edges_by_period[0]["start"] == "-0500-01-01"
    assert net.edges_by_period[0]["end"] == "-0401-12-31"


def test_events_are_dated_sentences_with_an_actor_in_order_of_time() -> None:
    page = page_rows(
        "a",
        [
            [("[R|russia] in 1962.", "1962-01-01", "1962-12-31")],
            [("[A|albania] then [R|russia] then [A|albania].", "1961-01-01", "1961-12-31")],
            [("[A|albania] in January.", "1961-01-01", "1961-01-31")],
            [("Nobody.", "1900-01-01", "1900-12-31"), ("[Tirana|].", "1901-01-01", "1901-12-31")],
            [("[A|albania] and [X|sparta].", "-0479-01-01", "-0479-12-31")],
            [("[A|albania].", "", "")],
        ],
    )
    events = network(page).events
    assert [row["sentence_id"] for row in events] == ["s0006", "s0003", "s0002", "s0001"]
    assert events[2]["actors"] == ("albania", "russia")
    assert [row["edtf"] for row in events] == ["-0479", "1961-01", "1961", "1962"]
    assert {row["dated_by"] for row in events} == {"own"}


def test_slices_add_up_to_no_more_than_the_edge(gold: Network) -> None:
    weights = edge_weights(gold)
    sums: dict[tuple[str, str], int] = {}
    for row in gold.edges_by_period:
        pair = (row["source"], row["target"])
        sums[pair] = sums.get(pair, 0) + row["weight"]
        assert row["period"].endswith("X")
    assert sums
    assert all(sums[pair] <= weights[pair] for pair in sums)


def test_slice_by_year_equals_dyad_year_for_states(gold: Network) -> None:
    tables = gold_page_rows()
    by_year = build_graph(*(tables[name] for name in INPUTS), slice_by="year")
    states = {row["actor_id"] for row in by_year.actors if row["type"] == "GPE"}
    sliced = {
        (row["source"], row["target"], int(row["period"])): row["weight"]
        for row in by_year.edges_by_period
        if {row["source"], row["target"]} <= states
    }
    dyads = {
        (*sorted((r["actor_id1"], r["actor_id2"])), r["year"]): r["sentences"] for r in by_year.dyad_year
    }
    assert sliced == dyads


# --- the labelled page ---


def test_gold_page_weights_equal_a_plain_count(gold: Network) -> None:
    tables = gold_page_rows()
    plain: dict[tuple[str, str], int] = {}
    for sentence in tables["sentences"]:
        names = {m["actor_id"] for m in tables["mentions"] if m["sentence_id"] == sentence["sentence_id"]} - {
            ""
        }
        for pair in combinations(sorted(names), 2):
            plain[pair] = plain.get(pair, 0) + 1
    assert edge_weights(gold) == plain
    assert len(gold.cooccurrences) == sum(plain.values())


def test_tables_fit_their_definitions(gold: Network) -> None:
    for name, rows in gold.tables().items():
        table = TABLES[name]
        format_table(table, rows)
        keys = [tuple(row[column] for column in table.key) for row in rows]
        assert len(set(keys)) == len(keys), name
        for column in table.columns:
            if column.required:
                assert all(row[column.name] not in (None, "", ()) for row in rows), (name, column.name)
    for name in ("actors", "edges"):
        keys = [tuple(row[column] for column in TABLES[name].key) for row in gold.tables()[name]]
        assert keys == sorted(keys)


def test_graph_holds_the_rows(gold: Network) -> None:
    assert gold.graph.number_of_nodes() == len(gold.actors)
    assert gold.graph.number_of_edges() == len(gold.edges)
    assert list(gold.graph) == sorted(gold.graph)
    assert {data["relation"] for _, _, data in gold.graph.edges(data=True)} == {RELATION}
    for row in gold.actors:
        assert gold.graph.degree(row["actor_id"], weight="weight") == row["weighted_degree"]


def test_communities_are_numbered_by_size(gold: Network) -> None:
    sizes: dict[int, int] = {}
    for row in gold.actors:
        sizes[row["community"]] = sizes.get(row["community"], 0) + 1
    assert [sizes[number] for number in range(len(sizes))] == sorted(sizes.values(), reverse=True)
    assert sizes[0] > 1


def test_same_network_whatever_the_hash_seed() -> None:
    code = (
        "from tests.test_graph import *; from pipeline.graph.exports import render_exports;"
        "t = gold_page_rows();"
        "n = build_graph(*(t[k] for k in INPUTS), slice_by='decade');"
        "print([format_table(TABLES[k], r) for k, r in n.tables().items()], render_exports(n))"
    )
    root = Path(__file__).parent.parent
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(root)},
            cwd=root,
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "4711")
    }
    assert len(outputs) == 1
    assert len(outputs.pop()) > 10_000


# --- measures and significance ---


def star() -> nx.Graph:
    graph = nx.Graph()
    graph.add_weighted_edges_from([("hub", "a", 1), ("hub", "b", 1), ("hub", "c", 4)])
    return graph


def test_measures_of_a_star() -> None:
    found = actor_measures(star())
    assert found["hub"]["betweenness"] == 1
    assert found["a"]["betweenness"] == 0
    assert found["hub"]["weighted_degree"] == 6
    assert sum(m["pagerank"] for m in found.values()) == pytest.approx(1, abs=1e-5)
    assert found["c"]["pagerank"] > found["a"]["pagerank"]


def test_strong_ties_are_short_ways() -> None:
    graph = nx.Graph()
    # a-c directly costs 1; over b it costs 1/10 + 1/10.
    graph.add_weighted_edges_from([("a", "b", 10), ("b", "c", 10), ("a", "c", 1)])
    assert actor_measures(graph)["b"]["betweenness"] == 1


def test_equally_long_ways_share() -> None:
    graph = nx.Graph()
    # Ten steps of 1/10 against one of 1: equal, but not in floating point (ten times 0.1 is below 1).
    names = [f"n{i:02}" for i in range(11)]
    graph.add_weighted_edges_from([(a, b, 10) for a, b in pairwise(names)])
    graph.add_edge("n00", "n10", weight=1)
    exact = actor_measures(graph)
    # Of the 45 pairs without n05, it lies between 5 x 5; for n00-n10 it shares with the direct edge.
    assert exact["n05"]["betweenness"] == pytest.approx((25 - 0.5) / 45, abs=1e-6)


def test_large_networks_use_seeded_pivots(monkeypatch: pytest.MonkeyPatch) -> None:
    graph = nx.karate_club_graph()
    graph = nx.relabel_nodes(graph, {n: f"n{n:02}" for n in graph})
    exact = actor_measures(graph)
    monkeypatch.setattr(measures_module, "BETWEENNESS_STEPS", 20 * graph.number_of_edges())
    monkeypatch.setattr(measures_module, "FEWEST_PIVOTS", 1)
    sampled = actor_measures(graph, seed=3)
    assert sampled == actor_measures(graph, seed=3)
    assert sampled != exact
    top = max(exact, key=lambda n: exact[n]["betweenness"])
    assert sampled[top]["betweenness"] == pytest.approx(exact[top]["betweenness"], rel=0.5)


@pytest.mark.parametrize(
    ("nodes", "edges", "steps"), [(0, 0, 1), (1, 0, 1), (2, 1, 1), (60, 200, 10**6), (150, 600, 1)]
)
def test_measures_are_those_of_networkx(
    nodes: int, edges: int, steps: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(measures_module, "BETWEENNESS_STEPS", steps)
    graph = nx.gnm_random_graph(nodes, edges, seed=7)
    for source, target, data in graph.edges(data=True):
        data["weight"] = 1 + source * target % 3
        data["distance"] = 6 // data["weight"]
    pivots = measures_module.FEWEST_PIVOTS if steps == 1 and nodes > measures_module.FEWEST_PIVOTS else None
    between = nx.betweenness_centrality(graph, k=pivots, weight="distance", seed=5)
    clustering = nx.clustering(graph)
    # The names sort as the numbers do.
    found = actor_measures(nx.relabel_nodes(graph, lambda node: f"n{node:03}"), seed=5)
    for node in graph:
        assert found[f"n{node:03}"]["betweenness"] == pytest.approx(between[node], abs=1e-6)
        assert found[f"n{node:03}"]["clustering"] == round(clustering[node], 6)


@st.composite
def weighted_graphs(draw: st.DrawFn) -> nx.Graph:
    """Small graphs, often in parts, with few lengths, so that many paths are equally long."""
    graph = nx.Graph()
    nodes = draw(st.integers(0, 12))
    graph.add_nodes_from(range(nodes))
    pairs = list(combinations(range(nodes), 2))
    if pairs:
        for one, two in draw(st.lists(st.sampled_from(pairs), unique=True)):
            graph.add_edge(one, two, distance=draw(st.sampled_from([1, 2, 3, 6])))
    return graph


@given(weighted_graphs(), st.integers(2, 14), st.integers(0, 3), st.sampled_from([1, 20, 10**6]))
def test_betweenness_is_that_of_networkx(graph: nx.Graph, pivots: int, seed: int, held: int) -> None:
    sample = pivots if pivots < len(graph) else None
    expected = nx.betweenness_centrality(graph, k=sample, weight="distance", seed=seed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(betweenness_module, "DISTANCES", held)
        found = betweenness(graph, pivots=pivots, seed=seed)
    assert found == pytest.approx([expected[node] for node in graph])


def test_npmi_at_its_ends() -> None:
    assert npmi(5, 5, 5, 100) == pytest.approx(1)
    assert npmi(1, 10, 10, 100) == pytest.approx(0)
    assert npmi(0, 5, 5, 100) == -1
    assert npmi(7, 7, 7, 7) is None


def test_log_likelihood_ratio_against_a_textbook_value() -> None:
    # Counts 110, 2442, 111, 29114 of Dunning's table ("the swiss", 1993) give 270.72.
    assert log_likelihood_ratio(110, 110 + 2442, 110 + 111, 110 + 2442 + 111 + 29114) == pytest.approx(
        270.72, abs=0.01
    )
    assert log_likelihood_ratio(1, 10, 10, 100) == pytest.approx(0, abs=1e-9)


def test_disparity_filter() -> None:
    # Hub: (1 - 4/6)^2; the leaf has one edge and no say.
    assert disparity(4, (3, 1), (6, 4)) == pytest.approx(1 / 9)
    assert disparity(2, (1, 1), (2, 2)) == 1
    assert disparity(1, (3, 1), (6, 1)) > disparity(4, (3, 1), (6, 4))


counts = st.integers(0, 40)


@given(counts, counts, counts, counts)
def test_association_is_symmetric_and_bounded(both: int, one: int, other: int, none: int) -> None:
    total = both + one + other + none
    if not (both + one and both + other):
        return
    args = (both, both + one, both + other, total)
    mirrored = (both, both + other, both + one, total)
    value = npmi(*args)
    assert value is None or -1 - 1e-9 <= value <= 1 + 1e-9
    assert value == pytest.approx(npmi(*mirrored))
    assert log_likelihood_ratio(*args) >= 0
    assert log_likelihood_ratio(*args) == pytest.approx(log_likelihood_ratio(*mirrored), abs=1e-9)


ACTORS = ("", "albania", "russia", "yugoslavia", "nato")
sentences_of = st.lists(st.lists(st.sampled_from(ACTORS), max_size=4), min_size=1, max_size=6)


@settings(max_examples=60, deadline=None)
@given(st.lists(sentences_of, min_size=1, max_size=3))
def test_counts_agree_with_each_other(pages: list[list[list[str]]]) -> None:
    made = [
        page_rows(f"p{n}", [[(" ".join(f"[x|{a}]" for a in names) + ".", "", "")] for names in page])
        for n, page in enumerate(pages)
    ]
    net = network(*made)
    assert sum(row["weight"] for row in net.edges) == len(net.cooccurrences)
    assert sum(row["weighted_degree"] for row in net.actors) == 2 * len(net.cooccurrences)
    assert sum(row["mentions"] for row in net.actors) == sum(a != "" for p in pages for s in p for a in s)
    for row in net.edges:
        assert row["source"] < row["target"]
        assert 1 <= row["documents"] <= row["weight"]
        assert 0 <= row["backbone"] <= 1
    for row in net.actors:
        assert row["documents"] <= row["sentences"] <= row["mentions"]


def test_entity_rows_fit_their_table() -> None:
    format_table(TABLES["entities"], entity_rows())
