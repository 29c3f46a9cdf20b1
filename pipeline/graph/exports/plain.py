"""The formats without dates: GraphML, node-link JSON, Pajek, adjacency matrix, Gephi's import tables."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

import networkx as nx

from pipeline.graph.exports.attributes import (
    XML_TYPES,
    Attributes,
    attributes_of_edges,
    attributes_of_nodes,
    edges_of,
    escape_text,
    escape_value,
    first_uses,
    nodes_of,
)
from pipeline.tables import Row, csv_lines

_scalar = json.JSONEncoder(ensure_ascii=False).encode
GRAPHML_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" \
xsi:schemaLocation="http://graphml.graphdrawing.org/xmlns http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd">
"""
# Scope (node, edge), name and type of an attribute → its number.
Keys = dict[tuple[str, str, type], int]


def render_graphml(graph: nx.Graph) -> Iterator[str]:
    """GraphML with typed attributes, for igraph, Gephi, yEd, Cytoscape and networkx; an element at a time.

    Key ids are numbers: igraph refuses an id that both a node's and an edge's attribute have.
    """
    keys: Keys = {}
    for scope, items in (("node", attributes_of_nodes(graph)), ("edge", attributes_of_edges(graph))):
        for name, type_ in first_uses(items):
            keys[scope, name, type_] = len(keys)
    yield GRAPHML_HEAD
    for (scope, name, type_), number in reversed(keys.items()):
        kind = XML_TYPES[type_]
        yield f'  <key id="d{number}" for="{scope}" attr.name="{name}" attr.type="{kind}" />\n'
    if len(graph):
        yield '  <graph edgedefault="undirected">\n'
        for node, data in nodes_of(graph):
            yield _with_data("node", f'id="{escape_value(node)}"', data, keys)
        for source, target, data in edges_of(graph):
            ends = f'source="{escape_value(source)}" target="{escape_value(target)}"'
            yield _with_data("edge", ends, data, keys)
        yield "  </graph>\n"
    else:
        yield '  <graph edgedefault="undirected" />\n'
    yield "</graphml>\n"


def _with_data(tag: str, own: str, data: Attributes, keys: Keys) -> str:
    """An element with its data, all beyond ASCII as references."""
    if not data:
        return f"    <{tag} {own} />\n"
    lines = (
        f'      <data key="d{keys[tag, name, type(value)]}">{escape_text(str(value))}</data>\n'
        for name, value in data.items()
    )
    text = f"    <{tag} {own}>\n{''.join(lines)}    </{tag}>\n"
    return text if text.isascii() else text.encode("ascii", "xmlcharrefreplace").decode("ascii")


def render_node_link(graph: nx.Graph) -> Iterator[str]:
    """Node-link JSON as `networkx.node_link_graph` reads it, with the spells as pairs of ISO days."""
    head = {"directed": False, "multigraph": False, "graph": dict(graph.graph)}
    yield json.dumps(head, ensure_ascii=False, indent=1).removesuffix("\n}")
    nodes = ({**data, "id": node} for node, data in nodes_of(graph, _everything))
    yield from _json_list("nodes", nodes)
    edges = edges_of(graph, _everything)
    yield from _json_list("edges", ({**data, "source": one, "target": two} for one, two, data in edges))
    yield "\n}\n"


def _everything(_name: str, _value: Any) -> bool:
    return True


def _json_list(name: str, items: Iterator[Any]) -> Iterator[str]:
    yield f',\n "{name}": ['
    comma = ""
    for item in items:
        yield f"{comma}\n  {_indented(item, 2)}"
        comma = ","
    yield "\n ]" if comma else "]"


def _indented(value: Any, level: int) -> str:
    """A value as `json.dumps` with `indent=1` writes it so deep; that one takes five times as long."""
    if not value or not isinstance(value, dict | list | tuple):
        return _scalar(value)
    gap = "\n" + " " * (level + 1)
    if isinstance(value, dict):
        parts = [f"{_scalar(key)}: {_indented(item, level + 1)}" for key, item in value.items()]
        return "{" + gap + ("," + gap).join(parts) + "\n" + " " * level + "}"
    parts = [_indented(item, level + 1) for item in value]
    return "[" + gap + ("," + gap).join(parts) + "\n" + " " * level + "]"


def render_pajek(graph: nx.Graph) -> Iterator[str]:
    """Pajek `.net`: actor ids as vertex labels, sentences as line values."""
    fitted = nx.Graph()
    fitted.add_nodes_from(sorted(graph))
    fitted.add_weighted_edges_from(
        (one, two, data["weight"]) for one, two, data in edges_of(graph) if "weight" in data
    )
    return (line + "\n" for line in nx.generate_pajek(fitted))


def render_adjacency(graph: nx.Graph) -> Iterator[str]:
    """The symmetric matrix of weights, actor ids as header and first column, 0 where two never meet."""
    names = sorted(graph)
    weights = ([graph[one].get(two, {}).get("weight", 0) for two in names] for one in names)
    return csv_lines(["actor_id", *names], ([name, *row] for name, row in zip(names, weights, strict=True)))


# Column of Gephi's import table → column of ours.
GEPHI_NODES = {
    "Id": "actor_id",
    "Label": "name",
    "ActorType": "type",
    "Wikidata": "wikidata_id",
    "ISO3": "iso3",
    "COW": "cow_code",
    "GW": "gw_code",
    "Mentions": "mentions",
    "Sentences": "sentences",
    "Documents": "documents",
    "Degree": "degree",
    "WeightedDegree": "weighted_degree",
    "Betweenness": "betweenness",
    "PageRank": "pagerank",
    "Clustering": "clustering",
    "Community": "community",
    "FirstDate": "first_date",
    "LastDate": "last_date",
}
GEPHI_EDGES = {
    "Source": "source",
    "Target": "target",
    "Type": "Undirected",
    "Weight": "weight",
    "Relation": "co_mention",
    "Documents": "documents",
    "NPMI": "npmi",
    "LLR": "llr",
    "Backbone": "backbone",
    "FirstDate": "first_date",
    "LastDate": "last_date",
}


def render_gephi_nodes(actors: Iterable[Row]) -> Iterator[str]:
    """Gephi's node table, in the order of the actors."""
    return csv_lines(list(GEPHI_NODES), ([row[name] for name in GEPHI_NODES.values()] for row in actors))


def render_gephi_edges(edges: Iterable[Row]) -> Iterator[str]:
    """Gephi's edge table: undirected, of relation co_mention."""
    return csv_lines(
        list(GEPHI_EDGES), ([row.get(name, name) for name in GEPHI_EDGES.values()] for row in edges)
    )
