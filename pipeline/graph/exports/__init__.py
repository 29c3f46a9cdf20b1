"""The network in the formats that other programs read; each is one function from the network to pieces of text."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.graph import Network
from pipeline.graph.exports.attributes import fit
from pipeline.graph.exports.gexf import render_gexf
from pipeline.graph.exports.plain import (
    render_adjacency,
    render_gephi_edges,
    render_gephi_nodes,
    render_graphml,
    render_node_link,
    render_pajek,
)

__all__ = ["ADJACENCY_FILE", "ADJACENCY_LIMIT", "render_exports", "stream_exports"]

# A full matrix grows with the square of the actors: 5,000 of them are 50 MB of zeros and take a minute to write.
ADJACENCY_LIMIT = 1000
ADJACENCY_FILE = "adjacency.csv"


def stream_exports(network: Network) -> Iterator[tuple[str, Iterator[str]]]:
    """File name and pieces of text of every export, in a fixed order; no adjacency.csv above `ADJACENCY_LIMIT`."""
    fitted = fit(network.graph)
    yield "gephi_nodes.csv", render_gephi_nodes(network.actors)
    yield "gephi_edges.csv", render_gephi_edges(network.edges)
    yield "graph.graphml", render_graphml(fitted)
    yield "graph.gexf", render_gexf(fitted)
    yield "graph.json", render_node_link(fitted)
    yield "graph.net", render_pajek(fitted)
    if len(network.actors) <= ADJACENCY_LIMIT:
        yield ADJACENCY_FILE, render_adjacency(fitted)


def render_exports(network: Network) -> dict[str, str]:
    """File name → text of every export, as `stream_exports` gives them."""
    return {name: "".join(pieces) for name, pieces in stream_exports(network)}
