"""The files of the report stage: report.html and the figures."""

from __future__ import annotations

import pipeline
from pipeline.job import Job, Report, check_stages, clean_text
from pipeline.rawfiles import RawTexts
from pipeline.report import build_figures, build_report, take_excerpt
from pipeline.score import read_gold
from pipeline.tables import TABLES, Row, StoredTable, replacing, write_text


def do_report(job: Job, report: Report) -> None:
    """Write report.html and the figures from whatever tables are there; of a large run, from a part of them."""
    check_stages(job.outputs, ["documents"])
    stored = {name: StoredTable(job.outputs, name) for name in TABLES}
    names = [name for name, table in stored.items() if table.exists()]
    gold = _gold_spans(job)
    labelled = {span["doc_id"] for span in gold or ()}
    excerpt = take_excerpt(names, lambda name, only: stored[name].rows(only), labelled)
    documents, pages = excerpt.tables["documents"], excerpt.totals.rows["documents"]
    raws = RawTexts(job.raw)
    html = build_report(
        excerpt.tables, {d["doc_id"]: clean_text(job.outputs, d["doc_id"]) for d in documents},
        {d["doc_id"]: raws.read(d["doc_id"], d["sha256"]) for d in documents},
        title=documents[0]["title"] if pages == 1 else f"{pages} pages", version=pipeline.__version__,
        settings=job.config.as_dict(), gold=gold, seed=job.config.seed,
        totals=None if excerpt.whole else excerpt.totals,
    )  # fmt: skip
    write_text(job.outputs / "report.html", html)
    figures = build_figures(
        excerpt.tables, events=stored["events"], pairs=excerpt.totals.rows.get("edges"), seed=job.config.seed
    )
    for name, data in figures.items():
        with replacing(job.outputs / "figures" / name) as temporary:
            temporary.write_bytes(data)


def _gold_spans(job: Job) -> list[Row] | None:
    """Gold spans for the report's differences switch."""
    if job.gold is None or not job.gold.is_dir():
        return None
    spans: list[Row] = []
    for page in read_gold(job.gold):
        for m in page.mentions:
            span = {"doc_id": page.doc_id, "start": m.start, "end": m.end, "kind": "mention"}
            spans.append(span | {"label": m.label, "entity_id": m.entity_id, "actor_id": m.actor_id})
        for d in page.dates:
            span = {"doc_id": page.doc_id, "start": d.start, "end": d.end, "kind": "date"}
            spans.append(span | {"type": d.type, "value": d.value, "mod": d.mod})
    return spans
