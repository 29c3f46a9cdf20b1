"""annotations.jsonl: every quote is found again on the raw page."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.webannotation import web_annotations
from tests.graph_pages import entity_rows, gold_page_rows, merge, page_rows

LAYOUTS = ("infolist", "infolist-next", "astronomy")


def gold_dates(tables: dict) -> list[dict]:
    return [
        {
            "doc_id": tables["gold"]["doc_id"],
            "date_id": f"d{number:04}",
            "raw_start": item["raw_start"],
            "raw_end": item["raw_end"],
            "type": item["type"],
            "value": item["value"],
            "edtf": "1961" if number % 2 else "",
        }
        for number, item in enumerate(tables["gold"]["dates"])
    ]


def annotate(mentions: list, dates: list, entities: list, raw: dict) -> list[dict]:
    return [json.loads(line) for line in web_annotations(mentions, dates, entities, raw)]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_quote_is_found_again_in_the_raw_page(layout: str) -> None:
    tables = gold_page_rows(layout)
    doc_id, raw = tables["gold"]["doc_id"], tables["raw"]
    dates = gold_dates(tables)
    found = annotate(tables["mentions"], dates, [], {doc_id: raw})
    assert len(found) == len(tables["mentions"]) + len(dates) > 300
    for item in found:
        assert item["target"]["source"] == f"raw/{doc_id}.txt"
        quoted, position = item["target"]["selector"]
        assert raw[position["start"] : position["end"]] == quoted["exact"]
        whole = quoted["prefix"] + quoted["exact"] + quoted["suffix"]
        at = position["start"] - len(quoted["prefix"])
        assert raw[at : at + len(whole)] == whole
        assert quoted["exact"]
    starts = [item["target"]["selector"][1]["start"] for item in found]
    assert starts == sorted(starts)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_quotes_hold_the_words_of_the_mention(layout: str) -> None:
    tables = gold_page_rows(layout)
    doc_id = tables["gold"]["doc_id"]
    by_start = {m["raw_start"]: m["text"] for m in tables["mentions"]}
    found = annotate(tables["mentions"], [], [], {doc_id: tables["raw"]})
    whole = 0
    for item in found:
        quoted, position = item["target"]["selector"]
        text = by_start[position["start"]]
        assert quoted["exact"].split()[0].startswith(text.split()[0][:1])
        whole += quoted["exact"] == text
    # A few names are broken by a link and hold a line break or a blurb on the raw page.
    assert whole > 0.95 * len(found)


def test_bodies() -> None:
    tables = merge(page_rows("a b", [[("[Albania|albania] and [Tirana|].", "", "")]]))
    dates = [
        {
            "doc_id": "a b",
            "date_id": "d0001",
            "raw_start": 8,
            "raw_end": 11,
            "type": "DATE",
            "value": "1961-12",
            "edtf": "1961-12",
        }
    ]
    raw = {"a b": "Albania and Tirana."}
    albania, date, tirana = annotate(tables["mentions"], dates, entity_rows(), raw)
    assert albania["@context"] == "http://www.w3.org/ns/anno.jsonld"
    assert albania["type"] == "Annotation"
    assert albania["target"]["source"] == "raw/a%20b.txt"
    assert [(b["purpose"], b.get("source", b.get("value"))) for b in albania["body"]] == [
        ("identifying", "entities.csv#albania"),
        ("identifying", "http://www.wikidata.org/entity/Q222"),
        ("classifying", "GPE"),
        ("linking", "actors.csv#albania"),
    ]
    assert [b["purpose"] for b in tirana["body"]] == ["identifying", "classifying"]
    assert (date["motivation"], date["body"][0]["value"], date["body"][1]["value"]) == (
        "tagging",
        "1961-12",
        "DATE",
    )
    assert len({albania["id"], date["id"], tirana["id"]}) == 3


def test_ids_stay_and_lines_are_lines() -> None:
    page = page_rows("a", [[("[Al\u2028bania\u0085|albania] and [Russia|russia].", "", "")]])
    args = (page["mentions"], [], [], {"a": page["text"]})
    lines = list(web_annotations(*args))
    assert lines == list(web_annotations(*args))
    assert [line.count("\n") for line in lines] == [1, 1]


def test_positions_count_code_points() -> None:
    page = page_rows("a", [[("😀𝔄 [Ālbānia|albania] é.", "", "")]])
    quoted, position = annotate(page["mentions"], [], [], {"a": page["text"]})[0]["target"]["selector"]
    assert (quoted["exact"], quoted["prefix"], quoted["suffix"]) == ("Ālbānia", "😀𝔄 ", " é.")
    assert (position["start"], position["end"]) == (3, 10)


@pytest.mark.parametrize(("start", "end"), [(0, 99), (5, 5), (-1, 3)])
def test_a_span_off_the_page_is_named(start: int, end: int) -> None:
    page = page_rows("a", [[("[Albania|albania].", "", "")]])
    page["mentions"][0].update(raw_start=start, raw_end=end)
    with pytest.raises(ValueError, match="a: m0001: raw span"):
        annotate(page["mentions"], [], [], {"a": page["text"]})


@given(st.text(min_size=1, max_size=200), st.data())
def test_any_span_of_any_page(raw: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(raw) - 1))
    end = data.draw(st.integers(start + 1, len(raw)))
    row = {
        "doc_id": "a",
        "date_id": "d",
        "raw_start": start,
        "raw_end": end,
        "type": "DATE",
        "value": "1",
        "edtf": "",
    }
    quoted, _ = annotate([], [row], [], {"a": raw})[0]["target"]["selector"]
    assert raw[:start].endswith(quoted["prefix"])
    assert raw[start:].startswith(quoted["exact"] + quoted["suffix"])
