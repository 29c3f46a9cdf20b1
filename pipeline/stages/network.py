"""The files of the graph stage: co-occurrences, edges, actors, events, network files, annotations."""

from __future__ import annotations

import tempfile
from pathlib import Path

from pipeline import spill
from pipeline.graph import Network, NetworkBuilder
from pipeline.graph.exports import ADJACENCY_FILE, stream_exports
from pipeline.job import PARTS, Job, Report, check_stages, clean_text, read_stage, walk_stage
from pipeline.rawfiles import RawTexts
from pipeline.tables import (
    format_csv,
    iter_table,
    open_table,
    remove_table,
    write_lines,
    write_table,
    writing,
)
from pipeline.webannotation import page_annotations

INPUTS = ("sections", "sentences", "mentions", "dates")


def do_graph(job: Job, report: Report) -> None:
    """Count the pages one by one, then write the network."""
    check_stages(job.outputs, ("documents", *INPUTS, "entities"))
    config = job.config
    with tempfile.TemporaryDirectory(prefix=PARTS, dir=job.outputs) as folder:
        builder = NetworkBuilder(
            iter_table(job.outputs, "entities"), window=config.window, seed=config.seed,
            slice_by=config.slice, min_weight=config.min_weight,
            folder=Path(folder), limit=spill.LIMIT,
        )  # fmt: skip
        _add_pages(job, builder)
        _write_network(job, builder, builder.finish())


def _add_pages(job: Job, builder: NetworkBuilder) -> None:
    raws = RawTexts(job.raw)
    entities = iter_table(job.outputs, "entities")
    wikidata = {row["entity_id"]: row["wikidata_id"] for row in entities if row["wikidata_id"]}
    paragraphs = job.config.window == "paragraph"
    with (
        open_table(job.outputs, "cooccurrences", job.config.format) as table,
        writing(job.outputs / "annotations.jsonl") as stream,
    ):
        for document, rows in walk_stage(job.outputs, INPUTS):
            doc_id = document["doc_id"]
            text = clean_text(job.outputs, doc_id) if paragraphs else None
            table.rows(builder.add_page(doc_id, rows["sections"], rows["sentences"], rows["mentions"], text))
            raw = raws.read(doc_id, document["sha256"])
            stream.writelines(page_annotations(doc_id, rows["mentions"], rows["dates"], wikidata, raw))


def _write_network(job: Job, builder: NetworkBuilder, network: Network) -> None:
    outputs, format = job.outputs, job.config.format
    write_table(outputs, "actors", network.actors, format)
    write_table(outputs, "edges", network.edges, format)
    write_table(outputs, "dyad_year", network.dyad_year, format)
    write_table(outputs, "events", builder.events(), format)
    if job.config.slice:
        write_table(outputs, "edges_by_period", builder.edges_by_period(network), format)
    else:
        remove_table(outputs, "edges_by_period")
    (outputs / ADJACENCY_FILE).unlink(missing_ok=True)  # not written of a large network
    for name, pieces in stream_exports(network):
        write_lines(outputs / name, pieces)


def backbone_csv(outputs: Path, level: float) -> str:
    """The edges that the disparity filter keeps at this level, as CSV; edges.csv keeps all.

    Raises: RunError if `graph` has not run.
    """
    names = ("source", "target", "weight", "backbone")
    kept = [r for r in read_stage(outputs, "edges") if r["backbone"] is not None and r["backbone"] < level]
    return format_csv(names, ([row[name] for name in names] for row in kept))
