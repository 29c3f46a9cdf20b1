"""CODEBOOK.md, datapackage.json and CITATION.cff describe what is written, and validate."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest
from frictionless import Package, system

from pipeline.codebook import LINKS, codebook, datapackage, fingerprint
from pipeline.codebook_words import FILES, NOTES, UNITS
from pipeline.graph import build_graph
from pipeline.graph.exports import render_exports
from pipeline.tables import TABLES, format_table
from pipeline.webannotation import web_annotations
from tests.graph_pages import merge, page_rows

ROOT = Path(__file__).parent.parent
INPUTS = ("documents", "sections", "sentences", "mentions", "entities")


def output_files() -> dict[str, bytes]:
    """Every table that the tests can fill, and the exports, as files."""
    pages = [
        page_rows(
            doc_id,
            [
                [("[Albania|albania] and [Russia|russia] met.", "1961-12-03", "1961-12-03")],
                [
                    ('[Athens|athens], "[Sparta|sparta]".', "-0479-01-01", "-0479-12-31"),
                    ("[Tirana|].", "", ""),
                ],
            ],
        )
        for doc_id in ("albania_russia", "Albania Rùssia", "albania-russia")
    ]
    tables = merge(*pages)
    net = build_graph(*(tables[name] for name in INPUTS), slice_by="decade")
    for row in tables["documents"]:
        row |= {"title": "T", "layout": "plain", "sha256": "0" * 64, "sentences": None, "tokens": 3}
        row |= {"raw_chars": 9, "clean_chars": 9, "sections": 1, "blurbs": 0, "mentions": 1, "dates": None}
    entity = {
        **tables["entities"][0],
        "entity_id": "tirana",
        "name": "Tirana",
        "aliases": ("Tiranë", "Tirana;"),
    }
    tables["entities"].append(entity)
    tables |= net.tables()
    date = {
        **tables["mentions"][0],
        "date_id": "d0001",
        "type": "DATE",
        "value": "BC0480",
        "mod": "",
        "edtf": "-0479",
    }
    tables["dates"] = [date | {"earliest": "-0479-01-01", "latest": "-0479-12-31", "range_id": ""}]
    score = dict.fromkeys(TABLES["scores"].column_names) | {
        "stage": "dates",
        "metric": "strict",
        "support": 3,
    }
    tables["scores"] = [score | {"f1": 0.5}]
    files = {
        TABLES[name].filename: format_table(TABLES[name], rows).encode() for name, rows in tables.items()
    }
    files |= {f"clean/{page['documents'][0]['doc_id']}.txt": page["text"].encode() for page in pages}
    files |= {name: text.encode() for name, text in render_exports(net).items()}
    raws = {page["documents"][0]["doc_id"]: page["text"] for page in pages}
    lines = web_annotations(tables["mentions"], tables["dates"], tables["entities"], raws)
    files |= {"annotations.jsonl": "".join(lines).encode(), "figures/network.png": b"\x89PNG\r\n\x1a\n"}
    files |= {"scores.json": b'[{"stage": "dates"}]\n', "figures/network.svg": b"<svg/>\n"}
    return files | {"CODEBOOK.md": codebook("0.1.0").encode()}


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return output_files()


def validate(folder: Path, files: dict[str, bytes], package: str) -> list[str]:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    (folder / "datapackage.json").write_text(package, encoding="utf8")
    with system.use_context(trusted=False):
        report = Package(str(folder / "datapackage.json")).validate()
    return [" ".join(map(str, row)) for row in report.flatten(["title", "rowNumber", "fieldName", "message"])]


def test_datapackage_validates(files: dict[str, bytes], tmp_path: Path) -> None:
    assert validate(tmp_path, files, datapackage(files, "0.1.0")) == []


@pytest.mark.parametrize(
    ("name", "old", "new", "error"),
    [
        ("edges.csv", b"albania,russia,3", b"albania,russia,x", "weight"),
        ("actors.csv", b"GPE", b"STATE", "type"),
        ("events.csv", b"-0479-01-01", b"479 BC", "earliest"),
        ("edges.csv", b"albania,russia", b"albania,prussia", "Foreign"),
        ("gephi_edges.csv", b"albania,russia,Undirected", b"albania,russia,Directed", "Type"),
        ("adjacency.csv", b"albania", b"albanie", "Hash"),
        ("clean/albania_russia.txt", b"Albania", b"Albanie", "Hash"),
        ("entities.csv", b"\nathens,", b"\nalbania,", "Primary"),
    ],
)
def test_datapackage_notices_a_changed_file(
    files: dict[str, bytes], tmp_path: Path, name: str, old: bytes, new: bytes, error: str
) -> None:
    assert old in files[name]
    changed = {**files, name: files[name].replace(old, new, 1)}
    # A table gets the hash of its new bytes: its content must be found wrong.
    described = files if error == "Hash" else changed
    errors = validate(tmp_path, changed, datapackage(described, "0.1.0"))
    assert any(error in line for line in errors), errors


def test_datapackage_names_hashes_and_keys(files: dict[str, bytes]) -> None:
    package = json.loads(datapackage(files, "1.2.3"))
    by_path = {resource["path"]: resource for resource in package["resources"]}
    assert list(by_path) == sorted(files)
    names = [resource["name"] for resource in package["resources"]]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z0-9._-]+", name) for name in names)
    for path, content in files.items():
        assert by_path[path]["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
        assert by_path[path]["bytes"] == len(content)
    assert by_path["mentions.csv"]["schema"]["primaryKey"] == ["doc_id", "mention_id"]
    assert "primaryKey" not in by_path["scores.csv"]["schema"]
    assert package["version"] == "1.2.3"
    assert [licence["name"] for licence in package["licenses"]] == ["CC-BY-SA-4.0"]


def test_datapackage_takes_fingerprints_for_bytes(files: dict[str, bytes]) -> None:
    prints = {name: fingerprint(content) for name, content in files.items()}
    assert datapackage(prints, "1") == datapackage(files, "1")
    assert datapackage(dict(reversed(prints.items())), "1") == datapackage(files, "1")


def test_foreign_keys_only_to_tables_that_are_there() -> None:
    package = json.loads(datapackage({"edges.csv": b""}, "1"))
    assert "foreignKeys" not in package["resources"][0]["schema"]
    for name, links in LINKS.items():
        for link in links:
            assert set(link.columns) <= set(TABLES[name].column_names)
            assert set(link.targets) == set(TABLES[link.table].key), (name, link)


def test_codebook_explains_every_table_and_column() -> None:
    text = codebook("0.1.0")
    for table in TABLES.values():
        section = text.split(f"\n## {table.filename}\n")[1].split("\n## ")[0]
        rows = [line for line in section.splitlines() if line.startswith("| ")][2:]
        assert [row.split(" | ")[0].removeprefix("| ") for row in rows] == table.column_names
        assert all(row.count(" | ") == 4 for row in rows), table.name
    assert "A co-occurrence is not a relation" in text
    assert all(f"| {name} |" in text for name in FILES)


def test_codebook_has_a_word_for_every_measure() -> None:
    numbers = {c.name for t in TABLES.values() for c in t.columns if c.type == "number"}
    assert numbers <= set(UNITS)
    columns = {c.name for t in TABLES.values() for c in t.columns}
    assert set(UNITS) <= columns
    assert set(NOTES) <= set(TABLES)


def test_citation_file_has_what_cff_asks() -> None:
    text = (ROOT / "CITATION.cff").read_text(encoding="utf8")
    keys = dict(re.findall(r"^([a-z-]+): ?(.*)$", text, flags=re.M))
    assert {"cff-version", "message", "title", "authors"} <= set(keys)
    assert keys["cff-version"] == "1.2.0"
    project = (ROOT / "pyproject.toml").read_text(encoding="utf8")
    assert f'version = "{keys["version"]}"' in project
    assert f'name = "{keys["title"]}"' in project
