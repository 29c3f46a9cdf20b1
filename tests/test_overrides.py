"""Corrections by a researcher: read, checked, applied last, never scored as the pipeline's own."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from pipeline.job import Job
from pipeline.overrides import COLUMNS, OverrideError, read_overrides
from pipeline.stages import run_all, run_annotate, run_clean, run_link
from pipeline.tables import read_table
from tests.conftest import ROOT, SEED, files

DOC = SEED.stem


def write(path: Path, *lines: dict) -> Path:
    with path.open("w", newline="", encoding="utf8") as stream:
        writer = csv.DictWriter(stream, COLUMNS, restval="")
        writer.writeheader()
        writer.writerows(lines)
    return path


def at(row: dict, field: str, value: str) -> dict:
    return {k: row[k] for k in ("doc_id", "start", "end", "text")} | {"field": field, "value": value}


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ({"field": "colour", "value": "red"}, "unknown field 'colour'"),
        ({"field": "label", "value": "GPE"}, "needs doc_id"),
        ({"doc_id": "a", "start": 0, "end": 3, "field": "label", "value": "STATE"}, "unknown label 'STATE'"),
        ({"doc_id": "a", "start": 0, "end": 3, "field": "entity_id", "value": ""}, "needs a value"),
        ({"doc_id": "a", "start": "x", "end": 3, "field": "entity_id", "value": "b"}, "whole numbers"),
        ({"field": "same", "value": "a"}, "two ids"),
        ({"field": "same", "value": "a;"}, "two ids"),
        ({"doc_id": "a", "start": 0, "end": 3, "field": "value", "value": "last May"}, "'May'"),
        ({"doc_id": "a", "start": 0, "end": 3, "field": "value", "value": "tomorrow"}, "no TIMEX3 value"),
    ],
)
def test_a_line_that_cannot_be_used_is_named(line, problem, tmp_path):
    good, problems = read_overrides(write(tmp_path / "o.csv", {"field": "same", "value": "a;b"}, line))
    assert len(good) == 1
    (said,) = problems
    assert "line 3" in said and problem in said


def test_a_file_of_other_columns_is_refused(tmp_path):
    (tmp_path / "o.csv").write_text("page,from,to\n")
    with pytest.raises(OverrideError, match="line 1: expected columns doc_id,start"):
        read_overrides(tmp_path / "o.csv")
    (tmp_path / "o.csv").write_bytes(b"\xff\xfe")
    with pytest.raises(OverrideError):
        read_overrides(tmp_path / "o.csv")


@pytest.fixture(scope="module")
def corrected(seed_outputs, tmp_path_factory):
    """The seed page with one correction of each kind; gives the corrected rows, outputs and report."""
    mentions = read_table(seed_outputs, "mentions")
    dates = read_table(seed_outputs, "dates")
    persons = [m for m in mentions if m["label"] == "PERSON" and m["entity_id"] == m["actor_id"]]
    cities = [m for m in mentions if m["label"] == "GPE" and m["entity_id"] == "moscow"]
    date = next(d for d in dates if d["type"] == "DATE" and len(d["value"]) == 10)
    folder = tmp_path_factory.mktemp("overrides")
    path = write(
        folder / "overrides.csv",
        at(persons[0], "entity_id", "somebody_else"),
        at(persons[1], "actor_id", "-"),
        at(cities[0], "label", "LOC"),
        at(date, "value", "1911-11 APPROX"),
        {"field": "same", "value": "soviet_union;russia"},
        at(mentions[5], "entity_id", "x") | {"text": "not what stands there"},
    )
    job = Job(ROOT / "raw", folder / "out", gold=ROOT / "gold", overrides=path)
    return {"persons": persons, "city": cities[0], "date": date, "job": job, "report": run_all(job)}


def row_at(outputs: Path, name: str, row: dict) -> dict:
    return next(r for r in read_table(outputs, name) if r["start"] == row["start"])


@pytest.mark.model
def test_mentions_are_corrected_and_marked(corrected):
    out = corrected["job"].outputs
    first = row_at(out, "mentions", corrected["persons"][0])
    assert (first["entity_id"], first["actor_id"], first["method"]) == (
        "somebody_else",
        "somebody_else",
        "override",
    )
    second = row_at(out, "mentions", corrected["persons"][1])
    assert (second["entity_id"], second["actor_id"]) == (corrected["persons"][1]["entity_id"], "")
    assert row_at(out, "mentions", corrected["city"])["label"] == "LOC"
    assert not [m for m in read_table(out, "mentions") if "russia" in (m["entity_id"], m["actor_id"])]
    entities = {e["entity_id"] for e in read_table(out, "entities")}
    assert "somebody_else" in entities and "russia" not in entities
    assert "russia" not in {e for r in read_table(out, "edges") for e in (r["source"], r["target"])}


@pytest.mark.model
def test_a_corrected_date_moves_its_sentence(corrected):
    out = corrected["job"].outputs
    date = row_at(out, "dates", corrected["date"])
    assert (date["value"], date["mod"], date["edtf"]) == ("1911-11", "APPROX", "1911-11~")
    assert (date["earliest"], date["latest"]) == ("1911-11-01", "1911-11-30")
    sentence = next(s for s in read_table(out, "sentences") if s["sentence_id"] == date["sentence_id"])
    assert sentence["earliest"] == "1911-11-01" and sentence["dated_by"] == "own"


@pytest.mark.model
def test_a_span_that_no_longer_holds_its_text_is_a_warning(corrected):
    (warning,) = [w for w in corrected["report"].warnings if "not what stands there" in w]
    assert "line 7" in warning and DOC in warning


@pytest.mark.model
def test_corrections_are_not_scored(corrected, seed_outputs):
    def support(outputs: Path, stage: str, metric: str) -> int:
        rows = read_table(outputs, "scores")
        return next(
            r["support"]
            for r in rows
            if (r["stage"], r["metric"], r["label"], r["doc_id"]) == (stage, metric, "", "")
        )

    out = corrected["job"].outputs
    assert support(out, "dates", "span_value") == support(seed_outputs, "dates", "span_value") - 1
    assert support(out, "mentions", "strict") < support(seed_outputs, "mentions", "strict")


@pytest.mark.model
def test_stage_by_stage_applies_them_alike(corrected, tmp_path):
    job = corrected["job"]
    again = Job(job.raw, tmp_path / "out", gold=job.gold, overrides=job.overrides)
    for run in (run_clean, run_annotate, run_link):
        run(again)
    made, whole = files(again.outputs), files(job.outputs)
    for name in (
        "sentences.csv",
        "dates.csv",
        "mentions.csv",
        "entities.csv",
        "glossary.csv",
        "documents.csv",
    ):
        assert made[name] == whole[name], name
