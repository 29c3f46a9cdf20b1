"""What the graph stage makes: rows of its tables, and the same network for networkx."""

from __future__ import annotations

from dataclasses import dataclass, field

import networkx as nx

from pipeline.tables import Row

RELATION = "co_mention"


@dataclass(frozen=True, slots=True)
class Network:
    """The rows of the graph tables, and the same network as a networkx graph.

    graph: undirected; nodes and edges in sorted order with the columns of `actors` and `edges` as attributes
    (name as `label`, type as `actor_type`; every edge has `relation` = co_mention), and `spells`, a list of
    (first, last) ISO days. The tables that grow with the pages are empty where they are written as streams.
    """

    actors: list[Row]
    edges: list[Row]
    dyad_year: list[Row]
    graph: nx.Graph
    cooccurrences: list[Row] = field(default_factory=list)
    events: list[Row] = field(default_factory=list)
    edges_by_period: list[Row] = field(default_factory=list)

    def tables(self) -> dict[str, list[Row]]:
        """Table name → rows, for writing; `edges_by_period` only when it was asked for."""
        names = ("actors", "cooccurrences", "edges", "dyad_year", "events")
        tables = {name: getattr(self, name) for name in names}
        if self.graph.graph["slice"]:
            tables["edges_by_period"] = self.edges_by_period
        return tables
