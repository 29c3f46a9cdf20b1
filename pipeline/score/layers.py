"""The layers that are scored on one page: body text and anchors, mentions, dates.

Each writes counts and every disagreement on the board. The values that a disagreement shows are joined by
`|` as in the inline mark-up: `text|label`, `text|type|value|mod`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Sequence

from pipeline.score.board import Board
from pipeline.score.matching import (
    Item,
    Pair,
    by_core,
    by_core_and_label,
    by_span,
    by_span_and_label,
    match_equal,
    match_overlap,
)
from pipeline.score.pages import cut

# "199X", "18XX": a decade and a century in the notation of other tools
RE_LONG_DECADE = re.compile(r"(\d{3})X|(\d\d)XX")


def score_text(board: Board) -> None:
    """Body text: tokens that are in both texts, in the same order (heading lines are left out)."""
    page = board.page
    tally = board.tally("clean", "tokens")
    gold, pred = page.alignment.target_tokens, page.alignment.source_tokens
    kept = [True] * len(gold)
    for edit in page.alignment.edits:
        kept[edit.b_start : edit.b_end] = [False] * (edit.b_end - edit.b_start)
        lost, extra = gold[edit.b_start : edit.b_end], pred[edit.a_start : edit.a_end]
        place = gold[edit.b_start].start if edit.b_start < len(gold) else len(page.gold.text)
        for token in lost:
            tally.add(page.unit(token.start), fn=1)
        if extra:
            tally.add(page.unit(place), fp=len(extra))
        kind = "changed" if lost and extra else "lost" if lost else "left_in"
        end = lost[-1].end if lost else place
        written = page.pred.text[extra[0].start : extra[-1].end] if extra else ""
        board.error("clean", kind, place, end, cut(page.gold.text[place:end]), cut(written))
    for token, right in zip(gold, kept, strict=True):
        if right:
            tally.add(page.unit(token.start), tp=1)


def score_anchors(board: Board) -> None:
    """Anchors of blurbs: exact extent in the raw file; in the body (`anchors`) and on the whole page."""
    page = board.page
    rows = [r for r in page.pred.glossary if r["raw_start"] is not None and r["raw_end"] is not None]
    for metric, body in (("anchors", True), ("anchors_all", False)):
        tally = board.tally("clean", metric)
        gold = {(x.raw_start, x.raw_end): x for x in page.gold.links if x.body or not body}
        pred = {(r["raw_start"], r["raw_end"]): r for r in rows if r["start"] is not None or not body}
        for span in sorted(gold.keys() | pred.keys()):
            right, unit = span in gold and span in pred, page.raw_unit(span[0])
            tally.add(unit, tp=int(right), fn=int(span not in pred), fp=int(span not in gold))
        if body:
            continue
        starts = {a: r for (a, _), r in pred.items()}
        for (a, b), link in sorted(gold.items()):
            if (a, b) not in pred:
                found = starts.get(a)
                kind, written = ("anchor_extent", found["anchor"]) if found else ("anchor_missed", "")
                board.error("clean", kind, None, None, link.anchor, written, f"raw {a}-{b}")
        for (a, b), row in sorted(pred.items()):
            if (a, b) not in gold and a not in {x for x, _ in gold}:
                board.error("clean", "anchor_spurious", None, None, "", row["anchor"], f"raw {a}-{b}")


def _count(
    board: Board,
    layer: str,
    metric: str,
    gold: Sequence[Item],
    pred: Sequence[Item],
    pairs: list[Pair],
    *,
    by_label: bool = False,
) -> None:
    """Count matched pairs and what is left on either side, in all and, if wanted, by label."""
    page = board.page
    matched_g, matched_p = {i for i, _ in pairs}, {j for _, j in pairs}
    board.tally(layer, metric)  # so that a layer without any item has a row, too
    for label in sorted({x.label for x in (*gold, *pred)}) if by_label else ():
        board.tally(layer, metric, label)

    def add(item: Item, **counts: int) -> None:
        for label in ("", item.label) if by_label else ("",):
            board.tally(layer, metric, label).add(page.unit(item.start), **counts)

    for i, item in enumerate(gold):
        add(item, tp=int(i in matched_g), fn=int(i not in matched_g))
    for j, item in enumerate(pred):
        if j not in matched_p:
            add(item, fp=1)


def score_mentions(board: Board) -> None:
    """Names: extent and label (`strict`, and `overlap`), extent alone (`span`), extent without article and
    possessive (`core`: what the label decides on when an article is forgiven)."""
    gold, pred = board.page.gold_mentions, board.page.pred_mentions
    strict = match_equal(gold, pred, by_span_and_label)
    _count(board, "mentions", "strict", gold, pred, strict, by_label=True)
    overlapping = match_overlap(gold, pred, labelled=True)
    _count(board, "mentions", "overlap", gold, pred, overlapping, by_label=True)
    _count(board, "mentions", "span", gold, pred, match_equal(gold, pred, by_span))
    _count(board, "mentions", "core", gold, pred, match_equal(gold, pred, by_core_and_label))
    _list_disagreements(board, "mentions", gold, pred, _mention_kind)


def score_dates(board: Board) -> None:
    """Dates: extent (`span`, `overlap`), extent and value (`span_value`, by type), and type and mod, too
    (`full`); `core_value` forgives a leading article."""
    gold, pred = board.page.gold_dates, board.page.pred_dates
    _count(board, "dates", "span", gold, pred, match_equal(gold, pred, by_span))
    _count(board, "dates", "span_value", gold, pred, match_equal(gold, pred, _by_span_and_value))
    _count(
        board,
        "dates",
        "span_type_value",
        gold,
        pred,
        match_equal(gold, pred, _by_type_and_value),
        by_label=True,
    )
    _count(board, "dates", "full", gold, pred, match_equal(gold, pred, _by_everything))
    _count(board, "dates", "core_value", gold, pred, match_equal(gold, pred, _by_core_and_value))
    overlapping = match_overlap(gold, pred, labelled=False)
    _count(board, "dates", "overlap", gold, pred, overlapping)
    valued = [(i, j) for i, j in overlapping if normal_value(gold[i].value) == normal_value(pred[j].value)]
    _count(board, "dates", "overlap_value", gold, pred, valued)
    _list_disagreements(board, "dates", gold, pred, _date_kind)


def normal_value(value: str) -> str:
    """A TIMEX3 value in the guidelines' notation: a decade as `199`, a century as `18`."""
    return RE_LONG_DECADE.sub(r"\1\2", value) if RE_LONG_DECADE.fullmatch(value) else value


def _by_span_and_value(x: Item) -> Hashable:
    return by_span(x), normal_value(x.value)


def _by_type_and_value(x: Item) -> Hashable:
    return by_span(x), normal_value(x.value), x.label


def _by_everything(x: Item) -> Hashable:
    return by_span(x), normal_value(x.value), x.label, x.mod


def _by_core_and_value(x: Item) -> Hashable:
    return by_core(x), normal_value(x.value)


def _mention_kind(gold: Item, pred: Item) -> str:
    """How two overlapping mentions disagree; empty if they do not."""
    same_span = pred.exact and by_span(gold) == by_span(pred)
    if same_span:
        return "" if gold.label == pred.label else "label"
    return "boundary" if gold.label == pred.label else "boundary_label"


def _date_kind(gold: Item, pred: Item) -> str:
    """How two overlapping dates disagree: the gravest difference."""
    value = normal_value(gold.value) == normal_value(pred.value)
    if not (pred.exact and by_span(gold) == by_span(pred)):
        return "boundary" if value else "boundary_value"
    if not value:
        return "value"
    if gold.label != pred.label:
        return "type"
    return "" if gold.mod == pred.mod else "mod"


def show(item: Item) -> str:
    """A mention or date in one cell."""
    text = " ".join(item.text.split())
    return f"{text}|{item.label}|{item.value}|{item.mod}" if item.value else f"{text}|{item.label}"


def _list_disagreements(
    board: Board, layer: str, gold: Sequence[Item], pred: Sequence[Item], kind_of: Callable[[Item, Item], str]
) -> None:
    pairs = match_overlap(gold, pred, labelled=False)
    found = []
    for i, j in pairs:
        if kind := kind_of(gold[i], pred[j]):
            found.append((kind, gold[i].start, gold[i].end, show(gold[i]), show(pred[j])))
    for i in sorted(set(range(len(gold))) - {i for i, _ in pairs}):
        found.append(("missed", gold[i].start, gold[i].end, show(gold[i]), ""))
    for j in sorted(set(range(len(pred))) - {j for _, j in pairs}):
        found.append(("spurious", pred[j].start, pred[j].end, "", show(pred[j])))
    for kind, start, end, g, p in sorted(found, key=lambda x: (x[1], x[2], x[0], x[3], x[4])):
        board.error(layer, kind, start, end, g, p)
