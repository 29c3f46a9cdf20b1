"""The entry of the stage: gold pages and predictions in, figures and disagreements out."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from pipeline.score.board import Board, Name
from pipeline.score.gold import GoldPage
from pipeline.score.layers import score_anchors, score_dates, score_mentions, score_text
from pipeline.score.metrics import Array, Counts, Statistic, draw_units, interval
from pipeline.score.network import score_actors, score_edges, score_entities
from pipeline.score.pages import Predicted, compare_page
from pipeline.tables import Row

LAYERS: dict[str, tuple[Callable[[Board], None], ...]] = {
    "clean": (score_text, score_anchors),
    "mentions": (score_mentions,),
    "dates": (score_dates,),
    "entities": (score_entities,),
    "actors": (score_actors,),
    "edges": (score_edges,),
}


@dataclass(frozen=True, slots=True)
class ScoreResult:
    """`scores` and `errors` are rows of the tables of those names; `counts[i]` belongs to `scores[i]` and is
    None where the figure is no ratio of counts."""

    scores: tuple[Row, ...]
    errors: tuple[Row, ...]
    counts: tuple[Counts | None, ...]

    def __add__(self, other: ScoreResult) -> ScoreResult:
        return ScoreResult(self.scores + other.scores, self.errors + other.errors, self.counts + other.counts)


def score_pages(
    gold: Sequence[GoldPage],
    predictions: Mapping[str, Predicted],
    *,
    seed: int,
    resamples: int,
    layers: Sequence[str] = tuple(LAYERS),
    given: str = "",
) -> ScoreResult:
    """Score predictions against the gold, layer by layer, on all pages and page by page.

    Parameters: predictions, by `doc_id` (a gold page without one counts as predicted empty; a prediction
    without gold is ignored); seed and resamples, of the bootstrap over sentences; layers, which to score;
    given, what the prediction was given from the gold (`gold_mentions`): the rows' stage then reads
    `entities@gold_mentions`. Returns: rows with the columns of the tables scores and errors; a ratio is None
    where there is nothing to score. Rules: the layers' functions say what is counted. Figures of a single
    page repeat those of all pages if there is only one.
    """
    boards = []
    for page in sorted(gold, key=lambda page: page.doc_id):
        board = Board(compare_page(page, predictions.get(page.doc_id, Predicted())))
        for layer in layers:
            for score in LAYERS[layer]:
                score(board)
        boards.append(board)
    found = _all_pages(boards, seed, resamples)
    for board in boards:
        draws = _draws(board.page.units, seed, resamples)
        found += [
            _row(name, board.page.gold.doc_id, statistic, draws)
            for name, statistic in board.statistics.items()
            if not name[2]
        ]
    order = {name: i for i, name in enumerate(dict.fromkeys((r["stage"], r["metric"]) for r, _ in found))}
    found.sort(
        key=lambda x: (
            bool(x[0]["doc_id"]),
            x[0]["doc_id"],
            order[x[0]["stage"], x[0]["metric"]],
            x[0]["label"],
        )
    )
    errors = [
        error for layer in layers for board in boards for error in board.errors if error["stage"] == layer
    ]
    rows = [row for row, _ in found]
    for row in (*rows, *errors) if given else ():
        row["stage"] = f"{row['stage']}@{given}"
    return ScoreResult(tuple(rows), tuple(errors), tuple(counts for _, counts in found))


def _draws(units: int, seed: int, resamples: int) -> Array | None:
    return draw_units(units, resamples, seed) if resamples and units > 1 else None


def _all_pages(boards: Sequence[Board], seed: int, resamples: int) -> list[tuple[Row, Counts | None]]:
    """The figures over all pages: the pages' statistics with their sentences numbered through."""
    pooled: dict[Name, Statistic] = {}
    offset = 0
    for board in boards:
        for name, statistic in board.statistics.items():
            pooled.setdefault(name, statistic.blank()).absorb(statistic, offset)
        offset += board.page.units
    draws = _draws(offset, seed, resamples)
    return [_row(name, "", statistic, draws) for name, statistic in pooled.items()]


def _row(name: Name, doc_id: str, statistic: Statistic, draws: Array | None) -> tuple[Row, Counts | None]:
    layer, metric, label = name
    figure = statistic.figure()
    low, high = interval(statistic, draws)
    row = {
        "stage": layer, "metric": metric, "label": label, "doc_id": doc_id, "precision": figure.precision,
        "recall": figure.recall, "f1": figure.f1, "support": figure.support, "ci_low": low, "ci_high": high,
    }  # fmt: skip
    return row, figure.counts


def scores_json(result: ScoreResult) -> str:
    """The content of scores.json: the rows of scores.csv with their counts, numbers to six decimals."""
    rows = []
    for row, counts in zip(result.scores, result.counts, strict=True):
        plain = {k: round(v, 6) if isinstance(v, float) else v for k, v in row.items()}
        plain |= {"tp": counts.tp, "fp": counts.fp, "fn": counts.fn} if counts else {}
        rows.append(plain)
    return json.dumps({"scores": rows}, ensure_ascii=False, indent=1) + "\n"
