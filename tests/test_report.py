"""The report page and the figures without a browser: what is in them, and the same on every run."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import math
import os
import subprocess
import sys
import time
from html.parser import HTMLParser
from typing import Any

import pytest

from pipeline.report import build_figures, build_report
from pipeline.report.layout import CORE, lay_out
from pipeline.report.pack import pack, pack_table, removed_stretches
from pipeline.tables import TABLES
from tests import report_fixture as fixture

LIMIT_ONE_PAGE = 8_000_000


def build(pages: Any, **options: Any) -> str:
    tables, clean, raw = pages
    settings = {"model": "en_core_web_md", "window": "sentence"}
    return build_report(tables, clean, raw, title="A title", version="0.1", settings=settings, **options)


class Reader(HTMLParser):
    """What a browser would see: scripts, their attributes, addresses that would be fetched, visible text."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.scripts: list[tuple[dict[str, str | None], str]] = []
        self.fetched: list[str] = []
        self.handlers: list[str] = []
        self.text: list[str] = []
        self.policy = ""
        self.tags: list[str] = []
        self._inside: dict[str, str | None] | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.tags.append(tag)
        self.handlers += [k for k in values if k.startswith("on")] + [k for k in values if k == "style"]
        self.fetched += [v for k, v in attrs if k in ("src", "srcset", "data", "action") and v]
        if tag == "link":
            self.fetched.append(values.get("href") or "")
        if values.get("http-equiv") == "Content-Security-Policy":
            self.policy = values["content"] or ""
        if tag == "script":
            self._inside = values
            self.scripts.append((values, ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "script":
            self._inside = None

    def handle_data(self, data: str) -> None:
        if self._inside is not None:
            attrs, text = self.scripts[-1]
            self.scripts[-1] = (attrs, text + data)
        else:
            self.text.append(data)

    def block(self, name: str) -> Any:
        text = next(t for a, t in self.scripts if a.get("id") == f"block-{name}")
        return json.loads(gzip.decompress(base64.b64decode(text)))


@pytest.fixture(scope="module")
def page() -> Any:
    return fixture.labelled_page()


@pytest.fixture(scope="module")
def html(page: Any) -> str:
    return build(page)


def test_one_page_is_small_and_quickly_built(page: Any) -> None:
    start = time.perf_counter()
    html = build(page)
    assert time.perf_counter() - start < 2
    assert len(html.encode("utf8")) < LIMIT_ONE_PAGE


def test_only_the_scripts_of_the_page_may_run(html: str) -> None:
    reader = Reader(html)
    assert reader.handlers == []
    assert reader.fetched == []
    directives = dict(d.strip().split(" ", 1) for d in reader.policy.split(";"))
    assert directives["default-src"] == "'none'"
    assert "unsafe" not in directives["script-src"] and "http" not in reader.policy
    run = [text for attrs, text in reader.scripts if "type" not in attrs]
    hashes = [f"'sha256-{base64.b64encode(hashlib.sha256(t.encode()).digest()).decode()}'" for t in run]
    assert directives["script-src"].split() == hashes
    assert len(run) == 3


def test_overview_says_what_went_in_and_how_well_it_did(html: str) -> None:
    text = " ".join(" ".join(Reader(html).text).split())
    assert "A co-occurrence is not a relation." in text
    assert "304 names" in text or "names 304" in text
    assert "0.940" in text and "0.920–0.960" in text
    assert "Measured against hand-labelled text : finland soviet union relations" in text.replace(
        "text:", "text :"
    )
    assert "model: en_core_web_md" in text.replace(" : ", ": ")


def test_without_scores_nothing_is_claimed(page: Any) -> None:
    tables = {**page[0], "scores": []}
    text = " ".join(Reader(build((tables, *page[1:]))).text)
    assert "no hand-labelled text" in text and "Measured against" not in text


@pytest.mark.parametrize("tables", [{}, fixture.empty()], ids=["no tables", "empty tables"])
def test_nothing_in_still_gives_a_page(tables: Any) -> None:
    reader = Reader(build((tables, {}, {})))
    assert "No actor was found." in " ".join(reader.text)


def test_every_table_goes_in_whole(page: Any, html: str) -> None:
    reader = Reader(html)
    for name, rows in page[0].items():
        block = reader.block(f"table-{name}")
        assert block["rows"] == len(rows)
        assert [c["name"] for c in block["columns"]] == TABLES[name].column_names
        assert all(len(values) == len(rows) for values in block["data"].values())


def test_text_columns_are_left_out_only_where_the_clean_text_has_them(page: Any) -> None:
    tables, clean, _ = page
    assert "text" not in pack_table("mentions", tables["mentions"], clean)["data"]
    off = [dict(tables["mentions"][0], text="not what stands there")]
    packed = pack_table("mentions", off, clean)
    assert packed["cut"] is False and packed["data"]["text"] == ["not what stands there"]


def test_hostile_content_stays_text() -> None:
    reader = Reader(build(fixture.hostile_page()))
    assert len([a for a, _ in reader.scripts if "type" not in a]) == 3
    assert "img" not in reader.tags and reader.handlers == [] and reader.fetched == []
    assert fixture.HOSTILE[0] in " ".join(reader.text)
    assert reader.block("texts")["hostile"].startswith(f"In 1900 {fixture.HOSTILE[0]} met")


def test_packing_gives_back_any_text() -> None:
    value = {"a": [*fixture.HOSTILE, "\x00\r\n", "\ufeff"]}
    packed = pack(value)
    assert packed.isascii() and "<" not in packed
    assert json.loads(gzip.decompress(base64.b64decode(packed))) == value
    assert pack(value) == packed


def test_numbers_are_packed_as_the_csv_has_them() -> None:
    tie = 2**-7  # 0.0078125: half to even in Python, half up in JavaScript
    rows = [fixture.row("edges", source="a", target="b", weight=1, documents=1, npmi=tie)]
    assert pack_table("edges", rows, {})["data"]["npmi"] == [0.007812]


def test_removed_stretches_are_joined_and_in_order() -> None:
    def segment(raw_start: int, raw_end: int, start: int, rule: str) -> dict[str, Any]:
        return fixture.row(
            "segments", doc_id="d", raw_start=raw_start, raw_end=raw_end, start=start, end=start, rule=rule
        )

    raw = "Ab BLURB one two \n cd"
    rows = [
        segment(0, 3, 0, ""),
        segment(3, 9, 3, "blurb"),
        segment(9, 12, 3, "blurb"),
        segment(12, 13, 3, "insert"),
        segment(12, 16, 3, "tail"),
        segment(16, 18, 3, "space"),
    ]
    assert removed_stretches(rows, {"d": raw}) == {
        "d": [[3, "blurb", 3, "BLURB one"], [3, "tail", 12, " two"]]
    }
    assert removed_stretches(rows, {}) == {}


def test_same_bytes_whatever_the_hash_seed(page: Any) -> None:
    code = (
        "import hashlib; from tests import report_fixture as f; from tests.test_report import build;"
        "from pipeline.report import build_figures; p = f.labelled_page();"
        "print(hashlib.sha256(build(p).encode()).hexdigest());"
        "print([(k, hashlib.sha256(v).hexdigest()) for k, v in build_figures(p[0]).items()])"
    )
    runs = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(runs) == 1


def test_every_actor_has_one_place_and_no_two_of_the_core_the_same() -> None:
    tables, _, _ = fixture.many_pages(8, sentences=120, actors=900)
    places = lay_out(tables["actors"], tables["edges"])
    assert set(places) == {a["actor_id"] for a in tables["actors"]}
    assert all(math.isfinite(x) and math.isfinite(y) for x, y in places.values())
    core = sorted(tables["actors"], key=lambda a: (-a["weighted_degree"], a["actor_id"]))[:CORE]
    assert len({places[a["actor_id"]] for a in core}) == CORE


@pytest.mark.parametrize("actors", [0, 1, 2])
def test_layout_of_very_small_networks(actors: int) -> None:
    rows = [
        fixture.row("actors", actor_id=f"a{i}", degree=actors - 1, weighted_degree=actors - 1)
        for i in range(actors)
    ]
    edges = [fixture.row("edges", source="a0", target="a1", weight=1)] if actors == 2 else []
    assert len(set(lay_out(rows, edges).values())) == actors


def test_figures(page: Any) -> None:
    figures = build_figures(page[0])
    assert sorted(figures) == [f"{n}.{e}" for n in ("network", "scores", "timeline") for e in ("png", "svg")]
    assert all(v.startswith(b"\x89PNG") for k, v in figures.items() if k.endswith("png"))
    for name in ("network.svg", "timeline.svg", "scores.svg"):
        text = figures[name].decode("utf8")
        assert "<svg" in text
        assert "<dc:date>" not in text
    assert build_figures(page[0]) == figures


def test_figures_of_nothing_say_so() -> None:
    assert sorted(build_figures(fixture.empty())) == [
        "network.png",
        "network.svg",
        "timeline.png",
        "timeline.svg",
    ]


def test_figures_of_hostile_names_and_early_dates() -> None:
    tables, _, _ = fixture.hostile_page()
    for event in tables["events"][:3]:
        event["earliest"], event["latest"] = "-0479-09-01", "-0479-09-30"
    assert len(build_figures(tables)) == 4


@pytest.mark.slow
def test_two_hundred_pages_are_built_within_half_a_minute() -> None:
    pages = fixture.many_pages(200, sentences=250, actors=3000)
    start = time.perf_counter()
    html = build(pages)
    assert time.perf_counter() - start < 30
    assert len(html.encode("utf8")) < 40_000_000
