"""Where each actor stands in the picture of the network; shared by the page and the figures."""

from __future__ import annotations

import math
from collections.abc import Sequence

import networkx as nx
import numpy as np

from pipeline.tables import Row

# A force layout compares all pairs of nodes, so only the core is laid out by it (400 nodes: under a second);
# the periphery is hidden at start anyway and hangs on its neighbours. Below 500 networkx needs no scipy here.
CORE = 400
# Ideal length of a line, in units of the area's root by node count: 3 opens the star around each hub.
SPREAD = 3.0
# The angle between successive points of a sunflower, which spreads any number of points evenly.
GOLDEN_ANGLE = math.pi * (3 - math.sqrt(5))

Positions = dict[str, tuple[float, float]]


def lay_out(actors: Sequence[Row], edges: Sequence[Row], *, seed: int = 0) -> Positions:
    """Place every actor in the plane, the same on every run.

    Parameters: rows of actors.csv and edges.csv; seed of the force layout.
    Returns: actor_id → (x, y), rounded to four decimals; the largest component fills -1..1.
    Source: Fruchterman & Reingold 1991 (doi:10.1002/spe.4380211102), as in networkx, for each component.
    """
    ranked = sorted(actors, key=lambda a: (-(a["weighted_degree"] or 0), a["actor_id"]))
    core = [a["actor_id"] for a in ranked[:CORE] if a["degree"]]
    positions = _pack(_components(core, edges), seed)
    rest = [a["actor_id"] for a in ranked if a["actor_id"] not in positions]
    _hang_on(rest, edges, positions)
    return {node: (round(x, 4), round(y, 4)) for node, (x, y) in positions.items()}


def _components(core: Sequence[str], edges: Sequence[Row]) -> list[nx.Graph]:
    """Connected parts of the core, the largest first; nodes and edges inserted in a fixed order."""
    graph = nx.Graph()
    graph.add_nodes_from(core)
    members = set(core)
    inside = [e for e in edges if e["source"] in members and e["target"] in members]
    graph.add_edges_from((e["source"], e["target"]) for e in inside)
    rank = {node: i for i, node in enumerate(core)}
    parts = sorted(
        (sorted(part, key=rank.__getitem__) for part in nx.connected_components(graph)),
        key=lambda p: (-len(p), rank[p[0]]),
    )
    home = {node: i for i, part in enumerate(parts) for node in part}
    found = [nx.Graph() for _ in parts]
    for part, sub in zip(parts, found, strict=True):
        sub.add_nodes_from(part)
    for edge in inside:
        # Without this, the many lines of a hub pull all its partners into one clump.
        hub = min(graph.degree(edge["source"]), graph.degree(edge["target"]))
        found[home[edge["source"]]].add_edge(
            edge["source"], edge["target"], weight=(1 + math.log(edge["weight"])) / math.sqrt(hub)
        )
    return found


def _spring(graph: nx.Graph, seed: int) -> Positions:
    n = len(graph)
    start = {node: np.array(_sunflower(i, n)) for i, node in enumerate(graph)}
    placed = nx.spring_layout(
        graph, pos=start, k=SPREAD / math.sqrt(n), iterations=200, seed=seed, weight="weight"
    )
    return {node: (float(x), float(y)) for node, (x, y) in placed.items()}


def _sunflower(i: int, n: int) -> tuple[float, float]:
    radius = math.sqrt((i + 0.5) / n)
    return radius * math.cos(i * GOLDEN_ANGLE), radius * math.sin(i * GOLDEN_ANGLE)


def _pack(components: Sequence[nx.Graph], seed: int) -> Positions:
    """The largest component in the middle, the others on shelves below it, sized by their number of nodes."""
    positions: Positions = {}
    left, top, depth = -1.0, -1.15, 0.0
    for i, part in enumerate(components):
        placed = _spring(part, seed)
        radius = 1.0 if i == 0 else 0.8 * math.sqrt(len(part) / len(components[0]))
        if i and left + 2 * radius > 1.0:
            left, top, depth = -1.0, top - depth - 0.1, 0.0
        x0, y0 = (0.0, 0.0) if i == 0 else (left + radius, top - radius)
        positions |= {node: (x0 + radius * x, y0 + radius * y) for node, (x, y) in placed.items()}
        if i:
            left, depth = left + 2 * radius + 0.12, max(depth, 2 * radius)
    return positions


def _hang_on(rest: Sequence[str], edges: Sequence[Row], positions: Positions) -> None:
    """Place the periphery beside the strongest placed neighbour, and unconnected actors on an outer ring."""
    anchor: dict[str, tuple[int, str]] = {}
    waiting = set(rest)
    for edge in edges:
        for node, other in ((edge["source"], edge["target"]), (edge["target"], edge["source"])):
            if node in waiting and other in positions:
                anchor[node] = max(anchor.get(node, (0, "")), (edge["weight"], other))
    for i, node in enumerate(rest):
        dx, dy = _sunflower(i, len(rest))
        if node in anchor:
            x, y = positions[anchor[node][1]]
            positions[node] = (x + 0.15 * dx, y + 0.15 * dy)
        else:
            angle = 2 * math.pi * i / len(rest)
            positions[node] = (1.3 * math.cos(angle), 1.3 * math.sin(angle))
