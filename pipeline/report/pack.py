"""The data of the page: tables and texts as compressed blocks that hold no character HTML could mistake."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.tables import TABLES, Column, Row, format_cell

# Columns that repeat the clean text; the page cuts them from it again.
_CUT_FROM_TEXT = ("sentences", "names", "mentions", "dates")


def pack(value: Any) -> str:
    """A value as JSON, gzipped without a time stamp, in base64."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return base64.b64encode(gzip.compress(text.encode("utf8"), 6, mtime=0)).decode("ascii")


def pack_table(name: str, rows: Sequence[Row], clean_texts: Mapping[str, str]) -> dict[str, Any]:
    """One table by columns, with what the page needs to show and to download it.

    A `text` column that only repeats the clean text is left out (`cut` true).
    Offsets stay code points of the clean text.
    """
    table = TABLES[name]
    cut = name in _CUT_FROM_TEXT and all(
        clean_texts.get(r["doc_id"], "")[r["start"] : r["end"]] == r["text"] for r in rows
    )
    return {
        "about": table.about,
        "columns": [{"name": c.name, "type": c.type, "about": c.about} for c in table.columns],
        "rows": len(rows),
        "cut": cut,
        "data": {
            c.name: [_cell(r.get(c.name), c) for r in rows]
            for c in table.columns
            if not (cut and c.name == "text")
        },
    }


def _cell(value: Any, column: Column) -> Any:
    """A JSON value that the page prints as `format_cell` does; floats are rounded here, ties settled."""
    if value is None:
        return "" if column.type in ("string", "date", "list") else None
    if column.type == "number":
        return float(format_cell(float(value)))
    if column.type == "list":
        return format_cell(value)
    return value


def removed_stretches(segments: Sequence[Row], raw_texts: Mapping[str, str]) -> dict[str, list[list[Any]]]:
    """What cleaning took out of each page: doc_id → [clean position, rule, raw_start, text], in order.

    Neighbours under one rule at one place are joined; white space alone is not shown.
    """
    removed: dict[str, list[list[Any]]] = {}
    for row in segments:
        rule = row["rule"] or ""
        if rule in ("", "insert") or row["doc_id"] not in raw_texts:
            continue
        text = raw_texts[row["doc_id"]][row["raw_start"] : row["raw_end"]]
        stretches = removed.setdefault(row["doc_id"], [])
        last = stretches[-1] if stretches else None
        if last and last[:2] == [row["start"], rule] and last[2] + len(last[3]) == row["raw_start"]:
            last[3] += text
        else:
            stretches.append([row["start"], rule, row["raw_start"], text])
    return {doc: [s for s in stretches if s[3].strip()] for doc, stretches in removed.items()}
