import difflib
import gc
import hashlib
import json
import re
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.clean import LAYOUTS, PageError, clean_page, decode_page, explain_page
from pipeline.clean.joins import needs_space
from pipeline.records import Page
from tests import generator, generator_wide

HERE = Path(__file__).parent
CASES = [
    json.loads(line) for line in (HERE / "cases/clean.jsonl").read_text(encoding="utf8").splitlines() if line
]
PAGES = sorted((HERE / "data/pages").glob("*/*.json"))
PAGES2 = sorted((HERE / "data/pages2").glob("*/*.json"))
ANCHORS = {"infolist": 0.98}  # exact anchors asked for; 0.99 in the other layouts
FAST = settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


def tokens(text: str) -> list[str]:
    body = "\n".join(line for line in text.split("\n") if not line.startswith("## "))
    return re.findall(r"\w+|[^\w\s]", body)


def check_map(page: Page, raw: str) -> None:
    """Kept and removed rebuild the raw page; kept and inserted rebuild the clean text; blurbs and sections
    fit.
    """
    segments = page.source.segments
    assert "".join(raw[s.raw_start : s.raw_end] for s in segments) == raw
    at = clean_at = 0
    for s in segments:
        assert (s.raw_start, s.start) == (at, clean_at)
        assert s.rule in ("", "insert") or s.end == s.start
        if s.kept:
            assert page.text[s.start : s.end] == raw[s.raw_start : s.raw_end]
        at, clean_at = s.raw_end, s.end
    assert (at, clean_at) == (len(raw), len(page.text))
    for b in page.blurbs:
        assert 0 <= b.raw_start < b.raw_end <= len(raw)
        assert raw[b.blurb_raw_start : b.blurb_raw_end] == b.blurb
        if b.start is not None:
            assert page.text[b.start : b.end] == b.anchor
            assert b.anchor == b.anchor.strip() != ""
            assert page.source.raw_span(b.start, b.end) == (b.raw_start, b.raw_end)
    last = 0
    for section in page.sections:
        assert section.kept == (section.start is not None)
        if section.kept:
            assert last <= section.start <= section.end <= len(page.text)
            last = section.end


def figures(page: Page, clean: str, links: list[dict]) -> tuple[int, int, int, int, int, int]:
    gold, pred = tokens(clean), tokens(page.text)
    if gold == pred:
        same = len(gold)
    else:
        matcher = difflib.SequenceMatcher(None, gold, pred, autojunk=False)
        same = sum(b.size for b in matcher.get_matching_blocks())
    want = {(x["raw_start"], x["raw_end"]) for x in links if x["body"]}
    have = {(b.raw_start, b.raw_end) for b in page.blurbs if b.start is not None}
    return same, len(gold), len(pred), len(want & have), len(want), len(have)


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["label"])
def test_case(case: dict) -> None:
    page = clean_page(case["input"], case.get("doc_id", "page"), format=case.get("format", "text"))
    check_map(page, case["input"])
    if "layout" in case:
        assert page.layout == case["layout"]
    if "text" in case:
        assert page.text == case["text"]
    if "anchors" in case:
        assert [b.anchor for b in page.blurbs if b.start is not None] == case["anchors"]
    if "dropped" in case:
        assert [s.title for s in page.sections if not s.kept] == case["dropped"]
    if "title" in case:
        assert page.title == case["title"]


@pytest.mark.parametrize("path", PAGES, ids=lambda p: p.parent.name)
def test_labelled_page(path: Path) -> None:
    gold = json.loads(path.read_text(encoding="utf8"))
    raw = path.with_suffix(".txt").read_text(encoding="utf8")
    page = clean_page(raw, gold["doc_id"])
    check_map(page, raw)
    assert page.layout == path.parent.name
    assert tokens(page.text) == tokens(gold["clean"])
    # where a paragraph starts with a link, one layout's label begins on the blank before it; a span of ours
    # never does
    links = [{**x, "raw_start": x["raw_start"] + raw[x["raw_start"]].isspace()} for x in gold["links"]]
    found = figures(page, gold["clean"], links)
    assert found[3] == found[4] == found[5]
    titles = [s["title"] for s in gold["sections"]]
    assert [s.title for s in page.sections if s.kept] == titles


def check_figures(total: list[int], layout: str, *, text: float = 0.9995, anchors: float = 0.0) -> None:
    assert 2 * total[0] / (total[1] + total[2]) >= text
    assert 2 * total[3] / (total[4] + total[5]) >= (anchors or ANCHORS.get(layout, 0.99))


@pytest.mark.parametrize("path", PAGES2, ids=lambda p: p.stem)
def test_labelled_page_of_other_countries(path: Path) -> None:
    gold = json.loads(path.read_text(encoding="utf8"))
    raw = path.with_suffix(".txt").read_bytes().decode("utf8")
    page = clean_page(raw, gold["doc_id"])
    check_map(page, raw)
    assert page.layout == path.parent.name
    check_figures(list(figures(page, gold["clean"], gold["links"])), page.layout)
    assert [s.title for s in page.sections if s.kept] == [s["title"] for s in gold["sections"]]


@pytest.mark.parametrize("layout", generator.LAYOUTS)
def test_labelled_pages_told_in_every_layout(layout: str) -> None:
    total = [0] * 6
    for source in generator_wide.SOURCES:
        truth = generator_wide.told_page(source.stem, layout)
        page = clean_page(truth.raw, "page")
        check_map(page, truth.raw)
        if layout != "mixed":
            assert page.layout == layout
        total = [a + b for a, b in zip(total, figures(page, truth.clean, truth.links), strict=True)]
    check_figures(total, layout)


@pytest.mark.parametrize("layout", generator.LAYOUTS)
def test_generated_pages_with_broken_blurbs(layout: str) -> None:
    """A tenth of the blurbs lost their subject and a seventh is whole: many times what a page of a mirror has."""
    total = [0] * 6
    for seed in range(5000, 5010):
        truth = generator_wide.wide_page(seed, layout, "held")
        page = clean_page(truth.raw, "page")
        check_map(page, truth.raw)
        total = [a + b for a, b in zip(total, figures(page, truth.clean, truth.links), strict=True)]
    check_figures(total, layout, text=0.995, anchors=0.985)


@pytest.mark.parametrize("layout", generator.LAYOUTS)
def test_generated_pages(layout: str) -> None:
    total = [0] * 6
    for seed in range(1000, 1012):
        truth = generator.random_page(seed, layout)
        page = clean_page(truth.raw, "page")
        check_map(page, truth.raw)
        if layout != "mixed":
            assert page.layout == layout
        for blurb in truth.blurbs:
            assert blurb[:60] not in page.text
        total = [a + b for a, b in zip(total, figures(page, truth.clean, truth.links), strict=True)]
    text = 2 * total[0] / (total[1] + total[2])
    anchors = 2 * total[3] / (total[4] + total[5])
    assert text >= 0.9995
    assert anchors >= (0.98 if layout == "infolist" else 0.99)


@FAST
@given(st.integers(0, 10**9), st.sampled_from(generator.LAYOUTS))
def test_generated_page_is_accounted_for(seed: int, layout: str) -> None:
    truth = generator.random_page(seed, layout, sections=2)
    page = clean_page(truth.raw, "page")
    check_map(page, truth.raw)
    again = clean_page(page.text, "page")
    assert again.layout == "plain"
    assert again.text == page.text


@FAST
@given(st.integers(0, 10**9), st.sampled_from(generator.LAYOUTS), st.randoms(use_true_random=False))
def test_mutated_page_is_accounted_for(seed: int, layout: str, rng) -> None:
    raw = generator.random_page(seed, layout, sections=2).raw
    pieces = [
        "\n",
        "\r\n",
        " ...",
        "''",
        "\x00",
        "\ufeff",
        "\u202e",
        "*",
        "{{",
        "}}",
        "\n\n\n",
        "OR:",
        "(",
        '"',
        "É",
        "🙂",
        "",
    ]
    for _ in range(rng.randint(1, 12)):
        at, width = rng.randrange(len(raw)), rng.choice((0, 0, 1, 5, 80, 400))
        raw = raw[:at] + rng.choice(pieces) + raw[at + width :]
    for forced in ("auto", *LAYOUTS):
        check_map(clean_page(raw, "page", layout=forced), raw)


@FAST
@given(
    st.text(alphabet=st.sampled_from("Aab \n\r.'*({[]})=#\"é\x00\ufeff|…<>&;"), max_size=300),
    st.sampled_from(("text", "wikitext", "html")),
)
def test_any_text_is_accounted_for(raw: str, format: str) -> None:
    check_map(clean_page(raw, "page", format=format), raw)
    for layout in LAYOUTS if format == "text" else ():
        check_map(clean_page(raw, "page", layout=layout), raw)


@FAST
@given(st.text(max_size=400))
def test_plain_text_is_kept(raw: str) -> None:
    raw = "".join(c for c in raw if c.isprintable() or c == "\n")
    assert clean_page(raw, "page", layout="plain").text == raw.replace("\ufeff", "")


def test_plain_prose_is_the_identity() -> None:
    gold = json.loads(PAGES[0].read_text(encoding="utf8"))["clean"]
    raw = "\nOverview\n\n" + gold + "\nNotes\n\nHe waited ...\nReferences\n\nA line of prose that stays.\n"
    page = clean_page(raw, "page")
    assert (page.layout, page.text, page.blurbs) == ("plain", raw, ())


def test_unknown_layout_lists_the_valid_ones() -> None:
    with pytest.raises(ValueError, match="infolist-next"):
        clean_page("x", "page", layout="nonsense")
    with pytest.raises(ValueError, match="wikitext"):
        clean_page("x", "page", format="docx")


def test_explain_names_rules_and_evidence() -> None:
    raw = PAGES[0].with_suffix(".txt").read_text(encoding="utf8")
    text = explain_page(raw, "page")
    assert "title-line" in text or "blurb" in text
    assert "is the title +14.0" in text or "named again" in text
    infolist = (HERE / "data/pages/infolist/finland_soviet_union_relations.txt").read_text(encoding="utf8")
    assert "banner" in explain_page(infolist, "page")
    assert "cut where the mirror cuts +3.0" in explain_page(infolist, "page")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"\xff\xfea\x00b\x00", "byte 0: the file is UTF-16"),
        ("abcdef".encode("utf-16-be"), "NUL bytes throughout"),
        (b"one\ntwo \xe9t\xe9\n", r"byte 8 \(line 2\): not UTF-8: e9 74 e9 0a"),
        (b"caf\xc3", "byte 3"),
    ],
)
def test_undecodable_page_says_where(data: bytes, message: str) -> None:
    with pytest.raises(PageError, match=message):
        decode_page(data)


def test_decode_keeps_every_code_point() -> None:
    assert decode_page("\ufeffa\r\nb\x00é".encode()) == "\ufeffa\r\nb\x00é"
    assert decode_page(b"") == ""


def test_byte_order_mark_counts_and_goes() -> None:
    raw = "\ufeff" + PAGES[1].with_suffix(".txt").read_text(encoding="utf8")
    page = clean_page(raw, "page")
    check_map(page, raw)
    assert "\ufeff" not in page.text
    assert page.source.segments[0].rule == "control"
    assert page.source.raw_offset(0) > 0


@pytest.mark.parametrize("path", PAGES, ids=lambda p: p.parent.name)
def test_windows_line_ends_change_nothing(path: Path) -> None:
    raw = path.with_suffix(".txt").read_text(encoding="utf8")
    unix, windows = clean_page(raw, "page"), clean_page(raw.replace("\n", "\r\n"), "page")
    check_map(windows, raw.replace("\n", "\r\n"))
    assert windows.text == unix.text
    assert [b.anchor for b in windows.blurbs] == [b.anchor for b in unix.blurbs]


def test_same_bytes_every_time() -> None:
    raw = generator.random_page(7, "mixed").raw
    digests = {hashlib.sha256(repr(clean_page(raw, "p")).encode()).hexdigest() for _ in range(3)}
    assert len(digests) == 1


HOSTILE = {
    "one line": lambda n: "a " * n,
    "no space": lambda n: "x" * 2 * n,
    "dots": lambda n: "word ...\n" * (n // 4),
    "quotes": lambda n: "'" * n,
    "braces": lambda n: "{{" * (n // 2),
    "blank lines": lambda n: "\n" * n,
    "brackets": lambda n: "Anchor Anchor (is " + "( " * 100 + "...\n" + "(" * n,
    "blurbs": lambda n: (f"the\nNation {'The Nation is a country. ' * 9}" + "x ...\n") * (n // 120),
    "equal lines": lambda n: ("Foo\nFoo is " + "a" * 238 + " ...\n") * (n // 130),
    "short lines": lambda n: "a\nB c\n" * (n // 4),
    "astronomy": lambda n: (
        "T\nEncyclopedia\n" + ("in Foo\nFoo\nFoo is " + "a b" * 70 + "...\n\n") * (n // 120)
    ),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_time_grows_with_the_page_only(kind: str) -> None:
    make = HOSTILE[kind]

    def seconds(n: int) -> float:
        raw = make(n)
        gc.collect()
        gc.disable()  # a collection walks all that the suite holds, which is no time of the page's
        try:
            start = time.process_time()
            clean_page(raw, "page")
            return time.process_time() - start
        finally:
            gc.enable()

    seconds(10_000)
    # the least of three: what a busy machine adds is no growth
    small, large = (min(seconds(n) for _ in range(3)) for n in (40_000, 320_000))
    assert large < 0.25 or large < 8 * small * 3


@pytest.mark.parametrize(
    ("before", "after", "quote_open", "space"),
    [
        ("Finland", ", a", False, False),
        ("Finland", "and", False, True),
        ("fruit", "s rather", False, False),
        ("fruit", "so rather", False, True),
        ("Tito", "'s ambition", False, False),
        ("Soviets", "' plan", False, False),
        ("the", "Soviets", False, True),
        ("(", "Comecon", False, False),
        ("Comecon", ")", False, False),
        ("Wars", "(1912)", False, True),
        ('the "', "Old", True, False),
        ("Old", '" was', True, False),
        ("Malinovsky", '"Look', False, True),
        ("Sino", "-Soviet", False, False),
        ("Sino–", "Soviet", False, False),
        ("side", "– on", False, True),
        ("1990", "s were", False, False),
        ("box", "es of", False, False),
        ("Korea", "n war", False, False),
        ("Ivan", "an officer", False, True),
        ("$", "5", False, False),
    ],
)
def test_needs_space(before: str, after: str, quote_open: bool, space: bool) -> None:
    assert needs_space(before, after, quote_open) is space
