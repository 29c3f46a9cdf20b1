"""The stages one by one: each reads what the one before wrote, a page at a time."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TextIO

from pipeline import engine, rows
from pipeline.annotate import annotate_pages
from pipeline.describe import describe_outputs
from pipeline.job import PARTS, Job, Report, clean_text, load_overrides, locked, raw_files, walk_stage
from pipeline.link import link_page, merge_entities
from pipeline.overrides import override_dates, override_links, stale_spans
from pipeline.records import Annotation, Entity, Page
from pipeline.stages.network import do_graph
from pipeline.stages.pages import ANNOTATE_TABLES, CLEAN_TABLES, refuse, remove_other_texts
from pipeline.stages.report import do_report
from pipeline.stages.scores import do_score
from pipeline.tables import TableWriter, open_table, write_table, write_text


def _alone(name: str, step: Callable[[Job, Report], None], job: Job) -> Report:
    """One step of `run_all` by itself: the folder is held, and described anew at the end."""
    report = Report()
    with locked(job.outputs):
        with report.timed(name):
            step(job, report)
        describe_outputs(job.outputs)
    return report


def run_clean(job: Job) -> Report:
    """`clean` alone: raw pages to clean texts, documents, sections, segments and glossary."""
    return _alone("clean", _clean, job)


def run_annotate(job: Job) -> Report:
    """`annotate` alone: clean pages to sentences, names and dates; date overrides are applied last."""
    return _alone("annotate", _annotate, job)


def run_link(job: Job) -> Report:
    """`link` alone: names to mentions with entities and actors; overrides are applied last."""
    return _alone("link", _link, job)


def run_graph(job: Job) -> Report:
    """`graph` alone: mentions to co-occurrences, edges, actors, events and the network files."""
    return _alone("graph", do_graph, job)


def run_score(job: Job) -> Report:
    """`score` alone: the tables against the gold set."""
    return _alone("score", do_score, job)


def run_report(job: Job) -> Report:
    """`report` alone: report.html and figures, from whatever tables are there."""
    return _alone("report", do_report, job)


def _open_tables(stack: ExitStack, job: Job, names: tuple[str, ...]) -> dict[str, TableWriter]:
    return {name: stack.enter_context(open_table(job.outputs, name, job.config.format)) for name in names}


def _clean(job: Job, report: Report) -> None:
    paths, names = raw_files(job.raw), set()
    with ExitStack() as stack:
        tables = _open_tables(stack, job, CLEAN_TABLES)
        for done, path in enumerate(paths, 1):
            job.progress("clean", done, len(paths))
            try:
                page, raw = engine.read_page(path, job.config)
            except Exception as error:  # one bad page must not stop the others
                report.failures.append(engine.page_failure(path, error))
                continue
            names.add(page.doc_id)
            write_text(job.outputs / "clean" / f"{page.doc_id}.txt", page.text)
            for name, found in rows.clean_rows(page, raw).items():
                tables[name].rows(found)
        if not names:
            refuse(report)
    remove_other_texts(job.outputs, names)


def _annotate(job: Job, report: Report) -> None:
    overrides = load_overrides(job, report)
    total = sum(1 for _ in walk_stage(job.outputs, ()))
    tools = engine.Tools.load(job.config)
    with ExitStack() as stack:
        tables = _open_tables(stack, job, ("documents", *ANNOTATE_TABLES))
        documents = (document for document, _ in walk_stage(job.outputs, ()))
        annotated = annotate_pages(_pages(job.outputs), tools.model, tools.knowledge)
        for done, (document, (page, found)) in enumerate(zip(documents, annotated, strict=True), 1):
            job.progress("annotate", done, total)
            annotation = override_dates(found, overrides, page)
            tables["documents"].rows([document | rows.annotation_counts(annotation)])
            for name, new in rows.annotate_rows(page, annotation).items():
                tables[name].rows(new)


def _pages(outputs: Path) -> Iterator[Page]:
    """The pages that `clean` wrote. Raises: RunError if it has not run; TableError."""
    for document, found in walk_stage(outputs, ("sections", "segments", "glossary")):
        yield rows.page_of(document, found, clean_text(outputs, document["doc_id"]))


def _link(job: Job, report: Report) -> None:
    """Ids may change when all pages are known, so what was found waits in a file until then."""
    total = sum(1 for _ in walk_stage(job.outputs, ()))
    tools = engine.Tools.load(job.config)
    with tempfile.TemporaryDirectory(prefix=PARTS, dir=job.outputs) as folder:
        path = Path(folder) / "linked.jsonl"
        with path.open("w", encoding="utf8") as stream:
            entities, renames = merge_entities(_linked(job, report, tools, total, stream))
        counts = rows.EntityCounts()
        with ExitStack() as stack, path.open(encoding="utf8") as waiting:
            tables = _open_tables(stack, job, ("mentions", "glossary"))
            for document, found in walk_stage(job.outputs, ("glossary",)):
                mentions, blurbs = json.loads(next(waiting))
                glossary = [
                    {**row, "entity_id": blurbs.get(row["blurb_id"], "")} for row in found["glossary"]
                ]
                rows.rename_ids((*mentions, *glossary), renames.get(document["doc_id"], {}))
                tables["mentions"].rows(mentions)
                tables["glossary"].rows(glossary)
                counts.add_page(Counter(row["entity_id"] for row in mentions))
        write_table(job.outputs, "entities", rows.entity_rows(entities, counts), job.config.format)


def _linked(
    job: Job, report: Report, tools: engine.Tools, total: int, stream: TextIO
) -> Iterator[tuple[str, tuple[Entity, ...]]]:
    """The entities of each page; its mentions and the entities of its blurbs go to `stream`, a line a page."""
    overrides = load_overrides(job, report)
    names = ("sections", "segments", "glossary", *ANNOTATE_TABLES)
    for done, (document, found) in enumerate(walk_stage(job.outputs, names), 1):
        job.progress("link", done, total)
        page = rows.page_of(document, found, clean_text(job.outputs, document["doc_id"]))
        annotation: Annotation = rows.annotation_of(found)
        linked = link_page(page, annotation, tools.model.parse, tools.knowledge)
        linked = override_links(linked, overrides, page.doc_id, page.text)
        report.warnings += stale_spans(overrides, page.doc_id, page.text)
        mentions = rows.link_rows(page, linked)["mentions"]
        stream.write(json.dumps([mentions, dict(linked.blurb_entities)]) + "\n")
        yield page.doc_id, tuple(linked.entities)
