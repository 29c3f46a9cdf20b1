"""The page function: raw bytes in, the rows of its tables out; its map over many pages in this process."""

from __future__ import annotations

import hashlib
import stat
import traceback
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.annotate import annotate_pages
from pipeline.annotate.model import Model, load_model
from pipeline.clean import PageError, clean_page, decode_page
from pipeline.config import Config
from pipeline.job import FORMATS, PageFailure, RunError, one_line
from pipeline.knowledge import Knowledge, load_knowledge
from pipeline.link import link_page
from pipeline.overrides import Override, override_dates, override_links, stale_spans
from pipeline.records import Annotation, Entity, Page
from pipeline.rows import Tables, annotate_rows, annotation_counts, clean_rows, link_rows

# Pages whose paragraphs share one call of the model; more gains nothing, and their texts are held meanwhile.
BATCH = 32


@dataclass(frozen=True, slots=True)
class PageResult:
    """What the page function gives: clean text, rows by table, the page's entities, warnings for the user."""

    doc_id: str
    text: str
    tables: Tables
    entities: tuple[Entity, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tools:
    """What a worker loads once: model and tables."""

    model: Model
    knowledge: Knowledge

    @classmethod
    def load(cls, config: Config) -> Tools:
        """Load what the settings name. Raises: ModelError."""
        return cls(load_model(config.model, config.weights), load_knowledge())


@dataclass(frozen=True, slots=True)
class Work:
    """The settings of the page function."""

    config: Config
    overrides: tuple[Override, ...] = field(default=())


def model_identity(config: Config) -> dict[str, str]:
    """Name and version of the model and of the weights over it."""
    model = load_model(config.model, config.weights)
    return {"name": model.name, "version": model.version, "weights": model.weights}


def read_bytes(path: Path, config: Config) -> bytes:
    """The bytes of a raw file.

    Raises: PageError for what is no regular file, is too large or has a name that is no UTF-8; OSError.
    """
    try:
        path.name.encode("utf8")
    except UnicodeEncodeError:
        raise PageError("the file's name is not UTF-8") from None
    found = path.stat()
    if not stat.S_ISREG(found.st_mode):
        raise PageError("a folder, not a file" if stat.S_ISDIR(found.st_mode) else "not a regular file")
    limit = config.max_page_mb * 1_000_000
    if found.st_size > limit:
        size = f"{found.st_size / 1e6:.0f} MB"
        raise PageError(f"{size}, more than a page has; the limit is max_page_mb = {config.max_page_mb}")
    return path.read_bytes()


def read_page(path: Path, config: Config) -> tuple[Page, str]:
    """Read and clean one raw file; gives the page and its raw text.

    Raises: PageError (cannot be decoded, see also `read_bytes`) or OSError.
    """
    data = read_bytes(path, config)
    raw = decode_page(data)
    digest = hashlib.sha256(data).hexdigest()
    page = clean_page(raw, path.stem, layout=config.layout, sha256=digest, format=FORMATS[path.suffix])
    return page, raw


def read_raw(path: Path, sha256: str) -> str:
    """The raw text of a page that was cleaned before. Raises: RunError if the file is another one by now."""
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != sha256:
        raise RunError(f"{path}: changed since it was cleaned; run `clean` first")
    return decode_page(data)


def map_pages(paths: Sequence[Path], work: Work) -> Iterator[PageResult | PageFailure]:
    """The page function over files, in their order."""
    yield from process_pages(paths, work, Tools.load(work.config))


def process_pages(paths: Sequence[Path], work: Work, tools: Tools) -> Iterator[PageResult | PageFailure]:
    """The page function over files in this process, in order; a page that fails does not stop the others."""
    for i in range(0, len(paths), BATCH):
        yield from _batch(paths[i : i + BATCH], work, tools)


def _batch(paths: Sequence[Path], work: Work, tools: Tools) -> Iterator[PageResult | PageFailure]:
    read: dict[int, tuple[Page, str]] = {}
    results: dict[int, PageResult | PageFailure] = {}
    for i, path in enumerate(paths):
        try:
            read[i] = read_page(path, work.config)
        except Exception as error:  # one bad page must not stop the others
            results[i] = page_failure(path, error)
    try:
        pages = [page for page, _raw in read.values()]
        annotated = list(annotate_pages(pages, tools.model, tools.knowledge))
    except Exception as error:
        if len(paths) == 1:
            yield page_failure(paths[0], error)
            return
        for path in paths:  # find the page that the model or a rule failed on
            yield from _batch([path], work, tools)
        return
    for i, (page, annotation) in zip(list(read), annotated, strict=True):
        try:
            results[i] = _finish(page, read[i][1], annotation, work, tools)
        except Exception as error:
            results[i] = page_failure(paths[i], error)
    for i in range(len(paths)):
        yield results[i]


def _finish(page: Page, raw: str, annotation: Annotation, work: Work, tools: Tools) -> PageResult:
    annotation = override_dates(annotation, work.overrides, page)
    tables = clean_rows(page, raw)
    tables |= annotate_rows(page, annotation)
    linked = link_page(page, annotation, tools.model.parse, tools.knowledge)
    linked = override_links(linked, work.overrides, page.doc_id, page.text)
    tables |= link_rows(page, linked)
    tables["documents"][0].update(annotation_counts(annotation))
    for row in tables["glossary"]:
        row["entity_id"] = linked.blurb_entities.get(row["blurb_id"], "")
    return PageResult(
        page.doc_id,
        page.text,
        tables,
        linked.entities,
        tuple(stale_spans(work.overrides, page.doc_id, page.text)),
    )


def page_failure(path: Path, error: Exception) -> PageFailure:
    """A failed page in one line; an error that is not the user's keeps its trace for `-v`."""
    if isinstance(error, PageError):
        return PageFailure(str(path), one_line(str(error)))
    if isinstance(error, OSError) and error.strerror:
        return PageFailure(str(path), error.strerror)
    trace = "".join(traceback.format_exception(error))
    return PageFailure(str(path), one_line(f"internal error: {type(error).__name__}: {error}")[:300], trace)


def rename_entities(rows: Iterable[dict[str, object]], renames: dict[str, str]) -> None:
    """Replace entity and actor ids of a page's rows in place (people of one name on two pages)."""
    for row in rows:
        for column in ("entity_id", "actor_id"):
            if row.get(column) in renames:
                row[column] = renames[str(row[column])]
