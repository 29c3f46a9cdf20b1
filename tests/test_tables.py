"""CSV text of the tables."""

from __future__ import annotations

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from pipeline.tables import format_cell, format_csv

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
