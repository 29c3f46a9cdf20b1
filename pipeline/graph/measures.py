"""Measures of the actors in the network, by networkx; the same on every run whatever the hash seed."""

from __future__ import annotations

import random
from heapq import heappop, heappush
from math import inf, lcm
from typing import Any

import networkx as nx

# Exact betweenness walks every edge once from every actor. Where that takes more steps than this (a page has
# some 50,000, a million take two seconds), it is estimated from as many actors as the steps allow, drawn with
# the seed, and at least `FEWEST_PIVOTS` (Brandes and Pich 2007).
BETWEENNESS_STEPS = 1_000_000
FEWEST_PIVOTS = 32


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


def _betweenness(graph: nx.Graph, seed: int) -> dict[int, float]:
    """Betweenness on inverse weight, normalised; from pivots where there are more nodes than `BETWEENNESS_STEPS` allow.

    As `networkx.betweenness_centrality`, which asks a function for the length of each edge at each step; lists of
    neighbours with their lengths take half the time.
    """
    weights = {w for _, _, w in graph.edges(data="weight")}
    # A common multiple keeps distances whole, so that equally long paths compare as equal.
    unit = lcm(*weights) if weights else 1
    length = {w: unit // w if unit < 2**53 else 1 / w for w in weights}
    near = [[(other, length[data["weight"]]) for other, data in graph[node].items()] for node in graph]
    pivots = max(FEWEST_PIVOTS, BETWEENNESS_STEPS // max(1, graph.number_of_edges()))
    nodes = range(len(graph))
    sample = random.Random(seed).sample(nodes, pivots) if pivots < len(graph) else nodes
    found = [0.0] * len(graph)
    for source in sample:
        _add_paths(near, source, found)
    # A pivot is never between itself and another: one source less can count for it.
    targets, sources = len(graph) - 2, set(sample)
    if targets < 1:
        return dict.fromkeys(nodes, 0.0)
    own, others = (1 / (max(1, count) * targets) for count in (len(sample) - 1, len(sample)))
    return {node: found[node] * (own if node in sources else others) for node in nodes}


def _add_paths(near: list[list[tuple[int, float]]], source: int, found: list[float]) -> None:
    """Add to each node the share of the shortest paths from `source` that lead over it (Brandes 2001)."""
    paths = [0.0] * len(near)
    best = [inf] * len(near)
    before: list[list[int]] = [[] for _ in near]
    done = [False] * len(near)
    order = []
    paths[source], best[source] = 1.0, 0
    # Equally far nodes in the order in which they were met.
    met = 0
    queue: list[tuple[float, int, int]] = [(0, met, source)]
    while queue:
        distance, _, node = heappop(queue)
        if done[node]:
            continue
        done[node] = True
        order.append(node)
        for other, length in near[node]:
            way = distance + length
            if way < best[other]:
                best[other] = way
                paths[other], before[other] = paths[node], [node]
                met += 1
                heappush(queue, (way, met, other))
            elif way == best[other] and not done[other]:
                paths[other] += paths[node]
                before[other].append(node)
    share = [0.0] * len(near)
    for node in reversed(order):
        part = (1 + share[node]) / paths[node]
        for previous in before[node]:
            share[previous] += paths[previous] * part
        if node != source:
            found[node] += share[node]


def _communities(graph: nx.Graph, seed: int) -> dict[int, int]:
    """Louvain communities, numbered by size, then by smallest member."""
    found = nx.community.louvain_communities(graph, weight="weight", seed=seed) if len(graph) else []
    ordered = sorted(found, key=lambda members: (-len(members), min(members)))
    return {node: number for number, members in enumerate(ordered) for node in members}
