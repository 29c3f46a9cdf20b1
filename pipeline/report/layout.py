"""Where each actor stands in the picture of the network; shared by the page and the figures."""

from __future__ import annotations

import math
from collections.abc import Sequence

import networkx as nx
import numpy as np

from pipeline.tables import Row

# A force layout compares all pairs of nodes, so only the core is laid out by it (400 nodes: about 0.5 s);
# the periphery is hidden at start anyway and hangs on its neighbours.
CORE = 400
# The angle between successive points of a sunflower, which spreads any number of points evenly.
GOLDEN_ANGLE = math.pi * (3 - math.sqrt(5))

Positions = dict[str, tuple[float, float]]


def lay_out(actors: Sequence[Row], edges: Sequence[Row], *, seed: int = 0) -> Positions:
    """Place every actor in the plane, roughly within -1..1, the same on every run.

    Parameters: rows of actors.csv and edges.csv; seed of the force layout.
    Returns: actor_id → (x, y), rounded to four decimals.
    Source: ForceAtlas2 (Jacomy et al. 2014, doi:10.1371/journal.pone.0098679), as in networkx.
    """
    ranked = sorted(actors, key=lambda a: (-(a["weighted_degree"] or 0), a["actor_id"]))
    core = [a["actor_id"] for a in ranked[:CORE] if a["degree"]]
    positions = _core_positions(core, edges, seed)
    rest = [a["actor_id"] for a in ranked if a["actor_id"] not in positions]
    _hang_on(rest, edges, positions)
    return {node: (round(x, 4), round(y, 4)) for node, (x, y) in positions.items()}


def _core_positions(core: Sequence[str], edges: Sequence[Row], seed: int) -> Positions:
    graph = nx.Graph()
    graph.add_nodes_from(core)
    members = set(core)
    for edge in edges:
        if edge["source"] in members and edge["target"] in members:
            graph.add_edge(edge["source"], edge["target"], weight=1 + math.log(edge["weight"]))
    if not graph:
        return {}
    start = {node: np.array(_sunflower(i, len(core))) for i, node in enumerate(core)}
    placed = nx.forceatlas2_layout(
        graph,
        pos=start,
        max_iter=200,
        scaling_ratio=4.0,
        strong_gravity=False,
        gravity=2.0,
        weight="weight",
        seed=seed,
        linlog=False,
    )
    return _fit({node: (float(x), float(y)) for node, (x, y) in placed.items()})


def _sunflower(i: int, n: int) -> tuple[float, float]:
    radius = math.sqrt((i + 0.5) / n)
    return radius * math.cos(i * GOLDEN_ANGLE), radius * math.sin(i * GOLDEN_ANGLE)


def _fit(positions: Positions) -> Positions:
    """Centre and scale to -1..1; the radius is eased so that a dense centre opens and outliers come closer."""
    mean_x = sum(x for x, _ in positions.values()) / len(positions)
    mean_y = sum(y for _, y in positions.values()) / len(positions)
    centred = {n: (x - mean_x, y - mean_y) for n, (x, y) in positions.items()}
    reach = max(math.hypot(x, y) for x, y in centred.values()) or 1.0
    eased = {}
    for node, (x, y) in centred.items():
        radius = math.hypot(x, y) / reach
        stretch = radius**0.7 / radius if radius else 0.0
        eased[node] = (x / reach * stretch, y / reach * stretch)
    return eased


def _hang_on(rest: Sequence[str], edges: Sequence[Row], positions: Positions) -> None:
    """Place the periphery beside the strongest placed neighbour, and unconnected actors on an outer ring."""
    anchor: dict[str, tuple[int, str]] = {}
    waiting = set(rest)
    for edge in edges:
        for node, other in ((edge["source"], edge["target"]), (edge["target"], edge["source"])):
            if node in waiting and other in positions:
                anchor[node] = max(anchor.get(node, (0, "")), (edge["weight"], other))
    lonely = sum(node not in anchor for node in rest)
    for i, node in enumerate(rest):
        dx, dy = _sunflower(i, len(rest))
        if node in anchor:
            x, y = positions[anchor[node][1]]
            positions[node] = (x + 0.15 * dx, y + 0.15 * dy)
        else:
            angle = 2 * math.pi * i / max(lonely, 1)
            positions[node] = (1.15 * math.cos(angle), 1.15 * math.sin(angle))
