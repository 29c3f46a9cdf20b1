"""score_pages on whole pages: the development page in three layouts, noise, overrides, several pages."""

import json
import random
import re
import time
from collections import Counter, defaultdict
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pytest

from pipeline.clean import clean_page
from pipeline.records import Sentence
from pipeline.score import Predicted, mentions_from_gold, predictions_by_page, score_pages, scores_json
from pipeline.score.gold import read_json_page
from pipeline.score.markup import parse_marked
from pipeline.score.pages import compare_page, predicted_from_gold
from pipeline.tables import TABLES, format_table

DATA = Path(__file__).parent / "data" / "pages"
NAME = "finland_soviet_union_relations"


def figures(result) -> dict[str, float | None]:
    return {
        f"{r['stage']}/{r['metric']}": r["f1"] for r in result.scores if not r["label"] and not r["doc_id"]
    }


def page(marked: str, doc_id: str = "p"):
    return parse_marked(marked, "test", doc_id)


@pytest.fixture(scope="module")
def development():
    return read_json_page(DATA / "infolist" / f"{NAME}.json")


def noisy(seed: int, layout: str):
    """A prediction over the clean text of a layout: gold labels found through raw offsets, then spoilt."""
    raw = (DATA / layout / f"{NAME}.txt").read_bytes().decode("utf8")
    gold = json.loads((DATA / layout / f"{NAME}.json").read_text(encoding="utf8"))
    cleaned = clean_page(raw, NAME)
    rng = random.Random(seed)
    clean_of = {
        s.raw_start + i: s.start + i
        for s in cleaned.source.segments
        if s.kept
        for i in range(s.end - s.start)
    }
    ids = sorted({m["entity"] for m in gold["mentions"]})
    renamed = {i: i if rng.random() < 0.8 else f"{i}_x" for i in ids}
    mentions, dates = [], []
    for m in gold["mentions"]:
        if rng.random() < 0.08:
            continue
        start, end = clean_of[m["raw_start"]], clean_of[m["raw_end"] - 1] + 1
        entity = renamed[m["entity"]] if rng.random() > 0.05 else rng.choice(ids)
        actor = renamed[m["actor"]] if m["actor"] else ""
        row = {"doc_id": NAME, "start": start, "end": end, "text": cleaned.text[start:end], "method": "noise",
               "label": m["label"] if rng.random() > 0.06 else "ORG", "entity_id": entity,
               "actor_id": actor if rng.random() > 0.05 else "", "raw_start": m["raw_start"],
               "raw_end": m["raw_end"]}  # fmt: skip
        mentions.append(row)
    for d in gold["dates"]:
        if rng.random() > 0.08:
            start, end = clean_of[d["raw_start"]], clean_of[d["raw_end"] - 1] + 1
            value = d["value"] if rng.random() > 0.1 else "1900"
            dates.append({"doc_id": NAME, "start": start, "end": end, "text": cleaned.text[start:end],
                          "type": d["type"], "value": value, "mod": "", "raw_start": d["raw_start"],
                          "raw_end": d["raw_end"]})  # fmt: skip
    sentences = []
    for line in re.finditer(r"^(?!## ).+$", cleaned.text, re.MULTILINE):
        for part in re.finditer(r"\S.*?(?:[.!?](?= [A-Z])|$)", line.group()):
            start, end = line.start() + part.start(), line.start() + part.end()
            raw_start, raw_end = cleaned.source.raw_span(start, end)
            sentences.append({"doc_id": NAME, "start": start, "end": end, "raw_start": raw_start,
                              "raw_end": raw_end})  # fmt: skip
    tables = {"mentions": mentions, "dates": dates, "sentences": sentences}
    return gold, cleaned, predictions_by_page({NAME: cleaned.text}, tables)[NAME]


def raw_reference(gold, pred):
    """The same figures straight from raw offsets, in plain code: no clean text, no alignment."""
    golds = {(m["raw_start"], m["raw_end"]): m for m in gold["mentions"]}
    preds = {(m["raw_start"], m["raw_end"]): m for m in pred.mentions}
    both = sorted(golds.keys() & preds.keys())
    right = sum(golds[s]["label"] == preds[s]["label"] for s in both)
    f = {"mentions/strict": 2 * right / (len(golds) + len(preds))}
    dates = {(d["raw_start"], d["raw_end"]): d["value"] for d in gold["dates"]}
    found = {(d["raw_start"], d["raw_end"]): d["value"] for d in pred.dates}
    right = sum(found.get(s) == v for s, v in dates.items())
    f["dates/span_value"] = 2 * right / (len(dates) + len(found))
    pairs = [(golds[s]["entity"], preds[s]["entity_id"]) for s in both]
    cells, g, p = Counter(pairs), Counter(a for a, _ in pairs), Counter(b for _, b in pairs)
    precision = sum(n * n / p[b] for (_, b), n in cells.items()) / len(pairs)
    recall = sum(n * n / g[a] for (a, _), n in cells.items()) / len(pairs)
    f["entities/b_cubed"] = 2 * precision * recall / (precision + recall)

    def edges(items):
        present = defaultdict(set)
        for start, actor in items:
            for n, s in enumerate(pred.sentences):
                if actor and s["raw_start"] <= start < s["raw_end"]:
                    present[n].add(actor)
        return Counter(pair for actors in present.values() for pair in combinations(sorted(actors), 2))

    mine = edges((m["raw_start"], m["actor_id"]) for m in pred.mentions)
    theirs = edges((m["raw_start"], m["actor"]) for m in gold["mentions"])
    f["edges/weighted_ids"] = 2 * (mine & theirs).total() / (mine.total() + theirs.total())
    return f


@pytest.mark.parametrize("layout", ["infolist", "infolist-next", "astronomy"])
@pytest.mark.parametrize("seed", [1, 2])
def test_agrees_with_plain_code_in_raw_coordinates(layout, seed):
    data, _, pred = noisy(seed, layout)
    gold = read_json_page(DATA / layout / f"{NAME}.json")
    found = figures(score_pages([gold], {NAME: pred}, seed=0, resamples=0))
    expected = raw_reference(data, pred)
    assert {name: found[name] for name in expected} == pytest.approx(expected)
    assert 0.5 < expected["edges/weighted_ids"] < 0.95  # the noise does something


def test_junk_left_in_the_text_costs_tokens_only(development):
    """Names keep their places when cleaning leaves blurbs in or breaks paragraphs."""
    pred = predicted_from_gold(development)
    rng = random.Random(5)
    cuts = sorted(rng.sample([m.start() for m in re.finditer(" ", development.text)], 30))
    pieces, shift, last = [], [], 0
    for n, cut in enumerate(cuts):
        pieces += [development.text[last:cut], f"\nzz{n} qq{n} xx{n} ...\n" if n % 2 else "\n"]
        shift.append((cut, len(pieces[-1])))
        last = cut
    dirty = "".join([*pieces, development.text[last:]])

    def moved(row):
        start = row["start"] + sum(by for at, by in shift if at < row["start"])
        end = row["end"] + sum(by for at, by in shift if at < row["end"])
        return {**row, "start": start, "end": end, "text": dirty[start:end]}

    spoilt = replace(
        pred, text=dirty, mentions=[moved(r) for r in pred.mentions], dates=[moved(r) for r in pred.dates]
    )
    found = figures(score_pages([development], {NAME: spoilt}, seed=0, resamples=0))
    assert found.pop("clean/tokens") < 1
    assert all(value == 1.0 for value in found.values()), found


def test_gold_against_itself_is_one_everywhere(development):
    result = score_pages([development], {NAME: predicted_from_gold(development)}, seed=0, resamples=50)
    assert set(figures(result).values()) == {1.0}
    assert result.errors == ()
    assert {(r["ci_low"], r["ci_high"]) for r in result.scores} == {(1.0, 1.0)}


def test_rows_fit_their_tables(development):
    _, _, pred = noisy(3, "infolist")
    result = score_pages([development], {NAME: pred}, seed=0, resamples=20)
    for name, rows in (("scores", result.scores), ("errors", result.errors)):
        assert rows
        assert all(list(row) == TABLES[name].column_names for row in rows)
        format_table(TABLES[name], rows)
    keys = [tuple(row[c] for c in TABLES["scores"].key) for row in result.scores]
    assert len(keys) == len(set(keys))
    for error in result.errors:
        if error["stage"] in ("mentions", "dates") and error["gold"]:
            assert error["gold"].split("|")[0] == development.text[error["start"] : error["end"]]
            assert f"⟦{development.text[error['start'] : error['end']]}⟧" in error["context"]
    assert len(json.loads(scores_json(result))["scores"]) == len(result.scores)


def test_is_deterministic_and_fast(development):
    _, _, pred = noisy(4, "infolist")
    begin = time.perf_counter()
    first = score_pages([development], {NAME: pred}, seed=3, resamples=1000)
    assert time.perf_counter() - begin < 5
    again = score_pages([development], {NAME: pred}, seed=3, resamples=1000)
    assert scores_json(first) == scores_json(again)
    other = score_pages([development], {NAME: pred}, seed=4, resamples=1000)
    assert figures(first) == figures(other)
    assert scores_json(first) != scores_json(other)
    for row in first.scores:
        if row["f1"] is not None and row["support"] > 20 and row["ci_low"] is not None:
            assert row["ci_low"] <= row["f1"] <= row["ci_high"], row


def test_a_page_without_prediction_is_missed_and_one_without_gold_ignored():
    gold = page("⟦A|GPE|a|a⟧ met ⟦B|GPE|b|b⟧ in ⦃1947|DATE|1947|⦄.")
    result = score_pages([gold], {"other": predicted_from_gold(gold)}, seed=0, resamples=10)
    found = figures(result)
    assert (
        found["mentions/strict"]
        == found["dates/span"]
        == found["clean/tokens"]
        == found["edges/weighted"]
        == 0
    )
    assert found["entities/b_cubed"] is None
    assert score_pages([], {"other": Predicted("x")}, seed=0, resamples=10).scores == ()


def test_a_lost_page_does_not_fill_the_cells_of_its_errors(development):
    errors = score_pages([development], {}, seed=0, resamples=0).errors
    assert {e["kind"] for e in errors if e["stage"] == "clean"} == {"lost", "anchor_missed"}
    assert all(len(e[c]) < 400 for e in errors for c in ("gold", "predicted", "context"))


def test_pages_are_pooled_by_their_counts_not_averaged():
    one = page("⟦A|GPE|a|a⟧.", "one")
    two = page("⟦A|GPE|a|a⟧ ⟦B|GPE|b|b⟧ ⟦C|GPE|c|c⟧.\n⟦A|GPE|a|a⟧ ⟦B|GPE|b|b⟧.", "two")
    preds = {"one": Predicted(one.text), "two": predicted_from_gold(two)}
    result = score_pages([two, one], preds, seed=0, resamples=100)
    rows = {(r["metric"], r["doc_id"]): r for r in result.scores if not r["label"] and r["stage"] != "clean"}
    assert rows["strict", ""]["recall"] == 5 / 6
    assert (rows["strict", "one"]["f1"], rows["strict", "two"]["f1"]) == (0, 1)
    assert rows["weighted", ""]["support"] == 4
    assert rows["strict", ""]["ci_low"] < rows["strict", ""]["f1"] <= rows["strict", ""]["ci_high"]
    reordered = score_pages([one, two], dict(reversed(preds.items())), seed=0, resamples=100)
    assert reordered == result


def test_the_same_pair_on_two_pages_is_two_edges_when_pages_are_scored():
    gold = [page("⟦A|GPE|a|a⟧ ⟦B|GPE|b|b⟧.", d) for d in ("one", "two")]
    preds = {"one": predicted_from_gold(gold[0]), "two": Predicted(gold[1].text)}
    row = next(
        r
        for r in score_pages(gold, preds, seed=0, resamples=0).scores
        if r["metric"] == "binary" and not r["doc_id"]
    )
    assert (row["precision"], row["recall"], row["support"]) == (1.0, 0.5, 2)


def test_intervals_over_pages_are_those_of_one_long_page():
    """The sentences of all pages are drawn together, each with what stands in it."""
    lines = [f"⟦A{n}|GPE|a{n}|a{n}⟧ met ⟦B{n}|GPE|b{n}|b{n}⟧ in ⦃1947|DATE|1947|⦄.\n" for n in range(8)]
    spoilt = [line if n % 3 else re.sub("⟦(B.).*?⟧", r"⟦\1|ORG|a0|a0⟧", line) for n, line in enumerate(lines)]
    spoilt[1] = "A1 met B1 in 1947.\n"
    split = [page("".join(lines[:3]), "one"), page("".join(lines[3:]), "two")]
    preds = {
        d: predicted_from_gold(page("".join(x), d)) for d, x in (("one", spoilt[:3]), ("two", spoilt[3:]))
    }
    apart = score_pages(split, preds, seed=0, resamples=200)
    whole = page("".join(lines))
    joined = score_pages([whole], {"p": predicted_from_gold(page("".join(spoilt)))}, seed=0, resamples=200)

    def intervals(result):
        keys = ("stage", "metric", "label", "f1", "ci_low", "ci_high")
        return [[r[k] for k in keys] for r in result.scores if not r["doc_id"] and r["stage"] not in skipped]

    # the ids are aligned page by page, so a wrong one is judged otherwise on one long page
    skipped = ("edges",)
    assert intervals(apart) == intervals(joined)
    rows = {r["metric"]: r for r in apart.scores if r["stage"] == "edges" and not r["doc_id"]}
    expected = {r["metric"]: r for r in joined.scores if r["stage"] == "edges" and not r["doc_id"]}
    names = ("f1", "ci_low", "ci_high")
    assert [rows["weighted_ids"][k] for k in names] == [expected["weighted_ids"][k] for k in names]
    assert rows["weighted"]["ci_low"] < 1


def test_units_are_sentences_and_headings_are_none():
    gold = page("First. Second.\n\n## Heading\nThird.\n")
    compared = compare_page(gold, Predicted(gold.text))
    assert compared.units == 2
    assert [gold.text[slice(*compared.unit_span(u))] for u in range(2)] == ["First. Second.", "Third."]
    sentences = [{"start": a, "end": a + 6, "raw_start": a, "raw_end": a + 6} for a in (0, 7, 27)]
    compared = compare_page(gold, Predicted(gold.text, sentences=sentences))
    assert [gold.text[slice(*compared.unit_span(u))] for u in range(3)] == ["First.", "Second.", "Third."]
    assert [compared.unit(place) for place in (0, 6, 7, 13, 27)] == [0, 0, 1, 1, 2]


def test_overrides_are_left_out_of_both_sides():
    gold = page("⟦Hoxha|PERSON|h|h⟧ met ⟦Stalin|PERSON|s|s⟧ and ⟦Tito|PERSON|t|t⟧ in ⦃1947|DATE|1947|⦄.")
    pred = predicted_from_gold(gold)
    rows = [dict(row) for row in pred.mentions]
    rows[0] |= {"method": "override", "label": "ORG", "entity_id": "wrong", "actor_id": ""}
    result = score_pages([gold], {"p": replace(pred, mentions=rows)}, seed=0, resamples=0)
    assert set(figures(result).values()) == {1.0, None} or set(figures(result).values()) == {1.0}
    strict = next(r for r in result.scores if r["metric"] == "strict" and not r["label"])
    assert strict["support"] == 2
    weighted = next(r for r in result.scores if r["metric"] == "weighted")
    assert weighted["support"] == 1
    # a right override earns nothing either
    rows[0] = {**pred.mentions[0], "method": "override"}
    again = score_pages([gold], {"p": replace(pred, mentions=rows)}, seed=0, resamples=0)
    assert next(r for r in again.scores if r["metric"] == "strict" and not r["label"])["support"] == 2
    # without the mark it would cost
    rows[0] = {**pred.mentions[0], "label": "ORG"}
    assert (
        figures(score_pages([gold], {"p": replace(pred, mentions=rows)}, seed=0, resamples=0))[
            "mentions/strict"
        ]
        < 1
    )
    # a corrected date has no method column: its span is given
    start = gold.dates[0].start
    corrected = replace(pred, dates=[{**pred.dates[0], "value": "1948"}], overridden=[(start, start + 4)])
    assert figures(score_pages([gold], {"p": corrected}, seed=0, resamples=0))["dates/span_value"] is None


def test_predicted_sentences_split_meetings():
    gold = page("⟦A|GPE|a|a⟧ left. ⟦B|GPE|b|b⟧ came.")
    pred = predicted_from_gold(gold)
    apart = [
        {"start": 0, "end": 7, "raw_start": 0, "raw_end": 7},
        {"start": 8, "end": 15, "raw_start": 8, "raw_end": 15},
    ]
    for sentences, support in (((), 1), (apart, 0)):
        result = score_pages([gold], {"p": replace(pred, sentences=sentences)}, seed=0, resamples=0)
        assert next(r for r in result.scores if r["metric"] == "weighted")["support"] == support


def test_anchors_need_their_exact_raw_extent(development):
    links = [x for x in development.links if x.body]
    pred = predicted_from_gold(development)
    rows = [dict(row) for row in pred.glossary]
    first = next(i for i, row in enumerate(rows) if row["start"] is not None)
    rows[first] |= {"raw_end": rows[first]["raw_end"] + 4, "anchor": rows[first]["anchor"] + " The"}
    result = score_pages([development], {NAME: replace(pred, glossary=rows)}, seed=0, resamples=0)
    row = next(r for r in result.scores if r["metric"] == "anchors")
    assert row["recall"] == pytest.approx(1 - 1 / len(links))
    error = next(e for e in result.errors if e["stage"] == "clean")
    assert (error["kind"], error["gold"]) == ("anchor_extent", links[0].anchor)
    assert error["predicted"] == links[0].anchor + " The"


def test_a_dropped_anchor_counts_on_the_whole_page_only(development):
    pred = predicted_from_gold(development)
    kept = [row for row in pred.glossary if row["start"] is not None]
    result = score_pages([development], {NAME: replace(pred, glossary=kept)}, seed=0, resamples=0)
    found = figures(result)
    assert found["clean/anchors"] == 1.0
    assert found["clean/anchors_all"] < 1


def test_gold_input_for_a_later_stage(development):
    _, cleaned, pred = noisy(1, "astronomy")
    sentences = [Sentence(f"s{i}", "c", s["start"], s["end"]) for i, s in enumerate(pred.sentences)]
    bare = mentions_from_gold(development, cleaned.text, sentences)
    assert len(bare) == len(development.mentions)
    assert all(cleaned.text[m.start : m.end] == m.text for m in bare)
    assert {(m.entity_id, m.actor_id) for m in bare} == {("", "")}
    by_id = {s.sentence_id: s for s in sentences}
    assert all(by_id[m.sentence_id].start <= m.start < by_id[m.sentence_id].end for m in bare)
    linked = mentions_from_gold(development, cleaned.text, sentences, linked=True)
    rows = [{"start": m.start, "end": m.end, "text": m.text, "label": m.label, "entity_id": m.entity_id,
             "actor_id": m.actor_id, "method": "gold"} for m in linked]  # fmt: skip
    result = score_pages([development], {NAME: replace(pred, mentions=rows)}, seed=0, resamples=0,
                         layers=("entities", "actors", "edges"), given="gold_mentions")  # fmt: skip
    assert {r["stage"] for r in result.scores} == {
        f"{x}@gold_mentions" for x in ("entities", "actors", "edges")
    }
    assert set(figures(result).values()) == {1.0}
    assert mentions_from_gold(development, "Nothing of it.", sentences) == ()


def test_an_unlinked_name_is_an_entity_of_its_own():
    gold = page("⟦A|GPE|a|a⟧ ⟦A|GPE|a|a⟧ ⟦A|GPE|a|a⟧")
    rows = [{**row, "entity_id": "", "actor_id": ""} for row in predicted_from_gold(gold).mentions]
    result = score_pages([gold], {"p": Predicted(gold.text, rows)}, seed=0, resamples=0)
    row = next(r for r in result.scores if (r["stage"], r["metric"]) == ("entities", "b_cubed"))
    assert (row["precision"], row["recall"]) == pytest.approx((1, 1 / 3))
