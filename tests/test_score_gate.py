"""The gate and the confusion report on invented scores."""

import json

import pytest

from pipeline.score import BaselineError, check_gate, confusion_report, format_baseline, parse_baseline, repin
from pipeline.score.confusions import label_matrix, label_of
from pipeline.score.gate import SHOWN, error_key, make_baseline


def scores(**figures):
    """Rows of scores.csv from `stage_metric=f1`; a row by label and one by page that must not be pinned."""
    rows = []
    for name, f1 in figures.items():
        stage, metric = name.split("_", 1)
        row = {"stage": stage, "metric": metric, "label": "", "doc_id": "", "f1": f1, "support": 9}
        rows += [row, {**row, "label": "GPE", "f1": 0.1}, {**row, "doc_id": "p", "f1": 0.1}]
    return rows


def error(kind="missed", gold="Tirana|GPE", pred="", start=3, stage="mentions"):
    end = None if start is None else start + 6
    return {"stage": stage, "doc_id": "p", "kind": kind, "start": start, "end": end, "gold": gold,
            "predicted": pred, "context": "in ⟦Tirana⟧ now"}  # fmt: skip


BASE = make_baseline(scores(mentions_strict=0.9, dates_span=0.8), [error()], "digest")


def test_the_same_scores_pass():
    report = check_gate(scores(mentions_strict=0.9, dates_span=0.8), [error()], BASE, "digest")
    assert report.ok
    assert report.text() == "gate: passed\n"


def test_the_smallest_fall_fails():
    report = check_gate(scores(mentions_strict=0.899999, dates_span=0.9), [error()], BASE, "digest")
    assert not report.ok
    assert [c.name for c in report.falls] == ["mentions/strict"]
    assert [c.name for c in report.rises] == ["dates/span"]
    assert "mentions/strict" in report.text() and "gate: failed" in report.text()
    assert "0.8000 → 0.9000  (+0.1000)" in report.text()


def test_what_lies_below_the_sixth_digit_is_no_fall():
    assert check_gate(scores(mentions_strict=0.9 - 1e-9, dates_span=0.8), [error()], BASE, "digest").ok


def test_rows_by_label_and_page_are_not_pinned():
    rows = scores(mentions_strict=0.9, dates_span=0.8)
    for row in rows:
        if row["label"] or row["doc_id"]:
            row["f1"] = 0.0
    assert check_gate(rows, [error()], BASE, "digest").ok


@pytest.mark.parametrize("gone", [{"mentions_strict": 0.9}, {"mentions_strict": 0.9, "dates_span": None}])
def test_a_pinned_figure_that_is_no_longer_measured_fails(gone):
    report = check_gate(scores(**gone), [error()], BASE, "digest")
    assert [(c.name, c.after) for c in report.falls] == [("dates/span", None)]
    assert not report.ok


def test_a_new_figure_passes_and_is_named():
    report = check_gate(
        scores(mentions_strict=0.9, dates_span=0.8, edges_binary=0.1), [error()], BASE, "digest"
    )
    assert report.ok
    assert "Not pinned yet: edges/binary" in report.text()


def test_a_figure_that_had_nothing_to_score_may_appear():
    base = make_baseline(scores(edges_binary=None), [], "digest")
    assert check_gate(scores(edges_binary=0.2), [], base, "digest").ok
    assert check_gate(scores(edges_binary=None), [], base, "digest").ok


def test_a_changed_gold_set_asks_for_a_repin_even_if_nothing_fell():
    report = check_gate(scores(mentions_strict=0.95, dates_span=0.8), [error()], BASE, "other")
    assert report.gold_changed and not report.ok
    assert "re-pin" in report.text()


def test_changed_decisions_are_named_even_where_the_figure_is_equal():
    other = error(gold="Hoxha|PERSON", start=40)
    report = check_gate(scores(mentions_strict=0.9, dates_span=0.8), [other], BASE, "digest")
    assert report.ok
    assert len(report.appeared) == len(report.gone) == 1
    assert "Hoxha|PERSON" in report.appeared[0] and "Tirana|GPE" in report.gone[0]
    assert "New disagreements (1):" in report.text() and "Settled disagreements (1):" in report.text()


def test_repeated_disagreements_are_counted_not_merged():
    report = check_gate(scores(mentions_strict=0.9, dates_span=0.8), [error(), error()], BASE, "digest")
    assert (len(report.appeared), len(report.gone)) == (1, 0)


def test_a_long_list_is_cut_and_says_so():
    errors = [error(start=n) for n in range(1000)]
    report = check_gate(scores(mentions_strict=0.9, dates_span=0.8), errors, BASE, "digest")
    assert f"… and {999 + (0 if error() in errors else 1) - SHOWN} more" in report.text()
    assert len(report.text().splitlines()) < SHOWN + 10


def test_the_key_of_a_disagreement_is_its_decision_not_its_context():
    assert error_key(error()) == error_key({**error(), "context": "other words"})
    changed = [error(kind="label"), error(gold="x"), error(pred="x"), error(start=4), error(stage="dates"),
               error(start=None)]  # fmt: skip
    assert len({error_key(e) for e in [error(), *changed]}) == 7


def test_repin_goes_up_only_unless_told():
    higher = scores(mentions_strict=0.95, dates_span=0.8)
    raised = repin(higher, [], "digest", BASE)
    assert raised["floors"] == {"mentions/strict": 0.95, "dates/span": 0.8}
    assert raised["disagreements"] == []
    lower = scores(mentions_strict=0.95, dates_span=0.7)
    with pytest.raises(BaselineError, match=r"lower 1 floors: dates/span 0\.8000 → 0\.7000"):
        repin(lower, [], "digest", BASE)
    with pytest.raises(BaselineError):
        repin(scores(mentions_strict=0.95), [], "digest", BASE)
    with pytest.raises(BaselineError):
        repin(lower, [], "new gold", BASE)
    assert repin(lower, [], "digest", BASE, allow_lower=True)["floors"]["dates/span"] == 0.7
    assert repin(lower, [], "digest")["floors"]["dates/span"] == 0.7


def test_a_repinned_baseline_passes():
    rows, errors = (
        scores(mentions_strict=1 / 3, dates_span=2 / 3),
        [error(), error(start=None, stage="clean")],
    )
    baseline = parse_baseline(format_baseline(make_baseline(rows, errors, "d")), "f")
    assert check_gate(rows, errors, baseline, "d").text() == "gate: passed\n"


@pytest.mark.parametrize(
    "content",
    [
        "{",
        "[]",
        "{}",
        '{"format": 2}',
        '{"format": 1}',
        '{"format": 1, "floors": {"a": "x"}, "gold_sha256": "", "disagreements": []}',
        '{"format": 1, "floors": {}, "gold_sha256": "", "disagreements": [1]}',
    ],
)
def test_a_broken_baseline_is_one_line_with_its_file(content):
    with pytest.raises(BaselineError) as problem:
        parse_baseline(content, "gold/baseline.json")
    assert str(problem.value).startswith("gold/baseline.json")
    assert "\n" not in str(problem.value)


def test_baseline_is_readable_json():
    assert json.loads(format_baseline(BASE))["floors"] == {"mentions/strict": 0.9, "dates/span": 0.8}


@pytest.mark.parametrize(
    ("cell", "label"),
    [
        ("Tirana|GPE", "GPE"),
        ("a|b|ORG", "ORG"),
        ("July 1947|DATE|1947-07|", "DATE"),
        ("", "–"),
        ("Tirana|albania", "–"),
    ],
)
def test_label_of_a_cell(cell, label):
    assert label_of(cell) == label


def test_confusions_by_kind_most_frequent_first():
    errors = [
        *(error(start=n) for n in (3, 30)),
        error(kind="label", gold="NATO|ORG", pred="NATO|GPE"),
        error(kind="spurious", gold="", pred="War|EVENT"),
        error(kind="boundary", gold="Hoxha|PERSON", pred="Enver Hoxha|PERSON"),
        error(stage="dates", kind="value", gold="1947|DATE|1947|", pred="1947|DATE|1948|"),
    ]
    report = confusion_report(errors, scores(mentions_strict=0.5), examples=1)
    assert "mentions: 5 disagreements (F1: strict 0.5000)" in report
    assert report.index("missed: 2") < report.index("boundary: 1") < report.index("label: 1")
    assert "  2 × Tirana|GPE → –   in ⟦Tirana⟧ now" in report
    assert "– → War|EVENT" in report
    assert "dates: 1 disagreements" in report
    matrix = label_matrix(e for e in errors if e["stage"] == "mentions")
    rows = {line.split()[0]: line.split()[1:] for line in matrix.splitlines()}
    columns = rows.pop("gold")
    assert columns == ["PERSON", "GPE", "ORG", "EVENT", "–"]
    assert rows["GPE"][columns.index("–")] == "2"
    assert rows["ORG"][columns.index("GPE")] == "1"
    assert rows["–"][columns.index("EVENT")] == "1"
    assert rows["PERSON"][columns.index("PERSON")] == "1"


def test_confusions_of_nothing():
    assert confusion_report([], []) == ""
    assert "mentions: 0 disagreements (F1: strict 1.0000)" in confusion_report(
        [], scores(mentions_strict=1.0)
    )
