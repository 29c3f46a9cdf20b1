"""The tables of the outputs contract (`pipeline.schema`): read, check, write.

A row is a dict from column name to a Python value: str, int, float, bool or None (None and "" are both an empty
cell). Several values in one cell are a tuple of str, joined by ";". Offsets: see `pipeline.records`.
"""

from __future__ import annotations

import contextlib
import csv
import itertools
import os
import tempfile
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from typing import Any, Protocol, TextIO

from pipeline.config import FORMATS
from pipeline.schema import BLURB_KINDS, LABELS, MODS, TABLES, TIMEX_TYPES, Column, Table

__all__ = [
    "BLURB_KINDS",
    "LABELS",
    "MODS",
    "TABLES",
    "TIMEX_TYPES",
    "Column",
    "CsvWriter",
    "Row",
    "Selection",
    "StoredTable",
    "Table",
    "TableError",
    "TableWriter",
    "csv_lines",
    "find_table",
    "format_cell",
    "format_csv",
    "format_table",
    "iter_table",
    "open_table",
    "parse_cell",
    "parse_csv",
    "read_table",
    "remove_table",
    "replacing",
    "write_lines",
    "write_table",
    "write_text",
    "writing",
]

Row = dict[str, Any]


@dataclass(slots=True)
class Selection:
    """Which rows of a table are wanted: those whose cells in `columns` (of strings) are among `values`.

    values: of one column its texts, of several tuples of them. seen: rows looked at so far, wanted or not.
    """

    columns: tuple[str, ...]
    values: Container[Any]
    seen: int = 0

    def takes(self, row: Mapping[str, Any]) -> bool:
        """Whether a row is wanted; it is counted as seen."""
        self.seen += 1
        return itemgetter(*self.columns)(row) in self.values


class TableError(ValueError):
    """A table on disk does not hold what its definition says; the message names file, line and column."""


def format_cell(value: Any) -> str:
    """One value as its cell text; floats keep six decimals at most and no trailing zero."""
    if value is None:
        return ""
    if type(value) is int:  # no bool: those are written as words
        return str(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        text = f"{value:.6f}".rstrip("0").rstrip(".")
        return "0" if text in ("-0", "") else text
    if isinstance(value, tuple | list):
        return ";".join(str(v).replace(";", ",") for v in value)
    return str(value)


def parse_cell(text: str, column: Column) -> Any:
    """The value of one cell; an empty cell is None, "" in a string column, () in a list column.

    Raises: ValueError if the text does not fit the column's type.
    """
    if column.type not in PARSERS:
        raise ValueError(f"unknown column type {column.type!r}")
    return PARSERS[column.type](text)


def _integer(text: str) -> int | None:
    return int(text) if text else None


def _number(text: str) -> float | None:
    return float(text) if text else None


def _boolean(text: str) -> bool | None:
    if text not in ("true", "false", ""):
        raise ValueError(f"expected true or false, found {text!r}")
    return text == "true" if text else None


def _list(text: str) -> tuple[str, ...]:
    return tuple(text.split(";")) if text else ()


# Column type → value of a cell's text.
PARSERS: dict[str, Callable[[str], Any]] = {
    "string": str,
    "date": str,
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
    "list": _list,
}


def csv_lines(header: Sequence[str], rows: Iterable[Iterable[Any]]) -> Iterator[str]:
    """The lines of a CSV file: `\\n` ends a line, quoting as in RFC 4180; cells as in `format_cell`."""
    line = _Line()
    # Given "\n" the writer leaves a cell with a lone "\r" unquoted, which no reader takes: so it is given both.
    writer = csv.writer(line, lineterminator="\r\n")
    writer.writerow(header)
    yield line.text
    for row in rows:
        cells = [cell if type(cell) is str else format_cell(cell) for cell in row]
        unquoted = _unquoted(cells)
        if unquoted is None:
            writer.writerow(cells)
        yield unquoted or line.text


def _unquoted(cells: Sequence[str]) -> str | None:
    """The CSV line of cells none of which must be quoted, None for others.

    The writer looks at every character of every cell; most lines can be judged as a whole.
    """
    line = ",".join(cells)
    plain = (
        line and line.count(",") < len(cells) and '"' not in line and "\n" not in line and "\r" not in line
    )
    return line + "\n" if plain else None


class _Line:
    """Takes a line of a CSV writer and ends it with `\\n`."""

    def __init__(self) -> None:
        self.text = ""

    def write(self, line: str) -> int:
        self.text = line.removesuffix("\r\n") + "\n"
        return len(line)


def format_csv(header: Sequence[str], rows: Iterable[Iterable[Any]]) -> str:
    """A whole CSV file, as `csv_lines` gives it."""
    return "".join(csv_lines(header, rows))


def format_table(table: Table, rows: Iterable[Mapping[str, Any]]) -> str:
    """The whole CSV file of a table: header, `\\n`, RFC 4180 quoting.

    Raises: KeyError if a row lacks a column of the table.
    """
    names = table.column_names
    return format_csv(names, map(itemgetter(*names), rows))


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a temporary path beside `path`; when the block ends well, put it in the place of `path` in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:40]}.", suffix=".part")
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        temporary.chmod(0o644)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


@contextlib.contextmanager
def writing(path: Path) -> Iterator[TextIO]:
    """A UTF-8 text file to write to, `\\n` as it stands; it appears whole when the block ends well."""
    with replacing(path) as temporary, temporary.open("w", encoding="utf8", newline="") as stream:
        yield stream


def write_lines(path: Path, pieces: Iterable[str]) -> None:
    """Write UTF-8 text from pieces; the file appears whole or not at all."""
    with writing(path) as stream:
        stream.writelines(pieces)


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 text with `\\n` as it stands; the file appears whole or not at all."""
    write_lines(path, [text])


class TableWriter(Protocol):
    """Takes what belongs into one table, a part at a time."""

    def rows(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Write rows. Raises: KeyError if one lacks a column of the table."""

    def lines(self, lines: str) -> None:
        """Write rows that are CSV lines without header, as in `format_table`."""


class CsvWriter:
    """Writes a table as CSV to an open stream."""

    def __init__(self, table: Table, stream: TextIO) -> None:
        self.names, self.stream = table.column_names, stream
        stream.writelines(csv_lines(self.names, ()))

    def rows(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Write rows. Raises: KeyError if one lacks a column of the table."""
        lines = csv_lines(self.names, map(itemgetter(*self.names), rows))
        self.stream.writelines(itertools.islice(lines, 1, None))

    def lines(self, lines: str) -> None:
        """Write rows that are CSV lines without header."""
        self.stream.write(lines)


@contextlib.contextmanager
def open_table(folder: Path, name: str, format: str = "csv") -> Iterator[TableWriter]:
    """A table of the contract to write to, as CSV or Parquet; it appears whole when the block ends well.

    A file of the same table in the other format goes: it would no longer be true.
    Raises: ParquetError if pyarrow is missing.
    """
    path = folder / TABLES[name].file(format)
    with replacing(path) as temporary:
        if format == "csv":
            with temporary.open("w", encoding="utf8", newline="") as stream:
                yield CsvWriter(TABLES[name], stream)
        else:
            from pipeline.parquet import parquet_writer  # pyarrow is asked for only where it is wanted

            with parquet_writer(TABLES[name], temporary) as writer:
                yield writer
        for other in FORMATS:
            if other != format:
                (folder / TABLES[name].file(other)).unlink(missing_ok=True)


def write_table(folder: Path, name: str, rows: Iterable[Mapping[str, Any]], format: str = "csv") -> None:
    """Write one table of the contract under `folder`, a row at a time."""
    with open_table(folder, name, format) as writer:
        writer.rows(rows)


def remove_table(folder: Path, name: str) -> None:
    """Remove a table in whichever format it is there."""
    for format in FORMATS:
        (folder / TABLES[name].file(format)).unlink(missing_ok=True)


def find_table(folder: Path, name: str) -> Path:
    """The file of a table, in whichever format it is there; that of the CSV if there is none."""
    paths = [folder / TABLES[name].file(format) for format in FORMATS]
    return next((path for path in paths if path.exists()), paths[0])


def read_table(folder: Path, name: str) -> list[Row]:
    """Read one table of the contract; values typed by its columns.

    Raises: FileNotFoundError; TableError if header or a cell does not fit, naming file, line and column.
    """
    return list(iter_table(folder, name))


def iter_table(folder: Path, name: str, only: Selection | None = None) -> Iterator[Row]:
    """The rows of one table of the contract as they are asked for, or those of a selection; else as `read_table`."""
    table, path = TABLES[name], find_table(folder, name)
    if path.suffix == ".parquet":
        from pipeline.parquet import iter_parquet

        yield from (row for row in iter_parquet(table, path) if only is None or only.takes(row))
        return
    with path.open(newline="", encoding="utf8") as stream:
        yield from parse_csv(table, stream, path, only)


class StoredTable:
    """The rows of a table on disk, read anew each time they are gone through."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder, self.name = folder, name

    def __iter__(self) -> Iterator[Row]:
        return self.rows()

    def rows(self, only: Selection | None = None) -> Iterator[Row]:
        """The rows of a selection; none if the table is not there."""
        return iter_table(self.folder, self.name, only) if self.exists() else iter(())

    def exists(self) -> bool:
        """Whether the table is there."""
        return find_table(self.folder, self.name).exists()


def parse_csv(table: Table, lines: Iterable[str], path: Path, only: Selection | None = None) -> Iterator[Row]:
    """The rows of a table, or those of a selection, from the lines of its CSV file; path, for the message.

    Raises: TableError.
    """
    csv.field_size_limit(2**31 - 1)
    reader = csv.reader(lines)
    names = table.column_names
    if next(reader, None) != names:
        raise TableError(f"{path}: line 1: expected columns {','.join(names)}")
    # Most cells are strings, which stay as they are.
    typed = [(c.name, PARSERS[c.type]) for c in table.columns if PARSERS[c.type] is not str]
    for cells in _whole(reader, len(names), path) if only is None else _selected(reader, names, path, only):
        row: Row = dict(zip(names, cells, strict=True))
        name = ""
        try:
            for name, parse in typed:
                row[name] = parse(row[name])
        except ValueError as error:
            raise TableError(f"{path}: line {reader.line_num}: column {name}: {error}") from None
        yield row


def _whole(reader: Any, columns: int, path: Path) -> Iterator[list[str]]:
    for cells in reader:
        if len(cells) != columns:
            place = f"{path}: line {reader.line_num}"
            raise TableError(f"{place}: expected {columns} cells, found {len(cells)}")
        yield cells


def _selected(reader: Any, names: list[str], path: Path, only: Selection) -> Iterator[list[str]]:
    """The cells of a selection; looked at before a row is made of them, as most are not wanted."""
    key, values = itemgetter(*(names.index(column) for column in only.columns)), only.values
    for cells in _whole(reader, len(names), path):
        only.seen += 1
        if key(cells) in values:
            yield cells
