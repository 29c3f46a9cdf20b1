"""The page function (raw bytes in, finished part out) and its map over many pages, wherever it runs."""

from __future__ import annotations

import gc
import hashlib
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from threading import Lock

from pipeline.annotate import annotate_pages
from pipeline.annotate.model import Model, load_model
from pipeline.cache import page_key
from pipeline.clean import PageError, clean_page, decode_page
from pipeline.config import Config
from pipeline.job import FORMATS, Job, PageFailure, one_line
from pipeline.knowledge import Knowledge, load_knowledge
from pipeline.link import link_page
from pipeline.models import verify_model
from pipeline.overrides import Override, override_dates, override_links, stale_spans
from pipeline.parts import PartStore
from pipeline.rawfiles import read_bytes
from pipeline.records import Annotation, Page
from pipeline.results import Part, dump_part, make_part
from pipeline.rows import annotate_rows, annotation_counts, clean_rows, link_rows

# Pages whose paragraphs share one call of the model; more gains nothing, and their texts are held meanwhile.
BATCH = 32


@dataclass(frozen=True, slots=True)
class Item:
    """A page as it goes to a worker: its place in the run, its file and the file's bytes."""

    index: int
    path: str
    data: bytes

    @property
    def name(self) -> str:
        """The file's name."""
        return Path(self.path).name


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the page at `index`: the key of its part, or a failure."""

    index: int
    key: str = ""
    failure: PageFailure | None = None
    cached: bool = False


@dataclass(frozen=True, slots=True)
class Tools:
    """What a worker loads once: model and tables."""

    model: Model
    knowledge: Knowledge

    @classmethod
    def load(cls, config: Config) -> Tools:
        """Load what the settings name, after a check of the model's files. Raises: ModelError, WeightsError."""
        verify_model(config.model)
        tools = cls(load_model(config.model, config.weights), load_knowledge())
        gc.freeze()  # they stay until `unload`: no collection need look at them
        return tools


def unload() -> None:
    """Give back the memory of a model that is no longer needed: some 200 MB, for the work on all pages together."""
    load_model.cache_clear()
    gc.unfreeze()
    gc.collect()  # a spaCy pipeline refers to itself


@dataclass(frozen=True, slots=True)
class Work:
    """The settings of the page function."""

    config: Config
    overrides: tuple[Override, ...] = field(default=())


def read_page(path: Path, config: Config) -> tuple[Page, str]:
    """Read and clean one raw file; gives the page and its raw text.

    Raises: PageError (cannot be decoded, see also `read_bytes`) or OSError.
    """
    return clean_bytes(path.name, read_bytes(path, config), config)


def clean_bytes(name: str, data: bytes, config: Config) -> tuple[Page, str]:
    """Clean the bytes of a file of this name; gives the page and its raw text. Raises: PageError."""
    path = Path(name)
    raw = decode_page(data)
    digest = hashlib.sha256(data).hexdigest()
    page = clean_page(raw, path.stem, layout=config.layout, sha256=digest, format=FORMATS[path.suffix])
    return page, raw


def map_pages(paths: Sequence[Path], work: Work, store: PartStore, job: Job) -> Iterator[Outcome]:
    """The page function over files, in any order; each outcome but a failure has its part in the store.

    What the store has is not done again. The rest is done here, by `job.jobs` processes, or on a Dask cluster.
    Raises: RunError if no worker can be started; ModelError.
    """
    todo: list[int] = []
    for i, path in enumerate(paths):
        try:
            key = page_key(path.name, read_bytes(path, work.config), work.config, work.overrides)
        except (PageError, OSError) as error:
            yield Outcome(i, failure=page_failure(path, error))
            continue
        if store.has(key):
            yield Outcome(i, key, cached=True)
        else:
            todo.append(i)
    if not todo:
        return
    for item, result in _spread([(i, paths[i]) for i in todo], work, job):
        if isinstance(result, PageFailure):
            yield Outcome(item.index, failure=result)
        else:
            key = page_key(item.name, item.data, work.config, work.overrides)
            store.put(key, result)
            yield Outcome(item.index, key)


def _spread(
    files: Sequence[tuple[int, Path]], work: Work, job: Job
) -> Iterator[tuple[Item, bytes | PageFailure]]:
    # A batch for each worker to start with, then small ones, so that all end at nearly the same time.
    size = BATCH if job.jobs == 1 else max(1, min(8, len(files) // (4 * job.jobs)))
    batches = [files[i : i + size] for i in range(0, len(files), size)]
    if job.dask:
        from pipeline.dasked import run_dask

        yield from run_dask(batches, work, job.dask, timeout=job.timeout)
    elif job.jobs > 1:
        from pipeline.workers import run_workers

        yield from run_workers(batches, work, jobs=job.jobs, timeout=job.timeout)
    else:
        tools = Tools.load(work.config)
        for batch in batches:
            items, failures = read_items(batch, work.config)
            yield from failures
            yield from zip(items, do_items(items, work, tools), strict=True)


def read_items(
    batch: Sequence[tuple[int, Path]], config: Config
) -> tuple[list[Item], list[tuple[Item, PageFailure]]]:
    """The files of a batch with their bytes, and those that can no longer be read."""
    items, failures = [], []
    for i, path in batch:
        try:
            items.append(Item(i, str(path), read_bytes(path, config)))
        except (PageError, OSError) as error:
            failures.append((Item(i, str(path), b""), page_failure(path, error)))
    return items, failures


def do_items(items: Sequence[Item], work: Work, tools: Tools) -> Iterator[bytes | PageFailure]:
    """The page function over pages in this process, in order: stored parts, or why there is none."""
    for result in process_items(items, work, tools):
        yield result if isinstance(result, PageFailure) else dump_part(result)


def process_items(items: Sequence[Item], work: Work, tools: Tools) -> Iterator[Part | PageFailure]:
    """The page function over pages in this process, in order; a page that fails does not stop the others."""
    read: dict[int, tuple[Page, str]] = {}
    results: dict[int, Part | PageFailure] = {}
    for i, item in enumerate(items):
        try:
            read[i] = clean_bytes(item.name, item.data, work.config)
        except Exception as error:  # one bad page must not stop the others
            results[i] = page_failure(item.path, error)
    try:
        pages = [page for page, _raw in read.values()]
        annotated = list(annotate_pages(pages, tools.model, tools.knowledge))
    except Exception as error:
        if len(items) == 1:
            yield page_failure(items[0].path, error)
            return
        for item in items:  # find the page that the model or a rule failed on
            yield from process_items([item], work, tools)
        return
    for i, (page, annotation) in zip(list(read), annotated, strict=True):
        try:
            results[i] = _finish(page, read[i][1], annotation, work, tools)
        except Exception as error:
            results[i] = page_failure(items[i].path, error)
    for i in range(len(items)):
        yield results[i]


def _finish(page: Page, raw: str, annotation: Annotation, work: Work, tools: Tools) -> Part:
    annotation = override_dates(annotation, work.overrides, page)
    tables = clean_rows(page, raw)
    tables |= annotate_rows(page, annotation)
    linked = link_page(page, annotation, tools.model.parse, tools.knowledge)
    linked = override_links(linked, work.overrides, page.doc_id, page.text)
    tables |= link_rows(page, linked)
    tables["documents"][0].update(annotation_counts(annotation))
    for row in tables["glossary"]:
        row["entity_id"] = linked.blurb_entities.get(row["blurb_id"], "")
    return make_part(page, tables, linked.entities, stale_spans(work.overrides, page.doc_id, page.text))


@cache
def _loaded(config: Config) -> Tools:
    return Tools.load(config)


_one_at_a_time = Lock()


def do_remote(items: Sequence[Item], work: Work) -> list[bytes | PageFailure]:
    """The page function on a machine of a cluster, which keeps the model loaded; safe to call from threads."""
    with _one_at_a_time:  # a spaCy pipeline belongs to one thread at a time
        return list(do_items(items, work, _loaded(work.config)))


def page_failure(path: Path | str, error: Exception) -> PageFailure:
    """A failed page in one line; an error that is not the user's keeps its trace for `-v`."""
    if isinstance(error, PageError):
        return PageFailure(str(path), one_line(str(error)))
    if isinstance(error, OSError) and error.strerror:
        return PageFailure(str(path), error.strerror)
    trace = "".join(traceback.format_exception(error))
    return PageFailure(
        str(path), one_line(f"internal error: {type(error).__name__}: {error}")[:300], trace, passing=True
    )
