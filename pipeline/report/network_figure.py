"""The network as a printed figure."""

from __future__ import annotations

import math
from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patheffects import AbstractPathEffect, withStroke

from pipeline.report.layout import Positions, lay_out
from pipeline.report.overview import Tables
from pipeline.tables import LABELS, Row

# More lines than these and a printed figure shows nothing.
EDGES_DRAWN = 150
# Paul Tol's muted scheme (personal.sron.nl/~pault): tells nine kinds apart, also for the colour-blind.
COLOURS = ("#882255", "#44AA99", "#332288", "#117733", "#999933", "#CC6677", "#AA4499", "#88CCEE", "#DDCC77")
LABEL_COLOURS = dict(zip(LABELS, COLOURS, strict=True))
INK, SOFT, LINE = "#222222", "#666666", "#9aa2ad"
# The strongest actors get their names even where these cover a dot.
NAMED_ANYWAY = 12
WIDTH, HEIGHT = 7.0, 6.0
POINTS = 72
# Mean advance of a character of DejaVu Sans, in parts of the font size (measured on Latin names).
ADVANCE = 0.56

Box = tuple[float, float, float, float]


def draw_network(tables: Tables, seed: int, dpi: int, pairs: int | None = None) -> Figure:
    """The strongest pairs of actors: lines by sentences, dots by weighted degree, colours by type.

    pairs: how many there are, where the table holds only the strongest.
    """
    actors = {a["actor_id"]: a for a in tables.get("actors", ())}
    ranked = sorted(tables.get("edges", ()), key=lambda e: (-e["weight"], e["source"], e["target"]))
    edges = ranked[:EDGES_DRAWN]
    figure = Figure(figsize=(WIDTH, HEIGHT), dpi=dpi)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    if not edges:
        axes.text(
            0.5, 0.5, "No sentence names two actors.", ha="center", color=SOFT, transform=axes.transAxes
        )
        return figure
    shown = [actors[a] for a in sorted({e[end] for e in edges for end in ("source", "target")})]
    positions = _in_points(lay_out(shown, edges, seed=seed))
    axes.set_xlim(0, WIDTH * POINTS)
    axes.set_ylim(0, HEIGHT * POINTS)
    _draw_edges(axes, edges, positions)
    _draw_nodes(axes, shown, positions)
    _draw_names(axes, shown, positions)
    total = len(ranked) if pairs is None else pairs
    left = f" The strongest {len(edges)} of {total} pairs." if len(edges) < total else ""
    note = f"A line joins actors named in one sentence, thicker for more sentences: not a relation.{left}"
    figure.text(0.5, 0.015, note, ha="center", fontsize=6.5, color=SOFT)
    return figure


def _in_points(positions: Positions) -> Positions:
    """Positions scaled into the figure, in points, with a margin for the names."""
    xs, ys = [x for x, _ in positions.values()], [y for _, y in positions.values()]
    width, height = WIDTH * POINTS - 110, HEIGHT * POINTS - 60
    scale = min(width / ((max(xs) - min(xs)) or 1), height / ((max(ys) - min(ys)) or 1))
    dx = WIDTH * POINTS / 2 - scale * (max(xs) + min(xs)) / 2
    dy = HEIGHT * POINTS / 2 + 6 - scale * (max(ys) + min(ys)) / 2
    return {node: (scale * x + dx, scale * y + dy) for node, (x, y) in positions.items()}


def _draw_edges(axes: Axes, edges: Sequence[Row], positions: Positions) -> None:
    heaviest = edges[0]["weight"]
    axes.add_collection(
        LineCollection(
            [(positions[e["source"]], positions[e["target"]]) for e in reversed(edges)],
            linewidths=[0.4 + 4.6 * math.sqrt((e["weight"] - 1) / heaviest) for e in reversed(edges)],
            colors=LINE,
            alpha=0.55,
            capstyle="round",
            zorder=1,
        )
    )


def _areas(actors: Sequence[Row]) -> list[float]:
    """Area of each dot in square points."""
    largest = max(a["weighted_degree"] for a in actors) or 1
    return [14 + 260 * a["weighted_degree"] / largest for a in actors]


def _draw_nodes(axes: Axes, actors: Sequence[Row], positions: Positions) -> None:
    axes.scatter(
        [positions[a["actor_id"]][0] for a in actors],
        [positions[a["actor_id"]][1] for a in actors],
        s=_areas(actors),
        c=[LABEL_COLOURS.get(a["type"], SOFT) for a in actors],
        edgecolors="white",
        linewidths=0.6,
        zorder=2,
    )
    present = {a["type"] for a in actors}
    handles = [
        Line2D([], [], ls="", marker="o", ms=5, mfc=LABEL_COLOURS[t], mec="white", label=t)
        for t in LABELS
        if t in present
    ]
    axes.legend(handles=handles, loc="upper left", frameon=False, fontsize=7, handletextpad=0.2)


def _draw_names(axes: Axes, actors: Sequence[Row], positions: Positions) -> None:
    """Names from the strongest actor down, beside the dot wherever no other dot or name stands yet."""
    halo: list[AbstractPathEffect] = [withStroke(linewidth=1.8, foreground="white")]
    areas = {a["actor_id"]: area for a, area in zip(actors, _areas(actors), strict=True)}
    dots = [_box(*positions[a], math.sqrt(areas[a]) / 2, math.sqrt(areas[a]) / 2) for a in sorted(areas)]
    names: list[Box] = []
    ranked = sorted(actors, key=lambda a: (-a["weighted_degree"], a["actor_id"]))
    for rank, actor in enumerate(ranked):
        x, y = positions[actor["actor_id"]]
        size = 5.5 + 3 * math.sqrt((areas[actor["actor_id"]] - 14) / 260)
        half, reach = ADVANCE * size * len(actor["name"]) / 2, math.sqrt(areas[actor["actor_id"]]) / 2
        places = [
            (x + dx * (reach + half + 1), y + dy * (reach + 0.65 * size))
            for dx, dy in ((0, 1), (0, -1), (1, 0), (-1, 0))
        ]
        free = [p for p in places if _is_free(_box(*p, half, 0.5 * size), dots + names)]
        if not free and rank < NAMED_ANYWAY:
            free = [p for p in places if _is_free(_box(*p, half, 0.5 * size), names)]
        if free:
            names.append(_box(*free[0], half, 0.5 * size))
            text = axes.text(*free[0], actor["name"], ha="center", va="center", fontsize=size, color=INK)
            text.set(path_effects=halo, zorder=3)


def _is_free(box: Box, taken: Sequence[Box]) -> bool:
    """Whether a name fits here: inside the figure and over nothing that is there."""
    inside = box[0] > 0 and box[2] < WIDTH * POINTS
    return inside and not any(
        box[0] < t[2] and box[2] > t[0] and box[1] < t[3] and box[3] > t[1] for t in taken
    )


def _box(x: float, y: float, half_width: float, half_height: float) -> Box:
    return x - half_width, y - half_height, x + half_width, y + half_height
