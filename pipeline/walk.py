"""Several tables of pages read in step, a page at a time, so that no more than a page is in memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

from pipeline.tables import TABLES, Row, TableError, find_table, iter_table

PageRows = dict[str, list[Row]]


def walk_pages(folder: Path, names: Sequence[str]) -> Iterator[tuple[Row, PageRows]]:
    """Each row of `documents` with the page's rows of the tables `names`, in the order of the files.

    Raises: FileNotFoundError; TableError for a cell that does not fit, and (when the pages are through) if the
    rows of a table are not those of the pages in the order of `documents`.
    """
    groups = {name: _by_page(folder, name) for name in names}
    waiting = {name: next(found, None) for name, found in groups.items()}
    for document in iter_table(folder, "documents"):
        rows: PageRows = {}
        for name, group in waiting.items():
            mine = group is not None and group[0] == document["doc_id"]
            rows[name] = group[1] if group is not None and mine else []
            if mine:
                waiting[name] = next(groups[name], None)
        yield document, rows
    for name, group in waiting.items():
        if group is not None:
            raise TableError(
                f"{find_table(folder, name)}: the rows of page {group[0]!r} do not stand together, or not in the "
                f"order of documents; run `{TABLES[name].stage}` again"
            )


def _by_page(folder: Path, name: str) -> Iterator[tuple[str, list[Row]]]:
    for doc_id, rows in groupby(iter_table(folder, name), lambda row: str(row["doc_id"])):
        yield doc_id, list(rows)
