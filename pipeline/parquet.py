"""Tables as Parquet files: the same values as in the CSV, typed by their columns. Needs pyarrow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pipeline.tables import Column, Row, Table, TableError, csv_lines, format_cell, parse_cell, parse_csv

try:
    import pyarrow
    import pyarrow.parquet
except ImportError as error:  # an extra: most users want CSV
    missing: ImportError | None = error
else:
    missing = None

# Rows of a row group: enough to compress well, few enough to hold.
GROUP = 10_000
# Column type → Arrow type. Days stay text, as in the CSV: Arrow's readers know no year before 1 AD. So do lists,
# which are joined by ";" there, too.
ARROW = {"integer": "int64", "number": "float64", "boolean": "bool"}


class ParquetError(ValueError):
    """Parquet is asked for and pyarrow is not there; the message says what to do."""


def check_pyarrow() -> None:
    """Raises: ParquetError if pyarrow is not installed."""
    if missing is not None:
        raise ParquetError("Parquet needs pyarrow: pip install 'wiki-relations[parquet]'")


class ParquetWriter:
    """Collects rows and writes them as row groups of `GROUP` rows, whatever pieces they come in."""

    def __init__(self, table: Table, writer: Any) -> None:
        self.table, self.writer = table, writer
        self.waiting: list[Row] = []

    def rows(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Write rows. Raises: KeyError if one lacks a column of the table."""
        for row in rows:
            self.waiting.append({c.name: stored(row[c.name], c) for c in self.table.columns})
            if len(self.waiting) == GROUP:
                self.flush()

    def lines(self, lines: str) -> None:
        """Write rows that are CSV lines without header."""
        header = csv_lines(self.table.column_names, ())
        # Cut at the line breaks of the file, not at those that `str.splitlines` sees in a cell.
        pieces = [*header, *_lines(lines)]
        self.rows(parse_csv(self.table, pieces, Path(self.table.filename)))

    def flush(self) -> None:
        """Write what waits as one row group."""
        if self.waiting:
            self.writer.write_table(pyarrow.Table.from_pylist(self.waiting, schema=self.writer.schema))
            self.waiting = []


def _lines(text: str) -> Iterator[str]:
    start = 0
    while start < len(text):
        end = text.find("\n", start) + 1 or len(text)
        yield text[start:end]
        start = end


@contextmanager
def parquet_writer(table: Table, path: Path) -> Iterator[ParquetWriter]:
    """A Parquet file to write a table to. Raises: ParquetError."""
    check_pyarrow()
    with pyarrow.parquet.ParquetWriter(path, _schema(table), compression="zstd") as writer:
        ours = ParquetWriter(table, writer)
        yield ours
        ours.flush()


def iter_parquet(table: Table, path: Path) -> Iterator[Row]:
    """The rows of a table, with the values that its CSV gives.

    Raises: ParquetError; TableError if the file is none of this table.
    """
    check_pyarrow()
    try:
        file = pyarrow.parquet.ParquetFile(path)
    except pyarrow.ArrowInvalid as error:
        raise TableError(f"{path}: {str(error).splitlines()[0]}") from None
    with file:
        if file.schema_arrow.names != table.column_names:
            raise TableError(f"{path}: expected columns {','.join(table.column_names)}")
        for batch in file.iter_batches(batch_size=1000):
            for row in batch.to_pylist():
                yield {column.name: read_back(row[column.name], column) for column in table.columns}


def _schema(table: Table) -> Any:
    return pyarrow.schema(
        pyarrow.field(c.name, pyarrow.type_for_alias(ARROW.get(c.type, "string"))) for c in table.columns
    )


def stored(value: Any, column: Column) -> Any:
    """A value as Parquet holds it: as its CSV cell says, empty is null."""
    text = format_cell(value)
    if text == "":
        return None
    return parse_cell(text, column) if column.type in ARROW else text


def read_back(value: Any, column: Column) -> Any:
    """A value as `read_table` gives it, from what Parquet holds."""
    if column.type in ARROW:
        return value
    return parse_cell(value or "", column)
