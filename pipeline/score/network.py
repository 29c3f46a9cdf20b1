"""The layers that build on found names: entities, actors, edges of the network.

Entities and actors are judged on the names that both sides found (extent without article and possessive), so
that linking is not blamed for a missed name; edges are judged end to end.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import combinations

from pipeline.score.board import Board
from pipeline.score.matching import Item, Pair, by_core, match_equal
from pipeline.score.pages import cut

Meetings = dict[tuple[str, str], list[int]]  # pair of actors → numbers of the sentences in which both stand


def common_names(board: Board) -> list[Pair]:
    """The names that both sides found, whatever their labels."""
    return match_equal(board.page.gold_mentions, board.page.pred_mentions, by_core)


def align_ids(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Predicted id → gold id, one to one, greedily by the names they share; ties go to equal ids first."""
    shared = Counter((g, p) for g, p in pairs if g and p)
    mapped: dict[str, str] = {}
    used: set[str] = set()
    for (gold, pred), _ in sorted(shared.items(), key=lambda x: (-x[1], x[0][0] != x[0][1], x[0])):
        if pred not in mapped and gold not in used:
            mapped[pred] = gold
            used.add(gold)
    return mapped


def score_entities(board: Board) -> None:
    """Entities: B-cubed, and whether the id is the very same (`ids`)."""
    page, gold, pred = board.page, board.page.gold_mentions, board.page.pred_mentions
    pairs = common_names(board)
    mapped = align_ids((gold[i].entity_id, pred[j].entity_id) for i, j in pairs)
    b_cubed = board.b_cubed("entities")
    board.tally("entities", "ids")
    for i, j in pairs:
        g, p, unit = gold[i].entity_id, pred[j].entity_id, page.unit(gold[i].start)
        # a name without an entity is one of its own
        b_cubed.add(unit, g, p or f"?{page.gold.doc_id}:{pred[j].start}")
        _count_decision(board, "entities", "ids", unit, g == p)
        if g != p:
            kind = "id" if mapped.get(p) == g else "cluster"
            board.error(
                "entities", kind, gold[i].start, gold[i].end, f"{gold[i].text}|{g}", f"{pred[j].text}|{p}"
            )


def _count_decision(board: Board, layer: str, metric: str, unit: int, right: bool, label: str = "") -> None:
    """Count one decision on a common name; a wrong one is both a wrong prediction and a missed gold value."""
    board.tally(layer, metric, label).add(unit, tp=int(right), fp=int(not right), fn=int(not right))


def score_actors(board: Board) -> None:
    """Actors: B-cubed with "none" as one cluster, whether a name acts at all (`acts`), the id (`ids`)."""
    page, gold, pred = board.page, board.page.gold_mentions, board.page.pred_mentions
    b_cubed = board.b_cubed("actors")
    for metric in ("acts", "ids"):
        board.tally("actors", metric)
    for i, j in common_names(board):
        g, p, unit = gold[i].actor_id, pred[j].actor_id, page.unit(gold[i].start)
        b_cubed.add(unit, g or "-", p or "-")
        _count_decision(board, "actors", "acts", unit, bool(g) == bool(p))
        _count_decision(board, "actors", "acts", unit, bool(g) == bool(p), gold[i].label)
        _count_decision(board, "actors", "ids", unit, g == p)
        if g != p:
            kind = "wrong" if g and p else "missed" if g else "spurious"
            board.error(
                "actors", kind, gold[i].start, gold[i].end, f"{gold[i].text}|{g}", f"{pred[j].text}|{p}"
            )


def score_edges(board: Board) -> None:
    """Edges: `weighted` and `binary` with predicted actors renamed to the gold ones they share most names
    with, so that a differing id is not paid for twice; `weighted_ids` takes ids as they are."""
    page, gold, pred = board.page, board.page.gold_mentions, board.page.pred_mentions
    pairs = common_names(board)
    mapped = align_ids((gold[i].actor_id, pred[j].actor_id) for i, j in pairs)
    met_gold = _meetings(board, gold, {})
    renamed = _meetings(board, pred, {x.actor_id: mapped.get(x.actor_id, f"?{x.actor_id}") for x in pred})
    as_is = _meetings(board, pred, {})
    for metric, binary, met in (
        ("weighted", False, renamed),
        ("binary", True, renamed),
        ("weighted_ids", False, as_is),
    ):
        statistic = board.edges(metric, binary=binary)
        for side, meetings in ((statistic.gold, met_gold), (statistic.pred, met)):
            for (a, b), units in meetings.items():
                side[page.gold.doc_id, a, b] = list(units)
    _list_meetings(board, met_gold, renamed)


def _list_meetings(board: Board, gold: Meetings, pred: Meetings) -> None:
    """Note each sentence in which a pair meets on one side only; predicted actors have the gold names."""
    page = board.page
    found = []
    for edge in sorted(gold.keys() | pred.keys()):
        g, p = set(gold.get(edge, ())), set(pred.get(edge, ()))
        found += [(unit, "missed", edge) for unit in g - p] + [(unit, "spurious", edge) for unit in p - g]
    for unit, kind, (a, b) in sorted(found):
        start, end = page.unit_span(unit)
        text = cut(page.gold.text[start:end])
        edge_text = f"{a}|{b}"
        shown = (edge_text, "") if kind == "missed" else ("", edge_text)
        board.error("edges", kind, start, end, *shown, context=text)


def _meetings(board: Board, items: Sequence[Item], rename: dict[str, str]) -> Meetings:
    """For each pair of actors the sentences in which both stand; an actor meets another once a sentence."""
    present: dict[int, set[str]] = defaultdict(set)
    for item in items:
        if item.actor_id:
            present[board.page.unit(item.start)].add(rename.get(item.actor_id, item.actor_id))
    met: Meetings = defaultdict(list)
    for unit in sorted(present):
        for a, b in combinations(sorted(present[unit]), 2):
            met[a, b].append(unit)
    return met
