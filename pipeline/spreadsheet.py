"""Copies of the tables that are safe to open in a spreadsheet: no cell of theirs runs as a formula."""

from __future__ import annotations

import csv
import re
import shutil
from pathlib import Path

from pipeline.tables import TABLES, format_csv, write_text

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
    csv.field_size_limit(2**31 - 1)
    for table in TABLES.values():
        source = outputs / table.filename
        if not source.exists():
            continue
        with source.open(newline="", encoding="utf8") as stream:
            header, *rows = csv.reader(stream)
        safe = format_csv(header, (map(safe_cell, row) for row in rows))
        write_text(outputs / FOLDER / table.filename, BYTE_ORDER_MARK + safe)


def remove_copies(outputs: Path) -> None:
    """Remove the copies of an earlier run."""
    if (outputs / FOLDER).is_dir():
        shutil.rmtree(outputs / FOLDER)
