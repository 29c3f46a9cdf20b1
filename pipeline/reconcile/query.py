"""Rows of entities.csv as queries of the Reconciliation Service API 0.2 (W3C community group report)."""

from __future__ import annotations

import json
import re
from typing import Any

from pipeline.tables import Row

Query = dict[str, Any]

# Label → Wikidata classes; their subclasses count too. Ids and names: Wikidata (CC0). A label is missing where no
# class covers what it means (LOC: a bloc of countries is no location; NORP: peoples, faiths, parties; LAW:
# treaties, constitutions, plans): a wrong class would hide the right item, no class only lists more.
WIKIDATA_TYPES: dict[str, tuple[str, ...]] = {
    "PERSON": ("Q5",),  # human
    "ORG": ("Q43229",),  # organization
    "GPE": (
        "Q7275",  # state
        "Q6256",  # country
        "Q3024240",  # historical country
        "Q1048835",  # political territorial entity
        "Q56061",  # administrative territorial entity
        "Q486972",  # human settlement
    ),
    "FAC": ("Q811979", "Q13226383"),  # architectural structure, facility
    "EVENT": ("Q1190554",),  # occurrence
    "WORK_OF_ART": ("Q386724",),  # work
}
# Column of a person → property of Wikidata. The service compares years as numbers (`@year`); it has no match for a
# whole date, which would count as evidence against every candidate.
LIFE_DATES = {"valid_from": "P569@year", "valid_to": "P570@year"}  # date of birth, date of death
RE_YEAR = re.compile(
    r"(\d{4})(?!\d)"
)  # "1908" in "1908-10-16"; years before 1 AD have a sign and are left out


def build_query(row: Row, *, limit: int, wikidata: bool) -> Query:
    """The query for one row of entities.csv: its name, and for Wikidata its type and a person's years of life."""
    query: Query = {"query": row["name"], "limit": limit}
    if not wikidata:
        return query
    if types := WIKIDATA_TYPES.get(row["type"]):
        query["type"] = list(types)
    if properties := _life(row):
        query["properties"] = properties
    return query


def _life(row: Row) -> list[dict[str, str]]:
    if row["type"] != "PERSON":
        return []
    years = ((pid, RE_YEAR.match(row[column] or "")) for column, pid in LIFE_DATES.items())
    return [{"pid": pid, "v": str(int(year[1]))} for pid, year in years if year and int(year[1])]


def without_type(query: Query) -> Query:
    """The same query for items of any type."""
    return {key: value for key, value in query.items() if key != "type"}


def canonical(query: Query) -> str:
    """A query as JSON text: equal queries have equal text, whatever the order of their keys."""
    return json.dumps(query, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
