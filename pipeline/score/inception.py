"""The gold set for INCEpTION, which reads less of brat stand-off than brat writes.

Its reader ("brat basic", `BratAnnotationDocument`) knows text-bound annotations, attributes, relations,
events and notes, and stops at a normalisation line; it wants each page as a ZIP of `.txt` and `.ann`. So the
normalisations are written as the attributes `entity` and `actor`, which become features of its Span layer.
"""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

from pipeline.score.brat import RE_REFERENCE, format_ann
from pipeline.score.gold import GoldPage
from pipeline.tables import replacing

EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time a ZIP can hold: the same page gives the same bytes


def inception_ann(page: GoldPage) -> str:
    """The `.ann` file with every normalisation as an attribute, numbered through."""
    lines, number = [], 0
    for line in format_ann(page.mentions, page.dates).splitlines():
        if match := RE_REFERENCE.fullmatch(line):
            line = f"A0\t{match[3]} {match[2]} {match[4]}"
        if line.startswith("A"):
            number += 1
            line = re.sub(r"^A\d+", f"A{number}", line)
        lines.append(line + "\n")
    return "".join(lines)


def inception_zip(page: GoldPage) -> bytes:
    """The ZIP of a page, with the same bytes for the same page."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in ((f"{page.doc_id}.ann", inception_ann(page)), (f"{page.doc_id}.txt", page.text)):
            archive.writestr(zipfile.ZipInfo(name, EPOCH), content.encode("utf8"))
    return buffer.getvalue()


def write_inception(path: Path, page: GoldPage) -> None:
    """Write the ZIP of a page; it appears whole or not at all."""
    with replacing(path) as temporary:
        temporary.write_bytes(inception_zip(page))
