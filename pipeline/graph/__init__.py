"""From mentions with actors to a network: who was named together, how often, when, and in which sentence.

An edge is a co-mention: two actors stand in one sentence. That is evidence to read, not a relation.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import networkx as nx

from pipeline.graph.cooccurrence import WINDOWS, Count, Meeting, Tally, group_rows, page_windows
from pipeline.graph.derived import CODES, dyad_year_rows, edges_by_period_rows, event_rows, first_and_last
from pipeline.graph.measures import actor_measures
from pipeline.graph.significance import disparity, log_likelihood_ratio, npmi
from pipeline.graph.timespan import PERIODS, Span, union
from pipeline.tables import LABELS, Row

__all__ = ["PERIODS", "RELATION", "WINDOWS", "Network", "build_graph"]

RELATION = "co_mention"


@dataclass(frozen=True, slots=True)
class Network:
    """The rows of the graph tables, and the same network as a networkx graph.

    graph: undirected; nodes and edges in sorted order with the columns of `actors` and `edges` as attributes
    (name as `label`, type as `actor_type`; every edge has `relation` = co_mention), and `spells`, a list of
    (first, last) ISO days.
    """

    actors: list[Row]
    cooccurrences: list[Row]
    edges: list[Row]
    dyad_year: list[Row]
    events: list[Row]
    graph: nx.Graph
    edges_by_period: list[Row] = field(default_factory=list)

    def tables(self) -> dict[str, list[Row]]:
        """Table name → rows, for writing; `edges_by_period` only when it was asked for."""
        names = ("actors", "cooccurrences", "edges", "dyad_year", "events")
        tables = {name: getattr(self, name) for name in names}
        if self.graph.graph["slice"]:
            tables["edges_by_period"] = self.edges_by_period
        return tables


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
    clean_texts: Mapping[str, str] | None = None,
) -> Network:
    """Build the co-mention network of all pages.

    Parameters: rows of the tables of the same names, as `pipeline.tables.read_table` gives them; window, what
    two actors must share (sentence, paragraph, section); seed, of Louvain and of the betweenness sample;
    slice_by, year, decade or century for `edges_by_period`, else ""; clean_texts, doc_id → clean text, needed
    for paragraphs.
    Returns: rows sorted as the tables want them. A page's windows are counted once, so time is linear in the
    pairs.
    Raises: ValueError for an unknown window or period, a date that is none, or a mention in an unknown
    sentence.
    Source: counts over windows; NPMI (Bouma 2009), G² (Dunning 1993), disparity filter (Serrano et al. 2009).
    """
    if slice_by and slice_by not in PERIODS:
        raise ValueError(f"unknown period {slice_by!r}; expected one of {', '.join(PERIODS)}")
    tally = Tally()
    cooccurrences: list[Row] = []
    dated: list[tuple[Row, Span, Iterable[str]]] = []
    for doc_id, page_sentences, page_mentions in _pages(documents, sections, sentences, mentions):
        text = (clean_texts or {}).get(doc_id) if window == "paragraph" else None
        windows = _windows(doc_id, page_sentences, page_mentions, window, text)
        dated.extend(_dated(page_sentences, windows))
        cooccurrences.extend(tally.add_page(doc_id, windows))
    known = {row["entity_id"]: row for row in entities}
    edges = [_edge_row(pair, count, tally) for pair, count in sorted(tally.pairs.items())]
    graph = _skeleton(tally, edges)
    measures = actor_measures(graph, seed=seed)
    actors = [_actor_row(a, count, known.get(a), measures[a]) for a, count in sorted(tally.actors.items())]
    _add_backbone(edges, measures)
    _describe(graph, actors, edges, tally)
    graph.graph.update(relation=RELATION, window=window, slice=slice_by, seed=seed)
    return Network(
        actors=actors,
        cooccurrences=cooccurrences,
        edges=edges,
        dyad_year=dyad_year_rows(cooccurrences, {row["actor_id"]: row for row in actors}),
        events=event_rows(dated),
        graph=graph,
        edges_by_period=edges_by_period_rows(cooccurrences, slice_by) if slice_by else [],
    )


def _pages(
    documents: Iterable[Row], sections: Iterable[Row], sentences: Iterable[Row], mentions: Iterable[Row]
) -> Iterator[tuple[str, list[Row], list[Row]]]:
    """The sentences of the body and their mentions, page by page in the order of `documents`."""
    dropped = {(row["doc_id"], row["section_id"]) for row in sections if row["kept"] is False}
    by_page, mentions_by_page = group_rows(sentences), group_rows(mentions)
    order = dict.fromkeys([*(row["doc_id"] for row in documents), *by_page, *mentions_by_page])
    for doc_id in order:
        rows, named = by_page.get(doc_id, []), mentions_by_page.get(doc_id, [])
        gone = {row["sentence_id"] for row in rows if (doc_id, row["section_id"]) in dropped}
        yield (
            doc_id,
            [row for row in rows if row["sentence_id"] not in gone],
            [row for row in named if row["sentence_id"] not in gone],
        )


def _windows(
    doc_id: str, sentences: list[Row], mentions: list[Row], window: str, text: str | None
) -> list[list[Meeting]]:
    try:
        return list(page_windows(sentences, mentions, window=window, clean_text=text))
    except ValueError as error:
        message = str(error)
        raise ValueError(message if message.startswith(doc_id) else f"{doc_id}: {message}") from None


def _dated(sentences: list[Row], windows: list[list[Meeting]]) -> Iterator[tuple[Row, Span, Iterable[str]]]:
    meetings = (meeting for window in windows for meeting in window)
    for sentence, meeting in zip(sentences, meetings, strict=True):
        if meeting.span is not None and meeting.actors:
            yield sentence, meeting.span, tuple(meeting.actors)


def _edge_row(pair: tuple[str, str], count: Count, tally: Tally) -> Row:
    source, target = pair
    counts = (count.windows, tally.actors[source].windows, tally.actors[target].windows, tally.windows)
    association = npmi(*counts)
    first, last = first_and_last(count.spans)
    return {
        "source": source,
        "target": target,
        "weight": count.windows,
        "documents": count.documents,
        "npmi": None if association is None else round(association, 6),
        "first_date": first,
        "last_date": last,
        "llr": round(log_likelihood_ratio(*counts), 6),
    }


def _skeleton(tally: Tally, edges: list[Row]) -> nx.Graph:
    graph = nx.Graph()
    graph.add_nodes_from(sorted(tally.actors))
    graph.add_weighted_edges_from((row["source"], row["target"], row["weight"]) for row in edges)
    return graph


def _actor_row(actor_id: str, count: Count, entity: Row | None, measures: dict[str, Any]) -> Row:
    """A row of `actors`; an actor that is only meant (a state by its capital) may lack an entity."""
    known = entity or {}
    first, last = first_and_last(count.spans)
    return {
        "actor_id": actor_id,
        "name": known.get("name") or actor_id.replace("_", " ").title(),
        "type": known.get("type") or _usual_type(count.labels),
        "wikidata_id": known.get("wikidata_id", ""),
        "mentions": count.mentions,
        "sentences": count.sentences,
        "documents": count.documents,
        **measures,
        "first_date": first,
        "last_date": last,
        **{code: known.get(code, "") for code in CODES},
    }


def _usual_type(labels: Mapping[str, int]) -> str:
    """The commonest label of its mentions; a nationality acts as its state."""
    label = min(labels, key=lambda name: (-labels[name], LABELS.index(name)))
    return "GPE" if label == "NORP" else label


def _add_backbone(edges: list[Row], measures: Mapping[str, Mapping[str, Any]]) -> None:
    for row in edges:
        ends = (measures[row["source"]], measures[row["target"]])
        degrees = (ends[0]["degree"], ends[1]["degree"])
        strengths = (ends[0]["weighted_degree"], ends[1]["weighted_degree"])
        row["backbone"] = round(disparity(row["weight"], degrees, strengths), 6)


def _describe(graph: nx.Graph, actors: list[Row], edges: list[Row], tally: Tally) -> None:
    """Give nodes and edges their columns as attributes, with the spells of their dates."""
    renamed = {"name": "label", "type": "actor_type"}
    for row in actors:
        attributes = {renamed.get(k, k): v for k, v in row.items() if k != "actor_id"}
        graph.nodes[row["actor_id"]].update(attributes, spells=_spells(tally.actors[row["actor_id"]]))
    for row in edges:
        pair = (row["source"], row["target"])
        attributes = {k: v for k, v in row.items() if k not in ("source", "target")}
        graph.edges[pair].update(attributes, relation=RELATION, spells=_spells(tally.pairs[pair]))


def _spells(count: Count) -> list[tuple[str, str]]:
    return [(str(span.first), str(span.last)) for span in union(count.spans)]
