"""The exports of the network: each is read back, typed, free of empty values and the same on every day."""

from __future__ import annotations

import csv
import io
import json
import re
import warnings
from datetime import date
from xml.etree import ElementTree

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from networkx.readwrite.gexf import GEXFWriter

from pipeline.graph import Network, build_graph
from pipeline.graph import exports as exports_module
from pipeline.graph.exports import render_exports
from pipeline.graph.exports.attributes import Fitted, fit
from pipeline.graph.exports.gexf import LAST_MODIFIED
from tests.graph_pages import gold_page_rows, merge, page_rows

INPUTS = ("documents", "sections", "sentences", "mentions", "entities")
NS = {"g": "http://gexf.net/1.3"}
FILES = {
    "gephi_nodes.csv",
    "gephi_edges.csv",
    "graph.graphml",
    "graph.gexf",
    "graph.json",
    "graph.net",
    "adjacency.csv",
}


def build(tables: dict) -> Network:
    return build_graph(*(tables[name] for name in INPUTS))


def of_sentences(*sentences: tuple[str, str, str], **names: str) -> Network:
    tables = merge(page_rows("a", [[sentence] for sentence in sentences]))
    for row in tables["entities"]:
        row["name"] = names.get(row["entity_id"], row["name"])
    return build(tables)


@pytest.fixture(scope="module")
def gold() -> Network:
    return build(gold_page_rows())


@pytest.fixture(scope="module")
def files(gold: Network) -> dict[str, str]:
    return render_exports(gold)


def weights(graph: nx.Graph) -> dict[frozenset[str], float]:
    return {frozenset((u, v)): float(w) for u, v, w in graph.edges(data="weight")}


def read_all(files: dict[str, str]) -> dict[str, nx.Graph]:
    nodes = list(csv.DictReader(io.StringIO(files["gephi_nodes.csv"])))
    gephi = nx.Graph()
    gephi.add_nodes_from(row["Id"] for row in nodes)
    for row in csv.DictReader(io.StringIO(files["gephi_edges.csv"])):
        gephi.add_edge(row["Source"], row["Target"], weight=float(row["Weight"]))
    matrix = list(csv.reader(io.StringIO(files["adjacency.csv"])))
    adjacency = nx.Graph()
    adjacency.add_nodes_from(matrix[0][1:])
    for row in matrix[1:]:
        for name, cell in zip(matrix[0][1:], row[1:], strict=True):
            if cell != "0":
                adjacency.add_edge(row[0], name, weight=float(cell))
    return {
        "graphml": nx.parse_graphml(files["graph.graphml"]),
        "gexf": nx.read_gexf(io.BytesIO(files["graph.gexf"].encode()), version="1.3"),
        "json": nx.node_link_graph(json.loads(files["graph.json"]), edges="edges"),
        "pajek": nx.Graph(nx.parse_pajek(files["graph.net"])),
        "gephi": gephi,
        "adjacency": adjacency,
    }


def test_every_file_is_there(files: dict[str, str]) -> None:
    assert set(files) == FILES
    for name, text in files.items():
        assert text.endswith("\n"), name
        assert "\r" not in text, name
        assert not text.startswith("\ufeff"), name


def test_every_format_reads_back_with_equal_nodes_and_edges(gold: Network, files: dict[str, str]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        read = read_all(files)
    for name, graph in read.items():
        assert set(graph) == set(gold.graph), name
        assert weights(graph) == weights(gold.graph), name
        assert not graph.is_directed(), name


def test_attributes_survive(gold: Network, files: dict[str, str]) -> None:
    for name, graph in read_all(files).items():
        if name not in ("graphml", "gexf", "json"):
            continue
        for row in gold.actors:
            node = graph.nodes[row["actor_id"]]
            assert node["label"] == row["name"]
            assert node["actor_type"] == row["type"]
            for column in ("mentions", "degree", "weighted_degree", "betweenness", "pagerank", "community"):
                assert node[column] == row[column], (name, column)
                assert type(node[column]) is type(row[column]), (name, column)
            assert node.get("first_date", "") == row["first_date"]
        for row in gold.edges:
            edge = graph.edges[row["source"], row["target"]]
            assert edge["relation"] == "co_mention"
            for column in ("documents", "npmi", "llr", "backbone"):
                assert edge.get(column) == row[column], (name, column)


def test_no_empty_value_is_written(files: dict[str, str]) -> None:
    undated = of_sentences(("[A|albania] and [R|russia].", "", ""))
    for name, text in {**files, **render_exports(undated)}.items():
        if not name.endswith(".csv"):
            assert not re.search(r"\bNone\b|\bnan\b|null|value=\"\"|></data>", text), name


def test_graphml_declares_the_type_of_every_attribute(files: dict[str, str]) -> None:
    root = ElementTree.fromstring(files["graph.graphml"])
    space = {"m": "http://graphml.graphdrawing.org/xmlns"}
    declared = {
        (key.get("for"), key.get("attr.name")): key.get("attr.type") for key in root.findall("m:key", space)
    }
    assert declared["node", "betweenness"] == declared["edge", "npmi"] == "double"
    assert declared["node", "mentions"] == declared["edge", "weight"] == "long"
    assert declared["node", "label"] == "string"
    used = {data.get("key") for data in root.iter(f"{{{space['m']}}}data")}
    assert used <= {key.get("id") for key in root.findall("m:key", space)}


def test_igraph_reads_graphml(gold: Network, files: dict[str, str], tmp_path: pytest.TempPathFactory) -> None:
    igraph = pytest.importorskip("igraph", reason="python-igraph (GPL) is not installed")
    path = tmp_path / "graph.graphml"
    path.write_text(files["graph.graphml"], encoding="utf8")
    graph = igraph.Graph.Read_GraphML(str(path))
    assert graph.vs["id"] == [row["actor_id"] for row in gold.actors]
    assert graph.vs["label"] == [row["name"] for row in gold.actors]
    assert sorted(graph.es["weight"]) == sorted(row["weight"] for row in gold.edges)
    (tmp_path / "graph.net").write_text(files["graph.net"], encoding="utf8")
    pajek = igraph.Graph.Read_Pajek(str(tmp_path / "graph.net"))
    assert (pajek.vcount(), pajek.ecount(), pajek.is_directed()) == (len(gold.actors), len(gold.edges), False)


# --- GEXF ---

GEXF_CHILDREN = {
    "gexf": {"meta", "graph"},
    "meta": {"creator", "description", "keywords"},
    "graph": {"attributes", "nodes", "edges"},
    "attributes": {"attribute"},
    "attribute": {"default", "options"},
    "nodes": {"node"},
    "edges": {"edge"},
    "node": {"attvalues", "spells"},
    "edge": {"attvalues", "spells"},
    "attvalues": {"attvalue"},
    "spells": {"spell"},
}
GEXF_ATTRIBUTES = {
    "gexf": {"version", "variant", "{http://www.w3.org/2001/XMLSchema-instance}schemaLocation"},
    "meta": {"lastmodifieddate"},
    "graph": {
        "defaultedgetype",
        "idtype",
        "mode",
        "timeformat",
        "start",
        "end",
        "timerepresentation",
        "timezone",
    },
    "attributes": {"class", "mode"},
    "attribute": {"id", "title", "type"},
    "node": {"id", "label", "start", "end"},
    "edge": {"id", "source", "target", "type", "label", "weight", "kind", "start", "end"},
    "attvalue": {"for", "value", "start", "end"},
    "spell": {"start", "end"},
}


def check_gexf(text: str) -> ElementTree.Element:
    """What the published 1.3 schema asks: elements, attributes, types, and ids that exist."""
    root = ElementTree.fromstring(text)
    assert root.tag == "{http://gexf.net/1.3}gexf"
    assert root.get("version") == "1.3"
    for element in root.iter():
        tag = element.tag.removeprefix("{http://gexf.net/1.3}")
        children = [child.tag.removeprefix("{http://gexf.net/1.3}") for child in element]
        assert set(children) <= GEXF_CHILDREN.get(tag, set()), tag
        assert set(element.attrib) <= GEXF_ATTRIBUTES.get(tag, set()), tag
        if tag in ("node", "edge", "gexf"):
            assert len(children) == len(set(children)), tag
        assert tag != "spells" or children
    graph = root.find("g:graph", NS)
    order = [child.tag.rpartition("}")[2] for child in graph]
    assert order == sorted(order, key=["attributes", "nodes", "edges"].index)
    assert order[-2:] == ["nodes", "edges"]
    date.fromisoformat(root.find("g:meta", NS).get("lastmodifieddate"))
    assert graph.get("defaultedgetype") == "undirected"
    assert graph.get("mode") in ("static", "dynamic")
    assert graph.get("timeformat") in (None, "date", "double")
    kinds = {
        (group.get("class"), item.get("id")): item.get("type")
        for group in graph.findall("g:attributes", NS)
        for item in group
    }
    nodes = {node.get("id") for node in graph.iter("{http://gexf.net/1.3}node")}
    for kind in ("node", "edge"):
        for element in graph.iter(f"{{http://gexf.net/1.3}}{kind}"):
            for value in element.iter("{http://gexf.net/1.3}attvalue"):
                declared = kinds[kind, value.get("for")]
                {"long": int, "double": float, "string": str}[declared](value.get("value"))
    for edge in graph.iter("{http://gexf.net/1.3}edge"):
        assert {edge.get("source"), edge.get("target")} <= nodes
        float(edge.get("weight"))
    return root


def spells(root: ElementTree.Element) -> list[tuple[str, str]]:
    return [(s.get("start"), s.get("end")) for s in root.iter("{http://gexf.net/1.3}spell")]


def test_gexf_fits_the_schema(files: dict[str, str]) -> None:
    root = check_gexf(files["graph.gexf"])
    graph = root.find("g:graph", NS)
    assert (graph.get("mode"), graph.get("timeformat")) == ("dynamic", "date")
    assert root.find("g:meta", NS).get("lastmodifieddate") == LAST_MODIFIED
    assert spells(root)
    assert all(date.fromisoformat(first) <= date.fromisoformat(last) for first, last in spells(root))


def test_gexf_spells_of_nodes_and_edges() -> None:
    net = of_sentences(
        ("[A|albania] and [R|russia].", "1961-01-01", "1961-12-31"),
        ("[A|albania].", "1962-01-01", "1962-01-31"),
        ("[A|albania] and [R|russia].", "1968-08-20", "1968-08-21"),
    )
    graph = nx.read_gexf(io.BytesIO(render_exports(net)["graph.gexf"].encode()), version="1.3")
    assert graph.nodes["albania"]["spells"] == [("1961-01-01", "1962-01-31"), ("1968-08-20", "1968-08-21")]
    assert graph.edges["albania", "russia"]["spells"] == [
        ("1961-01-01", "1961-12-31"),
        ("1968-08-20", "1968-08-21"),
    ]


def test_gexf_of_days_before_christ_is_in_decimal_years() -> None:
    net = of_sentences(
        ("[Athens|athens] and [Sparta|sparta].", "-0479-01-01", "-0479-12-31"),
        ("[Athens|athens].", "1961-01-01", "1961-12-31"),
    )
    root = check_gexf(render_exports(net)["graph.gexf"])
    assert root.find("g:graph", NS).get("timeformat") == "double"
    assert set(spells(root)) == {("-479.0", "-478.0"), ("1961.0", "1962.0")}


def test_gexf_without_dates_is_static() -> None:
    root = check_gexf(render_exports(of_sentences(("[A|albania] and [R|russia].", "", "")))["graph.gexf"])
    assert root.find("g:graph", NS).get("mode") == "static"
    assert spells(root) == []


def test_an_empty_network_can_be_written() -> None:
    files = render_exports(build_graph([], [], [], [], []))
    assert set(files) == FILES
    check_gexf(files["graph.gexf"])
    for name, graph in read_all(files).items():
        assert len(graph) == 0, name


def test_adjacency_is_left_out_of_large_networks(gold: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports_module, "ADJACENCY_LIMIT", len(gold.actors) - 1)
    assert set(render_exports(gold)) == FILES - {"adjacency.csv"}


def test_gephi_headers(files: dict[str, str]) -> None:
    assert files["gephi_nodes.csv"].startswith("Id,Label,")
    assert files["gephi_edges.csv"].startswith("Source,Target,Type,Weight,")
    rows = list(csv.DictReader(io.StringIO(files["gephi_edges.csv"])))
    assert {(row["Type"], row["Relation"]) for row in rows} == {("Undirected", "co_mention")}


nasty = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=12)


@settings(max_examples=80, deadline=None)
@given(nasty)
@pytest.mark.parametrize(
    "fixed", ["<b>&\"'</b>", "a\x00b\x0b\x1f\ufffe", "שלום\u202e", 'x;y,z\n"q"', "]]>", "  "]
)
def test_any_name_can_be_written(fixed: str, name: str) -> None:
    for label in (fixed, name):
        files = render_exports(
            of_sentences(("[A|albania] and [R|russia].", "1961-01-01", "1961-12-31"), albania=label)
        )
        check_gexf(files["graph.gexf"])
        for kind, graph in read_all(files).items():
            assert set(graph) == {"albania", "russia"}, kind
            if kind in ("graphml", "gexf", "json") and label.isalnum():
                assert graph.nodes["albania"]["label"] == label


# --- networkx's own writers, of which ours are streamed copies ---


def plainly(fitted: Fitted, *, spells: bool) -> nx.Graph:
    copy = nx.Graph(**fitted.graph)
    for *ends, data in (*fitted.nodes, *fitted.edges):
        kept = {name: value for name, value in data.items() if spells or name != "spells"}
        (copy.add_node if len(ends) == 1 else copy.add_edge)(*ends, **kept)
    return copy


def test_graphml_is_what_networkx_writes(gold: Network, files: dict[str, str]) -> None:
    fitted = fit(gold.graph)
    fitted.graph.clear()
    lines = nx.generate_graphml(plainly(fitted, spells=False))
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    assert files["graph.graphml"] == head + "\n".join(lines) + "\n"


def test_json_is_what_networkx_writes_an_element_a_line(gold: Network, files: dict[str, str]) -> None:
    data = nx.node_link_data(plainly(fit(gold.graph), spells=True), edges="edges")
    text = files["graph.json"]
    assert json.dumps(json.loads(text), ensure_ascii=False) == json.dumps(data, ensure_ascii=False)
    lines = text.splitlines()
    assert len(lines) == len(gold.actors) + len(gold.edges) + 5
    assert lines[2] == json.dumps(data["nodes"][0], ensure_ascii=False) + ","


def test_gexf_elements_are_what_networkx_writes(gold: Network, files: dict[str, str]) -> None:
    writer = GEXFWriter(version="1.3")
    writer.add_graph(plainly(fit(gold.graph), spells=True))
    ElementTree.indent(writer.xml)
    text = ElementTree.tostring(writer.xml, encoding="unicode")
    ours = files["graph.gexf"]
    assert ours[ours.index("    <attributes") :].rstrip() == text[text.index("    <attributes") :].rstrip()
