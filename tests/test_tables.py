"""CSV text of the tables."""

from __future__ import annotations

import csv
import io
from operator import itemgetter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.tables import (
    TABLES,
    Selection,
    TableError,
    format_cell,
    format_csv,
    iter_table,
    read_table,
    write_table,
)

TEXTS = st.text(st.sampled_from('a,"\r\n; é'), max_size=5)
CELLS = st.one_of(TEXTS, st.integers(), st.floats(-9, 9), st.booleans(), st.none(), st.lists(TEXTS))
ROWS = st.integers(1, 4).flatmap(lambda n: st.lists(st.lists(CELLS, min_size=n, max_size=n), min_size=1))


def written(cells):
    stream = io.StringIO(newline="")
    csv.writer(stream, lineterminator="\r\n").writerow(cells)
    return stream.getvalue().removesuffix("\r\n") + "\n"


@given(ROWS)
def test_lines_are_those_of_the_csv_writer(rows):
    cells = [[format_cell(value) for value in row] for row in rows]
    text = format_csv(["x"] * len(rows[0]), rows)
    assert text.partition("\n")[2] == "".join(map(written, cells))
    assert list(csv.reader(io.StringIO(text, newline="")))[1:] == cells


@pytest.mark.parametrize("format", ["csv", "parquet"])
@pytest.mark.parametrize(
    ("columns", "values"),
    [
        (("source",), {"a", "z"}),
        (("target", "source"), {("b", "a"), ("a", "b")}),
        (("source", "target"), set()),
    ],
)
def test_a_selection_gives_its_rows_and_counts_all(tmp_path, format, columns, values):
    pairs = [("a", "b"), ("a", "c"), ("b", "c"), ("a", "b")]
    rows = [
        {column.name: None for column in TABLES["edges"].columns} | {"source": source, "target": target}
        for source, target in pairs
    ]
    write_table(tmp_path, "edges", rows, format)
    only = Selection(columns, values)
    found = list(iter_table(tmp_path, "edges", only))
    key = itemgetter(*columns)
    assert found == [row for row in read_table(tmp_path, "edges") if key(row) in values]
    assert only.seen == len(pairs)


def test_a_broken_row_is_told_even_where_it_is_not_wanted(tmp_path):
    write_table(tmp_path, "edges", [])
    path = tmp_path / "edges.csv"
    path.write_text(path.read_text(encoding="utf8") + "a,b\n", encoding="utf8")
    with pytest.raises(TableError, match="line 2: expected"):
        list(iter_table(tmp_path, "edges", Selection(("source",), {"z"})))
