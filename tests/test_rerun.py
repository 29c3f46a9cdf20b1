"""What has not changed is not done again; whatever has, is."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline import finished
from pipeline.config import Config
from pipeline.job import Job, PageFailure, Report
from pipeline.run import run_all
from tests.conftest import ROOT, files

pytestmark = pytest.mark.model
LABEL = "T{0}\tGPE {1} {2}\t{3}\nN{0}\tReference T{0} entity:{4}\t{3}\nN{0}0\tReference T{0} actor:{4}\t{3}\n"
TEXTS = {
    "a": "In May 1947 Albania signed a treaty with Yugoslavia. Tirana thanked Belgrade.\n",
    "b": "In 1951 Finland met Norway.\n",
    "c": "Greece and Italy went to war in 1940.\n",
}


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Raw pages, a gold set with labels for one, and a run of them; tests work on copies."""
    folder = tmp_path_factory.mktemp("rerun")
    (folder / "raw").mkdir()
    (folder / "gold").mkdir()
    for name, text in TEXTS.items():
        (folder / "raw" / f"{name}.txt").write_text(text)
    (folder / "gold" / "b.txt").write_text(TEXTS["b"])
    (folder / "gold" / "b.ann").write_text(LABEL.format(1, 8, 15, "Finland", "finland"))
    (folder / "gold" / "b.links.csv").write_text("anchor,raw_start,raw_end,blurb_start,blurb_end,body\n")
    run_all(job_in(folder))
    return folder


def job_in(folder: Path, **options: object) -> Job:
    outputs = folder / "out"
    return Job(folder / "raw", outputs, gold=folder / "gold", cache=outputs / ".cache", **options)


@pytest.fixture
def copy(done: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of `done` anew, entered, so that relative names are the same ones each time."""
    shutil.copytree(done, tmp_path / "copy")
    run_all(job_in(tmp_path / "copy"))  # the paths are part of what is remembered
    return tmp_path / "copy"


def test_an_unchanged_run_writes_run_json_alone(copy: Path) -> None:
    out = copy / "out"
    before = {p: p.stat().st_mtime_ns for p in out.rglob("*") if p.is_file() and p.name != ".lock"}
    told = json.loads((out / "run.json").read_text("utf8"))
    report = run_all(job_in(copy))
    assert (report.unchanged, report.cached, report.failures) == (True, 3, [])
    assert {p for p, t in before.items() if p.stat().st_mtime_ns != t} == {out / "run.json"}
    again = json.loads((out / "run.json").read_text("utf8"))
    assert again["unchanged"] is True and list(again) == list(told)
    own = ("cached", "unchanged", "seconds")
    assert {k: v for k, v in again.items() if k not in own} == {k: v for k, v in told.items() if k not in own}


def test_an_unchanged_run_imports_neither_spacy_nor_pandas_nor_networkx(copy: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from pipeline.job import Job; from pipeline.run import run_all;"
        "f = Path(sys.argv[1]);"
        "r = run_all(Job(f / 'raw', f / 'out', gold=f / 'gold', cache=f / 'out' / '.cache'));"
        "print(r.unchanged, sorted({'spacy', 'pandas', 'networkx', 'matplotlib', 'numpy'} & set(sys.modules)))"
    )
    command = [sys.executable, "-c", code, str(copy)]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert said == "True []\n"


def spoil(folder: Path) -> None:
    (folder / "out" / "edges.csv").unlink()


def edit(folder: Path) -> None:
    path = folder / "out" / "mentions.csv"
    path.write_text(path.read_text("utf8").replace("Albania", "Albanie"), "utf8")


def clip(folder: Path) -> None:
    path = folder / "out" / "report.html"
    path.write_bytes(path.read_bytes()[:-1])


def add(folder: Path) -> None:
    (folder / "out" / "clean" / "d.txt").write_text("left by nobody")


def damage(folder: Path) -> None:
    next((folder / "out" / ".cache").glob("??/*")).write_bytes(b"x")


def forget(folder: Path) -> None:
    (folder / "out" / ".cache" / finished.RECORD).write_text("{")


@pytest.mark.parametrize("harm", [spoil, edit, clip, add, damage, forget])
def test_a_file_that_is_not_as_it_was_is_noticed_and_mended(copy: Path, harm) -> None:
    expected = files(copy / "out")
    harm(copy)
    assert not run_all(job_in(copy)).unchanged
    assert files(copy / "out") == expected
    assert run_all(job_in(copy)).unchanged


def test_a_changed_input_is_noticed(copy: Path) -> None:
    def again(**options: object) -> tuple[bool, int]:
        report = run_all(job_in(copy, **options))
        return report.unchanged, report.cached

    assert again() == (True, 3)
    assert again(config=Config(seed=1)) == (False, 3)
    assert again(config=Config(seed=1)) == (True, 3)
    assert again(spreadsheet_safe=True) == (False, 3)
    with (copy / "gold" / "b.ann").open("a") as stream:
        stream.write(LABEL.format(2, 20, 26, "Norway", "norway"))
    assert again() == (False, 3)
    (copy / "gold" / "overrides.csv").write_text("doc_id,start,end,text,field,value,note\n")
    assert again() == (False, 3)
    (copy / "raw" / "b.txt").write_text(TEXTS["b"] + "Sweden watched.\n")
    assert again() == (False, 2)
    (copy / "raw" / "a.txt").unlink()
    assert again() == (False, 2)
    assert again() == (True, 2)
    report = run_all(replace(job_in(copy), gold=None))
    assert not report.unchanged and not (copy / "out" / "scores.csv").exists()


def test_other_code_or_libraries_are_noticed(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key = finished.inputs_key(job_in(copy))
    monkeypatch.setattr(finished, "distributions", list)
    assert finished.inputs_key(job_in(copy)) != key
    monkeypatch.undo()
    monkeypatch.setattr(finished, "PACKAGE", copy / "gold")
    assert finished.inputs_key(job_in(copy)) != key


def test_failures_and_warnings_are_told_again(copy: Path) -> None:
    (copy / "raw" / "bad.txt").write_bytes(b"\xff")
    corrections = "doc_id,start,end,text,field,value,note\nb,0,3,not there,label,GPE,\n"
    (copy / "gold" / "overrides.csv").write_text(corrections)
    first = run_all(job_in(copy))
    second = run_all(job_in(copy))
    assert (first.unchanged, second.unchanged) == (False, True)
    assert len(first.failures) == 1 and second.failures == first.failures
    assert len(first.warnings) == 1 and second.warnings == first.warnings


def test_a_page_that_may_be_done_the_next_time_is_tried_again(tmp_path: Path) -> None:
    record = finished.Record("", tmp_path, [], {}, {})
    report = Report(failures=[PageFailure("a.txt", "no answer", passing=True)])
    finished.remember(tmp_path, record, report)
    assert not (tmp_path / finished.RECORD).exists()
