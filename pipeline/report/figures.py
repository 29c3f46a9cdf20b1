"""Figures for papers: network, timeline and scores as SVG and PNG, the same bytes on every run."""

from __future__ import annotations

import io
import math
import warnings
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
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
# Marks in a lane: more only make the file larger, as the lane is seven inches long.
MARKS_DRAWN = 1_000
BLUE = "#33629b"


def build_figures(
    tables: Tables, *, events: Iterable[Row] | None = None, pairs: int | None = None, seed: int = 0
) -> dict[str, bytes]:
    """Draw the figures of a run.

    Parameters: tables, rows by table name; a missing table is an empty one. events, the rows of that table, read
    twice and not held; pairs, how many the run has: both for tables that are an excerpt. seed of the network's
    layout.
    Returns: file name → bytes; network and timeline always, scores where something was scored.
    """
    with matplotlib.rc_context(), warnings.catch_warnings():
        matplotlib.rcdefaults()  # whatever the user's matplotlibrc says
        for key, value in STYLE.items():
            matplotlib.rcParams[key] = value
        # A script that the font lacks shows as boxes; that is no reason to fail or to warn a thousand times.
        warnings.filterwarnings("ignore", message="Glyph")
        told = tables.get("events", ()) if events is None else events
        drawn = {
            "network": draw_network(tables, seed, DPI, pairs),
            "timeline": draw_timeline(told, tables.get("actors", ())),
        }
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


def draw_timeline(events: Iterable[Row], actors: Iterable[Row]) -> Figure:
    """Dated sentences over the years: all of them above, one lane for each leading actor below."""
    bars = _count_bars(events)
    lanes = sorted(bars.actors, key=lambda a: (-bars.actors[a], a))[:LANES_DRAWN]
    figure = Figure(figsize=(7, 1.9 + 0.24 * max(len(lanes), 1)), dpi=DPI, layout="constrained")
    if not bars.years:
        return _nothing(figure, figure.add_subplot(), "No dated sentence names an actor.")
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=[1, 0.24 * len(lanes) + 0.3])
    _draw_bars(upper, bars)
    _draw_lanes(lower, events, {lane: bars.actors[lane] for lane in lanes})
    names = {a["actor_id"]: a["name"] for a in actors if a["actor_id"] in lanes}
    lower.set_yticks(range(len(lanes)), [names.get(a, a) for a in lanes])
    lower.set_ylim(len(lanes) - 0.5, -0.5)
    lower.xaxis.set_major_formatter(lambda x, _: f"{x:.0f}" if x >= 1 else f"{1 - x:.0f} BC")
    lower.tick_params(axis="y", length=0)
    lower.grid(axis="x", color="#dddddd", linewidth=0.5)
    lower.set_axisbelow(True)
    return figure


@dataclass(slots=True)
class _Bars:
    """Dated sentences by year and by what dates them, and how many name each actor; the last year of any."""

    years: Counter[tuple[str, int]]
    actors: Counter[str]
    last: int


def _count_bars(events: Iterable[Row]) -> _Bars:
    bars = _Bars(Counter(), Counter(), 0)
    for event in events:
        if event["earliest"] and event["latest"]:
            last = math.floor(_fraction(event["latest"]))
            bars.last = max(bars.last, last) if bars.years else last
            bars.years[event["dated_by"], math.floor(_fraction(event["earliest"]))] += 1
            bars.actors.update(event["actors"])
    return bars


def _draw_bars(axes: Axes, bars: _Bars) -> None:
    first = min(year for _, year in bars.years)
    width = next((w for w in (1, 2, 5, 10, 25, 50, 100, 250) if (bars.last - first + 1) / w <= 120), 1000)
    base: Counter[int] = Counter()
    for dated_by, colour, label in (
        ("own", BLUE, "date of its own"),
        ("narrative", LINE, "date carried over"),
    ):
        bins: Counter[int] = Counter()
        for (kind, year), sentences in bars.years.items():
            if kind == dated_by:
                bins[year // width * width] += sentences
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


def _draw_lanes(axes: Axes, events: Iterable[Row], lanes: Mapping[str, int]) -> None:
    """A mark and a line for each sentence that names an actor; where there are too many, for each so many."""
    spans: dict[tuple[str, str], list[tuple[float, float]]] = {}
    seen: Counter[str] = Counter()
    for event in events:
        if not (event["earliest"] and event["latest"]):
            continue
        for actor in set(event["actors"]).intersection(lanes):
            seen[actor] += 1
            if seen[actor] % math.ceil(lanes[actor] / MARKS_DRAWN) == 0:
                span = (_fraction(event["earliest"]), _fraction(event["latest"]))
                spans.setdefault((actor, event["dated_by"]), []).append(span)
    for lane, actor in enumerate(lanes):
        for dated_by, face in (("narrative", "white"), ("own", BLUE)):
            mine = spans.get((actor, dated_by), [])
            axes.hlines([lane] * len(mine), [a for a, _ in mine], [b for _, b in mine], color=LINE, lw=0.8)
            middles = [(a + b) / 2 for a, b in mine]
            axes.plot(middles, [lane] * len(mine), "o", ms=3.2, mfc=face, mec=BLUE, mew=0.6)


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
