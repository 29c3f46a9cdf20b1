"""Figures for papers: network, timeline and scores as SVG and PNG, the same bytes on every run."""

from __future__ import annotations

import io
import math
import warnings
from collections import Counter
from collections.abc import Sequence
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from pipeline.report.network_figure import LINE, SOFT, draw_network
from pipeline.report.overview import Score, Tables, scores
from pipeline.tables import Row

# One look for all figures; outlines instead of fonts, so that the file shows the same everywhere.
STYLE: dict[Any, Any] = {
    "svg.hashsalt": "wiki-relations",
    "svg.fonttype": "path",
    "font.family": "DejaVu Sans",
    "font.size": 8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": "#777777",
    "axes.linewidth": 0.6,
    "xtick.color": "#444444",
    "ytick.color": "#444444",
    "text.parse_math": False,  # a name may hold dollar signs
}
DPI = 200
LANES_DRAWN = 12
BLUE = "#33629b"


def build_figures(tables: Tables, *, seed: int = 0) -> dict[str, bytes]:
    """Draw the figures of a run.

    Parameters: tables, rows by table name; a missing table is an empty one. seed of the network's layout.
    Returns: file name → bytes; network and timeline always, scores where something was scored.
    """
    with matplotlib.rc_context(), warnings.catch_warnings():
        matplotlib.rcdefaults()  # whatever the user's matplotlibrc says
        for key, value in STYLE.items():
            matplotlib.rcParams[key] = value
        # A script that the font lacks shows as boxes; that is no reason to fail or to warn a thousand times.
        warnings.filterwarnings("ignore", message="Glyph")
        drawn = {"network": draw_network(tables, seed, DPI), "timeline": draw_timeline(tables)}
        totals = [s for s in scores(tables)[0] if s.f1 is not None]
        if totals:
            drawn["scores"] = draw_scores(totals)
        files = {}
        for name, figure in drawn.items():
            files[f"{name}.png"] = _png(figure)
            figure.set_layout_engine("none")  # laid out once, shown twice
            files[f"{name}.svg"] = _svg(figure)
    return files


def _png(figure: Figure) -> bytes:
    buffer = io.BytesIO()
    FigureCanvasAgg(figure).print_png(buffer, metadata={"Software": None})
    return buffer.getvalue()


def _svg(figure: Figure) -> bytes:
    buffer = io.BytesIO()
    FigureCanvasSVG(figure).print_svg(
        buffer, metadata={"Date": None, "Creator": None, "Format": None, "Type": None}
    )
    return buffer.getvalue()


def draw_timeline(tables: Tables) -> Figure:
    """Dated sentences over the years: all of them above, one lane for each leading actor below."""
    names = {a["actor_id"]: a["name"] for a in tables.get("actors", ())}
    events = [e for e in tables.get("events", ()) if e["earliest"] and e["latest"]]
    tally = Counter(actor for e in events for actor in e["actors"])
    lanes = sorted(tally, key=lambda a: (-tally[a], a))[:LANES_DRAWN]
    figure = Figure(figsize=(7, 1.9 + 0.24 * max(len(lanes), 1)), dpi=DPI, layout="constrained")
    if not events:
        return _nothing(figure, figure.add_subplot(), "No dated sentence names an actor.")
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=[1, 0.24 * len(lanes) + 0.3])
    _draw_bars(upper, events)
    _draw_lanes(lower, events, lanes)
    lower.set_yticks(range(len(lanes)), [names.get(a, a) for a in lanes])
    lower.set_ylim(len(lanes) - 0.5, -0.5)
    lower.xaxis.set_major_formatter(lambda x, _: f"{x:.0f}" if x >= 1 else f"{1 - x:.0f} BC")
    lower.tick_params(axis="y", length=0)
    lower.grid(axis="x", color="#dddddd", linewidth=0.5)
    lower.set_axisbelow(True)
    return figure


def _draw_bars(axes: Axes, events: Sequence[Row]) -> None:
    spans = [(_fraction(e["earliest"]), _fraction(e["latest"])) for e in events]
    first, last = math.floor(min(s[0] for s in spans)), math.floor(max(s[1] for s in spans))
    width = next((w for w in (1, 2, 5, 10, 25, 50, 100, 250) if (last - first + 1) / w <= 120), 1000)
    base: Counter[int] = Counter()
    for dated_by, colour, label in (
        ("own", BLUE, "date of its own"),
        ("narrative", LINE, "date carried over"),
    ):
        bins = Counter(
            math.floor(start / width) * width
            for event, (start, _) in zip(events, spans, strict=True)
            if event["dated_by"] == dated_by
        )
        at = sorted(bins)
        axes.bar(
            at,
            [bins[x] for x in at],
            width=width * 0.85,
            bottom=[base[x] for x in at],
            align="edge",
            color=colour,
            label=label,
        )
        base.update(bins)
    axes.set_ylabel("sentences" if width == 1 else f"sentences\nin {width} years")
    axes.yaxis.set_major_locator(MaxNLocator(4, integer=True))
    axes.legend(frameon=False, fontsize=7, loc="upper left")
    axes.tick_params(axis="x", labelbottom=False)


def _draw_lanes(axes: Axes, events: Sequence[Row], lanes: Sequence[str]) -> None:
    for lane, actor in enumerate(lanes):
        for dated_by, face in (("narrative", "white"), ("own", BLUE)):
            spans = [
                (_fraction(e["earliest"]), _fraction(e["latest"]))
                for e in events
                if actor in e["actors"] and e["dated_by"] == dated_by
            ]
            axes.hlines([lane] * len(spans), [a for a, _ in spans], [b for _, b in spans], color=LINE, lw=0.8)
            middles = [(a + b) / 2 for a, b in spans]
            axes.plot(middles, [lane] * len(spans), "o", ms=3.2, mfc=face, mec=BLUE, mew=0.6)


def _fraction(day: str) -> float:
    """An ISO day as a fraction of years (astronomical before 1 AD)."""
    year, month, date = day[1:].split("-") if day.startswith("-") else day.split("-")
    return int(year) * (-1 if day.startswith("-") else 1) + (int(month) - 1) / 12 + (int(date) - 1) / 365.25


def draw_scores(totals: Sequence[Score]) -> Figure:
    """F1 of each stage and metric with its 95 % interval."""
    figure = Figure(figsize=(7, 0.8 + 0.24 * len(totals)), dpi=DPI, layout="constrained")
    axes = figure.add_subplot()
    for y, score in enumerate(totals):
        if score.ci_low is not None and score.ci_high is not None:
            axes.add_line(Line2D([score.ci_low, score.ci_high], [y, y], color=LINE, lw=2.5))
        axes.plot([score.f1 or 0], [y], "o", ms=4.5, color=BLUE, clip_on=False, zorder=3)
        axes.annotate(
            f"{score.f1:.3f}",
            (1, y),
            (4, 0),
            xycoords=("axes fraction", "data"),
            textcoords="offset points",
            va="center",
        )
    axes.set_yticks(range(len(totals)), [s.words for s in totals])
    axes.set_ylim(len(totals) - 0.5, -0.5)
    lowest = min(s.f1 or 0 if s.ci_low is None else s.ci_low for s in totals)
    axes.set_xlim(min(math.floor(lowest * 10) / 10, 0.9), 1.0)
    axes.grid(axis="x", color="#dddddd", linewidth=0.5)
    axes.set_axisbelow(True)
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel("F1, with 95 % bootstrap interval")
    return figure


def _nothing(figure: Figure, axes: Axes, why: str) -> Figure:
    axes.set_axis_off()
    axes.text(0.5, 0.5, why, ha="center", va="center", color=SOFT, transform=axes.transAxes)
    return figure
