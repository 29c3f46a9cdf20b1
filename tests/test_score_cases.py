"""Counts and kinds of error on small labelled texts (tests/cases/score.jsonl), and laws for all of them."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.score import GoldPage, Predicted, score_pages
from pipeline.score.markup import format_marked, parse_marked
from pipeline.score.pages import predicted_from_gold

CASES = [
    json.loads(line)
    for line in (Path(__file__).parent / "cases" / "score.jsonl").read_text(encoding="utf8").splitlines()
]
by_label = pytest.mark.parametrize("case", CASES, ids=[case["label"] for case in CASES])


def page(marked: str) -> GoldPage:
    return parse_marked(marked, "case", "p")


def score(gold: GoldPage, pred: GoldPage | Predicted, resamples: int = 0):
    predicted = predicted_from_gold(pred) if isinstance(pred, GoldPage) else pred
    return score_pages([gold], {"p": predicted}, seed=0, resamples=resamples)


def counts(result) -> dict[str, list[int]]:
    return {
        "/".join(filter(None, (row["stage"], row["metric"], row["label"]))): [c.tp, c.fp, c.fn]
        for row, c in zip(result.scores, result.counts, strict=True)
        if c is not None and not row["doc_id"]
    }


@by_label
def test_counts_and_kinds(case):
    result = score(page(case["gold"]), page(case["pred"]))
    found = counts(result)
    assert {name: found[name] for name in case["expect"]} == case["expect"]
    kinds = [f"{e['stage']}/{e['kind']}" for e in result.errors]
    assert sorted(kinds) == sorted(case["errors"])
    for layer, (precision, recall) in case.get("b_cubed", {}).items():
        row = next(
            r for r in result.scores if (r["stage"], r["metric"], r["doc_id"]) == (layer, "b_cubed", "")
        )
        assert (row["precision"], row["recall"]) == pytest.approx((precision, recall))


@by_label
def test_gold_against_itself_is_perfect(case):
    for side in ("gold", "pred"):
        result = score(page(case[side]), page(case[side]), resamples=20)
        assert result.errors == ()
        assert all(
            row[k] in (None, 1.0) for row in result.scores for k in ("precision", "recall", "f1", "ci_low")
        )
        assert all(c is None or c.fp == c.fn == 0 for c in result.counts)


@by_label
def test_swapped_sides_swap_precision_and_recall(case):
    gold, pred = page(case["gold"]), page(case["pred"])
    there, back = counts(score(gold, pred)), counts(score(pred, gold))
    for name in there.keys() | back.keys():
        # acts is listed by the gold label, and a span torn by cleaning has no exact place on one side only
        if name.startswith("actors/acts/") or gold.text != pred.text:
            continue
        tp, fp, fn = there.get(name, [0, 0, 0])
        assert back.get(name, [0, 0, 0]) == [tp, fn, fp], name


@by_label
def test_rows_in_reverse_order_score_the_same(case):
    gold, pred = page(case["gold"]), predicted_from_gold(page(case["pred"]))
    turned = replace(pred, mentions=pred.mentions[::-1], dates=pred.dates[::-1], glossary=pred.glossary[::-1])
    assert score(gold, pred, 20) == score(gold, turned, 20)


@by_label
def test_duplicates_are_false_positives(case):
    gold, pred = page(case["gold"]), predicted_from_gold(page(case["pred"]))
    doubled = replace(pred, mentions=[*pred.mentions, *pred.mentions], dates=[*pred.dates, *pred.dates])
    once, twice = counts(score(gold, pred)), counts(score(gold, doubled))
    for name in ("mentions/strict", "mentions/overlap", "mentions/span", "dates/span", "dates/span_value"):
        rows = pred.mentions if name.startswith("mentions") else pred.dates
        if name == "mentions/overlap" and any("boundary" in e for e in case["errors"]):
            continue  # a second copy may overlap another gold name
        assert twice[name][0] == once[name][0], name
        assert twice[name][1] == once[name][1] + len(rows), name
        assert twice[name][2] == once[name][2], name


@by_label
def test_counts_add_up(case):
    gold, pred = page(case["gold"]), page(case["pred"])
    found = counts(score(gold, pred))
    for name, gold_items, pred_items in (
        *((f"mentions/{m}", gold.mentions, pred.mentions) for m in ("strict", "overlap", "span", "core")),
        *((f"dates/{m}", gold.dates, pred.dates) for m in ("span", "span_value", "full", "overlap_value")),
    ):
        tp, fp, fn = found[name]
        assert (tp + fn, tp + fp) == (len(gold_items), len(pred_items)), name
    for metric in ("mentions/strict", "mentions/overlap", "dates/span_type_value"):
        parts = [c for name, c in found.items() if name.startswith(metric + "/")]
        assert [sum(c[k] for c in parts) for k in range(3)] == found[metric]


@by_label
def test_markup_reads_back(case):
    for side in ("gold", "pred"):
        assert format_marked(page(case[side])) == case[side]


def test_every_disagreement_of_mentions_and_dates_is_listed():
    for case in CASES:
        result = score(page(case["gold"]), page(case["pred"]))
        found = counts(result)
        for layer, metric in (("mentions", "strict"), ("dates", "full")):
            listed = [e for e in result.errors if e["stage"] == layer]
            _, fp, fn = found[f"{layer}/{metric}"]
            assert sum(bool(e["gold"]) for e in listed) == fn
            assert sum(bool(e["predicted"]) for e in listed) == fp
