"""Copies of the tables that are safe to open in a spreadsheet: no cell of theirs runs as a formula."""

from __future__ import annotations

import re
import shutil
from itertools import chain
from pathlib import Path

from pipeline.tables import TABLES, csv_lines, find_table, format_cell, iter_table, write_lines

FOLDER = "spreadsheet"
# What spreadsheets take for the start of a formula (OWASP, CSV injection); a plain number is none.
RE_FORMULA = re.compile(r"[=+\-@\t\r]")
RE_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
# Without it, spreadsheets read UTF-8 as the code page of the country.
BYTE_ORDER_MARK = "\ufeff"


def safe_cell(text: str) -> str:
    """The cell with an apostrophe before it if a spreadsheet would run it."""
    return f"'{text}" if RE_FORMULA.match(text) and not RE_NUMBER.fullmatch(text) else text


def write_copies(outputs: Path) -> None:
    """Write a safe copy of every table that is there to `spreadsheet/`; the tables themselves stay exact."""
    for table in TABLES.values():
        if find_table(outputs, table.name).exists():
            rows = iter_table(outputs, table.name)
            cells = ([safe_cell(format_cell(value)) for value in row.values()] for row in rows)
            lines = csv_lines(table.column_names, cells)
            write_lines(outputs / FOLDER / table.filename, chain([BYTE_ORDER_MARK], lines))


def remove_copies(outputs: Path) -> None:
    """Remove the copies of an earlier run."""
    if (outputs / FOLDER).is_dir():
        shutil.rmtree(outputs / FOLDER)
