"""The confusion report: what is left to do, by kind, most frequent first, each kind with examples."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pipeline.tables import LABELS, TIMEX_TYPES, Row

NOTHING = "–"


def confusion_report(errors: Sequence[Row], scores: Sequence[Row] = (), *, examples: int = 5) -> str:
    """The report as plain text.

    Parameters: errors, rows of errors.csv; scores, rows of scores.csv for the figures in the headings;
    examples, how many to show of each kind.
    """
    stages = list(dict.fromkeys([*(s["stage"] for s in scores), *(e["stage"] for e in errors)]))
    parts = []
    for stage in stages:
        mine = [e for e in errors if e["stage"] == stage]
        parts.append(f"{stage}: {len(mine)} disagreements{_figures(stage, scores)}\n")
        if stage.split("@")[0] == "mentions" and mine:
            parts.append(label_matrix(mine))
        parts.append(_kinds(mine, examples))
    return "\n".join(parts)


def _figures(stage: str, scores: Iterable[Row]) -> str:
    rows = [r for r in scores if r["stage"] == stage and not r["label"] and not r["doc_id"]]
    shown = [f"{r['metric']} {r['f1']:.4f}" for r in rows if r["f1"] is not None]
    return f" (F1: {', '.join(shown)})" if shown else ""


def label_of(cell: str) -> str:
    """The label in a cell `text|label` or `text|type|value|mod`; `–` for an empty cell."""
    fields = cell.rsplit("|", 3) if cell.count("|") >= 3 else cell.rsplit("|", 1)
    return fields[1] if len(fields) > 1 and fields[1] in (*LABELS, *TIMEX_TYPES) else NOTHING


def label_matrix(errors: Iterable[Mapping[str, Any]]) -> str:
    """Gold label (row) by predicted label (column) of the disagreements; `–` is missed and spurious.

    The diagonal holds names whose label is right and whose extent is not.
    """
    cells = Counter((label_of(e["gold"]), label_of(e["predicted"])) for e in errors)
    labels = [x for x in (*LABELS, NOTHING) if any(x in pair for pair in cells)]
    width = max(6, *(len(label) for label in labels))
    lines = ["  " + " ".join([f"{'gold':{width}s}", *(f"{label:>{width}s}" for label in labels)])]
    for gold in labels:
        counts = [cells[gold, pred] for pred in labels]
        if any(counts):
            row = [f"{gold:{width}s}", *(f"{n or '.':>{width}}" for n in counts)]
            lines.append("  " + " ".join(row))
    return "".join(line.rstrip() + "\n" for line in lines)


def _kinds(errors: Sequence[Row], examples: int) -> str:
    """Every kind with its count and its most frequent decisions."""
    by_kind: dict[str, list[Row]] = defaultdict(list)
    for error in errors:
        by_kind[error["kind"]].append(error)
    lines = []
    for kind, found in sorted(by_kind.items(), key=lambda x: (-len(x[1]), x[0])):
        lines.append(f"  {kind}: {len(found)}")
        decisions = Counter((e["gold"], e["predicted"]) for e in found)
        first = {(e["gold"], e["predicted"]): e for e in reversed(found)}
        for decision, n in sorted(decisions.items(), key=lambda x: (-x[1], x[0]))[:examples]:
            gold, pred = (cell or NOTHING for cell in decision)
            lines.append(f"    {n:3d} × {gold} → {pred}   {first[decision]['context']}")
        if len(decisions) > examples:
            lines.append(f"          and {len(decisions) - examples} other decisions")
    return "".join(line + "\n" for line in lines)
