"""The network page by page: what a page adds, and what follows when all pages have been seen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, cast

import networkx as nx

from pipeline.graph.cooccurrence import ActorCount, Count, Meeting, Tally, page_windows
from pipeline.graph.derived import (
    CODES,
    dyad_year_rows,
    event_row,
    first_and_last,
    is_state,
    period_row,
    single_year,
)
from pipeline.graph.measures import actor_measures
from pipeline.graph.network import RELATION, Network
from pipeline.graph.significance import disparity, log_likelihood_ratio, npmi
from pipeline.graph.timespan import PERIODS, Span, period_of, union
from pipeline.spill import LIMIT, Spill, counts
from pipeline.tables import LABELS, Row

# What the network needs to know of an entity.
KNOWN = ("name", "type", "wikidata_id", *CODES)


class NetworkBuilder:
    """Takes the pages one after another and gives the network; holds no page, only what is counted.

    In memory: the actors, and the pairs that `finish` keeps. Pairs, years and dated sentences that are too many
    wait in files.
    """

    def __init__(
        self,
        entities: Iterable[Row] = (),
        *,
        window: str = "sentence",
        seed: int = 0,
        slice_by: str = "",
        min_weight: int = 1,
        folder: Path | None = None,
        limit: int = LIMIT,
    ) -> None:
        """Begin a network.

        Parameters: rows of `entities`; window, what two actors must share (sentence, paragraph, section); seed,
        of Louvain and of the betweenness sample; slice_by, year, decade or century for `edges_by_period`, else
        ""; min_weight, windows in which a pair must meet to be an edge; folder for temporary files, which the
        caller removes, None to keep all in memory; limit, of `Spill`.
        Raises: ValueError for an unknown period.
        """
        if slice_by and slice_by not in PERIODS:
            raise ValueError(f"unknown period {slice_by!r}; expected one of {', '.join(PERIODS)}")
        self.window, self.seed, self.slice_by, self.min_weight = window, seed, slice_by, min_weight
        self.known = {row["entity_id"]: {name: row[name] for name in KNOWN} for row in entities}
        self.tally = Tally(folder, limit)
        self.years: Spill[int] = counts(folder, limit)
        self.periods: Spill[Count] = Spill(
            Count.absorb, Count.plain, Count.from_plain, folder=folder, limit=limit
        )
        self.dated: Spill[Row] = Spill(_never, _event_plain, _event_row, folder=folder, limit=limit)
        self.sentences = 0

    def add_page(
        self,
        doc_id: str,
        sections: Iterable[Row],
        sentences: Iterable[Row],
        mentions: Iterable[Row],
        clean_text: str | None = None,
    ) -> list[Row]:
        """Count one page and give its rows of `cooccurrences`.

        Parameters: the page's rows of the tables of these names, in text order; clean_text, needed for
        paragraphs.
        Raises: ValueError for an unknown window, a date that is none, or a mention in an unknown sentence.
        """
        dropped = {row["section_id"] for row in sections if row["kept"] is False}
        rows = list(sentences)
        gone = {row["sentence_id"] for row in rows if row["section_id"] in dropped}
        body = [row for row in rows if row["sentence_id"] not in gone]
        named = [row for row in mentions if row["sentence_id"] not in gone]
        windows = _windows(doc_id, body, named, self.window, clean_text)
        self._add_events(body, windows)
        found = []
        for row, span in self.tally.add_page(doc_id, windows):
            found.append(row)
            self._add_to_years(row["source"], row["target"], doc_id, span)
        for spill in (self.tally.pairs, self.years, self.periods, self.dated):
            spill.settle()
        return found

    def _add_events(self, sentences: list[Row], windows: list[list[Meeting]]) -> None:
        meetings = (meeting for window in windows for meeting in window)
        for sentence, meeting in zip(sentences, meetings, strict=True):
            if meeting.span is not None and meeting.actors:
                self.sentences += 1
                event = event_row(sentence, meeting.span, meeting.actors)
                # In order of time; what is dated alike, in the order of the text.
                self.dated.held[*meeting.span.first, *meeting.span.last, self.sentences] = event

    def _add_to_years(self, source: str, target: str, doc_id: str, span: Span | None) -> None:
        year = single_year(span)
        if year is not None and self._may_be_state(source) and self._may_be_state(target):
            held = self.years.held
            held[source, target, year] = held.get((source, target, year), 0) + 1
        period = period_of(span, self.slice_by) if span is not None and self.slice_by else None
        if period is not None:
            key = (period.first.year, source, target)
            self.periods.held.setdefault(key, Count()).see(doc_id, None)

    def _may_be_state(self, actor_id: str) -> bool:
        """Whether an actor is a state as far as is known: one without an entity gets its type in the end."""
        return actor_id not in self.known or is_state(self.known[actor_id])

    def finish(self) -> Network:
        """The network of the pages so far, without the tables that can be read off as streams."""
        graph = nx.Graph()
        graph.add_nodes_from(sorted(self.tally.actors))
        edges = []
        spells = []
        for pair, count in self.tally.pairs.items():
            if count.windows >= self.min_weight:
                edges.append(_edge_row(cast("tuple[str, str]", pair), count, self.tally))
                spells.append(_spells(count))
        graph.add_weighted_edges_from((row["source"], row["target"], row["weight"]) for row in edges)
        measures = actor_measures(graph, seed=self.seed)
        actors = [
            _actor_row(a, count, self.known.get(a), measures[a])
            for a, count in sorted(self.tally.actors.items())
        ]
        _add_backbone(edges, measures)
        _describe(graph, actors, self.tally, edges, spells)
        graph.graph.update(relation=RELATION, window=self.window, slice=self.slice_by, seed=self.seed)
        years = cast("Iterator[tuple[tuple[str, str, int], int]]", self.years.items())
        dyads = dyad_year_rows(years, {row["actor_id"]: row for row in actors})
        return Network(actors=actors, edges=edges, dyad_year=dyads, graph=graph)

    def events(self) -> Iterator[Row]:
        """Rows of `events`: sorted by time, then by page and sentence."""
        return (row for _, row in self.dated.items())

    def edges_by_period(self, network: Network) -> Iterator[Row]:
        """Rows of `edges_by_period`, of the pairs that the network keeps."""
        for (year, source, target), count in self.periods.items():
            if network.graph.has_edge(source, target):
                yield period_row(cast(int, year), self.slice_by, str(source), str(target), count)


def _never(one: Row, two: Row) -> Row:
    raise ValueError(f"two events of one number: {one}, {two}")


def _event_plain(row: Row) -> list[Any]:
    return list(row.items())


def _event_row(plain: list[Any]) -> Row:
    row = dict(plain)
    return row | {"actors": tuple(row["actors"])}


def _windows(
    doc_id: str, sentences: list[Row], mentions: list[Row], window: str, text: str | None
) -> list[list[Meeting]]:
    try:
        return list(page_windows(sentences, mentions, window=window, clean_text=text))
    except ValueError as error:
        message = str(error)
        raise ValueError(message if message.startswith(doc_id) else f"{doc_id}: {message}") from None


def _edge_row(pair: tuple[str, str], count: Count, tally: Tally) -> Row:
    source, target = pair
    sums = (count.windows, tally.actors[source].windows, tally.actors[target].windows, tally.windows)
    association = npmi(*sums)
    first, last = first_and_last(count.spans)
    return {
        "source": source,
        "target": target,
        "weight": count.windows,
        "documents": count.documents,
        "npmi": None if association is None else round(association, 6),
        "first_date": first,
        "last_date": last,
        "llr": round(log_likelihood_ratio(*sums), 6),
    }


def _actor_row(actor_id: str, count: ActorCount, entity: Row | None, measures: dict[str, Any]) -> Row:
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


def _describe(
    graph: nx.Graph, actors: list[Row], tally: Tally, edges: list[Row], spells: list[list[tuple[str, str]]]
) -> None:
    """Give nodes and edges their columns as attributes, with the spells of their dates."""
    renamed = {"name": "label", "type": "actor_type"}
    for row in actors:
        attributes = {renamed.get(k, k): v for k, v in row.items() if k != "actor_id"}
        graph.nodes[row["actor_id"]].update(attributes, spells=_spells(tally.actors[row["actor_id"]]))
    for row, found in zip(edges, spells, strict=True):
        attributes = {k: v for k, v in row.items() if k not in ("source", "target")}
        graph.edges[row["source"], row["target"]].update(attributes, relation=RELATION, spells=found)


def _spells(count: Count) -> list[tuple[str, str]]:
    return [(str(span.first), str(span.last)) for span in union(count.spans)]
