"""Gold files: stand-off, mark-up, links, check-gold, agreement, the labellers' tools; and the gold set."""

import json
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from pipeline.records import Mention, Timex
from pipeline.score import GoldError, check_gold, gold_digest, read_gold
from pipeline.score.__main__ import app
from pipeline.score.__main__ import main as labellers_main
from pipeline.score.agreement import agreement_json, compare_labellings, format_differences
from pipeline.score.brat import (
    RE_ATTRIBUTE,
    RE_TEXTBOUND,
    annotation_conf,
    parse_ann,
    tools_conf,
    visual_conf,
)
from pipeline.score.gold import (
    GoldLink,
    GoldPage,
    parse_links,
    read_gold_page,
    read_json_page,
    split_range,
    write_gold,
)
from pipeline.score.inception import inception_ann, inception_zip
from pipeline.score.markup import format_marked, parse_marked
from pipeline.score.validate import check_page, value_problem
from pipeline.tables import LABELS, TIMEX_TYPES

ROOT = Path(__file__).parent.parent
GOLD = ROOT / "gold"
CASES = [
    json.loads(line)
    for line in (Path(__file__).parent / "cases" / "score_gold.jsonl").read_text(encoding="utf8").splitlines()
]


@pytest.mark.parametrize("case", CASES, ids=[case["label"] for case in CASES])
def test_check_gold(case):
    problems = check_page(case["text"], "\n".join(case["ann"]) + "\n", "p.ann")
    assert [p.line for p in problems] == [line for line, _ in case["problems"]]
    for problem, (line, message) in zip(problems, case["problems"], strict=True):
        assert str(problem).startswith(f"p.ann:{line}: ")
        assert message in str(problem)
        assert "\n" not in str(problem)


@pytest.mark.parametrize(
    ("type", "good", "bad"),
    [
        (
            "DATE",
            "1924-04-07 1947-07 1912 199 18 BC0480 1943-SU 1943-FA 1968-Q3 1968-H1 1968-W07 1968-W07-WE "
            "XXXX-12-25 1947-XX PAST_REF",
            "7 19477 1947-7 1947-7-1 47-07 P3Y 1947/1948 1990s 1996-12-17TEV 1947-00 1947-12-32 1943-XY",
        ),
        (
            "TIME",
            "1996-12-17TEV 1996-12-17T05:00 T05:00 TNI 1996-12-17T05:00:30",
            "1996-12-17 1996-12T05:00 TXX PT5H",
        ),
        ("DURATION", "P13D P3Y PXDE P1Y6M PT5H P2D PXD P1.5Y P1DT12H", "13D P PT 3Y P3 1947 P3H"),
        ("SET", "P1Y P1D XXXX-12-25 XXXX-WXX-1 XXXX-SU", "1947 every PY1"),
    ],
)
def test_timex_values(type, good, bad):
    assert {v: value_problem(type, v) for v in good.split()} == {v: "" for v in good.split()}
    assert all(value_problem(type, v) for v in bad.split()), [
        v for v in bad.split() if not value_problem(type, v)
    ]


@st.composite
def labelled_pages(draw):
    """Pages of made-up words, some of them labelled."""
    word = st.text(st.sampled_from("abcÇß𐐀\u0327-'"), min_size=1, max_size=6)
    text, mentions, dates = "", [], []
    for surface in draw(st.lists(word, max_size=8)):
        start, end = len(text), len(text) + len(surface)
        match draw(st.sampled_from(["mention", "date", "plain"])):
            case "mention":
                actor = draw(st.sampled_from(["", "albania"]))
                label = draw(st.sampled_from(LABELS))
                mentions.append(Mention("", "", start, end, surface, label, "gold", 1.0, "some_id", actor))
            case "date":
                mod = draw(st.sampled_from(["", "MID"]))
                dates.append(
                    Timex("", "", start, end, surface, draw(st.sampled_from(TIMEX_TYPES)), "1947", mod)
                )
        text += surface + draw(st.sampled_from([" ", "\n", ", "]))
    return GoldPage("p", text, tuple(mentions), tuple(dates))


def bare(page):
    """A page's content without the ids of its lines."""
    mentions = [(m.start, m.end, m.text, m.label, m.entity_id, m.actor_id) for m in page.mentions]
    return page.text, mentions, [(d.start, d.end, d.text, d.type, d.value, d.mod) for d in page.dates]


@given(labelled_pages())
def test_standoff_and_markup_read_back(tmp_path_factory, page):
    folder = tmp_path_factory.mktemp("gold")
    write_gold(folder, page)
    assert bare(read_gold_page(folder, "p")) == bare(page)
    assert bare(parse_marked(format_marked(page), "p", "p", text=page.text)) == bare(page)
    again = tmp_path_factory.mktemp("again")
    write_gold(again, read_gold_page(folder, "p"))
    assert (again / "p.ann").read_bytes() == (folder / "p.ann").read_bytes()


@given(labelled_pages())
def test_inception_form_has_no_line_that_its_reader_stops_at(page):
    ann = inception_ann(page)
    lines = ann.splitlines()
    assert all(RE_TEXTBOUND.fullmatch(line) or RE_ATTRIBUTE.fullmatch(line) for line in lines)
    assert len({line.split("\t")[0] for line in lines}) == len(lines)
    kept = sum(bool(v) for m in page.mentions for v in (m.entity_id, m.actor_id))
    kept += sum(bool(v) for d in page.dates for v in (d.value, d.mod))
    assert sum(line.startswith("A") for line in lines) == kept
    archive = zipfile.ZipFile(BytesIO(inception_zip(page)))
    assert sorted(archive.namelist()) == ["p.ann", "p.txt"]
    assert archive.read("p.txt").decode("utf8") == page.text
    assert inception_zip(page) == inception_zip(page)


@pytest.mark.parametrize(
    ("marked", "message"),
    [
        ("a ⟦b|GPE|c⟧", "m:1: ⟦b|GPE|c⟧: expected text|label"),
        ("a\nb ⟦c|PER|d|⟧", "m:2: ⟦c|PER|d|⟧: expected text|label"),
        ("a ⟦b|GPE||⟧", "expected text|label"),
        ("a ⦃1947|DATE|⦄", "expected text|label"),
        ("a ⦃1947|GPE|1947|⦄", "expected text|label"),
        ("a ⟦b|GPE|c|d", "m:1: mark-up that is not closed"),
        ("a\n⟦b ⟦c|GPE|c|⟧|GPE|b|⟧", "m:2: mark-up that is not closed, nested"),
        ("x ⟦b|GPE|c|⟧", "m:1: the words were changed: found 'x b', expected 'a b'"),
        ("a ⟦b|GPE|c|⟧ more", "the words were changed"),
        ("a", "the words were changed"),
        ("a\n⟦b\nc|GPE|c|⟧", "m:2: ⟦b c|GPE|c|⟧: runs over a line break"),
    ],
)
def test_bad_markup_is_one_line_with_its_place(marked, message):
    text = "a b" if ("GPE|c|" in marked and "\n" not in marked) or marked == "a" else None
    with pytest.raises(GoldError) as error:
        parse_marked(marked, "m", "p", text=text)
    assert message in str(error.value)
    assert "\n" not in str(error.value)


def test_reading_stops_at_what_cannot_be_scored(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_gold(tmp_path / "none")
    (tmp_path / "p.ann").write_text("T1\tGPE 0 3\tABC\n")
    with pytest.raises(GoldError, match=r"p\.txt: missing"):
        read_gold(tmp_path)
    (tmp_path / "p.txt").write_text("ABX")
    with pytest.raises(GoldError, match=r"p\.ann:1: T1 GPE 0-3 'ABC': the text there is 'ABX'"):
        read_gold(tmp_path)
    (tmp_path / "p.txt").write_bytes(b"AB\xff")
    with pytest.raises(GoldError, match=r"p\.txt: not UTF-8 \(byte 2\)"):
        read_gold(tmp_path)
    assert [str(p).split("/")[-1] for p in check_gold(tmp_path)] == ["p.txt: byte 2: not UTF-8"]


def test_check_gold_names_missing_files_and_an_empty_folder(tmp_path):
    assert "no labelled page" in str(check_gold(tmp_path)[0])
    (tmp_path / "p.txt").write_text("text")
    assert [p.message for p in check_gold(tmp_path)] == ["missing"]
    with pytest.raises(FileNotFoundError):
        check_gold(tmp_path / "none")


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("Moscow,0,6,7,20,true\n", ""),
        ("Moscow,0,5,7,20,true\n", "extent and anchor differ in length"),
        ("Moscow,0,6,3,20,true\n", "blurb does not stand behind"),
        ("Moscow,10,16,17,20,true\nTirana,0,6,7,8,true\n", "not in the order"),
        ("Moscow,0,6,7,20,yes\n", "not anchor, four offsets"),
        ("Moscow,0,6,7\n", "not anchor, four offsets"),
        ("Moscow,x,6,7,20,true\n", "not anchor, four offsets"),
    ],
)
def test_links(tmp_path, rows, message):
    header = "anchor,raw_start,raw_end,blurb_start,blurb_end,body\n"
    (tmp_path / "p.txt").write_text("")
    (tmp_path / "p.ann").write_text("")
    (tmp_path / "p.links.csv").write_text(header + rows)
    problems = check_gold(tmp_path)
    assert bool(problems) == bool(message)
    if message:
        assert message in str(problems[0])
    with pytest.raises(GoldError, match="expected columns"):
        parse_links("a,b\n", "f")


def test_interval_values_become_their_two_ends():
    one = Timex("D1", "", 10, 19, "1939–1944", "DATE", "1939/1944")
    assert [(t.start, t.end, t.text, t.value) for t in split_range(one)] == [
        (10, 14, "1939", "1939"),
        (15, 19, "1944", "1944"),
    ]
    assert split_range(Timex("D1", "", 0, 4, "1939", "DATE", "1939")) == [
        Timex("D1", "", 0, 4, "1939", "DATE", "1939")
    ]


def test_digest_follows_every_scored_byte_and_no_other(tmp_path):
    page = parse_marked("⟦A|GPE|a|⟧ b", "m", "p", links=[GoldLink("A", 0, 1, 2, 3, True)])
    write_gold(tmp_path, page)
    first = gold_digest(tmp_path)
    (tmp_path / "baseline.json").write_text("{}")
    (tmp_path / "README.md").write_text("x")
    assert gold_digest(tmp_path) == first
    seen = {first}
    for name in ("p.txt", "p.ann", "p.links.csv"):
        content = (tmp_path / name).read_bytes()
        (tmp_path / name).write_bytes(content + b"#")
        seen.add(gold_digest(tmp_path))
        (tmp_path / name).write_bytes(content.replace(b"A", b"B"))  # as long as before
        seen.add(gold_digest(tmp_path))
        (tmp_path / name).write_bytes(content)
    (tmp_path / "q.txt").write_text("")
    seen.add(gold_digest(tmp_path))
    assert len(seen) == 8


def test_agreement_counts_and_lists_differences():
    first = parse_marked("⟦A|GPE|a|a⟧ met ⟦B|ORG|b|b⟧ and C in ⦃1947|DATE|1947|⦄.", "a", "p")
    second = parse_marked("⟦A|GPE|a|⟧ met ⟦B|FAC|b2|⟧ and ⟦C|GPE|c|c⟧ in ⦃1947|DATE|1948|⦄.", "b", "p")
    result = compare_labellings(first, second)
    figures = json.loads(agreement_json(result))
    assert figures["mentions: span"] == {"f1": 0.8, "both": 2, "only_a": 0, "only_b": 1}
    assert figures["mentions: label, on common spans"] == {"share": 0.5, "agree": 1, "differ": 1}
    assert figures["mentions: actor, on common spans"]["agree"] == 0
    assert figures["dates: value, on common spans"]["share"] == 0
    listed = format_differences(result)
    assert "mentions/spurious" in listed and "a: –" in listed and "b: C|GPE" in listed
    assert [e["start"] for e in result.differences] == sorted(e["start"] for e in result.differences)
    assert compare_labellings(first, first).differences == ()
    with pytest.raises(ValueError, match="do not have the same text"):
        compare_labellings(first, parse_marked("other", "b", "p"))


def test_tools_from_two_labellings_to_gold(tmp_path):
    run = CliRunner()
    text = "Tirana met Hoxha.\n"
    (tmp_path / "p.txt").write_text(text)
    (tmp_path / "a.txt").write_text(
        "⟦Tirana|GPE|tirana|albania⟧ met ⟦Hoxha|PERSON|enver_hoxha|enver_hoxha⟧.\n"
    )
    (tmp_path / "b.txt").write_text("⟦Tirana|GPE|tirana|⟧ met ⟦Hoxha|PERSON|enver_hoxha|enver_hoxha⟧.\n")
    (tmp_path / "links.json").write_text(
        '[{"anchor": "Tirana", "raw_start": 0, "raw_end": 6, "blurb_start": 7, "blurb_end": 9, "body": true}]'
    )
    p, a, b, gold = (str(tmp_path / x) for x in ("p.txt", "a.txt", "b.txt", "gold"))
    shown = run.invoke(app, ["agreement", p, a, b, "--out", str(tmp_path / "agreement")])
    assert shown.exit_code == 0, shown.output
    assert "actors/missed" in shown.output
    assert sorted(x.name for x in (tmp_path / "agreement").iterdir()) == [
        "p.a.marked.txt", "p.b.marked.txt", "p.differences.txt", "p.json",
    ]  # fmt: skip
    links = str(tmp_path / "links.json")
    settled = run.invoke(app, ["settle", a, gold, "--doc-id", "p", "--text", p, "--links", links])
    assert settled.exit_code == 0, settled.output
    assert check_gold(tmp_path / "gold") == []
    marked = run.invoke(app, ["mark", gold, "p"])
    assert marked.output == (tmp_path / "a.txt").read_text()
    assert run.invoke(app, ["inception", gold, str(tmp_path / "zips")]).exit_code == 0
    assert (tmp_path / "zips" / "p.zip").exists()
    (tmp_path / "a.txt").write_text("⟦Tirana|GPE|tirana|⟧ met ⟦Hoxha|PERSON|enver_hoxha|⟧.\n")
    refused = run.invoke(app, ["settle", a, gold, "--doc-id", "p"])
    assert refused.exit_code == 1
    assert "acts as itself" in refused.output


def test_a_labellers_mistake_is_one_line(tmp_path, monkeypatch, capsys):
    (tmp_path / "a.txt").write_text("⟦Tirana|CITY|tirana|⟧")
    monkeypatch.setattr(
        "sys.argv", ["score", "settle", str(tmp_path / "a.txt"), str(tmp_path), "--doc-id", "p"]
    )
    with pytest.raises(SystemExit) as stop:
        labellers_main()
    assert stop.value.code == 1
    error = capsys.readouterr().err
    assert error.startswith("error: ") and error.count("\n") == 1 and "CITY" in error


# the gold set of the project


def test_the_gold_set_is_sound():
    assert [str(p) for p in check_gold(GOLD)] == []
    pages = read_gold(GOLD)
    assert sum(len(p.mentions) for p in pages) >= 400
    assert sum(len(p.dates) for p in pages) >= 50


def test_gold_links_stand_in_the_raw_file():
    for page in read_gold(GOLD):
        raw = (ROOT / "raw" / f"{page.doc_id}.txt").read_bytes().decode("utf8")
        assert page.links
        assert [raw[x.raw_start : x.raw_end] for x in page.links] == [x.anchor for x in page.links]
        assert all(raw[x.blurb_start : x.blurb_end].strip() for x in page.links)


def test_gold_files_are_as_the_writer_writes_them(tmp_path):
    for page in read_gold(GOLD):
        write_gold(tmp_path, page)
        for ending in (".txt", ".ann", ".links.csv"):
            name = f"{page.doc_id}{ending}"
            assert (tmp_path / name).read_bytes() == (GOLD / name).read_bytes()


def test_brat_settings_know_every_label_and_value_in_use():
    pages = read_gold(GOLD)
    assert (GOLD / "annotation.conf").read_text(encoding="utf8") == annotation_conf(
        d for page in pages for d in page.dates
    )
    assert (GOLD / "visual.conf").read_text(encoding="utf8") == visual_conf()
    assert (GOLD / "tools.conf").read_text(encoding="utf8") == tools_conf()


def test_agreement_figures_repeat_from_the_two_versions():
    for page in read_gold(GOLD):
        a, b = (
            parse_marked(path.read_bytes().decode("utf8"), path.name, page.doc_id, text=page.text)
            for path in (GOLD / "agreement" / f"{page.doc_id}.{letter}.marked.txt" for letter in "ab")
        )
        result = compare_labellings(a, b)
        name = GOLD / "agreement" / page.doc_id
        assert Path(f"{name}.json").read_text(encoding="utf8") == agreement_json(result)
        assert Path(f"{name}.differences.txt").read_text(encoding="utf8") == format_differences(result)


def test_the_development_page_obeys_the_checks():
    page = read_json_page(ROOT / "tests/data/pages/infolist/finland_soviet_union_relations.json")
    assert all(page.text[x.start : x.end] == x.text for x in (*page.mentions, *page.dates))
    assert not [d for d in page.dates if value_problem(d.type, d.value)]


def test_parse_keeps_going_behind_a_bad_line():
    spans, problems = parse_ann("T1\tGPE 0 1\tA\nnonsense\nT2\tGPE 2 3\tB\n", "f")
    assert [s.id for s in spans] == ["T1", "T2"]
    assert [str(p) for p in problems] == ["f:2: nonsense: not a line that the gold set uses: 'nonsense'"]
