"""Layout `plain`: no links, no blurbs; the text is kept as it is."""

from __future__ import annotations

import re

from pipeline.clean.sourcemap import MapBuilder
from pipeline.records import Page, Section

# what a text file may hold that no text has: byte-order mark, NUL and other controls, the \r of a line end
RE_CONTROL = re.compile(r"\ufeff|[\x00-\x08\x0e-\x1f\x7f]+|\r(?=\n)")


def read_plain(raw: str, *, doc_id: str, title: str, sha256: str) -> Page:
    """Keep every character but controls; one section without a title."""
    body = MapBuilder(raw)
    for match in RE_CONTROL.finditer(raw):
        body.keep(body.at, match.start())
        body.drop(match.start(), match.end(), "line-break" if match.group() == "\r" else "control")
    body.keep(body.at, len(raw))
    text, source = body.finish()
    start = len(text) - len(text.lstrip())
    end = max(len(text.rstrip()), start)
    sections = (Section("s00", "", start, end, 0, len(raw), True),) if text.strip() else ()
    return Page(doc_id, title, "plain", sha256, len(raw), text, sections, (), source)
