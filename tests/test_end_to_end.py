"""All stages on real pages: same bytes on every way, every file readable by the programs it is meant for."""

from __future__ import annotations

import csv
import json
import os
import shutil
from pathlib import Path

import networkx as nx
import pytest

from pipeline import engine
from pipeline.config import Config
from pipeline.job import Job, RunError
from pipeline.stages import run_all, run_annotate, run_clean, run_graph, run_link, run_report, run_score
from pipeline.tables import TABLES, read_table
from tests.conftest import ROOT, SEED, files

pytestmark = pytest.mark.model
# Built, not committed: the one is large, the other holds times.
NOT_COMMITTED = ("report.html", "run.json")


def rows(outputs: Path, name: str) -> list[dict]:
    return read_table(outputs, name)


def test_committed_outputs_are_those_of_the_code(seed_outputs):
    made, committed = (files(f, without=NOT_COMMITTED) for f in (seed_outputs, ROOT / "outputs"))
    assert sorted(made) == sorted(committed)
    assert [name for name in made if made[name] != committed[name]] == []


def test_hash_seed_and_a_second_run_do_not_change_a_byte(wiki, seed_outputs, tmp_path):
    # Another seed than that of this process: an unordered set that reaches a file shows.
    args = ("all", "--raw", ROOT / "raw", "--gold", ROOT / "gold", "--outputs", tmp_path / "a")
    for hash_seed in ("1", "2"):
        done = wiki(*args, PYTHONHASHSEED=hash_seed)
        assert done.returncode == 0, done.stderr
        assert files(tmp_path / "a") == files(seed_outputs)


def test_stage_by_stage_gives_the_bytes_of_all(seed_outputs, tmp_path):
    job = Job(ROOT / "raw", tmp_path / "out", gold=ROOT / "gold")
    for run in (run_clean, run_annotate, run_link, run_graph, run_score, run_report):
        assert run(job).failures == []
    assert files(job.outputs) == files(seed_outputs)


def test_every_span_is_found_again_in_clean_and_raw_text(seed_outputs):
    clean = (seed_outputs / "clean" / f"{SEED.stem}.txt").read_bytes().decode("utf8")
    raw = SEED.read_bytes().decode("utf8")
    counted = 0
    for name in ("sentences", "names", "mentions", "dates"):
        for r in rows(seed_outputs, name):
            assert clean[r["start"] : r["end"]] == r["text"]
            assert raw[r["raw_start"]] == r["text"][0] and raw[r["raw_end"] - 1] == r["text"][-1]
            counted += 1
    assert counted > 1000
    for r in rows(seed_outputs, "glossary"):
        assert raw[r["raw_start"] : r["raw_end"]] == r["anchor"]
        assert raw[r["blurb_raw_start"] : r["blurb_raw_end"]] == r["blurb"]


def test_source_map_rebuilds_the_raw_page(seed_outputs):
    raw = SEED.read_bytes().decode("utf8")
    clean = (seed_outputs / "clean" / f"{SEED.stem}.txt").read_bytes().decode("utf8")
    segments = rows(seed_outputs, "segments")
    assert "".join(raw[s["raw_start"] : s["raw_end"]] for s in segments) == raw
    built = (
        json.loads(s["inserted"]) if s["rule"] == "insert" else clean[s["start"] : s["end"]] for s in segments
    )
    assert "".join(built) == clean


def test_edges_follow_from_mentions(seed_outputs):
    # Counted again by the plainest means.
    actors: dict[str, set[str]] = {}
    for m in rows(seed_outputs, "mentions"):
        if m["actor_id"]:
            actors.setdefault(m["sentence_id"], set()).add(m["actor_id"])
    pairs: dict[tuple[str, str], int] = {}
    for found in actors.values():
        for a in found:
            for b in found:
                if a < b:
                    pairs[a, b] = pairs.get((a, b), 0) + 1
    assert {(e["source"], e["target"]): e["weight"] for e in rows(seed_outputs, "edges")} == pairs


def test_counts_of_documents_are_those_of_the_tables(seed_outputs):
    (document,) = rows(seed_outputs, "documents")
    for column in ("mentions", "dates", "sentences"):
        assert document[column] == len(rows(seed_outputs, column))
    assert document["blurbs"] == len(rows(seed_outputs, "glossary"))
    assert document["sections"] == sum(s["kept"] for s in rows(seed_outputs, "sections"))


def test_network_files_are_read_back_by_networkx(seed_outputs):
    nodes = {r["actor_id"] for r in rows(seed_outputs, "actors")}
    edges = {frozenset((r["source"], r["target"])): r["weight"] for r in rows(seed_outputs, "edges")}
    graphs = (
        nx.read_graphml(seed_outputs / "graph.graphml"),
        nx.read_gexf(seed_outputs / "graph.gexf", version="1.3"),
        nx.node_link_graph(json.loads((seed_outputs / "graph.json").read_text("utf8"))),
    )
    for graph in graphs:
        assert set(graph.nodes) == nodes
        assert {frozenset(pair): graph.edges[pair]["weight"] for pair in graph.edges} == edges


def test_data_package_validates(seed_outputs, tmp_path):
    frictionless = pytest.importorskip("frictionless")
    package = json.loads((seed_outputs / "datapackage.json").read_text("utf8"))
    described = {r["path"] for r in package["resources"]}
    assert described == set(files(seed_outputs, without=("run.json", "report.html", "datapackage.json")))
    report = frictionless.validate(str(seed_outputs / "datapackage.json"), type="package")
    assert report.valid, report.flatten(["title", "note"])[:5]


def test_a_run_without_gold_leaves_no_scores(seed_outputs, tmp_path):
    outputs = tmp_path / "out"
    shutil.copytree(seed_outputs, outputs)
    assert (outputs / "scores.csv").exists()
    run_all(Job(ROOT / "raw", outputs))
    assert not any((outputs / name).exists() for name in ("scores.csv", "scores.json", "errors.csv"))


@pytest.fixture(scope="module")
def odd(tmp_path_factory):
    """A folder of pages with hostile names, a bad one among them, and its outputs."""
    raw = tmp_path_factory.mktemp("odd") / "ra w"
    raw.mkdir()
    text = "In May 1947 Albania signed a treaty with Yugoslavia. Tirana thanked Belgrade.\n"
    for name in (
        "plain",
        "two words",
        'it\'s "quoted"',
        "Ελλάδα",
        "new\nline",
        "..x",
        "-rf",
        "=1+1",
        "a,b;c",
    ):
        (raw / f"{name}.txt").write_text(text, encoding="utf8")
    (raw / "empty.txt").touch()
    (raw / "only space.txt").write_text(" \n\n\t\n")
    (raw / "latin.txt").write_bytes(b"caf\xe9 in Tirana")
    (raw / "wide.txt").write_bytes(text.encode("utf-16"))
    (raw / "folder.txt").mkdir()
    (raw / "dangling.txt").symlink_to(raw / "nowhere")
    os.mkfifo(raw / "pipe.txt")
    (raw / "notes.md").write_text("not a page")
    with (raw / "huge.txt").open("wb") as stream:
        stream.truncate(500_000_000)  # sparse: takes no space
    outputs = raw.parent / "out"
    return raw, outputs, run_all(Job(raw, outputs))


def test_bad_pages_are_reported_in_one_line_each_and_the_others_done(odd):
    _raw, outputs, report = odd
    reasons = {Path(f.path).name: f.reason for f in report.failures}
    assert set(reasons) == {"latin.txt", "wide.txt", "folder.txt", "dangling.txt", "pipe.txt", "huge.txt"}
    assert "byte 3" in reasons["latin.txt"]
    assert "UTF-16" in reasons["wide.txt"]
    assert "folder" in reasons["folder.txt"]
    assert "No such file" in reasons["dangling.txt"]
    assert "not a regular file" in reasons["pipe.txt"]
    assert "500 MB" in reasons["huge.txt"]
    assert all("\n" not in str(f) for f in report.failures)
    assert {r["doc_id"] for r in rows(outputs, "documents")} >= {
        "plain",
        "empty",
        "only space",
        "Ελλάδα",
        "new\nline",
    }


def test_pages_of_any_name_give_the_same_tables(odd):
    _raw, outputs, _report = odd
    plain = [m["text"] for m in rows(outputs, "mentions") if m["doc_id"] == "plain"]
    assert "Albania" in plain and "Yugoslavia" in plain
    for name in ("two words", 'it\'s "quoted"', "Ελλάδα", "new\nline", "-rf", "=1+1", "a,b;c"):
        assert [m["text"] for m in rows(outputs, "mentions") if m["doc_id"] == name] == plain
        assert (outputs / "clean" / f"{name}.txt").exists()
    # Nothing was written outside the folder.
    assert {p.name for p in outputs.parent.iterdir()} == {"ra w", "out"}


def test_plain_text_is_kept_as_it_is(odd):
    raw, outputs, _report = odd
    assert (outputs / "clean" / "plain.txt").read_bytes() == (raw / "plain.txt").read_bytes().rstrip(
        b"\n"
    ) + b"\n"


def test_when_no_page_can_be_done_nothing_is_overwritten(tmp_path):
    raw, outputs = tmp_path / "raw", tmp_path / "out"
    raw.mkdir()
    (raw / "a.txt").write_text("Albania left the Warsaw Pact in 1968.")
    run_all(Job(raw, outputs))
    before = files(outputs)
    (raw / "a.txt").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(RunError, match="no page could be done"):
        run_all(Job(raw, outputs))
    assert files(outputs) == before


def test_copies_for_spreadsheets_run_nothing_and_leave_the_tables_exact(tmp_path):
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / "=1+1.txt").write_text("=HYPERLINK(1) Albania met Italy in 480 BC.\n\n@SUM Greece slept.\n")
    run_all(Job(raw, tmp_path / "plain"))
    run_all(Job(raw, tmp_path / "out", spreadsheet_safe=True))
    plain, safe = files(tmp_path / "plain"), files(tmp_path / "out")
    assert {n: c for n, c in safe.items() if n in plain and n != "datapackage.json"} == {
        n: c for n, c in plain.items() if n != "datapackage.json"
    }
    for name in ("sentences.csv", "documents.csv", "edges.csv"):
        content = safe[f"spreadsheet/{name}"].decode("utf-8-sig")
        for row in list(csv.reader(content.splitlines()))[1:]:
            assert all(not cell or cell[0] not in "=+-@" or float(cell) <= 0 for cell in row), row
    assert "'=1+1" in safe["spreadsheet/documents.csv"].decode("utf8")
    run_all(Job(raw, tmp_path / "out"))
    assert files(tmp_path / "out") == plain


def test_a_page_that_was_removed_leaves_nothing_behind(tmp_path):
    raw, outputs = tmp_path / "raw", tmp_path / "out"
    raw.mkdir()
    for name in ("a", "b"):
        (raw / f"{name}.txt").write_text("Albania left the Warsaw Pact in 1968.")
    run_all(Job(raw, outputs))
    (raw / "b.txt").unlink()
    run_all(Job(raw, outputs))
    again = tmp_path / "again"
    run_all(Job(raw, again))
    assert files(outputs) == files(again)


def test_a_failing_page_function_is_told_and_does_not_stop_the_run(tmp_path, monkeypatch):
    raw = tmp_path / "raw"
    raw.mkdir()
    for name in ("a", "b", "c"):
        (raw / f"{name}.txt").write_text(f"Albania met {name.upper()}.")

    def link(page, *args):
        if page.doc_id == "b":
            raise KeyError("no such thing\nat all")
        return engine_link(page, *args)

    engine_link = engine.link_page
    monkeypatch.setattr(engine, "link_page", link)
    report = run_all(Job(raw, tmp_path / "out"))
    (failure,) = report.failures
    assert str(failure).startswith(f"{raw / 'b.txt'}: internal error: KeyError") and "\n" not in str(failure)
    assert "Traceback" in failure.trace
    assert [r["doc_id"] for r in rows(tmp_path / "out", "documents")] == ["a", "c"]


def test_two_pages_join_into_one_network(tmp_path):
    raw = tmp_path / "raw"
    raw.mkdir()
    shutil.copy(SEED, raw)
    shutil.copy(ROOT / "tests/data/pages/infolist/finland_soviet_union_relations.txt", raw)
    run_all(Job(raw, tmp_path / "out"))
    shared = {r["actor_id"]: r["documents"] for r in rows(tmp_path / "out", "actors")}
    assert shared["soviet_union"] == 2 and shared["albania"] == 1
    assert nx.is_connected(
        nx.read_graphml(tmp_path / "out" / "graph.graphml").subgraph(["albania", "soviet_union", "finland"])
    )


def test_settings_change_what_they_say(tmp_path):
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / "a.txt").write_text("Albania grew in 1920. Italy watched.\nGreece slept in 1951.\n")
    run_all(Job(raw, tmp_path / "s", config=Config(slice="decade")))
    assert rows(tmp_path / "s", "edges") == []
    run_all(Job(raw, tmp_path / "p", config=Config(window="paragraph")))
    assert [(e["source"], e["target"]) for e in rows(tmp_path / "p", "edges")] == [("albania", "italy")]
    assert (tmp_path / "s" / "edges_by_period.csv").exists() and not (
        tmp_path / "p" / "edges_by_period.csv"
    ).exists()


def test_every_table_of_the_contract_is_written(seed_outputs):
    optional = {"edges_by_period.csv", "reconciliation.csv"}
    assert {t.filename for t in TABLES.values()} - optional <= {p.name for p in seed_outputs.iterdir()}
    with (seed_outputs / "gephi_nodes.csv").open(newline="", encoding="utf8") as stream:
        assert next(csv.reader(stream))[:2] == ["Id", "Label"]


def test_parquet_gives_the_same_tables_by_every_way(tmp_path):
    pyarrow = pytest.importorskip("pyarrow")
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / "a.txt").write_text("Albania grew in 1920. Italy and Greece watched in 480 BC.\n")
    (raw / "b.txt").write_text("In May 1947 Albania signed a treaty with Yugoslavia.\n")
    plain, out, steps = (tmp_path / name for name in ("plain", "out", "steps"))
    run_all(Job(raw, plain))
    job = Job(raw, out, config=Config(format="parquet"))
    run_all(job)
    names = [name for name in TABLES if (plain / f"{name}.csv").exists()]
    assert len(names) > 10
    for name in names:
        assert not (out / f"{name}.csv").exists()
        assert rows(out, name) == rows(plain, name), name
    assert pyarrow.parquet.read_table(out / "mentions.parquet").column("start").type == "int64"
    package = json.loads((out / "datapackage.json").read_text("utf8"))
    described = {r["path"]: r for r in package["resources"]}
    assert described["edges.parquet"]["mediatype"] == "application/vnd.apache.parquet"
    fields = described["edges.parquet"]["schema"]["fields"]
    assert [f["name"] for f in fields] == TABLES["edges"].column_names
    frictionless = pytest.importorskip("frictionless")
    report = frictionless.validate(str(out / "datapackage.json"), type="package")
    assert report.valid, report.flatten(["title", "note"])[:5]
    assert files(out, without=("run.json", "report.html")).keys() == described.keys() | {"datapackage.json"}
    # Stage by stage the same bytes, and back to CSV without a trace.
    steady = Job(raw, steps, config=job.config)
    for run in (run_clean, run_annotate, run_link, run_graph, run_report):
        assert run(steady).failures == []
    assert files(steps) == files(out)
    run_all(Job(raw, out))
    assert files(out) == files(plain)
