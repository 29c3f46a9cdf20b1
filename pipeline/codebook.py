"""CODEBOOK.md and datapackage.json, made from the table definitions so that neither can drift from them."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from pipeline.codebook_words import CAVEAT, CONVENTIONS, FILES, NOTES, TYPE_WORDS, UNITS, UNITS_OF_TABLE
from pipeline.config import FORMATS
from pipeline.graph.exports.plain import GEPHI_EDGES, GEPHI_NODES
from pipeline.tables import TABLES, Column, Table

Fingerprint = tuple[str, int]  # SHA-256 in hexadecimal, size in bytes
NAME = "wiki-relations"
TITLE = "Who is named with whom, when, and in which sentence"
TEXT_LICENCE = {
    "name": "CC-BY-SA-4.0",
    "title": "Creative Commons Attribution-ShareAlike 4.0 International",
    "path": "https://creativecommons.org/licenses/by-sa/4.0/",
}
SOURCES = (
    {
        "title": "Wikipedia contributors: the pages, as scraped from mirrors",
        "path": "https://en.wikipedia.org/",
    },
    {"title": "Wikidata: item identifiers (CC0 1.0)", "path": "https://www.wikidata.org/"},
    {"title": "Correlates of War: state numbers", "path": "https://correlatesofwar.org/"},
    {"title": "Gleditsch and Ward: state numbers", "path": "http://ksgleditsch.com/statelist.html"},
    {"title": "ISO 3166-1: country codes", "path": "https://www.iso.org/iso-3166-country-codes.html"},
)
MEDIA_TYPES = {
    "csv": "text/csv",
    "parquet": "application/vnd.apache.parquet",
    "txt": "text/plain",
    "md": "text/markdown",
    "json": "application/json",
    "jsonl": "application/jsonl",
    "gexf": "application/gexf+xml",
    "graphml": "application/graphml+xml",
    "net": "text/plain",
    "html": "text/html",
    "svg": "image/svg+xml",
    "png": "image/png",
}
BINARY = ("png", "parquet")
# ISO 8601 with astronomical years; not Frictionless's `date`, whose readers know no year before 1 AD.
DAY_PATTERN = r"-?\d{4,}-\d\d-\d\d"
# Gephi's import tables: file → table of ours that it renames.
GEPHI = {"gephi_nodes.csv": ("actors", GEPHI_NODES), "gephi_edges.csv": ("edges", GEPHI_EDGES)}


class Link(NamedTuple):
    """A foreign key: columns here, table there, columns there."""

    columns: tuple[str, ...]
    table: str
    targets: tuple[str, ...]


def _link(table: str, *pairs: str) -> Link:
    """`_link("actors", "source=actor_id")`: column source holds an actor_id of table actors."""
    split = [pair.partition("=") for pair in pairs]
    return Link(tuple(p[0] for p in split), table, tuple(p[2] or p[0] for p in split))


_PAGE = _link("documents", "doc_id")
_IN_SENTENCE = _link("sentences", "doc_id", "sentence_id")
_ENDS = (_link("actors", "source=actor_id"), _link("actors", "target=actor_id"))
LINKS: dict[str, tuple[Link, ...]] = {
    "sections": (_PAGE,),
    "segments": (_PAGE,),
    "glossary": (_PAGE, _link("entities", "entity_id")),
    "sentences": (_PAGE, _link("sections", "doc_id", "section_id")),
    "names": (_IN_SENTENCE,),
    "mentions": (_IN_SENTENCE, _link("entities", "entity_id"), _link("actors", "actor_id")),
    "dates": (_IN_SENTENCE,),
    "cooccurrences": (_IN_SENTENCE, *_ENDS),
    "edges": _ENDS,
    "edges_by_period": _ENDS,
    "dyad_year": (_link("actors", "actor_id1=actor_id"), _link("actors", "actor_id2=actor_id")),
    "events": (_IN_SENTENCE,),
}


def codebook(version: str) -> str:
    """CODEBOOK.md: every file, table and column in words, with type, unit, missing values and keys."""
    parts = [
        _preamble(version),
        *(_table_section(table) for table in TABLES.values()),
        *(_gephi_section(name) for name in GEPHI),
        _files_section(),
    ]
    return "\n\n".join(parts) + "\n"


def datapackage(files: Mapping[str, bytes | Fingerprint], version: str) -> str:
    """datapackage.json: a Frictionless Data Package of the output files.

    Parameters: files, path below the outputs folder → its bytes or (SHA-256, size); a file that holds times
    (run.json) and the package itself do not belong in it. version, of the pipeline.
    Returns: JSON text, resources sorted by path; foreign keys only to tables that are among the files.
    Source: Data Package and Table Schema, version 1, which more programs read than version 2.
    """
    return "".join(datapackage_pieces(files, version))


def datapackage_pieces(files: Mapping[str, bytes | Fingerprint], version: str) -> Iterator[str]:
    """`datapackage` in pieces, a resource each: a run has a clean text for every page."""
    tables = {path: table for table in TABLES.values() for path in _paths(table) if path in files}
    present = {table.name for table in tables.values()}
    names = _resource_names(files)
    package = {
        "name": NAME,
        "title": TITLE,
        "version": version,
        "profile": "data-package",
        "description": f"{CAVEAT} CODEBOOK.md explains every column. The code is under the MIT licence.",
        "licenses": [TEXT_LICENCE],
        "sources": list(SOURCES),
    }
    yield json.dumps(package, ensure_ascii=False, indent=1).removesuffix("\n}")
    yield ',\n "resources": ['
    comma = ""
    for path in sorted(files):
        resource = _resource(path, names[path], files[path]) | _content(path, tables.get(path), present)
        # A string in JSON holds no line break, so each one is where the layout has it.
        text = json.dumps(resource, ensure_ascii=False, indent=1).replace("\n", "\n  ")
        yield f"{comma}\n  {text}"
        comma = ","
    yield "\n ]\n}\n" if comma else "]\n}\n"


def fingerprint(content: bytes) -> Fingerprint:
    """SHA-256 and size of a file's bytes."""
    return hashlib.sha256(content).hexdigest(), len(content)


def _preamble(version: str) -> str:
    lines = (
        "# Codebook",
        "",
        f"Of the files that {NAME} {version} writes. Made from the same definitions as datapackage.json.",
        "",
        CAVEAT,
        "",
        *(f"- {line}" for line in CONVENTIONS),
    )
    return "\n".join(lines)


def _table_section(table: Table) -> str:
    lines = [f"## {table.filename}", "", f"One row per {table.about}. Written by `{table.stage}`."]
    if table.name in NOTES:
        lines += ["", NOTES[table.name]]
    keys = [f"Key: {', '.join(table.key) or 'none'}."]
    keys += [f"{_join(link.columns)} → {link.table}.csv ({_join(link.targets)})." for link in _links(table)]
    lines += ["", " ".join(keys)]
    lines += ["", "| column | type | unit | missing | what |", "| --- | --- | --- | --- | --- |"]
    lines += [_column_line(table, column) for column in table.columns]
    return "\n".join(lines)


def _column_line(table: Table, column: Column) -> str:
    about = column.about + (f" ({', '.join(column.enum)})" if column.enum else "")
    missing = "never" if column.required else "empty"
    cells = (column.name, TYPE_WORDS[column.type], _unit(table, column), missing, about)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _unit(table: Table, column: Column) -> str:
    if column.type == "date":
        return "ISO 8601"
    if column.type not in ("integer", "number"):
        return ""
    usual = UNITS.get(column.name, "count" if column.type == "integer" else "")
    return UNITS_OF_TABLE.get((table.name, column.name), usual)


def _gephi_section(filename: str) -> str:
    table, columns = GEPHI[filename]
    known = set(TABLES[table].column_names)
    lines = [f"## {filename}", "", f"{table}.csv under the names that Gephi's spreadsheet import knows.", ""]
    lines += [f"| column | column of {table}.csv |", "| --- | --- |"]
    lines += [f"| {new} | {old if old in known else f'always {old}'} |" for new, old in columns.items()]
    return "\n".join(lines)


def _files_section() -> str:
    lines = ["## Other files", "", "| file | what |", "| --- | --- |"]
    return "\n".join([*lines, *(f"| {name} | {about} |" for name, about in FILES.items())])


def _paths(table: Table) -> list[str]:
    return [table.file(format) for format in FORMATS]


def _links(table: Table) -> tuple[Link, ...]:
    return LINKS.get(table.name, ())


def _join(columns: tuple[str, ...]) -> str:
    return ", ".join(columns)


def _resource_names(paths: Mapping[str, Any]) -> dict[str, str]:
    """A name of lower-case letters, digits and `-._` for each path; a number keeps like ones apart."""
    # Tables first: their names are fixed, since foreign keys refer to them.
    tables = {path: table.name for table in TABLES.values() for path in _paths(table)}
    names: dict[str, str] = {}
    taken: dict[str, int] = {}
    for path in sorted(paths, key=lambda p: (p not in tables, p)):
        name = base = tables.get(path) or re.sub(r"[^a-z0-9._-]+", "-", path.lower()).strip("-")
        while name in taken:
            taken[base] += 1
            name = f"{base}-{taken[base]}"
        taken[name] = 1
        names[path] = name
    return names


def _resource(path: str, name: str, content: bytes | Fingerprint) -> dict[str, Any]:
    digest, size = fingerprint(content) if isinstance(content, bytes) else content
    ending = path.rpartition(".")[2].lower()
    return {
        "name": name,
        "path": path,
        "profile": "data-resource",
        "format": ending,
        "mediatype": MEDIA_TYPES.get(ending, "application/octet-stream"),
        **({} if ending in BINARY else {"encoding": "utf-8"}),
        "bytes": size,
        "hash": f"sha256:{digest}",
    }


def _content(path: str, table: Table | None, present: set[str]) -> dict[str, Any]:
    """What the rows are: those of a table, of a renamed one, or nothing that a schema could tell."""
    if table is not None:
        about, note = f"One row per {table.about}", NOTES.get(table.name, "")
        found = _tabular(about, note, _schema(table, present))
        # Readers of data packages take no Parquet without a plug-in: for them it is a file that is described.
        if path.endswith(".csv"):
            return found
        del found["dialect"]
        return found | {"profile": "data-resource", "type": "file"}
    if path in GEPHI:
        name, columns = GEPHI[path]
        schema = {"fields": _gephi_fields(TABLES[name], columns), "missingValues": [""]}
        return _tabular(f"One row per {TABLES[name].about}", f"{name}.csv for Gephi's import", schema)
    # To check by their hash; readers would else guess tables: of the matrix, of nested JSON lines.
    return {"type": "file"}


def _tabular(title: str, description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {
        "profile": "tabular-data-resource",
        "title": title,
        "description": description,
        "dialect": {"delimiter": ",", "lineTerminator": "\n", "quoteChar": '"', "doubleQuote": True},
        "schema": schema,
    }


def _gephi_fields(table: Table, columns: Mapping[str, str]) -> list[dict[str, Any]]:
    known = {column.name: column for column in table.columns}
    return [
        _field(replace(known[old], name=new))
        if old in known
        else {"name": new, "type": "string", "constraints": {"enum": [old]}}
        for new, old in columns.items()
    ]


def _schema(table: Table, present: set[str]) -> dict[str, Any]:
    schema: dict[str, Any] = {
        "fields": [_field(column) for column in table.columns],
        "missingValues": [""],
    }
    required = {column.name for column in table.columns if column.required}
    # A primary key may hold no missing value; the key of scores does (an empty label means all).
    if table.key and required.issuperset(table.key):
        schema["primaryKey"] = list(table.key)
    keys = [
        {"fields": list(link.columns), "reference": {"resource": link.table, "fields": list(link.targets)}}
        for link in _links(table)
        if link.table in present
    ]
    return schema | ({"foreignKeys": keys} if keys else {})


def _field(column: Column) -> dict[str, Any]:
    constraints: dict[str, Any] = {}
    if column.required:
        constraints["required"] = True
    if column.enum:
        constraints["enum"] = list(column.enum)
    field: dict[str, Any] = {
        "name": column.name,
        "type": {"date": "string", "list": "string"}.get(column.type, column.type),
        "description": column.about + ("; several joined by ;" if column.type == "list" else ""),
    }
    if column.type == "date":
        field["rdfType"] = "http://www.w3.org/2001/XMLSchema#date"
        constraints["pattern"] = DAY_PATTERN
    if column.type == "boolean":
        field |= {"trueValues": ["true"], "falseValues": ["false"]}
    return field | ({"constraints": constraints} if constraints else {})
