"""What a report holds of a run: everything of a small one, else the strongest pairs and as many pages as fit."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Collection, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.report.overview import TOP, Totals, totals_of
from pipeline.tables import Row, Selection

# Code points of raw pages that go in whole: some thirty articles, which make a file of 5 MB and take 100 MB of
# memory while it is built. Browsers open far more; it is the building that must not grow with the run.
PAGES_BUDGET = 1_000_000
# The strongest pairs above that: as many as the page draws at once and their sentences do not fill it.
PAIRS = 3_000
EVIDENCE = 20_000
# Rows of a table that belongs to no page.
ROWS = 20_000
# Tables that are cut to the pages shown; the others with a doc_id (scores, errors) tell of the gold pages.
OF_PAGES = (
    "documents",
    "sections",
    "segments",
    "glossary",
    "sentences",
    "names",
    "mentions",
    "dates",
    "events",
)

Read = Callable[[str, Selection | None], Iterable[Row]]


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The rows that a report holds, by table, and what there is in all; `whole` if that is the same."""

    tables: dict[str, list[Row]]
    totals: Totals
    whole: bool

    def held(self, name: str) -> int:
        """Rows of a table that the report holds."""
        return len(self.tables.get(name, ()))


def take_excerpt(
    names: Sequence[str], read: Read, labelled: Collection[str] = (), *, budget: int = PAGES_BUDGET
) -> Excerpt:
    """Choose what a report holds.

    Parameters: names of the tables that there are; read, the rows of a table or a selection of them, each
    time from its first; labelled, pages that come before others; budget, code points of raw pages.
    Returns: all rows if the pages fit into the budget. Else: the pages with labels, then those in the order of
    the run that still fit, with all their rows; the pairs of most sentences with all their co-occurrences; the
    actors of both; all rows of small tables. Rows keep their order.
    """
    sizes = {
        row["doc_id"]: (row["raw_chars"], row["tokens"], row["blurbs"]) for row in read("documents", None)
    }
    if sum(size[0] for size in sizes.values()) <= budget:
        tables = {name: list(read(name, None)) for name in names}
        return Excerpt(tables, totals_of(tables), True)
    words, blurbs = (sum(size[i] or 0 for size in sizes.values()) for i in (1, 2))
    cutter = _Cutter(names, read, _choose({doc: size[0] for doc, size in sizes.items()}, labelled, budget))
    tables = cutter.tables()
    return Excerpt(tables, Totals(cutter.totals, words, blurbs), False)


def _choose(sizes: dict[str, int], labelled: Collection[str], budget: int) -> set[str]:
    """The labelled pages, then the others in order, each if it still fits; one page at least."""
    chosen: set[str] = set()
    for doc_id in sorted(sizes, key=lambda doc: doc not in labelled):  # a stable sort: else in order
        if not chosen or sizes[doc_id] <= budget:
            chosen.add(doc_id)
            budget -= sizes[doc_id]
    return chosen


class _Cutter:
    """Reads the tables, counts their rows and keeps some."""

    def __init__(self, names: Sequence[str], read: Read, pages: set[str]) -> None:
        self.names, self.read, self.pages = names, read, pages
        self.totals: dict[str, int] = {}
        self.kept: dict[str, list[Row]] = {}

    def tables(self) -> dict[str, list[Row]]:
        """What is kept, in the order of the tables; afterwards `totals` has every table."""
        for name in OF_PAGES:
            self._keep(name, ("doc_id",), self.pages)
        self.kept["edges"] = sorted(self._strongest(), key=lambda row: (row["source"], row["target"]))
        pairs = {(row["source"], row["target"]) for row in self.kept["edges"]}
        self._keep("cooccurrences", ("source", "target"), pairs)
        actors = {row["actor_id"] for row in self.kept["mentions"]} | {end for pair in pairs for end in pair}
        actors |= self._leading()
        self._keep("actors", ("actor_id",), actors)
        named = {row["entity_id"] for name in ("mentions", "glossary") for row in self.kept[name]}
        self._keep("entities", ("entity_id",), named | actors)
        for name in self.names:
            if name not in self.kept:
                self.kept[name] = [row for i, row in enumerate(self._rows(name)) if i < ROWS]
        return {name: self.kept[name] for name in self.names}

    def _rows(self, name: str) -> Iterator[Row]:
        """The rows of a table, counted as they go by; none of a table that is not there."""
        self.totals[name] = 0
        for row in self.read(name, None) if name in self.names else ():
            self.totals[name] += 1
            yield row

    def _keep(self, name: str, columns: tuple[str, ...], values: Container[Any]) -> None:
        """Keep the rows with these values, and count all."""
        only = Selection(columns, values)
        self.kept[name] = list(self.read(name, only)) if name in self.names else []
        self.totals[name] = only.seen

    def _strongest(self) -> Iterator[Row]:
        """The pairs of most sentences, as long as their co-occurrences are not too many."""
        room = EVIDENCE
        rank = heapq.nsmallest(
            PAIRS, self._rows("edges"), key=lambda row: (-row["weight"], row["source"], row["target"])
        )
        for row in rank:
            room -= row["weight"]
            if room < 0:
                return
            yield row

    def _leading(self) -> set[str]:
        """The actors that the first tab lists."""
        rank = heapq.nsmallest(
            TOP, self._rows("actors"), key=lambda row: (-row["sentences"], row["actor_id"])
        )
        return {row["actor_id"] for row in rank}
