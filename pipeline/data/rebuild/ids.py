"""Entity ids and plain names for the tables."""

from __future__ import annotations

import re
import unicodedata

_LETTERS = str.maketrans(
    {"ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ı": "i", "ß": "ss", "æ": "ae"}
)


def plain(name: str) -> str:
    """A name without accents, marks and typographic signs."""
    for mark in "‘’ʼʻ`":
        name = name.replace(mark, "" if mark != "’" else "'")
    text = unicodedata.normalize("NFKD", re.sub("[–—]", "-", name).translate(_LETTERS))
    return text.encode("ascii", "ignore").decode()


def entity_id(title: str) -> str:
    """Snake-case ASCII form of a title; apostrophes are dropped."""
    return re.sub(r"[^a-z0-9]+", "_", plain(title).replace("'", "").lower()).strip("_")
