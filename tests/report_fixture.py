"""Tables for tests of the report, made without the other stages."""

from __future__ import annotations

import itertools
import json
import re
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from pipeline.tables import TABLES, Row, Selection

PAGE = Path(__file__).parent / "data" / "pages" / "infolist" / "finland_soviet_union_relations"
HOSTILE = [
    "<script>window.hacked=1</script>",
    "</script><img src=x onerror=window.hacked=2>",
    "\"quoted\" & 'single' `tick`",
    "\u202egnp.exe\u202c",
    "שלום",
    "𝔘𝔫𝔦 😀",
    "$x_1$ {{7*7}} {% raw %}",
    "a\u2028b",
    "=1+1",
]


def reader(tables: dict[str, list[Row]]) -> Callable[[str, Selection | None], Iterator[Row]]:
    """Tables in memory, read as `take_excerpt` reads those on disk."""

    def read(name: str, only: Selection | None) -> Iterator[Row]:
        return (row for row in tables[name] if only is None or only.takes(row))

    return read


def empty() -> dict[str, list[Row]]:
    """All tables of the contract, without a row."""
    return {name: [] for name in TABLES}


def row(table: str, **values: Any) -> Row:
    """A row with every column of the table; what is not given is empty."""
    unknown = values.keys() - set(TABLES[table].column_names)
    if unknown:
        raise KeyError(f"{table} has no column {unknown}")
    blank = {"list": (), "string": "", "date": ""}
    return {c.name: values.get(c.name, blank.get(c.type)) for c in TABLES[table].columns}


def sentence_spans(text: str, whole: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """A rough cut into sentences, good enough to lay out a page; no border falls into a `whole` span."""
    rough = [m.span() for m in re.finditer(r"[^\s#](?:[^\n]*?[.!?](?= [A-Z]|\n|$)|[^\n]+)", text)]
    inside = {i for start, end in whole for i in range(start + 1, end)}
    spans: list[tuple[int, int]] = []
    for start, end in rough:
        if spans and (start in inside or spans[-1][1] in inside):
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
    return spans


def days(value: str) -> tuple[str, str]:
    """First and last day of a plain TIMEX3 value."""
    if re.fullmatch(r"\d{4}", value):
        return f"{value}-01-01", f"{value}-12-31"
    if re.fullmatch(r"\d{4}-\d\d", value):
        return f"{value}-01", f"{value}-28"
    return (value, value) if re.fullmatch(r"\d{4}-\d\d-\d\d", value) else ("", "")


def labelled_page() -> tuple[dict[str, list[Row]], dict[str, str], dict[str, str]]:
    """Tables, clean and raw texts of the labelled development page, as a perfect pipeline would give them."""
    gold = json.loads(PAGE.with_suffix(".json").read_text(encoding="utf8"))
    raw = PAGE.with_suffix(".txt").read_bytes().decode("utf8")
    mentions = [
        {
            **m,
            "start": m["clean_start"],
            "end": m["clean_end"],
            "entity_id": m["entity"],
            "actor_id": m["actor"] or "",
        }
        for m in gold["mentions"]
    ]
    dates = [{**d, "start": d["clean_start"], "end": d["clean_end"]} for d in gold["dates"]]
    tables = tables_of([(gold["doc_id"], gold["title"], gold["clean"], mentions, dates, gold["sections"])])
    tables["glossary"] = [
        row(
            "glossary",
            doc_id=gold["doc_id"],
            blurb_id=f"b{i:04}",
            anchor=b["anchor"],
            raw_start=b["raw_start"],
            raw_end=b["raw_end"],
            blurb=b["blurb"],
            gloss=b["blurb"],
            blurb_raw_start=b["blurb_start"],
            blurb_raw_end=b["blurb_end"],
            kind="definition",
            truncated=True,
        )
        for i, b in enumerate(gold["links"])
    ]
    tables["segments"] = segments(gold, raw)
    tables["scores"] = [
        row(
            "scores",
            stage="mentions",
            metric="strict",
            precision=0.95,
            recall=0.93,
            f1=0.94,
            support=304,
            ci_low=0.92,
            ci_high=0.96,
            label="",
            doc_id="",
        ),
        row(
            "scores",
            stage="mentions",
            metric="strict",
            precision=0.95,
            recall=0.93,
            f1=0.94,
            support=304,
            label="",
            doc_id=gold["doc_id"],
        ),
        row(
            "scores",
            stage="mentions",
            metric="strict",
            precision=0.9,
            recall=0.9,
            f1=0.9,
            support=80,
            label="GPE",
        ),
        row(
            "scores",
            stage="edges",
            metric="weighted",
            precision=0.9,
            recall=0.8,
            f1=0.85,
            support=120,
            ci_low=0.8,
            ci_high=0.9,
        ),
    ]
    return tables, {gold["doc_id"]: gold["clean"]}, {gold["doc_id"]: raw}


def segments(gold: dict[str, Any], raw: str) -> list[Row]:
    """A source map in which each blurb of the body is one removed stretch behind its anchor."""
    spans = sorted((m["raw_end"], m["clean_end"]) for m in gold["mentions"])
    found = []
    for link in gold["links"]:
        before = [clean for raw_end, clean in spans if raw_end <= link["blurb_start"]]
        if link["body"] and before:
            found.append(
                row(
                    "segments",
                    doc_id=gold["doc_id"],
                    raw_start=link["blurb_start"],
                    raw_end=link["blurb_end"],
                    start=before[-1],
                    end=before[-1],
                    rule="blurb",
                )
            )
    return found


def tables_of(
    pages: list[tuple[str, str, str, list[dict[str, Any]], list[dict[str, Any]], Any]],
) -> dict[str, list[Row]]:
    """All tables from spans over clean texts; a page is (doc_id, title, text, mentions, dates, sections)."""
    tables = empty()
    for doc_id, title, text, mentions, dates, sections in pages:
        add_page(tables, doc_id, title, text, mentions, dates, sections)
    add_graph(tables)
    return tables


def add_page(
    tables: dict[str, list[Row]], doc_id: str, title: str, text: str, mentions: Any, dates: Any, sections: Any
) -> None:
    spans = sentence_spans(text, [(m["start"], m["end"]) for m in (*mentions, *dates)])
    starts = [(s["title"], s["clean_start"]) for s in sections] or [("", 0)]
    for i, (name, start) in enumerate(starts):
        end = starts[i + 1][1] if i + 1 < len(starts) else len(text)
        body = text[start:end]
        if i + 1 < len(starts) and "## " in body:
            body = body[: body.rindex("## ")]
        tables["sections"].append(
            row(
                "sections",
                doc_id=doc_id,
                section_id=f"c{i:02}",
                title=name,
                start=start,
                end=start + len(body.rstrip()),
                raw_start=start,
                raw_end=end,
                kept=True,
            )
        )
    story: tuple[str, str] = ("", "")
    for i, (start, end) in enumerate(spans):
        inside = [days(d["value"]) for d in dates if start <= d["start"] < end]
        known = [d for d in inside if d[0]]
        own = (min(d[0] for d in known), max(d[1] for d in known)) if known else ("", "")
        story = own if own[0] else story
        tables["sentences"].append(
            row(
                "sentences",
                doc_id=doc_id,
                sentence_id=f"s{i:04}",
                section_id="c00",
                start=start,
                end=end,
                raw_start=start,
                raw_end=end,
                text=text[start:end],
                earliest=story[0],
                latest=story[1],
                dated_by="own" if own[0] else "narrative" if story[0] else "",
            )
        )

    first = [a for a, _ in spans]

    def sentence_at(offset: int) -> str:
        return f"s{max(0, bisect_right(first, offset) - 1):04}"

    for i, m in enumerate(mentions):
        tables["mentions"].append(
            row(
                "mentions",
                doc_id=doc_id,
                mention_id=f"m{i:04}",
                sentence_id=sentence_at(m["start"]),
                start=m["start"],
                end=m["end"],
                raw_start=m.get("raw_start", m["start"]),
                raw_end=m.get("raw_end", m["end"]),
                text=text[m["start"] : m["end"]],
                label=m["label"],
                entity_id=m["entity_id"],
                actor_id=m["actor_id"],
                method="glossary",
                score=0.97,
            )
        )
    for i, d in enumerate(dates):
        earliest, latest = days(d["value"])
        tables["dates"].append(
            row(
                "dates",
                doc_id=doc_id,
                date_id=f"d{i:04}",
                sentence_id=sentence_at(d["start"]),
                start=d["start"],
                end=d["end"],
                raw_start=d.get("raw_start", d["start"]),
                raw_end=d.get("raw_end", d["end"]),
                text=text[d["start"] : d["end"]],
                type=d["type"],
                value=d["value"],
                mod=d.get("mod", ""),
                earliest=earliest,
                latest=latest,
            )
        )
    tables["documents"].append(
        row(
            "documents",
            doc_id=doc_id,
            title=title,
            layout="infolist",
            sha256="0" * 64,
            raw_chars=len(text),
            clean_chars=len(text),
            sections=len(starts),
            sentences=len(spans),
            tokens=len(text.split()),
            blurbs=0,
            mentions=len(mentions),
            dates=len(dates),
        )
    )


def add_graph(tables: dict[str, list[Row]]) -> None:
    """Entities, actors, co-occurrences, edges and events that follow from the mentions."""
    types = {m["entity_id"]: m["label"] for m in reversed(tables["mentions"])}
    by_actor = {m["actor_id"] for m in tables["mentions"] if m["actor_id"]}
    by_entity: dict[str, list[Row]] = defaultdict(list)
    for m in tables["mentions"]:
        by_entity[m["entity_id"]].append(m)
    for entity, own in sorted(by_entity.items()):
        tables["entities"].append(
            row(
                "entities",
                entity_id=entity,
                name=entity.replace("_", " ").title(),
                type=types[entity],
                mentions=len(own),
                documents=len({m["doc_id"] for m in own}),
                is_actor=entity in by_actor,
                wikidata_id="Q33" if entity == "finland" else "",
                aliases=("other name",) if entity == "finland" else (),
                description=f"{entity} is known from its blurb",
            )
        )
    sentences = {(s["doc_id"], s["sentence_id"]): s for s in tables["sentences"]}
    present: dict[tuple[str, str], dict[str, list[str]]] = {}
    for m in tables["mentions"]:
        if m["actor_id"]:
            present.setdefault((m["doc_id"], m["sentence_id"]), {}).setdefault(m["actor_id"], []).append(
                m["mention_id"]
            )
    weights: Counter[tuple[str, str]] = Counter()
    spans: dict[Any, list[str]] = {}
    for key, actors in present.items():
        s = sentences[key]
        for a, b in itertools.combinations(sorted(actors), 2):
            weights[a, b] += 1
            tables["cooccurrences"].append(
                row(
                    "cooccurrences",
                    source=a,
                    target=b,
                    doc_id=key[0],
                    sentence_id=key[1],
                    source_mention_ids=tuple(actors[a]),
                    target_mention_ids=tuple(actors[b]),
                    earliest=s["earliest"],
                    latest=s["latest"],
                )
            )
            spans.setdefault((a, b), []).extend(d for d in (s["earliest"], s["latest"]) if d)
        for a in actors:
            spans.setdefault(a, []).extend(d for d in (s["earliest"], s["latest"]) if d)
        if s["earliest"]:
            tables["events"].append(
                row(
                    "events",
                    doc_id=key[0],
                    sentence_id=key[1],
                    earliest=s["earliest"],
                    latest=s["latest"],
                    edtf="",
                    dated_by=s["dated_by"],
                    actors=tuple(sorted(actors)),
                    text=s["text"],
                )
            )
    tables["events"].sort(key=lambda e: (e["earliest"], e["doc_id"], e["sentence_id"]))
    for (a, b), weight in sorted(weights.items()):
        days_of = spans.get((a, b)) or [""]
        tables["edges"].append(
            row(
                "edges",
                source=a,
                target=b,
                weight=weight,
                documents=1,
                npmi=0.25,
                first_date=min(days_of),
                last_date=max(days_of),
            )
        )
    degree: Counter[str] = Counter(a for pair in weights for a in pair)
    strength: Counter[str] = Counter()
    for pair, weight in weights.items():
        for a in pair:
            strength[a] += weight
    in_sentences: Counter[str] = Counter(a for actors in present.values() for a in actors)
    named: Counter[str] = Counter(m["actor_id"] for m in tables["mentions"])
    for actor in sorted(by_actor):
        days_of = spans.get(actor) or [""]
        tables["actors"].append(
            row(
                "actors",
                actor_id=actor,
                name=actor.replace("_", " ").title(),
                type=types.get(actor, "GPE"),
                wikidata_id="",
                mentions=named[actor],
                sentences=in_sentences[actor],
                documents=1,
                degree=degree[actor],
                weighted_degree=strength[actor],
                betweenness=degree[actor] / 100,
                community=len(actor) % 4,
                first_date=min(days_of),
                last_date=max(days_of),
            )
        )


def hostile_page(repeats: int = 1) -> tuple[dict[str, list[Row]], dict[str, str], dict[str, str]]:
    """A page whose text, names, title and values try to break out; `repeats` of about ten mentions each."""
    parts, mentions, dates = [], [], []
    at = 0
    for n in range(repeats):
        for i, bad in enumerate(HOSTILE):
            lead = f"In {1900 + n % 100} "
            sentence = f"{lead}{bad} met Ruritania. "
            if i == len(HOSTILE) - 1:
                sentence = sentence[:-1] + "\n"
            dates.append(
                {"start": at + 3, "end": at + 7, "type": "DATE", "value": str(1900 + n % 100), "mod": ""}
            )
            begin = at + len(lead)
            mentions.append(
                {
                    "start": begin,
                    "end": begin + len(bad),
                    "label": "ORG",
                    "entity_id": f"bad_{i}",
                    "actor_id": f"bad_{i}",
                }
            )
            begin += len(bad) + len(" met ")
            mentions.append(
                {
                    "start": begin,
                    "end": begin + 9,
                    "label": "GPE",
                    "entity_id": "ruritania",
                    "actor_id": "ruritania",
                }
            )
            parts.append(sentence)
            at += len(sentence)
    text = "".join(parts)
    title = HOSTILE[0] + HOSTILE[2]
    tables = tables_of([("hostile", title, text, mentions, dates, [])])
    for table in ("actors", "entities"):
        for r in tables[table]:
            key = r.get("actor_id") or r.get("entity_id")
            if key.startswith("bad_"):
                r["name"] = HOSTILE[int(key[4:])]
    for r in tables["entities"]:
        r["description"] = HOSTILE[1]
        r["wikidata_id"] = 'javascript:alert(1)"'
    return tables, {"hostile": text}, {"hostile": text}


def many_pages(
    pages: int, sentences: int = 150, actors: int = 1500
) -> tuple[dict[str, list[Row]], dict[str, str], dict[str, str]]:
    """Invented pages with about two names a sentence; actors recur across pages, few of them often."""
    texts, made = {}, []
    state = 12345
    for p in range(pages):
        parts, mentions, dates, at = [], [], [], 0
        for _ in range(sentences):
            names = []
            for _ in range(3):
                state = (1103515245 * state + 12345) % 2**31
                names.append(int(actors * (state / 2**31) ** 3))
            year = 1900 + state % 120
            first, second, third = names
            sentence = f"In {year} Land{first} and Land{second} spoke with Land{third} about the border. "
            dates.append({"start": at + 3, "end": at + 7, "type": "DATE", "value": str(year), "mod": ""})
            for m in re.finditer(r"Land(\d+)", sentence):
                key = f"land_{m[1]}"
                mentions.append(
                    {
                        "start": at + m.start(),
                        "end": at + m.end(),
                        "label": "GPE",
                        "entity_id": key,
                        "actor_id": key,
                    }
                )
            parts.append(sentence)
            at += len(sentence)
        doc = f"page_{p:03}"
        texts[doc] = "".join(parts)
        made.append((doc, f"Page {p}", texts[doc], mentions, dates, []))
    return tables_of(made), texts, dict(texts)
