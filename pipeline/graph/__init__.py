"""From mentions with actors to a network: who was named together, how often, when, and in which sentence.

An edge is a co-mention: two actors stand in one sentence. That is evidence to read, not a relation.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from pipeline.graph.builder import NetworkBuilder
from pipeline.graph.cooccurrence import WINDOWS, group_rows
from pipeline.graph.network import RELATION, Network
from pipeline.graph.timespan import PERIODS
from pipeline.tables import Row

__all__ = ["PERIODS", "RELATION", "WINDOWS", "Network", "NetworkBuilder", "build_graph"]


def build_graph(
    documents: Iterable[Row],
    sections: Iterable[Row],
    sentences: Iterable[Row],
    mentions: Iterable[Row],
    entities: Iterable[Row],
    *,
    window: str = "sentence",
    seed: int = 0,
    slice_by: str = "",
    min_weight: int = 1,
    clean_texts: Mapping[str, str] | None = None,
) -> Network:
    """Build the co-mention network of all pages in memory; `NetworkBuilder` takes them one by one.

    Parameters: rows of the tables of the same names, as `pipeline.tables.read_table` gives them; settings as in
    `NetworkBuilder`; clean_texts, doc_id → clean text, needed for paragraphs.
    Returns: rows sorted as the tables want them. A page's windows are counted once, so time is linear in the
    pairs.
    Raises: ValueError for an unknown window or period, a date that is none, or a mention in an unknown
    sentence.
    Source: counts over windows; NPMI (Bouma 2009), G² (Dunning 1993), disparity filter (Serrano et al. 2009).
    """
    builder = NetworkBuilder(entities, window=window, seed=seed, slice_by=slice_by, min_weight=min_weight)
    by_page = [group_rows(rows) for rows in (sections, sentences, mentions)]
    order = dict.fromkeys([*(row["doc_id"] for row in documents), *by_page[1], *by_page[2]])
    cooccurrences: list[Row] = []
    for doc_id in order:
        one, two, three = (grouped.get(doc_id, []) for grouped in by_page)
        cooccurrences += builder.add_page(doc_id, one, two, three, (clean_texts or {}).get(doc_id))
    network = builder.finish()
    return replace(
        network,
        cooccurrences=cooccurrences,
        events=list(builder.events()),
        edges_by_period=list(builder.edges_by_period(network)) if slice_by else [],
    )
