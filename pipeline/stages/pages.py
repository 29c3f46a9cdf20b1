"""The stages that work on one page alone, for all pages at once, and the tables joined from their results."""

from __future__ import annotations

import tempfile
from collections.abc import Container, Sequence
from contextlib import ExitStack
from pathlib import Path

from pipeline import engine, rows
from pipeline.job import PARTS, Job, PageFailure, Report, RunError, load_overrides, locked, raw_files
from pipeline.link import merge_entities
from pipeline.parts import PartStore
from pipeline.results import rename_entities
from pipeline.tables import open_table, write_table, write_text

CLEAN_TABLES = ("documents", "sections", "segments", "glossary")
ANNOTATE_TABLES = ("sentences", "names", "dates")
PAGE_TABLES = (*CLEAN_TABLES, *ANNOTATE_TABLES, "mentions")


def run_pages(job: Job) -> Report:
    """The stages that work on one page alone, for all pages: `clean`, `annotate` and `link`."""
    report = Report()
    with locked(job.outputs):
        do_pages(job, report)
    return report


def do_pages(job: Job, report: Report) -> list[str]:
    """Do every page that is not in the cache and write the tables of pages; gives the keys of the parts."""
    paths = raw_files(job.raw)
    work = engine.Work(job.config, load_overrides(job, report))
    with ExitStack() as stack:
        folder = job.cache
        if folder is None:
            temporary = tempfile.TemporaryDirectory(prefix=PARTS, dir=job.outputs)
            folder = Path(stack.enter_context(temporary))
        store = PartStore(folder)
        with report.timed("pages"):
            keys = _map_pages(paths, work, store, job, report)
        if not keys:
            refuse(report)
        if len(paths) > engine.BATCH:  # a small run needs little more; its caller may have another one
            engine.unload()
        with report.timed("join pages"):
            join_pages(job, report, store, keys)
        if job.cache is not None:
            store.keep_only(set(keys))
    return keys


def _map_pages(
    paths: Sequence[Path], work: engine.Work, store: PartStore, job: Job, report: Report
) -> list[str]:
    """Do every page; gives the keys of the parts in the order of the pages."""
    keys: dict[int, str] = {}
    failures: dict[int, PageFailure] = {}
    for done, outcome in enumerate(engine.map_pages(paths, work, store, job), 1):
        job.progress("pages", done, len(paths))
        report.cached += outcome.cached
        if outcome.failure is not None:
            failures[outcome.index] = outcome.failure
        else:
            keys[outcome.index] = outcome.key
    report.failures += [failures[i] for i in sorted(failures)]
    return [keys[i] for i in sorted(keys)]


def join_pages(job: Job, report: Report, store: PartStore, keys: Sequence[str]) -> None:
    """Write the tables from the parts, one part in memory at a time."""
    entities, renames = merge_entities(map(store.entities, keys))
    counts = rows.EntityCounts()
    names: set[str] = set()
    with ExitStack() as stack:
        tables = {
            name: stack.enter_context(open_table(job.outputs, name, job.config.format))
            for name in PAGE_TABLES
        }
        for part in map(store.get, keys):
            if part.doc_id in renames:
                part = rename_entities(part, renames[part.doc_id])
            for name, table in tables.items():
                table.lines(part.tables[name])
            write_text(job.outputs / "clean" / f"{part.doc_id}.txt", part.text)
            names.add(part.doc_id)
            counts.add_page(part.mentions)
            report.warnings += part.warnings
    remove_other_texts(job.outputs, names)
    write_table(job.outputs, "entities", rows.entity_rows(entities, counts), job.config.format)


def refuse(report: Report) -> None:
    """No page could be done: say why for each, and write nothing."""
    raise RunError("\n".join([*map(str, report.failures), "no page could be done; nothing was written"]))


def remove_other_texts(outputs: Path, names: Container[str]) -> None:
    """Remove the clean texts of pages that there are no more."""
    for path in (outputs / "clean").glob("*.txt"):
        if path.stem not in names:
            path.unlink()
