"""What a graph format can hold: plain, typed attributes, none empty, no character that XML forbids."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import networkx as nx

# Characters that no XML 1.0 document may contain, not even escaped.
RE_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Python type → what GraphML and GEXF call it.
XML_TYPES: dict[type, str] = {str: "string", int: "long", float: "double", bool: "boolean"}

Keep = Callable[[str, Any], bool]
Attributes = dict[str, Any]


def scalars_only(_name: str, value: Any) -> bool:
    """Keep strings, numbers and truth values."""
    return isinstance(value, str | int | float)


def scalars_and_spells(name: str, value: Any) -> bool:
    """Keep strings, numbers and truth values, and the spells."""
    return name == "spells" or scalars_only(name, value)


def attributes_of_nodes(graph: nx.Graph) -> Iterator[Attributes]:
    """All attributes of each node, in sorted order."""
    return (graph.nodes[node] for node in sorted(graph))


def attributes_of_edges(graph: nx.Graph) -> Iterator[Attributes]:
    """All attributes of each edge, in sorted order."""
    return (graph.edges[pair] for pair in _pairs(graph))


def _pairs(graph: nx.Graph) -> list[tuple[str, str]]:
    return sorted((min(pair), max(pair)) for pair in graph.edges)


def nodes_of(graph: nx.Graph, keep: Keep = scalars_only) -> Iterator[tuple[str, Attributes]]:
    """Nodes in sorted order with those attributes that `keep` accepts and that are not empty."""
    for node in sorted(graph):
        yield node, _fit(graph.nodes[node], keep)


def edges_of(graph: nx.Graph, keep: Keep = scalars_only) -> Iterator[tuple[str, str, Attributes]]:
    """Edges in sorted order, the smaller end first, with their attributes as in `nodes_of`."""
    for source, target in _pairs(graph):
        yield source, target, _fit(graph.edges[source, target], keep)


def _fit(attributes: Attributes, keep: Keep) -> Attributes:
    # An empty list of spells is as empty as None: readers take it for "always there", as they should.
    return {
        name: RE_NOT_XML.sub("\ufffd", value) if type(value) is str else value
        for name, value in attributes.items()
        if _is_kept(name, value, keep)
    }


def _is_kept(name: str, value: Any, keep: Keep) -> bool:
    return value is not None and value != "" and value != [] and keep(name, value)


def escape_text(text: str) -> str:
    """Text as it stands between two tags, as the standard library writes it."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def escape_value(text: str) -> str:
    """Text as it stands in an attribute between double quotes, as the standard library writes it."""
    escaped = escape_text(text).replace('"', "&quot;")
    return escaped.replace("\r", "&#13;").replace("\n", "&#10;").replace("\t", "&#09;")


def first_uses(items: Iterable[Attributes], keep: Keep = scalars_only) -> Iterator[tuple[str, type]]:
    """Name and type of every attribute that is kept of some item, in order of first use."""
    seen = set()
    for data in items:
        for name, value in data.items():
            use = (name, type(value))
            if use not in seen and _is_kept(name, value, keep):
                seen.add(use)
                yield use
