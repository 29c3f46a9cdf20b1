"""The engine: what is cached and when, several processes, lost workers, a cluster; always the same bytes."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
import re
import shutil
import signal
import time
import zlib
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from pipeline import cache, engine, workers
from pipeline.annotate.model import ModelError
from pipeline.bench.generate import make_corpus, write_corpus
from pipeline.bench.licences import RE_STRONG, licences
from pipeline.cache import PartStore, page_key
from pipeline.config import Config
from pipeline.job import Job, PageFailure, RunError
from pipeline.models import file_digests, model_folder, recorded_digests, verify_model
from pipeline.overrides import Override
from pipeline.records import Entity
from pipeline.results import MAGIC, Part, dump_part, is_whole, load_entities, load_part, rename_entities
from pipeline.stages import run_all
from tests.conftest import ROOT, files

pytestmark = pytest.mark.model
PAGES = [p.read_bytes().decode("utf8") for p in sorted((ROOT / "tests/data/pages").glob("*/*.txt"))]
OVERRIDE = Override(2, "page_00001", 0, 1, "x", "entity_id", "y")


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    """Twelve small pages, and their outputs made in one process without a cache."""
    folder = tmp_path_factory.mktemp("corpus")
    write_corpus(folder / "raw", PAGES, 12, chars=1500)
    run_all(Job(folder / "raw", folder / "plain"))
    return folder


def same(outputs: Path, corpus: Path) -> bool:
    return files(outputs) == files(corpus / "plain")


def test_stored_form_of_a_part_and_its_damage():
    entity = Entity("a", "A", "GPE", aliases=("x", "y;z"), is_actor=True)
    part = Part("page", "tëxt\n", {"mentions": "1,2\n"}, (entity,), {"a": 2}, ("careful",))
    data = dump_part(part)
    assert load_part(data) == part
    assert data == dump_part(part)
    for broken in (
        b"",
        data[:-1],
        data + b" ",
        data.replace(b"part 2", b"part 1"),
        data[:60] + b"?" + data[61:],
    ):
        assert not is_whole(broken)
        for load in (load_part, load_entities):
            with pytest.raises(ValueError):
                load(broken)
    assert load_entities(data) == ("page", (entity,))
    # Nothing but JSON inside: no code can hide in a cache entry.
    first = zlib.decompressobj()
    assert json.loads(first.decompress(data.partition(b"\n")[2]))[0] == "page"
    assert json.loads(zlib.decompress(first.unused_data))["text"] == "tëxt\n"


@pytest.mark.parametrize(
    "blocks",
    [(["page", [["a"]]], {}), (["page", [["a", "b", "c", 1]]], {}), (["page", []], {"doc_id": "page"})],
)
def test_a_part_of_another_shape_is_refused(blocks: tuple) -> None:
    body = b"".join(zlib.compress(json.dumps(block).encode()) for block in blocks)
    data = MAGIC + hashlib.sha256(body).hexdigest().encode() + b"\n" + body
    assert is_whole(data)
    with pytest.raises(ValueError):
        load_part(data)


def test_renamed_ids_in_a_part():
    mention = 'p,m1,s1,0,1,0,1,"a,\n""b",PERSON,old,old,link,1\n'
    part = Part("p", "", {"mentions": mention, "glossary": ""}, (), {"old": 1, "other": 2})
    renamed = rename_entities(part, {"old": "new"})
    assert renamed.tables["mentions"] == mention.replace(",old,old,", ",new,new,")
    assert renamed.mentions == {"new": 1, "other": 2}


def test_key_changes_with_all_that_a_page_depends_on_and_nothing_else(monkeypatch):
    config = Config()
    key = page_key("page_00001.txt", b"x", config, ())
    assert key == page_key("page_00001.txt", b"x", replace(config, seed=3, window="section", bootstrap=5), ())
    assert key == page_key("page_00001.txt", b"x", config, (replace(OVERRIDE, doc_id="page_00002"),))
    others = [
        page_key("page_00001.txt", b"y", config, ()),
        page_key("page_00002.txt", b"x", config, ()),
        page_key("page_00001.html", b"x", config, ()),
        page_key("page_00001.txt", b"x", replace(config, layout="plain"), ()),
        page_key("page_00001.txt", b"x", replace(config, weights="none"), ()),
        page_key("page_00001.txt", b"x", config, (OVERRIDE,)),
        page_key("page_00001.txt", b"x", config, (replace(OVERRIDE, doc_id=""),)),
    ]
    monkeypatch.setattr(cache, "code_digest", lambda: "another version")
    cache.run_digest.cache_clear()
    others.append(page_key("page_00001.txt", b"x", config, ()))
    cache.run_digest.cache_clear()
    assert len({key, *others}) == len(others) + 1


def test_unchanged_pages_are_not_done_again(corpus, tmp_path):
    job = Job(corpus / "raw", tmp_path / "out", cache=tmp_path / "cache")
    assert run_all(job).cached == 0
    assert same(job.outputs, corpus)
    assert run_all(job).cached == 12
    assert same(job.outputs, corpus)


def test_one_changed_page_is_done_alone_and_old_entries_go(corpus, tmp_path):
    raw = tmp_path / "raw"
    shutil.copytree(corpus / "raw", raw)
    job = Job(raw, tmp_path / "out", cache=tmp_path / "cache")
    run_all(job)
    (raw / "page_00003.txt").write_text("In 1951 Finland met Norway.")
    (raw / "page_00004.txt").unlink()
    assert run_all(job).cached == 10
    assert len(list((tmp_path / "cache").glob("??/*"))) == 11
    fresh = Job(raw, tmp_path / "fresh")
    run_all(fresh)
    assert files(job.outputs) == files(fresh.outputs)


@pytest.mark.parametrize("damage", [b"", b"garbage", None], ids=["empty", "garbage", "a byte"])
def test_damaged_entry_is_noticed_and_done_again(corpus, tmp_path, damage):
    job = Job(corpus / "raw", tmp_path / "out", cache=tmp_path / "cache")
    run_all(job)
    entry = sorted((tmp_path / "cache").glob("??/*"))[5]
    good = entry.read_bytes()
    entry.write_bytes(good[:500] + bytes([good[500] ^ 1]) + good[501:] if damage is None else damage)
    assert run_all(job).cached == 11
    assert entry.read_bytes() == good
    assert same(job.outputs, corpus)


def test_without_a_cache_nothing_is_left(corpus):
    assert sorted(p.name for p in (corpus / "plain").iterdir() if p.name.startswith(".")) == [".lock"]


def test_processes_do_not_change_a_byte(corpus, tmp_path):
    run_all(Job(corpus / "raw", tmp_path / "out", jobs=2))
    assert same(tmp_path / "out", corpus)


@dataclass(frozen=True)
class Trap:
    """In the place of a page's id in a correction: in a worker that comes to that page, it does harm."""

    page: str
    harm: str
    times: int
    log: Path

    def __eq__(self, other: object) -> bool:
        if multiprocessing.parent_process() is None or other != self.page:
            return False
        with self.log.open("a") as stream:
            stream.write("x")
        if self.log.stat().st_size <= self.times:
            if self.harm == "hang":
                time.sleep(600)
            os.kill(os.getpid(), signal.SIGKILL)
        return False

    __hash__ = None


def trapped_run(corpus: Path, tmp_path: Path, harm: str, times: int, timeout: float = 60.0):
    trap = Trap("page_00005", harm, times, tmp_path / "log")
    work = engine.Work(Config(), (replace(OVERRIDE, doc_id=trap),))
    job = Job(corpus / "raw", tmp_path / "out", jobs=2, timeout=timeout)
    store = PartStore(tmp_path / "cache")
    return list(engine.map_pages(sorted((corpus / "raw").iterdir()), work, store, job))


@pytest.mark.parametrize("harm", ["die", "hang"])
def test_a_lost_worker_costs_a_retry_of_its_page(corpus, tmp_path, monkeypatch, harm):
    monkeypatch.setattr(workers, "SECONDS_PER_BYTE", 0.0)
    outcomes = trapped_run(corpus, tmp_path, harm, 2, timeout=5.0 if harm == "hang" else 60.0)
    assert sorted(o.index for o in outcomes) == list(range(12))
    assert all(o.failure is None for o in outcomes)
    assert (tmp_path / "log").stat().st_size >= 3


def test_a_page_that_kills_its_worker_each_time_is_left_out(corpus, tmp_path):
    outcomes = trapped_run(corpus, tmp_path, "die", 99)
    failed = [o for o in outcomes if o.failure]
    assert [o.index for o in failed] == [5]
    assert "page_00005.txt" in str(failed[0].failure) and "SIGKILL" in str(failed[0].failure)
    assert "3 attempts" in str(failed[0].failure)
    assert (tmp_path / "log").stat().st_size == 3
    assert len(outcomes) == 12
    assert multiprocessing.active_children() == []


def test_workers_that_cannot_start_say_why(corpus, tmp_path):
    job = Job(corpus / "raw", tmp_path / "out", config=Config(model=str(tmp_path)), jobs=2)
    with pytest.raises((RunError, ModelError), match="model"):
        run_all(job)


@pytest.mark.slow
def test_a_dask_cluster_does_not_change_a_byte(corpus, tmp_path):
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs=50
    ) as cluster:
        run_all(Job(corpus / "raw", tmp_path / "out", dask=cluster.scheduler_address))
    assert same(tmp_path / "out", corpus)


def test_no_scheduler_there_is_a_clear_line(corpus, tmp_path, monkeypatch):
    pytest.importorskip("distributed")
    from pipeline import dasked

    monkeypatch.setattr(dasked, "CONNECT", 1)
    with pytest.raises(RunError, match="no Dask scheduler at tcp://127"):
        run_all(Job(corpus / "raw", tmp_path / "out", dask="tcp://127.0.0.1:9"))


def test_model_files_are_checked_before_loading(tmp_path):
    assert "en_core_web_md-3.7.1" in recorded_digests()
    verify_model("en_core_web_md")
    copy = tmp_path / "en_core_web_md-3.7.1"
    shutil.copytree(model_folder("en_core_web_md"), copy)
    verify_model(str(copy))
    file_digests.cache_clear()  # a process reads each file once
    with (copy / "ner" / "model").open("r+b") as stream:
        stream.write(b"?")
    with pytest.raises(ModelError, match=r"ner.model is not the released file"):
        verify_model(str(copy))
    with pytest.raises(ModelError, match="not the released file"):
        engine.Tools.load(Config(model=str(copy)))
    file_digests.cache_clear()


def test_no_dependency_has_a_licence_that_binds_what_we_ship():
    found = list(licences((ROOT / "requirements.lock").read_text("utf8")))
    assert len(found) > 50
    assert [name for name, _, text in found if all(map(RE_STRONG.search, re.split("; | OR ", text)))] == []
    for text, strong in (
        ("GPL-3.0-only", True),
        ("LGPL-2.1", False),
        ("GNU Affero General Public License v3", True),
    ):
        assert bool(RE_STRONG.search(text)) is strong


def test_generated_corpora_are_steady_and_varied():
    first, again = (list(make_corpus(PAGES, 6, seed=1, chars=2000)) for _ in range(2))
    assert first == again
    texts = [text for _name, text in first]
    assert len(set(texts)) == 6
    # The same page with other names: as many lines, other words.
    assert texts[0].count("\n") == texts[3].count("\n") and texts[0] != texts[3]


def test_failures_come_in_the_order_of_the_pages(tmp_path):
    raw = tmp_path / "raw"
    write_corpus(raw, PAGES, 6, chars=500)
    for name in ("page_00004", "page_00001"):
        (raw / f"{name}.txt").write_bytes(b"\xff")
    report = run_all(Job(raw, tmp_path / "out", jobs=2))
    assert [Path(f.path).stem for f in report.failures] == ["page_00001", "page_00004"]
    assert all(isinstance(f, PageFailure) for f in report.failures)
