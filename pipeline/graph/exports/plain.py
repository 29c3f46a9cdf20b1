"""The formats without dates: GraphML, node-link JSON, Pajek, adjacency matrix, Gephi's import tables."""

from __future__ import annotations

import json
from collections.abc import Iterable

import networkx as nx

from pipeline.graph.exports.attributes import fit_graph
from pipeline.tables import Row, format_csv


def render_graphml(graph: nx.Graph) -> str:
    """GraphML with typed attributes, for igraph, Gephi, yEd, Cytoscape and networkx."""
    # `generate_graphml` writes with the standard library whether or not lxml is there, so the bytes are the
    # same.
    # Its key ids are numbers: igraph refuses an id that both a node's and an edge's attribute have.
    lines = nx.generate_graphml(fit_graph(graph))
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + "\n".join(lines) + "\n"


def render_node_link(graph: nx.Graph) -> str:
    """Node-link JSON as `networkx.node_link_graph` reads it, with the spells as pairs of ISO days."""
    fitted = fit_graph(graph, lambda _name, _value: True)
    fitted.graph.update(graph.graph)
    data = nx.node_link_data(fitted, edges="edges")
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"


def render_pajek(graph: nx.Graph) -> str:
    """Pajek `.net`: actor ids as vertex labels, sentences as line values."""
    fitted = fit_graph(graph, lambda name, _value: name == "weight")
    return "\n".join(nx.generate_pajek(fitted)) + "\n"


def render_adjacency(graph: nx.Graph) -> str:
    """The symmetric matrix of weights, actor ids as header and first column, 0 where two never meet."""
    names = sorted(graph)
    weights = ([graph[one].get(two, {}).get("weight", 0) for two in names] for one in names)
    return format_csv(["actor_id", *names], ([name, *row] for name, row in zip(names, weights, strict=True)))


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


def render_gephi_nodes(actors: Iterable[Row]) -> str:
    """Gephi's node table, in the order of the actors."""
    return format_csv(list(GEPHI_NODES), ([row[name] for name in GEPHI_NODES.values()] for row in actors))


def render_gephi_edges(edges: Iterable[Row]) -> str:
    """Gephi's edge table: undirected, of relation co_mention."""
    return format_csv(
        list(GEPHI_EDGES), ([row.get(name, name) for name in GEPHI_EDGES.values()] for row in edges)
    )
