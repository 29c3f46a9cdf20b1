"""GEXF 1.3 for Gephi: nodes and edges with the spells of their dates, so that its timeline works."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import networkx as nx
from networkx.readwrite.gexf import GEXFWriter

from pipeline.graph.exports.attributes import fit_graph, scalars_only
from pipeline.graph.timespan import decimal_year, next_day, parse_day

# The format wants a day and networkx writes today's: a fixed one keeps equal input at equal bytes.
LAST_MODIFIED = "2000-01-01"
DESCRIPTION = "Actors named in the same sentence (co_mention); a co-occurrence is not a relation."


def render_gexf(graph: nx.Graph) -> str:
    """The network as GEXF 1.3, `mode="dynamic"` where any date is known.

    Spells are ISO days, first and last inside. Where one lies before 1 AD or after 9999, which date readers
    do not take, all spells are decimal years instead (480 BC starts at -479.0; a spell ends where its next
    day starts).
    """
    fitted = fit_graph(graph, lambda name, value: name == "spells" or scalars_only(name, value))
    if not _days_readable(fitted):
        for attributes in _attributes(fitted):
            if "spells" in attributes:
                attributes["spells"] = [_decimal(spell) for spell in attributes["spells"]]
    writer = GEXFWriter(version="1.3")
    writer.add_graph(fitted)
    return _finish(writer.xml)


def _attributes(graph: nx.Graph) -> list[dict[str, Any]]:
    return [data for _, data in graph.nodes(data=True)] + [data for _, _, data in graph.edges(data=True)]


def _days_readable(graph: nx.Graph) -> bool:
    days = (day for data in _attributes(graph) for spell in data.get("spells", ()) for day in spell)
    return all(1 <= parse_day(day).year <= 9999 for day in days)


def _decimal(spell: tuple[str, str]) -> tuple[float, float]:
    return decimal_year(parse_day(spell[0])), decimal_year(next_day(parse_day(spell[1])))


def _finish(root: ElementTree.Element) -> str:
    """Make the tree what the schema allows and the same on every day, and indent it."""
    # networkx writes this namespace without its "www", so that no validator knows the schema location.
    root.set("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance")
    meta = root.find("meta")
    graph = root.find("graph")
    if meta is None or graph is None:
        raise ValueError("networkx wrote a GEXF tree without meta or graph")
    meta.set("lastmodifieddate", LAST_MODIFIED)
    for child in list(meta):
        meta.remove(child)
    ElementTree.SubElement(meta, "creator").text = "wiki-relations"
    ElementTree.SubElement(meta, "description").text = DESCRIPTION
    graph.attrib.pop("name", None)
    ElementTree.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ElementTree.tostring(root, encoding="unicode")}\n'
