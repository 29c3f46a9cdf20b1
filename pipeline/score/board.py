"""What the layers write on: statistics by name, and the list of disagreements."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipeline.score.metrics import BCubed, EdgeOverlap, Statistic, Tally
from pipeline.score.pages import Compared
from pipeline.tables import Row

Name = tuple[str, str, str]  # layer, metric, label ("" = all)


@dataclass(slots=True)
class Board:
    """Statistics and disagreements of one page; names are in the order in which layers first used them."""

    page: Compared
    statistics: dict[Name, Statistic] = field(default_factory=dict)
    errors: list[Row] = field(default_factory=list)

    def tally(self, layer: str, metric: str, label: str = "") -> Tally:
        """The counts of that name."""
        found = self.statistics.setdefault((layer, metric, label), Tally())
        assert isinstance(found, Tally)
        return found

    def b_cubed(self, layer: str) -> BCubed:
        """The B-cubed statistic of a layer."""
        found = self.statistics.setdefault((layer, "b_cubed", ""), BCubed())
        assert isinstance(found, BCubed)
        return found

    def edges(self, metric: str, *, binary: bool) -> EdgeOverlap:
        """An edge statistic."""
        found = self.statistics.setdefault(("edges", metric, ""), EdgeOverlap(binary))
        assert isinstance(found, EdgeOverlap)
        return found

    def error(
        self,
        layer: str,
        kind: str,
        start: int | None,
        end: int | None,
        gold: str,
        pred: str,
        context: str = "",
    ) -> None:
        """Note a disagreement; offsets in the gold clean text, None if it has no place there."""
        if start is not None and end is not None and not context:
            context = self.page.context(start, end)
        self.errors.append(
            {
                "stage": layer, "doc_id": self.page.gold.doc_id, "kind": kind, "start": start, "end": end,
                "gold": gold, "predicted": pred, "context": context,
            }
        )  # fmt: skip
