"""GEXF 1.3 for Gephi: nodes and edges with the spells of their dates, so that its timeline works.

Written an element at a time, as networkx's writer (the model for it) builds the whole document in memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any

from pipeline.graph.exports.attributes import (
    XML_TYPES,
    Attributes,
    Fitted,
    escape_value,
    first_uses,
)
from pipeline.graph.timespan import decimal_year, next_day, parse_day

# The format wants a day: a fixed one keeps equal input at equal bytes.
LAST_MODIFIED = "2000-01-01"
DESCRIPTION = "Actors named in the same sentence (co_mention); a co-occurrence is not a relation."
HEAD = f"""<?xml version="1.0" encoding="UTF-8"?>
<gexf xmlns="http://gexf.net/1.3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" \
xsi:schemaLocation="http://gexf.net/1.3 http://gexf.net/1.3/gexf.xsd" version="1.3">
  <meta lastmodifieddate="{LAST_MODIFIED}">
    <creator>wiki-relations</creator>
    <description>{DESCRIPTION}</description>
  </meta>
"""
TAIL = "  </graph>\n</gexf>\n"
# What the format has an XML attribute of its own for.
OF_NODE, OF_EDGE = ("label", "spells"), ("weight", "spells")

Spell = Callable[[str, str], tuple[str, str]]
Ids = dict[tuple[str, str], tuple[int, str]]


def render_gexf(network: Fitted) -> Iterator[str]:
    """The network as GEXF 1.3, `mode="dynamic"` where any date is known.

    Spells are ISO days, first and last inside. Where one lies before 1 AD or after 9999, which date readers
    do not take, all spells are decimal years instead (480 BC starts at -479.0; a spell ends where its next
    day starts).
    """
    items = chain((data for _, data in network.nodes), (data for _, _, data in network.edges))
    days = {day for data in items for spell in data.get("spells", ()) for day in spell}
    readable = all(1 <= parse_day(day).year <= 9999 for day in days)
    ids = _attribute_ids(network)
    yield HEAD
    yield _graph_start(bool(days), readable)
    for kind in ("edge", "node"):
        yield from _declarations(ids, kind)
    spell: Spell = (lambda first, last: (first, last)) if readable else _decimal
    yield from _listed("nodes", (_node(*node, ids, spell) for node in network.nodes))
    edges = enumerate(network.edges)
    yield from _listed("edges", (_edge(i, *edge, ids, spell) for i, edge in edges))
    yield TAIL


def _attribute_ids(network: Fitted) -> Ids:
    """(node or edge, name) → number and type of each attribute, in order of first use."""
    ids: Ids = {}
    for kind, name, type in first_uses(network):
        if name not in (OF_NODE if kind == "node" else OF_EDGE):
            ids.setdefault((kind, name), (len(ids), XML_TYPES[type]))
    return ids


def _graph_start(dated: bool, readable: bool) -> str:
    mode = "dynamic" if dated else "static"
    timeformat = f' timeformat="{"date" if readable else "double"}"' if dated else ""
    return f'  <graph defaultedgetype="undirected" mode="{mode}"{timeformat}>\n'


def _declarations(ids: Ids, kind: str) -> Iterator[str]:
    mine = [(name, number, type) for (of, name), (number, type) in ids.items() if of == kind]
    if mine:
        yield f'    <attributes mode="static" class="{kind}">\n'
        for name, number, type in mine:
            yield f'      <attribute id="{number}" title="{name}" type="{type}" />\n'
        yield "    </attributes>\n"


def _listed(tag: str, elements: Iterator[str]) -> Iterator[str]:
    """The elements inside one of this tag, which stands alone if there are none."""
    first = next(elements, None)
    if first is None:
        yield f"    <{tag} />\n"
        return
    yield f"    <{tag}>\n"
    yield first
    yield from elements
    yield f"    </{tag}>\n"


def _node(node: str, data: Attributes, ids: Ids, spell: Spell) -> str:
    own = f'id="{escape_value(node)}" label="{escape_value(str(data.get("label", node)))}"'
    return _element("node", own, data, ids, spell, OF_NODE)


def _edge(number: int, source: str, target: str, data: Attributes, ids: Ids, spell: Spell) -> str:
    weight = f' weight="{data["weight"]}"' if "weight" in data else ""
    own = f'source="{escape_value(source)}" target="{escape_value(target)}" id="{number}"{weight}'
    return _element("edge", own, data, ids, spell, OF_EDGE)


def _element(tag: str, own: str, data: Attributes, ids: Ids, spell: Spell, written: tuple[str, ...]) -> str:
    lines = []
    if data.get("spells"):
        ends = (spell(*pair) for pair in data["spells"])
        lines += ["        <spells>\n"]
        lines += [f'          <spell start="{start}" end="{end}" />\n' for start, end in ends]
        lines += ["        </spells>\n"]
    values = [
        f'          <attvalue for="{ids[tag, name][0]}" value="{_value(value)}" />\n'
        for name, value in data.items()
        if name not in written
    ]
    if values:
        lines += ["        <attvalues>\n", *values, "        </attvalues>\n"]
    if not lines:
        return f"      <{tag} {own} />\n"
    return f"      <{tag} {own}>\n{''.join(lines)}      </{tag}>\n"


def _value(value: Any) -> str:
    if type(value) is str:
        return escape_value(value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def _decimal(first: str, last: str) -> tuple[str, str]:
    return str(decimal_year(parse_day(first))), str(decimal_year(next_day(parse_day(last))))
