"""The parts of the README that come from the outputs and the weights: accuracy, example sentence, columns, names."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from pipeline.annotate.weights import FOLDER
from pipeline.job import RunError, read_stage
from pipeline.score import read_gold
from pipeline.tables import TABLES, Row, format_cell
from pipeline.train.card import figure_table

RE_PART = re.compile(
    r"(<!-- (?P<name>[a-z-]+): written by [^>]*-->\n).*?(<!-- end of (?P=name) -->)", re.DOTALL
)
# stage/metric → what a reader calls it; in the order of the stages
FIGURES = {
    "clean/tokens": "clean text, tokens",
    "clean/anchors": "link anchors, exact",
    "mentions/strict": "mentions, exact span and label",
    "mentions/overlap": "mentions, overlap and label",
    "dates/span": "dates, exact span",
    "dates/span_value": "dates, exact span and value",
    "entities/b_cubed": "entities, B-cubed",
    "entities/ids": "entities, right id",
    "actors/b_cubed": "actors, B-cubed",
    "edges/binary": "edges, present or not",
    "edges/weighted": "edges, by weight",
}
# What the example shows of each table.
SHOWN = {
    "mentions": ("text", "label", "entity_id", "actor_id"),
    "dates": ("text", "type", "value", "edtf", "earliest", "latest"),
    "cooccurrences": ("source", "target", "earliest", "latest"),
}


def fill(text: str, outputs: Path, gold: Path) -> str:
    """The README with every marked part written anew.

    Raises: RunError for a part of an unknown name, or a stage that has not run.
    """
    makers = {
        "accuracy": lambda: accuracy_table(read_stage(outputs, "scores"), len(read_gold(gold))),
        "example": lambda: example(outputs),
        "columns": column_lists,
        "names": name_table,
    }

    def write(match: re.Match[str]) -> str:
        name = match["name"]
        if name not in makers:
            raise RunError(f"README: unknown part {name!r}; there are {', '.join(makers)}")
        return f"{match[1]}{makers[name]()}\n{match[3]}"

    return RE_PART.sub(write, text)


def accuracy_table(scores: Sequence[Row], pages: int) -> str:
    """Precision, recall and F1 with its interval for each layer, over all gold pages."""
    rows = {f"{r['stage']}/{r['metric']}": r for r in scores if not r["label"] and not r["doc_id"]}
    lines = [
        "| layer | precision | recall | F1 | 95 % interval | gold items |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for name, words in FIGURES.items():
        if name in rows:
            r = rows[name]
            figures = " | ".join(_figure(r[c]) for c in ("precision", "recall", "f1"))
            interval = f"{_figure(r['ci_low'])}–{_figure(r['ci_high'])}" if r["ci_low"] is not None else ""
            lines.append(f"| {words} | {figures} | {interval} | {r['support']} |")
    lines += [
        "",
        f"End to end from the raw page; gold pages: {pages}; intervals by bootstrap over sentences.",
    ]
    return "\n".join(lines)


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def example(outputs: Path) -> str:
    """A sentence that shows most in few words, with its mentions, dates and co-occurrences."""
    tables = {name: read_stage(outputs, name) for name in ("sentences", *SHOWN)}
    sentence = pick_sentence(tables)
    key = (sentence["doc_id"], sentence["sentence_id"])
    parts = [f"> {sentence['text']}"]
    for name, columns in SHOWN.items():
        rows = [r for r in tables[name] if (r["doc_id"], r["sentence_id"]) == key]
        lines = [f"{name}.csv", "", _row(columns), _row(["---"] * len(columns))]
        parts.append("\n".join(lines + [_row([format_cell(r[c]) for c in columns]) for r in rows]))
    return "\n\n".join(parts)


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def pick_sentence(tables: Mapping[str, Sequence[Row]]) -> Row:
    """The shortest sentence with a date and few actors, one of them meant by another name if there is one.

    Raises: RunError if the pages have none.
    """
    counts: dict[tuple[str, str], list[int]] = {}
    for i, name in enumerate(SHOWN):
        for r in tables[name]:
            counts.setdefault((r["doc_id"], r["sentence_id"]), [0, 0, 0, 0])[i] += 1
            if name == "mentions" and r["actor_id"] and r["actor_id"] != r["entity_id"]:
                counts[r["doc_id"], r["sentence_id"]][3] += 1
    fit = []
    for r in tables["sentences"]:
        mentions, dates, pairs, meant = counts.get((r["doc_id"], r["sentence_id"]), [0, 0, 0, 0])
        if mentions and dates and 1 <= pairs <= 3:
            fit.append((not meant, len(r["text"]), r["doc_id"], r["start"], r))
    if not fit:
        raise RunError("no sentence with a date and two actors to show")
    return min(fit, key=lambda x: x[:4])[4]


def name_table() -> str:
    """What weights and rules add to the bare model, from the report that the weights were shipped with."""
    report = json.loads((FOLDER / "report.json").read_text(encoding="utf8"))
    return "\n".join(figure_table(report["figures"]))


def column_lists() -> str:
    """Every table with its columns and their types."""
    parts = []
    for table in TABLES.values():
        columns = "; ".join(f"`{c.name}` {c.type}" for c in table.columns)
        parts.append(f"- **{table.filename}**, a row per {table.about}: {columns}.")
    return "\n".join(parts)
