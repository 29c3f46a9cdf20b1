"""The formats without dates: GraphML, node-link JSON, Pajek, adjacency matrix, Gephi's import tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import networkx as nx

from pipeline.graph.exports.attributes import (
    XML_TYPES,
    Attributes,
    Fitted,
    escape_value,
    first_uses,
    write_value,
)
from pipeline.jsontext import to_json
from pipeline.tables import Row, csv_lines

GRAPHML_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" \
xsi:schemaLocation="http://graphml.graphdrawing.org/xmlns http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd">
"""
# Scope (node, edge), name and type of an attribute → its number.
Keys = dict[tuple[str, str, type], int]


def render_graphml(network: Fitted) -> Iterator[str]:
    """GraphML with typed attributes, for igraph, Gephi, yEd, Cytoscape and networkx; an element at a time.

    Key ids are numbers: igraph refuses an id that both a node's and an edge's attribute have.
    """
    keys: Keys = {use: number for number, use in enumerate(first_uses(network))}
    yield GRAPHML_HEAD
    for (scope, name, type_), number in reversed(keys.items()):
        kind = XML_TYPES[type_]
        yield f'  <key id="d{number}" for="{scope}" attr.name="{name}" attr.type="{kind}" />\n'
    if network.nodes:
        yield '  <graph edgedefault="undirected">\n'
        for node, data in network.nodes:
            yield _with_data("node", f'id="{escape_value(node)}"', data, keys)
        for source, target, data in network.edges:
            ends = f'source="{escape_value(source)}" target="{escape_value(target)}"'
            yield _with_data("edge", ends, data, keys)
        yield "  </graph>\n"
    else:
        yield '  <graph edgedefault="undirected" />\n'
    yield "</graphml>\n"


def _with_data(tag: str, own: str, data: Attributes, keys: Keys) -> str:
    """An element with its data, all beyond ASCII as references."""
    lines = [
        f'      <data key="d{keys[tag, name, type(value)]}">{write_value(value)}</data>\n'
        for name, value in data.items()
        if name != "spells"
    ]
    text = f"    <{tag} {own}>\n{''.join(lines)}    </{tag}>\n" if lines else f"    <{tag} {own} />\n"
    return text if text.isascii() else text.encode("ascii", "xmlcharrefreplace").decode("ascii")


def render_node_link(network: Fitted) -> Iterator[str]:
    """Node-link JSON as `networkx.node_link_graph` reads it, an element a line, spells as pairs of ISO days."""
    yield f'{{"directed": false, "multigraph": false, "graph": {to_json(network.graph)},\n'
    yield from _json_list("nodes", ({**data, "id": node} for node, data in network.nodes))
    yield ",\n"
    edges = ({**data, "source": one, "target": two} for one, two, data in network.edges)
    yield from _json_list("edges", edges)
    yield "}\n"


def _json_list(name: str, items: Iterator[Attributes]) -> Iterator[str]:
    yield f'"{name}": ['
    comma = "\n"
    for item in items:
        yield comma + to_json(item)
        comma = ",\n"
    yield "\n]" if comma == ",\n" else "]"


def render_pajek(network: Fitted) -> Iterator[str]:
    """Pajek `.net`: actor ids as vertex labels, sentences as line values."""
    plain = nx.Graph()
    plain.add_nodes_from(node for node, _ in network.nodes)
    plain.add_weighted_edges_from(
        (one, two, data["weight"]) for one, two, data in network.edges if "weight" in data
    )
    return (line + "\n" for line in nx.generate_pajek(plain))


def render_adjacency(network: Fitted) -> Iterator[str]:
    """The symmetric matrix of weights, actor ids as header and first column, 0 where two never meet."""
    names = [node for node, _ in network.nodes]
    weights = {(one, two): data.get("weight", 0) for one, two, data in network.edges}
    rows = ([weights.get((min(one, two), max(one, two)), 0) for two in names] for one in names)
    return csv_lines(["actor_id", *names], ([name, *row] for name, row in zip(names, rows, strict=True)))


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
