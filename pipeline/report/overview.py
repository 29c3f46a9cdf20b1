"""What the first tab says: what went in, counts, accuracy, the strongest pairs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.tables import Row

Tables = Mapping[str, Sequence[Row]]

TOP = 10
# Stage and metric → what a reader calls it. The first of each stage are the ones that a reader looks for.
HEADLINES = {
    ("clean", "tokens"): "words of the clean text",
    ("clean", "anchors"): "link anchors with their exact extent",
    ("mentions", "strict"): "names: exact extent and type",
    ("mentions", "overlap"): "names: overlapping extent, same type",
    ("dates", "span"): "dates: exact extent",
    ("dates", "span_value"): "dates: exact extent and value",
    ("entities", "b_cubed"): "names put together (B-cubed)",
    ("entities", "ids"): "names with the right entity",
    ("actors", "b_cubed"): "names put together by actor (B-cubed)",
    ("actors", "ids"): "names with the right actor",
    ("edges", "binary"): "pairs of actors, present or not",
    ("edges", "weighted"): "pairs of actors, by sentences",
}
FURTHER = {
    ("clean", "anchors_all"): "link anchors, dropped sections too",
    ("mentions", "span"): "names: exact extent, any type",
    ("mentions", "core"): "names: extent but for article and possessive, same type",
    ("dates", "span_type_value"): "dates: exact extent, type and value",
    ("dates", "full"): "dates: exact extent, type, value and modifier",
    ("dates", "core_value"): "dates: extent but for the article, value",
    ("dates", "overlap"): "dates: overlapping extent",
    ("dates", "overlap_value"): "dates: overlapping extent, value",
    ("actors", "acts"): "whether a name stands for an actor",
    ("edges", "weighted_ids"): "pairs of actors, by sentences and the very ids",
}


@dataclass(frozen=True, slots=True)
class Score:
    """One line of the accuracy table; shares in 0..1 or None."""

    stage: str
    metric: str
    label: str
    precision: float | None
    recall: float | None
    f1: float | None
    ci_low: float | None
    ci_high: float | None
    support: int

    @property
    def headline(self) -> bool:
        """Whether it is one of the figures that a reader looks for first."""
        return not self.label and (self.stage, self.metric) in HEADLINES

    @property
    def words(self) -> str:
        """What is counted, in words; a metric that has none keeps its name."""
        key = (self.stage, self.metric)
        return HEADLINES.get(key) or FURTHER.get(key) or self.metric.replace("_", " ")


@dataclass(frozen=True, slots=True)
class Totals:
    """What a whole run has: rows by table, and the sums of two columns of documents."""

    rows: Mapping[str, int]
    words: int
    blurbs: int


def totals_of(tables: Tables) -> Totals:
    """The totals where the tables are whole."""
    documents = tables.get("documents", ())
    return Totals(
        {name: len(rows) for name, rows in tables.items()},
        sum(d["tokens"] or 0 for d in documents),
        sum(d["blurbs"] or 0 for d in documents),
    )


def counts(totals: Totals) -> list[tuple[str, int]]:
    """The figures at the top of the page, in reading order: what and how many."""
    rows = totals.rows
    return [
        ("pages", rows.get("documents", 0)),
        ("words", totals.words),
        ("sentences", rows.get("sentences", 0)),
        ("link blurbs removed", totals.blurbs),
        ("names", rows.get("mentions", 0)),
        ("date expressions", rows.get("dates", 0)),
        ("entities", rows.get("entities", 0)),
        ("actors", rows.get("actors", 0)),
        ("pairs of actors", rows.get("edges", 0)),
        ("dated sentences with an actor", rows.get("events", 0)),
    ]


def scores(tables: Tables) -> tuple[list[Score], list[Score], list[str]]:
    """Accuracy over all pages: headline figures, all others, and the pages that it was measured on."""
    rows = tables.get("scores", ())
    over_all = [_score(r) for r in rows if not r["doc_id"]]
    measured_on = sorted({r["doc_id"] for r in rows if r["doc_id"]})
    first = [s for s in over_all if s.headline]
    return first, [s for s in over_all if not s.headline], measured_on


def _score(row: Row) -> Score:
    return Score(
        row["stage"],
        row["metric"],
        row["label"] or "",
        row["precision"],
        row["recall"],
        row["f1"],
        row["ci_low"],
        row["ci_high"],
        row["support"],
    )


def strongest_pairs(tables: Tables) -> list[dict[str, Any]]:
    """The pairs that meet in most sentences, with names."""
    names = {a["actor_id"]: a["name"] for a in tables.get("actors", ())}
    edges = sorted(tables.get("edges", ()), key=lambda e: (-e["weight"], e["source"], e["target"]))
    return [
        dict(
            e,
            source_name=names.get(e["source"], e["source"]),
            target_name=names.get(e["target"], e["target"]),
        )
        for e in edges[:TOP]
    ]


def leading_actors(tables: Tables) -> list[Row]:
    """The actors that stand in most sentences."""
    return sorted(tables.get("actors", ()), key=lambda a: (-a["sentences"], a["actor_id"]))[:TOP]
