"""The date tagger on short histories of many centuries, labelled by hand before they were run.

`tests/data/dates/*.txt`: prose for this project (facts from general knowledge, unchecked), each expression written
`[[text|value]]` or `[[text|value|mod]]`; a mod that is not written is not checked.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pipeline.annotate.dates import find_dates

FILES = sorted((Path(__file__).parent / "data" / "dates").glob("*.txt"))
RE_LABEL = re.compile(r"\[\[([^|\]]+)\|([^|\]]+)(?:\|([^|\]]+))?\]\]")


def _labelled(path: Path) -> tuple[str, list[tuple[int, int, str, str]]]:
    """The text without its labels, and the labels as (start, end, value, mod)."""
    text, gold, last = "", [], 0
    source = path.read_text(encoding="utf8")
    for match in RE_LABEL.finditer(source):
        text += source[last : match.start()]
        gold.append((len(text), len(text) + len(match[1]), match[2], match[3] or ""))
        text += match[1]
        last = match.end()
    return text + source[last:], gold


@pytest.mark.parametrize("path", FILES, ids=[p.stem for p in FILES])
def test_narrative(path):
    text, gold = _labelled(path)
    assert len(gold) >= 20 and "[[" not in text
    found = {(d.start, d.end): d for d in find_dates(text)}
    assert [(text[a:b], v) for a, b, v, _ in gold] == [(d.text, d.value) for d in found.values()]
    assert all(found[a, b].mod == mod for a, b, _, mod in gold if mod)


@pytest.mark.parametrize("path", FILES, ids=[p.stem for p in FILES])
def test_a_paragraph_alone_has_the_same_expressions(path):
    text, _ = _labelled(path)
    pieces = [d.text for paragraph in text.split("\n") for d in find_dates(paragraph)]
    assert pieces == [d.text for d in find_dates(text)]
