"""Reconciliation: questions, answers in any shape, a service that misbehaves, the cache, the command."""

from __future__ import annotations

import ast
import csv
import json
import signal
import socket
import subprocess
import sys
import time
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from urllib.request import Request

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.codebook import codebook
from pipeline.reconcile import ServiceError, check_service, reconcile_entities
from pipeline.reconcile.answer import AnswerError, parse_batch, parse_manifest, parse_result
from pipeline.reconcile.ask import GIVE_UP
from pipeline.reconcile.client import MAX_WAIT, Client, _Redirects, retry_after
from pipeline.reconcile.command import reconcile
from pipeline.reconcile.query import WIKIDATA_TYPES, build_query, canonical, without_type
from pipeline.tables import LABELS, TABLES, format_table, read_table, write_table
from tests import reconcile_server as server
from tests.conftest import ROOT, heed_interrupts
from tests.reconcile_server import MANIFEST, Service, running


def entity(entity_id: str, name: str, type: str = "PERSON", **more: str) -> dict:
    row = {column: "" for column in TABLES["entities"].column_names}
    return row | {"entity_id": entity_id, "name": name, "type": type, "aliases": ()} | {
        "mentions": 1, "documents": 1, "is_actor": True, **more,
    }  # fmt: skip


HOXHA = entity("enver_hoxha", "Enver Hoxha", valid_from="1908-10-16", valid_to="1985-04-11")
NATO = entity("nato", "NATO", "ORG", valid_from="1949-04-04")
BALKANS = entity("balkans", "Balkans", "LOC")
UKRAINE = entity("free_ukraine", "Free Ukraine", "ORG")
NOBODY = entity("arben_gazioni", "Arben Gazioni")
KNOWN = entity("albania", "Albania", "GPE", wikidata_id="Q222")
ROWS = [NATO, KNOWN, HOXHA, BALKANS]


@pytest.fixture
def service(monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with running() as found:
        yield found


class Time:
    """A clock that stands still but for the sleeps."""

    def __init__(self) -> None:
        self.now, self.sleeps = 0.0, []

    def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        self.now += seconds

    def clock(self) -> float:
        return self.now


def ask(
    service: Service | str, rows=ROWS, cache: Path | None = None, *, clock: Time | None = None, **options
):
    url = service if isinstance(service, str) else service.url
    clock = clock or Time()
    names = ("delay", "timeout", "retries")
    chosen = {"delay": 0.0, "timeout": 5.0, "retries": 2} | {k: options.pop(k) for k in names if k in options}
    client = Client(url, **chosen, sleep=clock.sleep, clock=clock.clock)
    return reconcile_entities(rows, service=url, cache_dir=cache, client=client, **options)


def found(done) -> list[tuple[str, str]]:
    return [(row["entity_id"], row["candidate_id"]) for row in done.rows]


ALL = [("balkans", "Q23522"), ("balkans", "Q1"), ("enver_hoxha", "Q35905"), ("enver_hoxha", "Q1"),
       ("nato", "Q7184"), ("nato", "Q1")]  # fmt: skip


# -- questions


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (
            HOXHA,
            {
                "type": ["Q5"],
                "properties": [{"pid": "P569@year", "v": "1908"}, {"pid": "P570@year", "v": "1985"}],
            },
        ),
        (
            entity("x", "X", valid_to="1971"),
            {"type": ["Q5"], "properties": [{"pid": "P570@year", "v": "1971"}]},
        ),
        (
            entity("x", "X", valid_from="0079-01"),
            {"type": ["Q5"], "properties": [{"pid": "P569@year", "v": "79"}]},
        ),
        (entity("x", "X", valid_from="-0479", valid_to="0000"), {"type": ["Q5"]}),
        (NATO, {"type": ["Q43229"]}),
        (BALKANS, {}),
    ],
)
def test_query_has_type_and_years_of_life(row, expected):
    assert build_query(row, limit=5, wikidata=True) == {"query": row["name"], "limit": 5} | expected
    assert build_query(row, limit=5, wikidata=False) == {"query": row["name"], "limit": 5}


def test_types_are_of_labels_and_queries_are_canonical():
    assert set(WIKIDATA_TYPES) <= set(LABELS)
    query = build_query(HOXHA, limit=3, wikidata=True)
    assert canonical(query) == canonical(dict(reversed(query.items())))
    assert json.loads(canonical(query)) == query
    assert without_type(query) == {k: v for k, v in query.items() if k != "type"} and "type" in query


# -- answers

ITEM = {"id": "Q1", "name": "One", "score": 50}


@pytest.mark.parametrize(
    ("change", "attribute", "expected"),
    [
        ({}, "match", False),
        ({"match": "true"}, "match", False),
        ({"match": True}, "match", True),
        ({"score": None}, "score", None),
        ({"score": True}, "score", None),
        ({"score": "80"}, "score", None),
        ({"score": float("nan")}, "score", None),
        ({"score": 10**400}, "score", None),
        ({"score": 99.5}, "score", 99.5),
        ({"name": None}, "name", ""),
        ({"name": " A\nB\tC\x00 "}, "name", "A B C"),
        ({"name": "half \ud83d pair"}, "name", "half pair"),
        (
            {"type": [{"id": "Q5", "name": "human"}, "Q6", {"id": "Q7"}, 8, {}]},
            "types",
            ("human", "Q6", "Q7"),
        ),
        ({"type": "Q5"}, "types", ()),
        ({"description": ["x"]}, "description", ""),
    ],
)
def test_a_candidate_is_read_with_care(change, attribute, expected):
    (candidate,) = parse_result({"result": [ITEM | change]})
    assert getattr(candidate, attribute) == expected


@pytest.mark.parametrize(
    "raw",
    [None, [], "no", {}, {"result": None}, {"result": {}}, {"result": [7]}, {"result": [{"name": "x", "score": 1}]},
     {"result": [ITEM, {"id": 5, "name": "x"}]}, {"result": [{"id": " ", "name": "x"}]}],
    ids=str,
)  # fmt: skip
def test_a_result_of_the_wrong_shape_is_an_error(raw):
    with pytest.raises(AnswerError):
        parse_result(raw)


def test_best_score_first_each_id_once_no_score_last():
    items = [
        {"id": i, "name": i, "score": s} for i, s in [("a", None), ("b", 3), ("c", 9), ("b", 99), ("d", 9)]
    ]
    assert [c.id for c in parse_result({"result": items})] == ["c", "d", "b", "a"]


def test_one_bad_answer_of_a_batch_leaves_the_others():
    parsed = parse_batch({"q0": {"result": [ITEM]}, "q1": {"oops": 1}, "q9": 3}, ["q0", "q1", "q2"])
    assert [c.id for c in parsed["q0"]] == ["Q1"]
    assert isinstance(parsed["q1"], AnswerError) and isinstance(parsed["q2"], AnswerError)


@pytest.mark.parametrize(
    "raw",
    [None, [MANIFEST], "x", {}, MANIFEST | {"name": 3}, MANIFEST | {"versions": ["0.3-alpha"]},
     MANIFEST | {"versions": 2}],
    ids=str,
)  # fmt: skip
def test_what_is_no_manifest(raw):
    with pytest.raises(AnswerError):
        parse_manifest(raw)


def test_manifest_of_other_services():
    assert parse_manifest(MANIFEST).is_wikidata
    old = parse_manifest(
        {"name": "Old", "identifierSpace": "http://viaf.org/viaf/", "view": {"url": "javascript:{{id}}"}}
    )
    assert not old.is_wikidata and old.view == ""
    assert not parse_manifest(
        MANIFEST | {"identifierSpace": "http://evil.org/www.wikidata.org/entity/"}
    ).is_wikidata


KEYS = st.sampled_from(["q0", "result", "id", "name", "score", "type", "match"]) | st.text()
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(JSON)
def test_any_json_gives_candidates_or_an_error_of_one_line(raw):
    for read in (parse_manifest, parse_result, lambda r: parse_batch(r, ["q0", "q1"])):
        try:
            answer = read(raw)
        except AnswerError as error:
            assert len(str(error).splitlines()) == 1
        else:
            str(answer).encode("utf8")


# -- addresses


@pytest.mark.parametrize(
    "url",
    ["", "wikidata", "ftp://x.org/api", "file:///etc/passwd", "http://", "https:///api", "http://u:p@x.org/", "data:,x",
     "http://x.org:port/", "http://x.org/a b", "http://x.org/\n", "http://x.org/#top", "http://x.örg/", "http://[::1/"],
)  # fmt: skip
def test_only_plain_web_addresses_are_asked(url):
    with pytest.raises(ServiceError, match="http"):
        check_service(url)
    with pytest.raises(ServiceError):
        Client(url)


def test_plain_web_addresses_are_taken():
    for url in (
        "https://wikidata.reconci.link/en/api",
        "http://127.0.0.1:8000/api?lang=en",
        "http://[::1]:80/",
    ):
        assert check_service(url) == url


# -- a service that behaves


def test_candidates_of_those_without_an_id(service):
    done = ask(service)
    assert found(done) == ALL and not done.failures
    assert service.gets == ["/en/api"] and service.asked == ["Balkans", "Enver Hoxha", "NATO"]
    row = done.rows[2]
    assert list(row) == TABLES["reconciliation"].column_names
    assert row == {
        "entity_id": "enver_hoxha", "name": "Enver Hoxha", "type": "PERSON", "candidate_id": "Q35905",
        "candidate_name": "Enver Hoxha", "candidate_types": ("human",), "score": 100.0, "match": True,
        "query": canonical(build_query(HOXHA, limit=5, wikidata=True)), "candidate_description": "known",
        "candidate_url": "https://www.wikidata.org/wiki/Q35905",
    }  # fmt: skip
    assert {agent.partition("/")[0] for agent in service.agents} == {"wiki-relations"}


def test_no_entity_without_an_id_no_request(service):
    assert ask(service, [KNOWN]).rows == [] and service.requests == 0


def test_same_rows_whatever_the_batches_and_the_order(service, tmp_path):
    tables = [
        format_table(TABLES["reconciliation"], ask(service, rows, batch_size=size).rows)
        for size, rows in [(1, ROWS), (2, ROWS[::-1]), (50, ROWS)]
    ]
    assert len(set(tables)) == 1
    assert [len(batch) for batch in service.batches] == [1, 1, 1, 2, 1, 3]


def test_none_of_the_type_is_asked_again_without_it(service):
    done = ask(service, [UKRAINE, NOBODY, NATO])
    assert [batch["q0"].get("type") for batch in service.batches] == [["Q5"], None]
    assert service.asked == ["Arben Gazioni", "Free Ukraine", "NATO", "Arben Gazioni", "Free Ukraine"]
    assert found(done) == [
        ("free_ukraine", "Q999"),
        ("free_ukraine", "Q1"),
        ("nato", "Q7184"),
        ("nato", "Q1"),
    ]
    assert "type" not in json.loads(done.rows[0]["query"]) and "type" in json.loads(done.rows[2]["query"])


def test_another_service_gets_no_types_of_wikidata(service):
    service.plan(server.body(MANIFEST | {"identifierSpace": "https://d-nb.info/gnd/"}), kind="manifest")
    ask(service)
    assert all(set(query) == {"query", "limit"} for query in service.batches[0].values())


def test_two_entities_of_one_name_share_a_question(service):
    twins = [NATO, NATO | {"entity_id": "nato_2"}]
    assert found(ask(service, twins, batch_size=1))[::2] == [("nato", "Q7184"), ("nato_2", "Q7184")]
    assert service.asked == ["NATO"]


def test_names_of_any_script_and_sign_arrive(service):
    names = ["Олта Джачка", "A&B=C+D %41 #;", '"quoted" \\ back', "𐌰 😀", "a\nb"]
    ask(service, [entity(f"e{n}", name, "LOC") for n, name in enumerate(names)])
    assert service.asked == names


def test_requests_are_paced(service):
    clock = Time()
    ask(service, batch_size=1, delay=1.5, clock=clock)
    assert clock.sleeps == [1.5, 1.5, 1.5]


def test_progress_ends_at_the_total(service):
    seen = []
    ask(service, [UKRAINE, NATO, HOXHA], batch_size=2, progress=lambda *news: seen.append(news))
    assert seen == [("reconcile", 2, 3), ("reconcile", 3, 3), ("reconcile, any type", 1, 1)]


# -- a service that does not


@pytest.mark.parametrize(
    ("reply", "sleeps"),
    [
        (server.status(429, Retry_After="7"), [7.0]),
        (server.status(429), [1.0]),
        (server.status(503, Retry_After="soon"), [1.0]),
        (server.status(500), [1.0]),
        (server.status(502), [1.0]),
        (server.status(504), [1.0]),
        (server.hang_up, [1.0]),
        (server.body(b'{"q0":', Content_Length="500", Connection="close"), [1.0]),
    ],
    ids=["429 after", "429", "503 unreadable", "500", "502", "504", "hang up", "cut"],
)
@pytest.mark.parametrize("kind", ["batch", "manifest"])
def test_what_may_pass_is_tried_again(service, reply, sleeps, kind):
    clock = Time()
    service.plan(reply, kind=kind)
    done = ask(service, clock=clock)
    assert found(done) == ALL and not done.failures and clock.sleeps == sleeps


def test_waits_double_and_end(service):
    clock = Time()
    service.plan(*[server.status(500)] * 4)
    done = ask(service, retries=3, clock=clock)
    assert clock.sleeps == [1.0, 2.0, 4.0] and done.rows == []
    (failure,) = done.failures
    assert str(failure) == "balkans and 2 more: HTTP 500 Internal Server Error (4 tries)"


def test_a_wait_before_a_further_try_is_also_the_pause(service):
    clock = Time()
    service.plan(server.status(500), server.status(429, Retry_After="0"))
    ask(service, delay=1.5, clock=clock)
    # the pause; a wait of 1 s and the rest of the pause; no wait asked for, the pause; then it answers
    assert clock.sleeps == [1.5, 1.0, 0.5, 0.0, 1.5]


def test_an_answer_without_end_is_left(service, monkeypatch):
    monkeypatch.setattr("pipeline.reconcile.client.MAX_BYTES", 2**20)
    service.plan(server.body(b" " * 2**21))
    (failure,) = ask(service).failures
    assert "answer of more than 1 MB" in str(failure)


def test_a_service_that_asks_for_too_long_a_wait_is_left(service):
    clock = Time()
    service.plan(server.status(429, Retry_After=str(int(MAX_WAIT) + 1)))
    (failure,) = ask(service, clock=clock).failures
    assert "HTTP 429 Too Many Requests, asks to wait 301 s (1 try)" in str(failure) and clock.sleeps == []


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("120", 120.0), (" 0 ", 0.0), ("Sun, 06 Nov 1994 08:50:37 GMT", 60.0), ("Sun, 06 Nov 1994 08:00:00 GMT", 0.0),
        ("Sunday, 06-Nov-94 08:50:37 GMT", 60.0), ("-5", None), ("1.5", None), ("", None), (None, None), ("٣", None),
        ("Sun, 99 Nov 1994 08:50:37 GMT", None),
    ],
)  # fmt: skip
def test_retry_after_in_seconds_or_as_a_date(value, expected):
    assert retry_after(value, datetime(1994, 11, 6, 8, 49, 37, tzinfo=UTC)) == expected


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (server.body(b"<html>\nlog in</html>"), "no JSON: <html> log in"),
        (server.body(b"\xff\xfe\x00"), "no JSON"),
        (server.body(b"[" * 100_000), "no JSON"),
        (server.body(b""), "no JSON: nothing"),
        (server.body([1, 2]), "unexpected answer: [1, 2]"),
        (server.body({}), "unexpected answer: {}"),
        (
            server.body({"status": "error", "message": "invalid query", "details": "x\ny"}),
            "invalid query: x y",
        ),
        (server.status(400), "HTTP 400 Bad Request"),
        (server.status(404), "HTTP 404 Not Found"),
        (server.status(302, Location="file:///etc/passwd"), "302"),
        (server.status(307, Location="ftp://127.0.0.1/x"), "ftp"),
        (server.status(307, Location="/en/api"), None),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_will_not_pass_is_told_at_once(service, reply, words):
    clock = Time()
    service.plan(reply)
    done = ask(service, clock=clock)
    if words is None:  # the negative: a redirect that is followed
        assert found(done) == ALL
        return
    (failure,) = done.failures
    assert words in str(failure) and len(str(failure).splitlines()) == 1 and clock.sleeps == []
    assert failure.entity_ids == ("balkans", "enver_hoxha", "nato")


@pytest.mark.parametrize(
    ("content", "words"),
    [(None, "no result for it"), ({"result": [{"name": "x"}]}, "without an id"), ({"result": 3}, "no result"),
     (7, "no result")],
)  # fmt: skip
def test_one_wrong_answer_of_a_batch_is_that_entity_alone(service, content, words, tmp_path):
    service.plan(server.first(content))
    done = ask(service, cache=tmp_path)
    assert [f.entity_ids for f in done.failures] == [("balkans",)] and words in str(done.failures[0])
    assert found(done) == ALL[2:]
    assert found(ask(service, cache=tmp_path)) == ALL  # a failure is not kept


@pytest.mark.parametrize("code", [301, 302, 307, 308])
def test_a_redirect_keeps_the_questions(service, code):
    service.plan(server.status(code, Location="/moved"), kind="manifest")
    service.plan(server.status(code, Location=service.url.replace("/en/", "/de/")))
    assert found(ask(service)) == ALL
    assert service.gets == ["/en/api", "/moved"] and service.batches[0] == service.batches[1]


def test_redirects_in_a_ring_end(service):
    service.plan(*[server.status(307, Location=f"/r{n % 2}") for n in range(30)])
    done = ask(service, [NATO])
    assert len(done.failures) == 1 and len(service.batches) < 10


@pytest.mark.parametrize("reply", [server.slow(1.2), server.trickle], ids=["silent", "trickle"])
def test_a_slow_answer_is_left_and_tried_again(service, reply):
    service.plan(reply)
    client = Client(service.url, delay=0, timeout=0.4, retries=1, sleep=lambda seconds: None)
    begun = time.monotonic()
    done = reconcile_entities(ROWS, service=service.url, cache_dir=None, client=client)
    assert found(done) == ALL and time.monotonic() - begun < 1.1
    service.plan(reply, reply)
    (failure,) = reconcile_entities(ROWS, service=service.url, cache_dir=None, client=client).failures
    assert "no answer within 0.4 s (2 tries)" in str(failure)


def test_nobody_there():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/"
    clock = Time()
    with pytest.raises(ServiceError) as caught:
        ask(url, clock=clock)
    assert str(caught.value) == f"{url}: Connection refused (3 tries)" and clock.sleeps == [1.0, 2.0]


def test_a_manifest_that_is_none_ends_it(service):
    for reply in (
        server.body(b"<html>"),
        server.body([]),
        server.body(MANIFEST | {"versions": ["3.0"]}),
        server.status(404),
    ):
        service.plan(reply, kind="manifest")
        with pytest.raises(ServiceError, match=service.url):
            ask(service)
    assert service.batches == []


def test_a_service_that_went_away_is_not_asked_for_ever(service):
    rows = [entity(f"e{n:02}", f"Name {n}", "LOC") for n in range(30)]
    service.plan(*[server.status(400)] * 30)
    done = ask(service, rows, batch_size=2)
    assert len(service.batches) == GIVE_UP and len(done.failures) == GIVE_UP + 1
    assert len(done.failures[-1].entity_ids) == 30 - 2 * GIVE_UP and "not asked" in str(done.failures[-1])
    assert done.cached == 0


def test_failures_with_answers_between_do_not_end_it(service):
    rows = [entity(f"e{n:02}", f"Name {n}", "LOC") for n in range(12)]
    service.plan(*[server.status(400), server.status(400), server.results] * 4)
    done = ask(service, rows, batch_size=1)
    assert len(service.batches) == 12 and [len(f.entity_ids) for f in done.failures] == [1] * 8


@pytest.mark.parametrize("old", ["http", "https"])
@pytest.mark.parametrize("new", ["http", "https", "file", "ftp"])
def test_a_redirect_never_leaves_https_nor_the_web(old, new):
    request = Request(f"{old}://a.org/api", b"queries=1", {"User-Agent": "x"})
    follow = lambda: _Redirects().redirect_request(request, BytesIO(), 302, "", {}, f"{new}://b.org/api")  # noqa: E731
    if new == "https" or (old, new) == ("http", "http"):
        assert (follow().full_url, follow().data) == (f"{new}://b.org/api", b"queries=1")
    else:
        with pytest.raises(ServiceError, match="not followed"):
            follow()


# -- the cache


def test_a_second_run_asks_nothing(service, tmp_path):
    rows = [*ROWS, UKRAINE, NOBODY]
    before = ask(service, rows, tmp_path)
    requests = service.requests
    after = ask(service, rows, tmp_path, batch_size=1)
    assert service.requests == requests and after.rows == before.rows
    assert (before.cached, after.cached) == (0, 5)
    assert all(path.suffix == ".json" for path in tmp_path.iterdir())


def test_without_a_cache_all_is_asked_again(service):
    ask(service), ask(service)
    assert len(service.gets) == 2 and len(service.batches) == 2


def test_an_interruption_keeps_what_was_answered(service, tmp_path):
    def interrupt(stage: str, done: int, total: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ask(service, cache=tmp_path, batch_size=1, progress=interrupt)
    assert service.asked == ["Balkans", "Enver Hoxha"]
    assert found(ask(service, cache=tmp_path, batch_size=1)) == ALL
    assert service.asked == ["Balkans", "Enver Hoxha", "NATO"] and len(service.gets) == 1


@pytest.mark.parametrize(
    "damage", [b"", b"{", b"[]", b'{"answer": {"result": []}}', b"\xff", b"[" * 100_000], ids=repr
)
def test_a_damaged_file_counts_as_missing(service, tmp_path, damage):
    before = ask(service, cache=tmp_path)
    for path in tmp_path.iterdir():
        path.write_bytes(damage)
    assert ask(service, cache=tmp_path).rows == before.rows and len(service.batches) == 2


def test_the_cache_of_one_service_is_not_that_of_another(service, tmp_path):
    ask(service, cache=tmp_path)
    with running() as other:
        ask(other, cache=tmp_path)
        assert other.requests == 2
    ask(service, cache=tmp_path)
    assert service.requests == 2


def test_half_a_surrogate_pair_is_kept_and_written(service, tmp_path):
    service.plan(server.body(b'{"q0": {"result": [{"id": "Q1", "name": "x \\ud83d", "score": 1}]}}'))
    before = ask(service, [NATO], tmp_path)
    write_table(tmp_path, "reconciliation", before.rows)
    assert ask(service, [NATO], tmp_path).rows == before.rows and before.rows[0]["candidate_name"] == "x"


# -- the command


@pytest.fixture
def outputs(tmp_path):
    write_table(tmp_path, "entities", ROWS)
    return tmp_path


def run(outputs: Path, service: str, **options) -> tuple[int, list[str], list[str]]:
    said, failed = [], []
    settings = {
        "cache_dir": outputs / ".c",
        "batch_size": 10,
        "delay": 0.0,
        "timeout": 5.0,
        "retries": 0,
        "limit": 5,
    }
    code = reconcile(
        outputs,
        service,
        **settings | options,
        progress=lambda *news: None,
        say=said.append,
        fail=failed.append,
    )
    return code, said, failed


def test_command_writes_candidates_and_no_entity(service, outputs):
    before = (outputs / "entities.csv").read_bytes()
    code, said, failed = run(outputs, service.url)
    assert (code, failed) == (0, []) and len(said) == 1
    assert "6 candidates for 3 of 3 entities" in said[0] and "3 of them sure" in said[0]
    assert (outputs / "entities.csv").read_bytes() == before
    assert [(r["entity_id"], r["candidate_id"]) for r in read_table(outputs, "reconciliation")] == ALL
    table = (outputs / "reconciliation.csv").read_bytes()
    assert run(outputs, service.url)[0] == 0 and (outputs / "reconciliation.csv").read_bytes() == table
    with (outputs / "reconciliation.csv").open(newline="") as stream:
        assert next(csv.DictReader(stream))["match"] == "true"


def test_command_fails_if_some_could_not_be_asked(service, outputs):
    service.plan(results := server.results, server.status(500))
    code, said, failed = run(outputs, service.url, batch_size=2)
    assert code == 1 and results is server.results
    assert failed == ["nato: HTTP 500 Internal Server Error (1 try)"] and "1 could not be asked" in said[0]
    assert [r["entity_id"] for r in read_table(outputs, "reconciliation")] == ["balkans"] * 2 + [
        "enver_hoxha"
    ] * 2


def test_table_is_described_where_there_is_a_package(service, outputs):
    run(outputs, service.url)
    assert not (outputs / "datapackage.json").exists()
    (outputs / "datapackage.json").write_text("{}")
    run(outputs, service.url)
    package = json.loads((outputs / "datapackage.json").read_text("utf8"))
    assert [r["path"] for r in package["resources"]] == ["CODEBOOK.md", "entities.csv", "reconciliation.csv"]
    section = codebook("1").split("## reconciliation.csv")[1].split("## ")[0]
    assert "| score | number | the service's |" in section and "Suggestions and not findings" in section


def test_importing_and_every_other_command_leave_the_network_alone():
    """Only the client of the reconcile command knows how to reach a network; no other module imports it."""
    network = {"urllib.request", "http.client", "socket", "requests", "httpx", "urllib3", "aiohttp", "ftplib"}
    for path in sorted((ROOT / "pipeline").rglob("*.py")):
        tree = ast.parse(path.read_text("utf8"))
        names = {a.name for node in ast.walk(tree) if isinstance(node, ast.Import) for a in node.names}
        names |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        inside = path.parent.name == "reconcile"
        assert inside or not names & network, path
        assert (
            inside or path.name == "cli.py" or not any(n.startswith("pipeline.reconcile") for n in names)
        ), path
    code = "import sys, pipeline.cli; sys.exit(any(m.startswith('pipeline.reconcile') for m in sys.modules))"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


def call(*args: object):
    return CliRunner().invoke(app, ["reconcile", *(str(a) for a in args)])


def test_command_line(service, outputs):
    done = call("--outputs", outputs, "--service", service.url, "--delay", 0, "--limit", 1)
    assert (done.exit_code, done.stdout) == (0, ""), done.stderr
    assert "3 candidates for 3 of 3 entities" in done.stderr and len(done.stderr.splitlines()) == 1
    assert (outputs / ".reconciliation").is_dir()
    again = call("--outputs", outputs, "--service", service.url, "--limit", 1, "-q")
    assert (again.exit_code, again.output, service.requests) == (0, "", 2)
    call("--outputs", outputs, "--service", service.url, "--limit", 1, "--no-cache", "--delay", 0)
    assert service.requests == 4


def test_command_line_tells_a_failure_in_a_line(service, outputs):
    service.plan(server.status(400))
    done = call("--outputs", outputs, "--service", service.url, "-q", "--cache", outputs / "answers")
    assert (done.exit_code, done.stderr) == (1, "error: balkans and 2 more: HTTP 400 Bad Request\n")
    assert (outputs / "answers").is_dir() and not (outputs / ".reconciliation").exists()
    service.plan(server.status(404), kind="manifest")
    done = call("--outputs", outputs, "--service", service.url)
    assert (done.exit_code, done.stderr) == (1, f"error: {service.url}: HTTP 404 Not Found\n")


@pytest.mark.parametrize(
    ("args", "code", "word"),
    [
        (["--service", "ftp://x.org"], 2, "http"),
        (["--service", "file:///etc/passwd"], 2, "http"),
        (["--batch-size", "0"], 2, "--batch-size"),
        (["--retries", "-1"], 2, "--retries"),
        (["--no-cache", "--cache", "x"], 2, "--no-cache"),
        ([], 1, "run `link` first"),
    ],
    ids=str,
)
def test_wrong_use_makes_no_request(service, tmp_path, args, code, word):
    done = call("--outputs", tmp_path, *(args if "--service" in args else [*args, "--service", service.url]))
    assert done.exit_code == code and word in done.stderr and "Traceback" not in done.output
    assert service.requests == 0 and not list(tmp_path.iterdir())


def test_cache_that_cannot_be_written_is_told_before_any_request(service, outputs):
    (outputs / "taken").write_text("x")
    done = call("--outputs", outputs, "--service", service.url, "--cache", outputs / "taken")
    assert (
        done.exit_code == 1 and str(outputs / "taken") in done.stderr and len(done.stderr.splitlines()) == 1
    )
    assert service.requests == 0


def test_interrupted_command_goes_on_where_it_was(service, outputs):
    service.plan(server.results, server.slow(20))
    command = [sys.executable, "-m", "pipeline", "reconcile", "--outputs", outputs, "--service", service.url]
    options = ["--batch-size", "1", "--delay", "0"]
    process = subprocess.Popen(
        [*command, *options], cwd=ROOT, stderr=subprocess.PIPE, text=True, preexec_fn=heed_interrupts
    )
    until = time.monotonic() + 60
    while len(service.batches) < 2 and time.monotonic() < until:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=60)[1] == "interrupted\n" and process.returncode == 130
    assert not (outputs / "reconciliation.csv").exists()
    done = call("--outputs", outputs, "--service", service.url, "--delay", 0)
    assert done.exit_code == 0 and service.asked == ["Balkans", "Enver Hoxha", "Enver Hoxha", "NATO"]
    assert len(read_table(outputs, "reconciliation")) == len(ALL)
