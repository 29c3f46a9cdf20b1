"""The report of a large run: what goes in, what it says of the rest."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.report import build_figures, build_report, excerpt, take_excerpt
from pipeline.report.overview import totals_of
from tests import report_fixture as fixture
from tests.test_report import Reader

PAGES = 12


@pytest.fixture(scope="module")
def run() -> Any:
    tables, clean, raw = fixture.many_pages(PAGES, sentences=12, actors=60)
    for document in tables["documents"]:
        document["raw_chars"] = 1000
    return tables, clean, raw


def taken(tables: dict, labelled: tuple[str, ...] = (), budget: int = 3000) -> excerpt.Excerpt:
    return take_excerpt(list(tables), fixture.reader(tables), labelled, budget=budget)


def test_a_small_run_is_held_whole(run: Any) -> None:
    found = taken(run[0], budget=PAGES * 1000)
    assert found.whole
    assert found.tables == run[0]
    assert found.totals == totals_of(run[0])


def test_a_large_run_is_cut_to_pages_and_the_strongest_pairs(
    run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    tables = run[0]
    monkeypatch.setattr(excerpt, "PAIRS", 20)
    last = tables["documents"][-1]["doc_id"]
    found = taken(tables, (last,))
    first = [d["doc_id"] for d in tables["documents"][:2]]
    assert [d["doc_id"] for d in found.tables["documents"]] == [*first, last]
    assert not found.whole and found.totals == totals_of(tables)
    for name in excerpt.OF_PAGES:
        kept = {*first, last}
        assert found.tables[name] == [r for r in tables[name] if r["doc_id"] in kept], name
    ranked = sorted(tables["edges"], key=lambda e: (-e["weight"], e["source"], e["target"]))[:20]
    pairs = {(e["source"], e["target"]) for e in ranked}
    assert found.tables["edges"] == [e for e in tables["edges"] if (e["source"], e["target"]) in pairs]
    rows = [r for r in tables["cooccurrences"] if (r["source"], r["target"]) in pairs]
    assert found.tables["cooccurrences"] == rows
    actors = {a["actor_id"] for a in found.tables["actors"]}
    assert actors >= {end for pair in pairs for end in pair}
    assert actors >= {m["actor_id"] for m in found.tables["mentions"]} - {""}
    leading = sorted(tables["actors"], key=lambda a: (-a["sentences"], a["actor_id"]))[:10]
    assert actors >= {a["actor_id"] for a in leading}


def test_rows_of_no_page_are_bounded_but_counted(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(excerpt, "ROWS", 3)
    tables = {**run[0], "dyad_year": [fixture.row("dyad_year", year=year) for year in range(5)]}
    found = taken(tables)
    assert [row["year"] for row in found.tables["dyad_year"]] == [0, 1, 2]
    assert found.totals.rows["dyad_year"] == 5


def test_sentences_of_the_pairs_are_bounded_and_one_page_is_always_there(
    run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(excerpt, "EVIDENCE", 30)
    found = taken(run[0], budget=1)
    assert len(found.tables["documents"]) == 1
    assert 0 < len(found.tables["cooccurrences"]) <= 30


def test_the_page_says_what_it_holds_and_counts_everything(run: Any) -> None:
    found = taken(run[0])
    shown = {d["doc_id"] for d in found.tables["documents"]}
    texts = [{doc: text for doc, text in source.items() if doc in shown} for source in run[1:]]
    options = {"title": "12 pages", "version": "1", "settings": {}}
    html = build_report(found.tables, *texts, totals=found.totals, **options)
    text = " ".join(" ".join(Reader(html).text).split())
    assert f"pages {PAGES}" in text or f"{PAGES} pages" in text
    assert f"3 of {PAGES} pages" in text
    sentences = f"sentences {found.held('sentences')} of {len(run[0]['sentences'])}"
    assert sentences in text
    assert Reader(html).block("texts").keys() == shown
    whole = build_report(*run, **options)
    assert "of 12 pages" not in whole and 'class="notice part"' not in whole


def test_figures_of_an_excerpt_show_the_whole_run(run: Any) -> None:
    tables = run[0]
    cut = taken(tables).tables
    whole = build_figures(tables)
    parts = build_figures(cut, events=tables["events"], pairs=len(tables["edges"]))
    assert parts["timeline.svg"] == whole["timeline.svg"]


def test_a_lane_of_many_sentences_is_thinned(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from pipeline.report import figures

    whole = build_figures(run[0])["timeline.svg"]
    monkeypatch.setattr(figures, "MARKS_DRAWN", 3)
    assert len(build_figures(run[0])["timeline.svg"]) < len(whole)
