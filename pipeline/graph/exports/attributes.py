"""What a graph format can hold: plain, typed attributes, none empty, no character that XML forbids."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import networkx as nx

# Characters that no XML 1.0 document may contain, not even escaped.
RE_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# What is written otherwise in some place; most texts have nothing of it.
RE_ESCAPED = re.compile('[&<>"\\r\\n\\t]')
# Python type → what GraphML and GEXF call it.
XML_TYPES: dict[type, str] = {str: "string", int: "long", float: "double", bool: "boolean"}

Attributes = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Fitted:
    """A network as every format writes it, sorted: of each attribute only what is not empty.

    nodes: id and attributes; edges: smaller and larger end, and attributes; graph: what is said of the whole.
    Attributes are strings without the characters that XML forbids, numbers, truth values, and `spells`, a list
    of pairs of ISO days.
    """

    nodes: list[tuple[str, Attributes]]
    edges: list[tuple[str, str, Attributes]]
    graph: Attributes


def fit(graph: nx.Graph) -> Fitted:
    """The network, fit for the formats."""
    pairs = sorted((min(pair), max(pair)) for pair in graph.edges)
    return Fitted(
        [(node, _fit(graph.nodes[node])) for node in sorted(graph)],
        [(one, two, _fit(graph.edges[one, two])) for one, two in pairs],
        dict(graph.graph),
    )


def _fit(attributes: Attributes) -> Attributes:
    # An empty list of spells is as empty as None: readers take it for "always there", as they should.
    kept = {
        name: value
        for name, value in attributes.items()
        if value is not None and value != "" and value != [] and _is_known(name, value)
    }
    if RE_NOT_XML.search(" ".join(value for value in kept.values() if type(value) is str)):
        return {
            name: RE_NOT_XML.sub("\ufffd", value) if type(value) is str else value
            for name, value in kept.items()
        }
    return kept


def _is_known(name: str, value: Any) -> bool:
    return isinstance(value, str | int | float) or name == "spells"


def escape_text(text: str) -> str:
    """Text as it stands between two tags, as the standard library writes it."""
    if not RE_ESCAPED.search(text):
        return text
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def escape_value(text: str) -> str:
    """Text as it stands in an attribute between double quotes, as the standard library writes it."""
    if not RE_ESCAPED.search(text):
        return text
    escaped = escape_text(text).replace('"', "&quot;")
    return escaped.replace("\r", "&#13;").replace("\n", "&#10;").replace("\t", "&#09;")


def write_value(value: Any) -> str:
    """A value as it stands between two tags."""
    return escape_text(value) if type(value) is str else str(value)


def first_uses(network: Fitted) -> Iterator[tuple[str, str, type]]:
    """Scope (node, edge), name and type of every attribute but the spells, in order of first use."""
    seen = set()
    for scope, items in (("node", network.nodes), ("edge", network.edges)):
        for *_ends, data in items:
            for name, value in data.items():
                use = (scope, name, type(value))
                if use not in seen and name != "spells":
                    seen.add(use)
                    yield use
