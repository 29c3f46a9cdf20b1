"""Tables a page at a time: what streams give is what the whole gives, in either format, in little memory."""

from __future__ import annotations

import csv
import hashlib
import tempfile
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import parquet, spill
from pipeline.job import Job, Report
from pipeline.rows import EntityCounts
from pipeline.stages.network import do_graph
from pipeline.tables import (
    TABLES,
    Row,
    Table,
    TableError,
    find_table,
    format_table,
    iter_table,
    open_table,
    read_table,
    write_table,
)
from pipeline.walk import walk_pages
from tests.graph_pages import entity_rows, page_rows

pyarrow = pytest.importorskip("pyarrow")
TEXT = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), max_size=8)
VALUES = {
    "string": TEXT,
    "date": st.sampled_from(["", "1961-12-03", "-0479-09-20"]),
    "integer": st.none() | st.integers(-(2**60), 2**60),
    "number": st.none() | st.floats(-1e6, 1e6),
    "boolean": st.none() | st.booleans(),
    "list": st.lists(TEXT.filter(bool), max_size=3).map(tuple),
}


def rows_of(table: Table) -> st.SearchStrategy[list[Row]]:
    return st.lists(st.fixed_dictionaries({c.name: VALUES[c.type] for c in table.columns}), max_size=6)


@settings(max_examples=25)
@given(st.data(), st.sampled_from(sorted(TABLES)))
def test_both_formats_hold_the_same_values(data: st.DataObject, name: str) -> None:
    rows = data.draw(rows_of(TABLES[name]))
    with tempfile.TemporaryDirectory() as folder:
        _both_formats(Path(folder), name, rows)


def _both_formats(folder: Path, name: str, rows: list[Row]) -> None:
    text = format_table(TABLES[name], rows)
    write_table(folder, name, rows)
    assert find_table(folder, name).read_bytes() == text.encode()
    expected = read_table(folder, name)
    write_table(folder, name, rows, "parquet")
    assert [p.name for p in folder.iterdir()] == [f"{name}.parquet"]
    assert read_table(folder, name) == expected
    # The same from finished CSV lines, in two pieces.
    _, *lines = _csv_lines(text)
    with open_table(folder, name, "parquet") as writer:
        writer.lines("".join(lines[:2]))
        writer.lines("".join(lines[2:]))
    assert read_table(folder, name) == expected
    write_table(folder, name, rows)
    assert [p.name for p in folder.iterdir()] == [f"{name}.csv"]


def _csv_lines(text: str) -> list[str]:
    """The rows of a CSV file with their line ends, also where a cell holds some."""
    pieces = [piece + "\n" for piece in text.split("\n")[:-1]]
    reader = csv.reader(pieces)
    found, start = [], 0
    while next(reader, None) is not None:
        found.append("".join(pieces[start : reader.line_num]))
        start = reader.line_num
    return found


def test_parquet_is_typed_and_the_same_on_every_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "GROUP", 10)
    row = {
        "source": "a",
        "target": "b",
        "weight": 3,
        "documents": 1,
        "npmi": None,
        "first_date": "-0479-09-20",
    }
    rows = [row | {"last_date": "", "llr": 0.1234567, "backbone": 1.0, "weight": n} for n in range(25)]
    contents = []
    for _ in range(2):
        write_table(tmp_path, "edges", iter(rows), "parquet")
        contents.append((tmp_path / "edges.parquet").read_bytes())
    assert contents[0] == contents[1]
    file = pyarrow.parquet.ParquetFile(tmp_path / "edges.parquet")
    assert file.num_row_groups == 3
    types = {field.name: str(field.type) for field in file.schema_arrow}
    assert types["weight"] == "int64" and types["npmi"] == "double" and types["first_date"] == "string"
    assert next(iter_table(tmp_path, "edges"))["llr"] == 0.123457


def test_without_pyarrow_a_line_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "missing", ImportError())
    with pytest.raises(parquet.ParquetError, match=r"pip install 'wiki-relations\[parquet\]'"):
        write_table(tmp_path, "edges", [], "parquet")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"PAR1 no such thing PAR1"])
def test_a_damaged_parquet_file_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "edges.parquet").write_bytes(content)
    with pytest.raises(TableError, match=r"edges\.parquet: "):
        read_table(tmp_path, "edges")


def document(doc_id: str, **more: object) -> Row:
    return dict.fromkeys(TABLES["documents"].column_names, 0) | {"doc_id": doc_id, "title": doc_id} | more


def section(doc_id: str, number: int = 1) -> Row:
    names = TABLES["sections"].column_names
    return dict.fromkeys(names, 1) | {"doc_id": doc_id, "section_id": f"c{number}", "title": "", "kept": True}


def test_tables_are_walked_in_step(tmp_path: Path) -> None:
    write_table(tmp_path, "documents", map(document, "abcd"))
    write_table(tmp_path, "sections", [section("a"), section("a", 2), section("c")])
    write_table(tmp_path, "names", [])
    found = [(d["doc_id"], [r["section_id"] for r in rows["sections"]], rows["names"])
             for d, rows in walk_pages(tmp_path, ("sections", "names"))]  # fmt: skip
    assert found == [("a", ["c1", "c2"], []), ("b", [], []), ("c", ["c1"], []), ("d", [], [])]


@pytest.mark.parametrize("order", ["ba", "aba", "az"])
def test_rows_out_of_order_are_one_clear_line(tmp_path: Path, order: str) -> None:
    write_table(tmp_path, "documents", map(document, "ab"))
    write_table(tmp_path, "sections", map(section, order))
    with pytest.raises(TableError, match=r"sections\.csv: the rows of page '.' do not .*run `clean` again"):
        list(walk_pages(tmp_path, ("sections",)))


def corpus(folder: Path, pages: int) -> Job:
    """Tables of so many pages as the stages before `graph` write them, and their raw texts: no model needed."""
    names = ("documents", "sections", "sentences", "mentions", "dates")
    raw, out = folder / "raw", folder / "out"
    raw.mkdir(parents=True)
    marked = "[Albania|albania] and [Russia|russia] met, [NATO|nato] and [Hoxha|enver_hoxha] watched it."
    page = page_rows("p", [[(marked, "1961-12-03", "1961-12-03")] * 20])
    digest = hashlib.sha256(str(page["text"]).encode()).hexdigest()
    tables = {name: open_table(out, name) for name in names}
    writers = {name: opened.__enter__() for name, opened in tables.items()}
    for n in range(pages):
        doc_id = f"p{n:06}"
        (raw / f"{doc_id}.txt").write_text(str(page["text"]))
        writers["documents"].rows([document(doc_id, sha256=digest)])
        for name in ("sections", "sentences", "mentions"):
            writers[name].rows({**row, "doc_id": doc_id} for row in page[name])
    for opened in tables.values():
        opened.__exit__(None, None, None)
    write_table(out, "entities", entity_rows())
    return Job(raw, out)


def test_memory_of_the_network_does_not_grow_with_the_pages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # So few that the smaller corpus, too, has more events than stay in memory.
    monkeypatch.setattr(spill, "LIMIT", 100)
    peaks = []
    for pages in (10, 10, 100):  # the first warms up: imports and caches
        job = corpus(tmp_path / f"{len(peaks)}", pages)
        tracemalloc.start()
        do_graph(job, Report())
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[2] <= 1.3 * peaks[1], peaks
    assert sum(1 for _ in iter_table(job.outputs, "events")) == 2000


def test_counts_of_entities_add_up_over_pages() -> None:
    counts = EntityCounts()
    for page in ({"a": 2, "b": 1}, {"a": 3}):
        counts.add_page(page)
    assert (counts.mentions["a"], counts.documents["a"], counts.documents["b"]) == (5, 2, 1)
