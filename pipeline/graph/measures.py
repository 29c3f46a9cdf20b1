"""Measures of the actors in the network, mostly by networkx; the same on every run whatever the hash seed."""

from __future__ import annotations

from math import lcm
from typing import Any

import networkx as nx

from pipeline.graph.betweenness import betweenness

# Exact betweenness walks every edge once from every actor. Where that takes more steps than this (a page has
# some 50,000, five million take a second), it is estimated from as many actors as the steps allow, drawn with
# the seed, and at least `FEWEST_PIVOTS` (Brandes and Pich 2007). Of the fifty highest of 11,000 actors the median
# is 20 % off with 128 pivots; it was 48 % with 32.
BETWEENNESS_STEPS = 5_000_000
FEWEST_PIVOTS = 128
# Distances are sums of floats, which hold whole numbers up to 2**53: room for 32 of the longest edges.
LARGEST_UNIT = 2**48


def actor_measures(graph: nx.Graph, *, seed: int = 0) -> dict[str, dict[str, Any]]:
    """Degree, weighted degree, betweenness, PageRank, clustering and community of every node.

    Parameters: graph, undirected, edges with an integer `weight`; seed, of Louvain and the betweenness
    pivots.
    Returns: node → measure → value, floats rounded to six digits, so that they do not depend on the machine.
    """
    # Integers for names: the order of a set of strings changes with the hash seed, that of small integers
    # does not.
    names = sorted(graph)
    plain = _numbered(graph, names)
    between = _betweenness(plain, seed)
    rank = nx.pagerank(plain, weight="weight", tol=1e-10, max_iter=1000) if names else {}
    clustering = _clustering(plain)
    community = _communities(plain, seed)
    return {
        name: {
            "degree": plain.degree(i),
            "weighted_degree": plain.degree(i, weight="weight"),
            "betweenness": round(between[i], 6),
            "community": community[i],
            "pagerank": round(rank[i], 6),
            "clustering": round(clustering[i], 6),
        }
        for i, name in enumerate(names)
    }


def _numbered(graph: nx.Graph, names: list[str]) -> nx.Graph:
    """The graph with the place of each name for the name, edges in sorted order."""
    place = {name: i for i, name in enumerate(names)}
    ends = ((place[u], place[v], w) for u, v, w in graph.edges(data="weight"))
    plain = nx.Graph()
    plain.add_nodes_from(range(len(names)))
    plain.add_weighted_edges_from(sorted((min(u, v), max(u, v), w) for u, v, w in ends))
    return plain


def _clustering(graph: nx.Graph) -> dict[int, float]:
    """Share of each node's pairs of neighbours that meet too, as `networkx.clustering` defines it.

    That one compares the neighbours of all neighbours, which takes the square of the largest degree: a state on
    every page has thousands. Here each triangle is found once, from the end of its smallest degree (Schank and
    Wagner 2005), in time edges to the power of 1.5 at most.
    """
    order = sorted(graph, key=lambda node: (graph.degree(node), node))
    rank = {node: i for i, node in enumerate(order)}
    later = {node: {other for other in graph[node] if rank[other] > rank[node]} for node in order}
    triangles = dict.fromkeys(graph, 0)
    for node, ahead in later.items():
        for other in ahead:
            common = ahead & later[other]
            triangles[node] += len(common)
            triangles[other] += len(common)
            for third in common:
                triangles[third] += 1
    return {
        node: 2 * count / (degree * (degree - 1)) if count else 0.0
        for node, count in triangles.items()
        for degree in [graph.degree(node)]
    }


def _betweenness(graph: nx.Graph, seed: int) -> list[float]:
    weights = {w for _, _, w in graph.edges(data="weight")}
    # A common multiple keeps distances whole, so that equally long paths compare as equal.
    unit = lcm(*weights) if weights else 1
    for _, _, data in graph.edges(data=True):
        data["distance"] = unit // data["weight"] if unit < LARGEST_UNIT else 1 / data["weight"]
    pivots = max(FEWEST_PIVOTS, BETWEENNESS_STEPS // max(1, graph.number_of_edges()))
    return betweenness(graph, pivots=pivots, seed=seed)


def _communities(graph: nx.Graph, seed: int) -> dict[int, int]:
    """Louvain communities, numbered by size, then by smallest member."""
    found = nx.community.louvain_communities(graph, weight="weight", seed=seed) if len(graph) else []
    ordered = sorted(found, key=lambda members: (-len(members), min(members)))
    return {node: number for number, members in enumerate(ordered) for node in members}
