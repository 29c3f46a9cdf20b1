"""Counts, the ratios derived from them, and bootstrap intervals.

Every figure is a statistic over units (the sentences of the gold pages). A statistic knows its value on the
units as they are and on any resample of them, given as how often each unit was drawn; so the interval of a
figure that is no sum over sentences (B-cubed, edge weights) is as honest as that of one that is.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Counts:
    """True and false positives, false negatives. They add up; ratios are None if nothing can be scored."""

    tp: int = 0
    fp: int = 0
    fn: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(self.tp + other.tp, self.fp + other.fp, self.fn + other.fn)

    @property
    def support(self) -> int:
        """Gold items."""
        return self.tp + self.fn

    @property
    def precision(self) -> float | None:
        """Share of the predictions that are right."""
        return _ratio(self.tp, self.tp + self.fp)

    @property
    def recall(self) -> float | None:
        """Share of the gold that is found."""
        return _ratio(self.tp, self.tp + self.fn)

    @property
    def f1(self) -> float | None:
        """Harmonic mean of both; 0 if there is gold or a prediction but no agreement."""
        return _ratio(2 * self.tp, 2 * self.tp + self.fp + self.fn)


def _ratio(part: float, whole: float) -> float | None:
    return part / whole if whole else None


@dataclass(frozen=True, slots=True)
class Figure:
    """The value of a statistic; `counts` is None where it is no ratio of counts (B-cubed)."""

    precision: float | None
    recall: float | None
    f1: float | None
    support: int
    counts: Counts | None


class Statistic(Protocol):
    """Something that can be scored on all units and on resamples of them."""

    def figure(self) -> Figure:
        """The value on the units as they are."""

    def f1_of(self, draws: Array) -> Array:
        """F1 of each resample; `draws[r, u]` says how often unit u was drawn; nan: nothing to score."""

    def blank(self) -> Statistic:
        """The same statistic without any data."""

    def absorb(self, other: Any, offset: int) -> None:
        """Take in the same statistic of another page, whose first unit has the number `offset` here."""


def figure_of(counts: Counts) -> Figure:
    """Ratios of counts."""
    return Figure(counts.precision, counts.recall, counts.f1, counts.support, counts)


def _f1(tp: Array, fp: Array, fn: Array) -> Array:
    whole = 2 * tp + fp + fn
    return np.divide(2 * tp, whole, out=np.full_like(whole, np.nan), where=whole > 0)


@dataclass(slots=True)
class Tally:
    """Counts that are a sum over units."""

    rows: list[tuple[int, int, int, int]] = field(default_factory=list)

    def add(self, unit: int, *, tp: int = 0, fp: int = 0, fn: int = 0) -> None:
        """Count something that stands in a unit."""
        self.rows.append((unit, tp, fp, fn))

    def blank(self) -> Tally:
        """See `Statistic`."""
        return Tally()

    def absorb(self, other: Tally, offset: int) -> None:
        """See `Statistic`."""
        self.rows.extend((unit + offset, tp, fp, fn) for unit, tp, fp, fn in other.rows)

    def figure(self) -> Figure:
        """See `Statistic`."""
        return figure_of(Counts(*(sum(row[k] for row in self.rows) for k in (1, 2, 3))))

    def f1_of(self, draws: Array) -> Array:
        """See `Statistic`."""
        table = np.zeros((draws.shape[1], 3))
        for unit, *counts in self.rows:
            table[unit] += counts
        return _f1(*(draws @ table).T)


@dataclass(slots=True)
class BCubed:
    """B-cubed over items that have an id on both sides (Bagga and Baldwin 1998, "Entity-based cross-document
    coreferencing"): for each item, the share of its predicted cluster that is in its gold cluster, and vice
    versa.
    """

    items: list[tuple[int, str, str]] = field(default_factory=list)

    def add(self, unit: int, gold: str, pred: str) -> None:
        """Count one item with its gold and predicted cluster."""
        self.items.append((unit, gold, pred))

    def blank(self) -> BCubed:
        """See `Statistic`."""
        return BCubed()

    def absorb(self, other: BCubed, offset: int) -> None:
        """See `Statistic`."""
        self.items.extend((unit + offset, gold, pred) for unit, gold, pred in other.items)

    def _parts(self, weights: Array) -> tuple[Array, Array]:
        """Precision and recall; `weights[u]` is a row over resamples."""
        cells = sorted({(g, p) for _, g, p in self.items})
        index = {cell: i for i, cell in enumerate(cells)}
        golds = {g: i for i, g in enumerate(sorted({g for g, _ in cells}))}
        preds = {p: i for i, p in enumerate(sorted({p for _, p in cells}))}
        both = np.zeros((len(cells), weights.shape[1]))
        for unit, g, p in self.items:
            both[index[g, p]] += weights[unit]
        of_gold = np.zeros((len(golds), weights.shape[1]))
        of_pred = np.zeros((len(preds), weights.shape[1]))
        for (g, p), row in zip(cells, both, strict=True):
            of_gold[golds[g]] += row
            of_pred[preds[p]] += row
        total = both.sum(axis=0)
        shares = []
        for sizes in (of_pred[[preds[p] for _, p in cells]], of_gold[[golds[g] for g, _ in cells]]):
            part = np.divide(both**2, sizes, out=np.zeros_like(both), where=sizes > 0).sum(axis=0)
            shares.append(np.divide(part, total, out=np.full_like(part, np.nan), where=total > 0))
        return shares[0], shares[1]

    def figure(self) -> Figure:
        """See `Statistic`."""
        if not self.items:
            return Figure(None, None, None, 0, None)
        precision, recall = self._parts(np.ones((max(u for u, _, _ in self.items) + 1, 1)))
        p, r = float(precision[0]), float(recall[0])
        return Figure(p, r, 2 * p * r / (p + r), len(self.items), None)

    def f1_of(self, draws: Array) -> Array:
        """See `Statistic`."""
        if not self.items:
            return np.full(len(draws), np.nan)
        precision, recall = self._parts(np.ascontiguousarray(draws.T))
        return 2 * precision * recall / (precision + recall)


@dataclass(slots=True)
class EdgeOverlap:
    """Overlap of two weighted graphs whose edges are counted over units: an edge's weight is the number of
    units in which it stands; `binary` counts edges, else weights are compared: shared weight is the smaller
    of the two.
    """

    binary: bool
    gold: dict[tuple[str, ...], list[int]] = field(default_factory=dict)
    pred: dict[tuple[str, ...], list[int]] = field(default_factory=dict)

    def blank(self) -> EdgeOverlap:
        """See `Statistic`."""
        return EdgeOverlap(self.binary)

    def absorb(self, other: EdgeOverlap, offset: int) -> None:
        """See `Statistic`."""
        for mine, theirs in ((self.gold, other.gold), (self.pred, other.pred)):
            for edge, units in theirs.items():
                mine.setdefault(edge, []).extend(unit + offset for unit in units)

    def figure(self) -> Figure:
        """See `Statistic`."""
        counts = Counts()
        for edge in sorted(self.gold.keys() | self.pred.keys()):
            g, p = len(self.gold.get(edge, [])), len(self.pred.get(edge, []))
            if self.binary:
                g, p = min(g, 1), min(p, 1)
            counts += Counts(min(g, p), p - min(g, p), g - min(g, p))
        return figure_of(counts)

    def f1_of(self, draws: Array) -> Array:
        """See `Statistic`."""
        # a unit that is never drawn stands for the edges that one side lacks
        weights = np.vstack([draws.T, np.zeros(len(draws))])
        edges = sorted(self.gold.keys() | self.pred.keys())
        tp, g_sum, p_sum = (np.zeros(len(draws)) for _ in range(3))
        for start in range(0, len(edges), EDGES_AT_ONCE):
            chunk = edges[start : start + EDGES_AT_ONCE]
            g, p = (
                _sum_units(weights, [side.get(e) or [-1] for e in chunk]) for side in (self.gold, self.pred)
            )
            if self.binary:
                g, p = np.minimum(g, 1), np.minimum(p, 1)
            tp += np.minimum(g, p).sum(axis=0)
            g_sum, p_sum = g_sum + g.sum(axis=0), p_sum + p.sum(axis=0)
        return _f1(tp, p_sum - tp, g_sum - tp)


EDGES_AT_ONCE = 500  # bounds the memory of a resample: edges x resamples x 8 bytes x 3


def _sum_units(weights: Array, groups: list[list[int]]) -> Array:
    """The sum of the weights of each group of units: groups x resamples."""
    starts = np.cumsum([0] + [len(group) for group in groups[:-1]])
    return np.add.reduceat(weights[[unit for group in groups for unit in group]], starts, axis=0)


def draw_units(units: int, resamples: int, seed: int) -> Array:
    """How often each unit is drawn in each resample of as many units with replacement: resamples x units."""
    generator = np.random.default_rng(seed)
    return generator.multinomial(units, np.full(units, 1 / units), size=resamples).astype(np.float64)


def interval(statistic: Statistic, draws: Array | None) -> tuple[float | None, float | None]:
    """95 % percentile bootstrap interval of F1 (Efron 1979); None if there are not two units or nothing to
    score."""
    if draws is None or draws.shape[0] == 0 or draws.shape[1] < 2:
        return None, None
    values = statistic.f1_of(draws)
    values = values[~np.isnan(values)]
    if not len(values):
        return None, None
    low, high = np.percentile(values, [2.5, 97.5])
    return float(low), float(high)
