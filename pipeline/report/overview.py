"""What the first tab says: what went in, counts, accuracy, the strongest pairs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.tables import Row

Tables = Mapping[str, Sequence[Row]]

TOP = 10


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


def counts(tables: Tables) -> list[tuple[str, int]]:
    """The figures at the top of the page, in reading order: what and how many."""
    documents = tables.get("documents", ())
    events = tables.get("events", ())
    return [
        ("pages", len(documents)),
        ("words", sum(d["tokens"] or 0 for d in documents)),
        ("sentences", len(tables.get("sentences", ()))),
        ("link blurbs removed", sum(d["blurbs"] or 0 for d in documents)),
        ("names", len(tables.get("mentions", ()))),
        ("date expressions", len(tables.get("dates", ()))),
        ("entities", len(tables.get("entities", ()))),
        ("actors", len(tables.get("actors", ()))),
        ("pairs of actors", len(tables.get("edges", ()))),
        ("dated sentences with an actor", len(events)),
    ]


def scores(tables: Tables) -> tuple[list[Score], list[Score], list[str]]:
    """Accuracy over all pages: totals, by label, and the pages that it was measured on."""
    rows = tables.get("scores", ())
    over_all = [_score(r) for r in rows if not r["doc_id"]]
    measured_on = sorted({r["doc_id"] for r in rows if r["doc_id"]})
    return [s for s in over_all if not s.label], [s for s in over_all if s.label], measured_on


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
