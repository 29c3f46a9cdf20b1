"""The page function (map) over many pages: raw bytes in, the rows of its tables out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.annotate import annotate_pages
from pipeline.annotate.model import Model, load_model
from pipeline.clean import PageError, clean_page, decode_page
from pipeline.config import Config
from pipeline.knowledge import Knowledge, load_knowledge
from pipeline.link import link_page
from pipeline.overrides import Override, override_links, stale_spans
from pipeline.records import Annotation, Entity, Page
from pipeline.rows import Tables, annotate_rows, annotation_counts, clean_rows, link_rows

BATCH = 32


@dataclass(frozen=True, slots=True)
class PageResult:
    """What the page function gives: the clean text, rows by table, the page's entities, and warnings for the user."""

    doc_id: str
    text: str
    tables: Tables
    entities: tuple[Entity, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PageFailure:
    """A page that could not be done: one clear line naming file and reason."""

    path: str
    reason: str


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


FORMATS = {".txt": "text", ".wiki": "wikitext", ".html": "html"}


def read_page(path: Path, config: Config) -> tuple[Page, str]:
    """Read and clean one raw file; gives the page and its raw text.

    Raises: PageError (cannot be decoded) or OSError.
    """
    data = path.read_bytes()
    raw = decode_page(data)
    digest = hashlib.sha256(data).hexdigest()
    page = clean_page(raw, path.stem, layout=config.layout, sha256=digest, format=FORMATS[path.suffix])
    return page, raw


def process_pages(paths: Sequence[Path], work: Work, tools: Tools) -> Iterator[PageResult | PageFailure]:
    """The page function over files, in order; a page that fails is reported and the others are done."""
    for i in range(0, len(paths), BATCH):
        yield from _batch(paths[i : i + BATCH], work, tools)


def _batch(paths: Sequence[Path], work: Work, tools: Tools) -> Iterator[PageResult | PageFailure]:
    read: dict[int, tuple[Page, str]] = {}
    results: dict[int, PageResult | PageFailure] = {}
    for i, path in enumerate(paths):
        try:
            read[i] = read_page(path, work.config)
        except (PageError, OSError) as error:
            results[i] = PageFailure(str(path), describe(error))
    annotated = annotate_pages([page for page, _raw in read.values()], tools.model, tools.knowledge)
    for i, (page, annotation) in zip(list(read), annotated, strict=True):
        results[i] = _finish(page, read[i][1], annotation, work, tools)
    for i in range(len(paths)):
        yield results[i]


def _finish(page: Page, raw: str, annotation: Annotation, work: Work, tools: Tools) -> PageResult:
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


def describe(error: Exception) -> str:
    """One line for an error that a user can mend."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return " ".join(str(error).split()) or type(error).__name__


def rename_entities(rows: Iterable[dict[str, object]], renames: dict[str, str]) -> None:
    """Replace entity and actor ids of a page's rows in place (people of one name on two pages)."""
    for row in rows:
        for column in ("entity_id", "actor_id"):
            if row.get(column) in renames:
                row[column] = renames[str(row[column])]
