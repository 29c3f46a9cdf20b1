"""The network in the formats that other programs read; each is one function from the network to text."""

from __future__ import annotations

from pipeline.graph import Network
from pipeline.graph.exports.gexf import render_gexf
from pipeline.graph.exports.plain import (
    render_adjacency,
    render_gephi_edges,
    render_gephi_nodes,
    render_graphml,
    render_node_link,
    render_pajek,
)

__all__ = ["ADJACENCY_LIMIT", "render_exports"]

# A full matrix grows with the square of the actors: 5,000 of them are 50 MB of zeros and take a minute to write.
ADJACENCY_LIMIT = 1000


def render_exports(network: Network) -> dict[str, str]:
    """File name → text of every export, in a fixed order; no adjacency.csv above `ADJACENCY_LIMIT` actors."""
    exports = {
        "gephi_nodes.csv": render_gephi_nodes(network.actors),
        "gephi_edges.csv": render_gephi_edges(network.edges),
        "graph.graphml": render_graphml(network.graph),
        "graph.gexf": render_gexf(network.graph),
        "graph.json": render_node_link(network.graph),
        "graph.net": render_pajek(network.graph),
    }
    if len(network.actors) <= ADJACENCY_LIMIT:
        exports["adjacency.csv"] = render_adjacency(network.graph)
    return exports
