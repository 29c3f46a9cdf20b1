"""What a graph format can hold: plain, typed attributes, none empty, no character that XML forbids."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import networkx as nx

# Characters that no XML 1.0 document may contain, not even escaped.
RE_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

Keep = Callable[[str, Any], bool]


def scalars_only(_name: str, value: Any) -> bool:
    """Keep strings, numbers and truth values."""
    return isinstance(value, str | int | float)


def fit_graph(graph: nx.Graph, keep: Keep = scalars_only) -> nx.Graph:
    """A copy in sorted order with only those attributes that `keep` accepts and that are not empty."""
    fitted = nx.Graph()
    for node in sorted(graph):
        fitted.add_node(node, **_fit(graph.nodes[node], keep))
    for source, target in sorted((min(pair), max(pair)) for pair in graph.edges):
        fitted.add_edge(source, target, **_fit(graph.edges[source, target], keep))
    return fitted


def _fit(attributes: dict[str, Any], keep: Keep) -> dict[str, Any]:
    # An empty list of spells is as empty as None: readers take it for "always there", as they should.
    return {
        name: RE_NOT_XML.sub("\ufffd", value) if isinstance(value, str) else value
        for name, value in attributes.items()
        if value is not None and value != "" and value != [] and keep(name, value)
    }
