"""Entity ids: the snake_case ASCII form of a title (annotation guidelines, Entities)."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# Letters that have no canonical decomposition into an ASCII letter.
_LETTERS = str.maketrans(
    {
        "ø": "o",
        "Ø": "O",
        "ł": "l",
        "Ł": "L",
        "đ": "d",
        "Đ": "D",
        "ð": "d",
        "Ð": "D",
        "þ": "th",
        "Þ": "Th",
        "ß": "ss",
    }
    | {"æ": "ae", "Æ": "Ae", "œ": "oe", "Œ": "Oe", "ı": "i", "ħ": "h", "Ħ": "H", "ŋ": "n", "ə": "e", "Ə": "E"}
)
RE_APOSTROPHE = re.compile(r"['’‘ʻʼ`´ʾʿ]")
RE_NOT_WORD = re.compile(r"[^a-z0-9]+")
RE_DASH = re.compile(r"[‐-―−/]")
RE_ARTICLE = re.compile(r"^(?:the|a|an)\s+", re.IGNORECASE)


def fold(text: str) -> str:
    """ASCII form of a text: diacritics dropped, letters without decomposition spelt out."""
    if text.isascii():
        return text
    decomposed = unicodedata.normalize("NFKD", text.translate(_LETTERS))
    return "".join(c for c in decomposed if ord(c) < 128)


@lru_cache(maxsize=65536)
def entity_id(title: str) -> str:
    """Id of a title: `Enver Hoxha` gives `enver_hoxha`, `People's Party` gives `peoples_party`.

    A title with no ASCII form (all in another script) gives its code points (`u0416_u0430`), so that ids stay unique.
    """
    plain = RE_DASH.sub("-", RE_APOSTROPHE.sub("", RE_ARTICLE.sub("", title.strip())))
    slug = RE_NOT_WORD.sub("_", fold(plain).lower()).strip("_")
    return slug or "_".join(f"u{ord(c):04x}" for c in plain if c.isalnum()) or "unnamed"
