"""The report in a headless Chromium: tabs open, controls do what they say, nothing is fetched."""

from __future__ import annotations

import csv
import io
import time
from pathlib import Path
from typing import Any

import pytest

from pipeline.report import build_report, take_excerpt
from pipeline.tables import TABLES, format_table
from tests import report_fixture as fixture
from tests.browser import chromium
from tests.browser.chromium import Page

pytestmark = pytest.mark.browser
TABS = ("overview", "read", "network", "timeline", "data")
DOC = "finland_soviet_union_relations"


def gold_of(tables: Any) -> list[dict[str, Any]]:
    """A gold that misses the first mention, has another label for the second and one more name."""
    fields = ("doc_id", "start", "end", "label", "entity_id", "actor_id")
    mentions = [{**{f: m[f] for f in fields}, "kind": "mention"} for m in tables["mentions"]]
    dates = [
        {f: d[f] for f in ("doc_id", "start", "end", "type", "value", "mod")} | {"kind": "date"}
        for d in tables["dates"]
    ]
    mentions[1]["label"] = "ORG"
    extra = {**mentions[0], "start": 0, "end": 9}
    return [extra, *mentions[1:], *dates]


def write(folder: Path, name: str, pages: Any, **options: Any) -> Path:
    tables, clean, raw = pages
    title = options.pop("title", "Finland–Soviet Union relations")
    path = folder / f"{name}.html"
    html = build_report(tables, clean, raw, title=title, version="0.1", settings={"model": "m"}, **options)
    path.write_bytes(html.encode("utf8"))
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("report")


@pytest.fixture(scope="module")
def page(folder: Path) -> Any:
    driver = chromium.start(folder / "profile")
    yield Page(driver)
    driver.quit()


@pytest.fixture(scope="module")
def labelled() -> Any:
    return fixture.labelled_page()


@pytest.fixture(scope="module")
def report(folder: Path, labelled: Any) -> Path:
    return write(folder, "report", labelled, gold=gold_of(labelled[0]))


@pytest.fixture(scope="module")
def hostile(folder: Path) -> Path:
    return write(folder, "hostile", fixture.hostile_page(280), title=fixture.HOSTILE[0])


@pytest.mark.parametrize(("width", "dark"), [(360, False), (360, True), (1280, False), (1600, True)])
def test_each_tab_opens_without_a_word_or_a_request(page: Page, report: Path, width: int, dark: bool) -> None:
    page.open(report, width=width, dark=dark)
    for tab in TABS:
        page.tab(tab)
        assert page.find(f"#panel-{tab}").is_displayed()
        assert page.js("return document.documentElement.scrollWidth") <= width
        time.sleep(0.3)
        page.shot(f"report-{tab}-{width}-{'dark' if dark else 'light'}")
    assert page.complaints() == []
    assert page.requests() == []


def test_tabs_go_by_keyboard(page: Page, report: Path) -> None:
    from selenium.webdriver import ActionChains, Keys

    page.open(report)
    page.js("document.getElementById('tab-overview').focus()")
    for expected in ("read", "network", "timeline", "data", "overview"):
        ActionChains(page.driver).send_keys(Keys.ARROW_RIGHT).perform()
        page.wait(f"return !document.getElementById('panel-{expected}').hidden")
        assert page.js("return document.activeElement.id") == f"tab-{expected}"


def test_read_shows_names_and_what_is_known_of_them(page: Page, report: Path, labelled: Any) -> None:
    from selenium.webdriver import ActionChains, Keys

    tables = labelled[0]
    page.open(report)
    page.tab("read", DOC)
    assert len(page.all("#read-text mark")) == len(tables["mentions"]) + len(tables["dates"])
    shown = page.js("return [...document.querySelectorAll('#read-text mark')].map(m => m.textContent)")
    spans = sorted((r["start"], r["text"]) for t in ("mentions", "dates") for r in tables[t])
    assert shown == [text for _, text in spans]
    first = page.find("#read-text mark.t-GPE")
    ActionChains(page.driver).move_to_element(first).perform()
    card = page.text("#read-card")
    assert "Finland" in card and "Q33" in card and "78–85" in card and "glossary" in card
    ActionChains(page.driver).click(first).perform()
    ActionChains(page.driver).send_keys(Keys.ESCAPE, Keys.ARROW_RIGHT).perform()
    assert page.js("return document.activeElement.textContent") == "Soviet Union"
    assert "soviet_union" in page.text("#read-card")
    page.set("#read-types input", False, "change")
    assert page.js("return getComputedStyle(document.querySelector('mark.t-PERSON')).boxShadow") == "none"


def test_read_shows_removed_blurbs_in_their_places(page: Page, report: Path, labelled: Any) -> None:
    page.open(report)
    page.tab("read")
    before = page.text("#read-text")
    assert not page.all("#read-text .removed")
    page.set("#read-removed", True, "change")
    assert len(page.all("#read-text .removed")) == len(labelled[0]["segments"])
    follows = page.js("return document.querySelector('.removed').previousElementSibling.textContent")
    assert follows == "Bolsheviks"
    assert "led by Vladimir Lenin" in page.text(".removed")
    page.set("#read-removed", False, "change")
    assert page.text("#read-text") == before


def test_read_shows_where_gold_and_prediction_part(page: Page, report: Path) -> None:
    page.open(report)
    page.tab("read")
    page.set("#read-differences", True, "change")
    states = page.js(
        "return [...document.querySelectorAll('.diff')].map(n => [n.className, n.textContent, n.title])"
    )
    assert [s[0] for s in states] == ["diff missed", "diff extra", "diff differs"]
    assert [s[1] for s in states] == ["Relations", "Finland", "Soviet Union"]
    assert "ORG" in states[2][2]
    assert page.text("#read-status") == "3 differences on this page"
    page.shot("report-read-differences")


def test_a_gold_name_over_two_predicted_ones_is_one_difference(
    page: Page, folder: Path, labelled: Any
) -> None:
    tables = labelled[0]
    same = gold_of(tables)
    first, second = tables["mentions"][0], tables["mentions"][1]
    both = {**same[2], "start": first["start"], "end": second["end"]}
    gold = [both, *same[2:]]
    page.open(write(folder, "cut", labelled, gold=gold))
    page.tab("read")
    page.set("#read-differences", True, "change")
    assert page.text("#read-status") == "3 differences on this page"
    titles = page.js("return [...document.querySelectorAll('.diff.missed')].map(n => n.textContent)")
    assert "".join(titles) == "Finland and the Soviet Union"
    names = page.js("return new Set([...document.querySelectorAll('mark')].map(m => m.dataset.i)).size")
    assert names == len(tables["mentions"]) + len(tables["dates"])


def test_search_finds_marks_and_walks(page: Page, report: Path, labelled: Any) -> None:
    page.open(report)
    page.tab("read")
    page.set("#read-search", "kekkonen")
    expected = sum("kekkonen" in s["text"].lower() for s in labelled[0]["sentences"])
    page.wait("return document.getElementById('read-status').textContent.length")
    assert page.text("#read-status").startswith(f"{expected} sentences")
    assert len(page.all(".s.hit")) == expected
    page.find("#read-next").click()
    assert "Kekkonen" in page.text(".s.current")


def figure(page: Page) -> Any:
    """Names and places on the screen of the network's dots, from Bokeh's own view."""
    return page.js("""
        const view = [...Bokeh.index].find(v => document.getElementById('net-plot').contains(v.el));
        const box = view.el.getBoundingClientRect();
        const dots = view.model.renderers.find(r => r.glyph.type === 'Scatter').data_source.data;
        return {
          names: [...dots.name], sizes: [...dots.size], fills: [...dots.fill],
          places: [...dots.x].map((x, i) => [box.x + view.frame.x_scale.compute(x),
                                             box.y + view.frame.y_scale.compute(dots.y[i])]),
          pairs: [...view.model.renderers.find(r => r.glyph.type === 'Segment').data_source.data.name],
          range: [view.model.x_range.start, view.model.x_range.end],
        };""")


def at(page: Page, name: str) -> tuple[int, int]:
    shown = figure(page)
    x, y = shown["places"][shown["names"].index(name)]
    return round(x), round(y)


def mouse(page: Page, *steps: tuple[str, int, int]) -> None:
    """Move, press and release the left button at places of the window."""
    from selenium.webdriver.common.actions.action_builder import ActionBuilder

    builder = ActionBuilder(page.driver)
    for what, x, y in steps:
        builder.pointer_action.move_to_location(x, y)
        if what == "down":
            builder.pointer_action.pointer_down()
        elif what == "up":
            builder.pointer_action.pointer_up()
    builder.perform()


def test_network_sliders_filter(page: Page, report: Path, labelled: Any) -> None:
    tables = labelled[0]
    page.open(report, height=1400)
    page.tab("network")
    assert len(figure(page)["pairs"]) == len(tables["edges"])
    page.set("#net-weight", 3)
    heavy = [e for e in tables["edges"] if e["weight"] >= 3]
    assert len(figure(page)["pairs"]) == len(heavy)
    assert f"{len(heavy)} pairs shown" in page.text("#net-status")
    page.set("#net-weight", 1)
    page.set("#net-from", 1950)
    page.set("#net-to", 1959)
    within = {
        (c["source"], c["target"])
        for c in tables["cooccurrences"]
        if not c["earliest"] or (c["earliest"] <= "1959-12-31" and c["latest"] >= "1950-01-01")
    }
    assert len(figure(page)["pairs"]) == len(within) < len(tables["edges"])
    page.set("#net-undated", False, "change")
    dated = {
        (c["source"], c["target"])
        for c in tables["cooccurrences"]
        if c["earliest"] and c["earliest"] <= "1959-12-31" and c["latest"] >= "1950-01-01"
    }
    assert len(figure(page)["pairs"]) == len(dated)
    page.set("#net-from", 1990)
    assert page.js("return document.getElementById('net-to').value") == "1990"
    assert page.complaints() == []


def test_network_backbone(page: Page, folder: Path, labelled: Any) -> None:
    edges = [dict(e, backbone=0.01 if e["weight"] > 2 else 0.5) for e in labelled[0]["edges"]]
    page.open(write(folder, "backbone", ({**labelled[0], "edges": edges}, *labelled[1:])))
    page.tab("network")
    assert len(figure(page)["pairs"]) == len(edges)
    page.set("#net-backbone", True, "change")
    assert len(figure(page)["pairs"]) == sum(e["weight"] > 2 for e in edges)
    page.tab("network", "finland", "germany")
    assert "disparity p0.010" in page.text("#net-detail")
    page.tab("network", *next((e["source"], e["target"]) for e in edges if e["weight"] == 1))
    assert "disparity p0.500" in page.text("#net-detail")


def test_network_sizes_and_colours(page: Page, report: Path) -> None:
    page.open(report, height=1400)
    page.tab("network")
    before = figure(page)
    page.set("#net-colour", "community", "change")
    assert figure(page)["fills"] != before["fills"]
    page.set("#net-size", "mentions", "change")
    assert figure(page)["sizes"] != before["sizes"]


def test_network_click_lists_sentences_and_leads_to_them(page: Page, report: Path, labelled: Any) -> None:
    tables = labelled[0]
    page.open(report, height=1400)
    page.tab("network")
    page.set("#net-weight", 5)
    time.sleep(0.3)
    x, y = at(page, "Germany")
    mouse(page, ("down", x, y), ("up", x, y))
    page.wait("return document.querySelector('#net-detail h3').textContent === 'Germany'")
    weight = next(
        e["weight"] for e in tables["edges"] if {e["source"], e["target"]} == {"finland", "soviet_union"}
    )
    (x0, y0), (x1, y1) = at(page, "Finland"), at(page, "Soviet Union")
    x, y = (x0 + x1) // 2, (y0 + y1) // 2
    mouse(page, ("down", x, y), ("up", x, y))
    page.wait("return document.querySelector('#net-detail .tag').textContent === 'named together'")
    assert f"{weight} sentences" in page.text("#net-detail")
    assert len(page.all("#net-detail .sentences li")) == min(weight, 15)
    page.shot("report-network-pair")
    page.find("#net-detail .where").click()
    page.wait("return !document.getElementById('panel-read').hidden && document.querySelector('.s.target')")
    target = page.text(".s.target")
    assert ("Finland" in target or "Finnish" in target) and "Soviet" in target


def test_network_find_drag_zoom_and_keys(page: Page, report: Path) -> None:
    from selenium.webdriver import ActionChains, Keys

    page.open(report, height=1400)
    page.tab("network")
    page.set("#net-find", "urho kek", "change")
    assert page.text("#net-detail h3") == "Urho Kekkonen"
    page.set("#net-find", "nobody of that name", "change")
    assert "No actor is called" in page.text("#net-status")
    page.set("#net-weight", 4)
    time.sleep(0.3)
    x, y = at(page, "Finland")
    view = figure(page)["range"]
    mouse(
        page,
        ("move", x, y),
        ("down", x, y),
        ("move", x + 20, y + 15),
        ("move", x + 60, y + 40),
        ("up", x + 60, y + 40),
    )
    moved = at(page, "Finland")
    assert abs(moved[0] - x - 60) <= 6 and abs(moved[1] - y - 40) <= 6
    assert figure(page)["range"] == view
    page.find("#net-in").click()
    zoomed = figure(page)["range"]
    assert zoomed[1] - zoomed[0] < view[1] - view[0]
    page.js("document.getElementById('net-plot').focus()")
    ActionChains(page.driver).send_keys(Keys.ARROW_RIGHT).perform()
    assert figure(page)["range"][0] > zoomed[0]
    page.set("#net-weight", 1)
    ActionChains(page.driver).send_keys("0").perform()
    box = page.find("#net-plot").rect
    for x, y in figure(page)["places"]:
        assert box["x"] <= x <= box["x"] + box["width"] and box["y"] <= y <= box["y"] + box["height"]
    assert page.complaints() == []


def test_timeline_filters_by_actor_and_period(page: Page, report: Path, labelled: Any) -> None:
    events = labelled[0]["events"]
    page.open(report, height=1400)
    page.tab("timeline")
    assert page.text("#time-status").startswith(f"{len(events)} sentences")
    page.set("#time-actor", "Urho Kekkonen", "change")
    own = [e for e in events if "urho_kekkonen" in e["actors"]]
    assert page.text("#time-status").startswith(f"{len(own)} sentences")
    assert len(page.all("#time-list li")) == min(30, len(own))
    page.set("#time-from", 1960)
    late = [e for e in own if e["latest"] >= "1960"]
    assert len(page.all("#time-list li")) == len(late) < len(own)
    page.find("#time-clear").click()
    days = page.js("return [...document.querySelectorAll('#time-list .when')].map(n => n.textContent)")
    assert days[0] == "1809" and len(days) == 30
    page.find("#time-pager button[aria-label='Last page']").click()
    assert page.js("return document.querySelectorAll('#time-list li').length") == len(events) % 30 or 30


def test_timeline_click_on_a_bar_lists_its_sentences(page: Page, report: Path) -> None:
    page.open(report, height=1400)
    page.tab("timeline")
    time.sleep(0.3)
    x, y, n = page.js("""
        const host = document.getElementById('time-plot');
        const root = [...Bokeh.index].find(v => host.contains(v.el));
        const view = root.child_views[0];
        const box = view.el.getBoundingClientRect();
        const bars = view.model.renderers[0].data_source.data;
        const i = [...bars.top].indexOf(Math.max(...bars.top));
        return [box.x + view.frame.x_scale.compute((bars.left[i] + bars.right[i]) / 2),
                box.y + view.frame.y_scale.compute(bars.top[i] / 2), bars.top[i]];""")
    mouse(page, ("down", round(x), round(y)), ("up", round(x), round(y)))
    page.wait("return document.getElementById('time-status').textContent.includes('at the place chosen')")
    assert page.text("#time-status").startswith(f"{n} sentences")


def test_data_shows_sorts_filters_and_downloads(
    page: Page, report: Path, labelled: Any, folder: Path
) -> None:
    tables = labelled[0]
    page.open(report)
    for name in tables:
        page.tab("data", name)
        assert page.all("#data-frame thead th"), name
        assert len(page.all("#data-frame tbody tr")) == min(50, len(tables[name]))
    page.tab("data", "edges")
    header = "#data-frame thead th:nth-child(3)"
    page.find(f"{header} button").click()
    page.find(f"{header} button").click()
    assert page.find(header).get_attribute("aria-sort") == "descending"
    assert page.text("#data-frame tbody tr td:nth-child(3)") == str(max(e["weight"] for e in tables["edges"]))
    page.set("#data-filter", "kekkonen")
    wanted = [e for e in tables["edges"] if "kekkonen" in e["source"] + e["target"]]
    page.wait(f"return document.getElementById('data-status').textContent.includes('{len(wanted)} rows of')")
    page.tab("data", "mentions")
    page.find("#data-download").click()
    file = folder / "mentions.csv"
    for _ in range(100):
        if file.exists():
            break
        time.sleep(0.1)
    assert file.read_text(encoding="utf8") == format_table(TABLES["mentions"], tables["mentions"])


def test_download_quotes_what_a_csv_must(page: Page, hostile: Path, folder: Path) -> None:
    page.open(hostile)
    page.tab("data", "actors")
    page.find("#data-download").click()
    file = folder / "actors.csv"
    for _ in range(100):
        if file.exists():
            break
        time.sleep(0.1)
    names = {r["name"] for r in csv.DictReader(io.StringIO(file.read_text(encoding="utf8"), newline=""))}
    assert set(fixture.HOSTILE) <= names


def test_hostile_page_runs_nothing_and_breaks_nothing(page: Page, hostile: Path) -> None:
    page.open(hostile)
    for tab in TABS:
        page.tab(tab)
        assert page.find(f"#panel-{tab}").is_displayed()
    page.tab("read")
    assert len(page.all("#read-text mark")) > 5000
    page.set("#read-differences", True, "change") if page.all("#read-differences") else None
    names = page.js(
        "return [...document.querySelectorAll('#read-text mark.t-ORG')].slice(0, 9).map(n => n.textContent)"
    )
    assert names == fixture.HOSTILE
    page.js("document.querySelector('#read-text mark.t-ORG').focus()")
    assert "javascript:" not in page.js("return document.getElementById('read-card').innerHTML")
    assert page.js("return window.hacked") is None
    assert page.complaints() == []
    assert page.requests() == []
    page.shot("report-hostile")


def test_policy_stops_a_script_that_gets_in(page: Page, report: Path) -> None:
    page.open(report)
    page.js(
        "const s = document.createElement('script'); s.textContent = 'window.hacked = 3';"
        "document.body.append(s)"
    )
    page.js("const i = new Image(); i.src = 'http://127.0.0.1:9/x.png'; document.body.append(i)")
    assert page.js("return window.hacked") is None
    assert any("Content Security Policy" in c for c in page.complaints())


def test_theme_can_be_chosen_and_reaches_the_canvas(page: Page, report: Path) -> None:
    page.open(report)
    page.tab("network")
    light = figure(page)["fills"]
    page.set("#theme", "dark", "change")
    assert page.js("return getComputedStyle(document.body).backgroundColor") == "rgb(22, 24, 27)"
    assert figure(page)["fills"] != light
    page.set("#theme", "auto", "change")


def test_print_shows_the_text_and_no_controls(page: Page, report: Path) -> None:
    page.open(report)
    page.tab("read")
    page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    assert not page.find(".bar").is_displayed() and not page.find("#panel-read .controls").is_displayed()
    assert page.find("#read-text").is_displayed()
    page.shot("report-print")
    page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing(page: Page, report: Path, dark: bool) -> None:
    if not chromium.AXE.exists():
        chromium.missing("axe-core is not installed (npm ci --prefix tests/browser)")
    axe = chromium.AXE.read_text(encoding="utf8")
    page.open(report, dark=dark)
    page.js(axe)
    found = []
    for tab in TABS:
        page.tab(tab)
        if tab == "read":
            page.set("#read-removed", True, "change")
            page.set("#read-differences", True, "change")
            page.js("document.querySelector('#read-text mark').focus()")
        result = page.driver.execute_async_script("axe.run(document).then(arguments[arguments.length - 1])")
        found += [
            (tab, v["id"], n["target"], n["failureSummary"]) for v in result["violations"] for n in v["nodes"]
        ]
    assert found == []


@pytest.mark.parametrize("tables", [{}, fixture.empty()], ids=["no tables", "empty tables"])
def test_a_run_that_found_nothing_can_be_looked_at(page: Page, folder: Path, tables: Any) -> None:
    page.open(write(folder, "empty", (tables, {"d": "Some text without a name.\n"}, {})))
    for tab in TABS:
        page.tab(tab)
    assert page.complaints() == []
    page.tab("read", "d")
    assert "Some text without a name." in page.text("#read-text")
    page.tab("network")
    assert page.text("#net-status") == "No sentence names two actors, so there is no network."


def test_years_before_the_common_era(page: Page, folder: Path, labelled: Any) -> None:
    tables = {name: [dict(r) for r in rows] for name, rows in labelled[0].items()}
    for row in (*tables["events"], *tables["sentences"], *tables["cooccurrences"]):
        if row["earliest"]:
            row["earliest"], row["latest"] = "-0479-09-01", "-0478-12-31"
    page.open(write(folder, "early", (tables, *labelled[1:])))
    page.tab("timeline")
    assert (page.text("#time-from-out"), page.text("#time-to-out")) == ("480 BC", "479 BC")
    assert page.text("#time-list .when").startswith("1 September 480 BC – 31 December 479 BC")
    page.tab("network")
    assert page.text("#net-from-out") == "480 BC"
    page.set("#net-from", -478)
    assert page.text("#net-status").startswith("82 actors and 190 pairs shown")
    assert page.complaints() == []


@pytest.mark.slow
def test_two_hundred_pages_are_usable(page: Page, folder: Path) -> None:
    path = write(folder, "many", fixture.many_pages(200, sentences=250, actors=3000))
    page.open(path)
    times = {}
    for tab in TABS[1:]:
        start = time.perf_counter()
        page.tab(tab)
        times[tab] = time.perf_counter() - start
    assert max(times.values()) < 10, times
    page.tab("network")
    assert len(figure(page)["pairs"]) <= 250
    start = time.perf_counter()
    page.set("#net-from", 1950)
    assert time.perf_counter() - start < 1.5
    time.sleep(1)
    page.shot("report-many-network")
    page.tab("data", "mentions")
    assert len(page.all("#data-frame tbody tr")) == 50
    assert page.complaints() == []


def test_a_part_of_a_large_run_is_usable_and_says_so(page: Page, folder: Path) -> None:
    tables, clean, raw = fixture.many_pages(40, sentences=40, actors=300)
    for document in tables["documents"]:
        document["raw_chars"] = 1000
    part = take_excerpt(list(tables), fixture.reader(tables), budget=5000)
    shown = [d["doc_id"] for d in part.tables["documents"]]
    texts = ({doc: source[doc] for doc in shown} for source in (clean, raw))
    path = write(folder, "part", (part.tables, *texts), title="40 pages", totals=part.totals)
    page.open(path)
    for tab in TABS:
        page.tab(tab)
        assert page.find(f"#panel-{tab} .part").is_displayed()
    assert "5 of 40 pages" in page.text("#panel-overview .part")
    page.tab("network")
    assert f"of {part.held('actors')} and" in page.text("#net-status")
    page.shot("report-part-network")
    edge = max(part.tables["edges"], key=lambda e: e["weight"])
    page.tab("network", edge["source"], edge["target"])
    assert f"of {edge['weight']} in all" in page.text("#net-detail")
    page.tab("data", "sentences")
    rows = f"sentences {part.held('sentences')} of {len(tables['sentences'])}"
    assert rows in page.text("#panel-data .part").replace("\u202f", "")
    page.shot("report-part-data")
    assert page.complaints() == []
    assert page.requests() == []
