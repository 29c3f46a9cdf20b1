"""Entity ids: the snake_case ASCII form of a title (annotation guidelines, Entities)."""

from __future__ import annotations

import re
from functools import lru_cache

from anyascii import anyascii

RE_APOSTROPHE = re.compile(r"['’‘ʻʼ`´ʾʿ]")
RE_NOT_WORD = re.compile(r"[^a-z0-9]+")
RE_DASH = re.compile(r"[‐-―−/]")
RE_ARTICLE = re.compile(r"^(?:the|a|an)\s+", re.IGNORECASE)


def fold(text: str) -> str:
    """ASCII form of a text in any script: diacritics dropped, other letters transliterated (`Михаил` to `Mikhail`)."""
    return text if text.isascii() else anyascii(text)


@lru_cache(maxsize=65536)
def entity_id(title: str) -> str:
    """Id of a title: `Enver Hoxha` gives `enver_hoxha`, `People's Party` gives `peoples_party`.

    A title of signs alone gives their code points (`u2020`), so that ids stay unique.
    """
    plain = RE_ARTICLE.sub("", title.strip())
    if plain.isascii():  # needs no patterns: it has two apostrophes, and its dashes are no word characters
        plain = plain.replace("'", "").replace("`", "")
    else:
        plain = RE_DASH.sub("-", RE_APOSTROPHE.sub("", plain))
    slug = RE_NOT_WORD.sub("_", fold(plain).lower()).strip("_")
    return slug or "_".join(f"u{ord(c):04x}" for c in plain if c.isalnum()) or "unnamed"
