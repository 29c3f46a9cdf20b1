"""The shell around the stages: which files each reads and writes. No decision about data is made here."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TextIO

import pipeline
from pipeline import engine, rows
from pipeline.annotate import annotate_pages
from pipeline.cache import PartStore
from pipeline.describe import describe_outputs, write_run
from pipeline.graph import build_graph
from pipeline.graph.exports import render_exports
from pipeline.job import (
    PARTS,
    Job,
    PageFailure,
    Report,
    RunError,
    clean_texts,
    load_overrides,
    locked,
    raw_files,
    read_stage,
)
from pipeline.link import link_page, merge_entities
from pipeline.overrides import overridden_dates, override_dates, override_links, stale_spans
from pipeline.report import build_figures, build_report
from pipeline.results import rename_entities
from pipeline.score import predictions_by_page, read_gold, score_pages, scores_json
from pipeline.score.scoring import ScoreResult
from pipeline.spreadsheet import remove_copies, write_copies
from pipeline.tables import TABLES, Row, format_csv, format_table, replacing, write_table, write_text
from pipeline.webannotation import web_annotations

CLEAN_TABLES = ("documents", "sections", "segments", "glossary")
ANNOTATE_TABLES = ("sentences", "names", "dates")
PAGE_TABLES = (*CLEAN_TABLES, *ANNOTATE_TABLES, "mentions")
GRAPH_TABLES = ("actors", "cooccurrences", "edges", "dyad_year", "events")
SCORE_FILES = ("scores.csv", "errors.csv", "scores.json")


def run_all(job: Job) -> Report:
    """Every stage from the raw pages to the report; without gold, none of the score files."""
    report = Report()
    with locked(job.outputs):
        _run_pages(job, report)
        _run_graph(job, report)
        if job.gold is not None:
            _run_score(job, report)
        else:
            _remove(job.outputs, SCORE_FILES)
        _run_report(job, report)
        remove_copies(job.outputs)
        if job.spreadsheet_safe:
            write_copies(job.outputs)
        describe_outputs(job.outputs)
        write_run(job, report)
    return report


def run_pages(job: Job) -> Report:
    """The stages that work on one page alone, for all pages: `clean`, `annotate` and `link`."""
    report = Report()
    with locked(job.outputs):
        _run_pages(job, report)
    return report


def _run_pages(job: Job, report: Report) -> None:
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
            _refuse(report)
        with report.timed("join pages"):
            _join_pages(job, report, store, keys)
        if job.cache is not None:
            store.keep_only(set(keys))


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


def _join_pages(job: Job, report: Report, store: PartStore, keys: Sequence[str]) -> None:
    """Write the tables from the parts, one part in memory at a time."""
    entities, renames = merge_entities((p.doc_id, p.entities) for p in map(store.get, keys))
    mentions: Counter[str] = Counter()
    documents: Counter[str] = Counter()
    names: set[str] = set()
    with ExitStack() as stack:
        streams = {name: stack.enter_context(table_stream(job.outputs, name)) for name in PAGE_TABLES}
        for part in map(store.get, keys):
            if part.doc_id in renames:
                part = rename_entities(part, renames[part.doc_id])
            for name, stream in streams.items():
                stream.write(part.tables[name])
            write_text(job.outputs / "clean" / f"{part.doc_id}.txt", part.text)
            names.add(part.doc_id)
            mentions.update(part.mentions)
            documents.update(dict.fromkeys(part.mentions, 1))
            report.warnings += part.warnings
    _remove_other_texts(job.outputs, names)
    write_table(job.outputs, "entities", rows.entity_rows(entities, mentions, documents))


@contextmanager
def table_stream(outputs: Path, name: str) -> Iterator[TextIO]:
    """A table to write CSV lines to, its header written; it appears when the block ends well."""
    with (
        replacing(outputs / TABLES[name].filename) as temporary,
        temporary.open("w", encoding="utf8", newline="") as stream,
    ):
        stream.write(format_table(TABLES[name], ()))
        yield stream


def _refuse(report: Report) -> None:
    """No page could be done: say why for each, and write nothing."""
    raise RunError("\n".join([*map(str, report.failures), "no page could be done; nothing was written"]))


def _write_clean_texts(outputs: Path, texts: Mapping[str, str]) -> None:
    for doc_id, text in texts.items():
        write_text(outputs / "clean" / f"{doc_id}.txt", text)
    _remove_other_texts(outputs, texts)


def _remove_other_texts(outputs: Path, names: Container[str]) -> None:
    for path in (outputs / "clean").glob("*.txt"):
        if path.stem not in names:
            path.unlink()


def _remove(outputs: Path, names: Iterable[str]) -> None:
    for name in names:
        (outputs / name).unlink(missing_ok=True)


def run_clean(job: Job) -> Report:
    """`clean` alone: raw pages to clean texts, documents, sections, segments and glossary."""
    report = Report()
    tables: rows.Tables = {name: [] for name in CLEAN_TABLES}
    texts: dict[str, str] = {}
    with locked(job.outputs), report.timed("clean"):
        paths = raw_files(job.raw)
        for done, path in enumerate(paths, 1):
            job.progress("clean", done, len(paths))
            try:
                page, raw = engine.read_page(path, job.config)
            except Exception as error:  # one bad page must not stop the others
                report.failures.append(engine.page_failure(path, error))
                continue
            texts[page.doc_id] = page.text
            for name, found in rows.clean_rows(page, raw).items():
                tables[name] += found
        if not texts:
            _refuse(report)
        _write_clean_texts(job.outputs, texts)
        for name, found in tables.items():
            write_table(job.outputs, name, found)
        describe_outputs(job.outputs)
    return report


def run_annotate(job: Job) -> Report:
    """`annotate` alone: clean pages to sentences, names and dates; date overrides are applied last."""
    report = Report()
    overrides = load_overrides(job, report)
    with locked(job.outputs), report.timed("annotate"):
        pages = read_pages(job.outputs)
        tools = engine.Tools.load(job.config)
        tables: rows.Tables = {name: [] for name in ANNOTATE_TABLES}
        counts: dict[str, dict[str, int]] = {}
        for done, (page, found) in enumerate(annotate_pages(pages, tools.model, tools.knowledge), 1):
            job.progress("annotate", done, len(pages))
            annotation = override_dates(found, overrides, page)
            counts[page.doc_id] = rows.annotation_counts(annotation)
            for name, new in rows.annotate_rows(page, annotation).items():
                tables[name] += new
        documents = rows.counted_documents(read_stage(job.outputs, "documents"), counts)
        write_table(job.outputs, "documents", documents)
        for name, new in tables.items():
            write_table(job.outputs, name, new)
        describe_outputs(job.outputs)
    return report


def read_pages(outputs: Path) -> list[rows.Page]:
    """The pages that `clean` wrote. Raises: RunError if it has not run."""
    try:
        return rows.read_pages(outputs)
    except FileNotFoundError as error:
        raise RunError(f"{error.filename}: missing; run `clean` first") from None


def run_link(job: Job) -> Report:
    """`link` alone: names to mentions with entities and actors; overrides are applied last."""
    report = Report()
    overrides = load_overrides(job, report)
    with locked(job.outputs), report.timed("link"):
        pages = read_pages(job.outputs)
        for name in ANNOTATE_TABLES:
            read_stage(job.outputs, name)
        annotations = rows.read_annotations(job.outputs)
        tools = engine.Tools.load(job.config)
        mentions: list[Row] = []
        found_entities, blurbs = [], {}
        for done, page in enumerate(pages, 1):
            job.progress("link", done, len(pages))
            annotation = annotations.get(page.doc_id, rows.Annotation((), (), ()))
            linked = link_page(page, annotation, tools.model.parse, tools.knowledge)
            linked = override_links(linked, overrides, page.doc_id, page.text)
            report.warnings += stale_spans(overrides, page.doc_id, page.text)
            mentions += rows.link_rows(page, linked)["mentions"]
            found_entities.append((page.doc_id, linked.entities))
            blurbs[page.doc_id] = linked.blurb_entities
        entities, renames = merge_entities(found_entities)
        glossary = rows.with_blurb_entities(read_stage(job.outputs, "glossary"), blurbs)
        for doc_id, renamed in renames.items():
            rows.rename_ids((r for r in (*mentions, *glossary) if r["doc_id"] == doc_id), renamed)
        write_table(job.outputs, "mentions", mentions)
        write_table(job.outputs, "glossary", glossary)
        write_table(job.outputs, "entities", rows.entity_rows(entities, *rows.count_entities(mentions)))
        describe_outputs(job.outputs)
    return report


def _alone(step: Callable[[Job, Report], None], job: Job) -> Report:
    """One step of `run_all` by itself: the folder is held, and described anew at the end."""
    report = Report()
    with locked(job.outputs):
        step(job, report)
        describe_outputs(job.outputs)
    return report


def run_graph(job: Job) -> Report:
    """`graph` alone: mentions to co-occurrences, edges, actors, events and the network files."""
    return _alone(_run_graph, job)


def raw_texts(raw: Path, documents: list[Row]) -> dict[str, str]:
    """Raw texts by doc_id, as `clean` read them.

    Raises: RunError if a page is not there any more or is not the one that was cleaned.
    """
    digests = {r["doc_id"]: r["sha256"] for r in documents}
    texts: dict[str, str] = {}
    for path in raw_files(raw):
        if path.stem in digests:
            texts[path.stem] = engine.read_raw(path, digests[path.stem])
    for doc_id in digests:
        if doc_id not in texts:
            raise RunError(f"{raw}: page {doc_id!r} is not there any more; run `clean` first")
    return texts


def _run_graph(job: Job, report: Report) -> None:
    with report.timed("graph"):
        names = ("documents", "sections", "sentences", "mentions", "entities", "dates")
        t = {name: read_stage(job.outputs, name) for name in names}
        paragraphs = job.config.window == "paragraph"
        network = build_graph(
            t["documents"], t["sections"], t["sentences"], t["mentions"], t["entities"],
            window=job.config.window, seed=job.config.seed, slice_by=job.config.slice,
            clean_texts=clean_texts(job.outputs, t["documents"]) if paragraphs else None,
        )  # fmt: skip
        for name in GRAPH_TABLES:
            write_table(job.outputs, name, getattr(network, name))
        if job.config.slice:
            write_table(job.outputs, "edges_by_period", network.edges_by_period)
        else:
            _remove(job.outputs, [TABLES["edges_by_period"].filename])
        for name, text in render_exports(network).items():
            write_text(job.outputs / name, text)
        with (
            replacing(job.outputs / "annotations.jsonl") as temporary,
            temporary.open("w", encoding="utf8", newline="") as stream,
        ):
            raws = raw_texts(job.raw, t["documents"])
            stream.writelines(web_annotations(t["mentions"], t["dates"], t["entities"], raws))


def backbone_csv(outputs: Path, level: float) -> str:
    """The edges that the disparity filter keeps at this level, as CSV; edges.csv keeps all.

    Raises: RunError if `graph` has not run.
    """
    names = ("source", "target", "weight", "backbone")
    kept = [r for r in read_stage(outputs, "edges") if r["backbone"] is not None and r["backbone"] < level]
    return format_csv(names, ([row[name] for name in names] for row in kept))


def run_score(job: Job) -> Report:
    """`score` alone: the tables against the gold set."""
    return _alone(_run_score, job)


def _run_score(job: Job, report: Report) -> None:
    with report.timed("score"):
        result = score_outputs(job)
        if not result.scores and job.gold is not None:
            report.warnings.append(f"{job.gold}: no labelled page among the pages of {job.raw}")
        write_table(job.outputs, "scores", result.scores)
        write_table(job.outputs, "errors", result.errors)
        write_text(job.outputs / "scores.json", scores_json(result))


def score_outputs(job: Job) -> ScoreResult:
    """Score the tables under the outputs folder; gold pages that the run does not have are left out.

    Raises: RunError without a gold set or without tables; GoldError.
    """
    if job.gold is None or not job.gold.is_dir():
        raise RunError(f"{job.gold}: no such folder (gold set)")
    documents = read_stage(job.outputs, "documents")
    names = ("mentions", "dates", "sentences", "glossary")
    tables = {name: read_stage(job.outputs, name) for name in names}
    texts = clean_texts(job.outputs, documents)
    corrected = overridden_dates(load_overrides(job), texts)
    predictions = predictions_by_page(texts, tables, corrected)
    gold = [g for g in read_gold(job.gold) if g.doc_id in predictions]
    if not gold:
        return ScoreResult((), (), ())
    return score_pages(gold, predictions, seed=job.config.seed, resamples=job.config.bootstrap)


def run_report(job: Job) -> Report:
    """`report` alone: report.html and figures, from whatever tables are there."""
    return _alone(_run_report, job)


def _run_report(job: Job, report: Report) -> None:
    with report.timed("report"):
        documents = read_stage(job.outputs, "documents")
        tables = {
            n: read_stage(job.outputs, n) for n in TABLES if (job.outputs / TABLES[n].filename).exists()
        }
        titles = [d["title"] for d in documents]
        html = build_report(
            tables, clean_texts(job.outputs, documents), raw_texts(job.raw, documents),
            title=titles[0] if len(titles) == 1 else f"{len(titles)} pages", version=pipeline.__version__,
            settings=job.config.as_dict(), gold=_gold_spans(job), seed=job.config.seed,
        )  # fmt: skip
        write_text(job.outputs / "report.html", html)
        for name, data in build_figures(tables, seed=job.config.seed).items():
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
