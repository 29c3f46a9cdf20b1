"""What a graph format can hold: plain, typed attributes, none empty, no character that XML forbids."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any
from xml.etree import ElementTree

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


def nodes_of(graph: nx.Graph, keep: Keep = scalars_only) -> Iterator[tuple[str, Attributes]]:
    """Nodes in sorted order with those attributes that `keep` accepts and that are not empty."""
    for node in sorted(graph):
        yield node, _fit(graph.nodes[node], keep)


def edges_of(graph: nx.Graph, keep: Keep = scalars_only) -> Iterator[tuple[str, str, Attributes]]:
    """Edges in sorted order, the smaller end first, with their attributes as in `nodes_of`."""
    for source, target in sorted((min(pair), max(pair)) for pair in graph.edges):
        yield source, target, _fit(graph.edges[source, target], keep)


def _fit(attributes: Attributes, keep: Keep) -> Attributes:
    # An empty list of spells is as empty as None: readers take it for "always there", as they should.
    return {
        name: RE_NOT_XML.sub("\ufffd", value) if isinstance(value, str) else value
        for name, value in attributes.items()
        if value is not None and value != "" and value != [] and keep(name, value)
    }


def element_text(element: ElementTree.Element, level: int, encoding: str) -> str:
    """An element as indented lines, to stand `level` steps deep; "us-ascii" writes references for all else."""
    ElementTree.indent(element, level=level)
    text = ElementTree.tostring(element, encoding=encoding)
    return "  " * level + (text.decode("ascii") if isinstance(text, bytes) else text) + "\n"
