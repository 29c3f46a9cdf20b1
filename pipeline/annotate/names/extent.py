"""The extent rules of the annotation guidelines, applied alike to every source of names (Mentions, rules 1-3, 9)."""

from __future__ import annotations

import re

from pipeline.annotate.names.lexicon import Lexicon

RE_ARTICLE = re.compile(r"(?:the|a|an|The|A|An)\s+")
RE_OPENING = re.compile(r"[\s\"“”‘’'(\[«,;:–—-]+")
RE_CLOSING = re.compile(
    r"(?:['’]s?|[\s\"“”‘,;:)\]»(\[–—-]|''|(?<![A-Z])(?<!\b[A-Z][a-z])(?<!\bJr)(?<!\bSr)\.)+$"
)
# `2014 annexation of Crimea`: the year is a date of its own. `Winter War of 1939–1940`, `Paris Treaty (1947)`.
RE_LEADING_YEAR = re.compile(r"(?:1\d{3}|20\d\d)(?:[–-]\d{2,4})?\s+(?=\S)")
RE_TRAILING_DATE = re.compile(
    r"(?:,|\s+(?:of|in|from))?\s+\(?(?:[A-Z][a-z]+ )?(?:1\d{3}|20\d\d)(?:[–-]\d{2,4})?\)?$"
)
RE_TRAILING_FUNCTION = re.compile(r"\s+(?:of|the|and|for|in|on|at|to|by|with|from|or|as|s|'s|’s)$")
RE_PAIR = re.compile(r"([^\W\d_]+)[-–—]([^\W\d_]+)")


def trim(
    text: str, start: int, end: int, lexicon: Lexicon, *, official_year: bool = False
) -> tuple[int, int]:
    """Shrink a span of `text` to the extent the guidelines give a name; an empty span if nothing is left.

    Leaves out white space, quotation marks, a leading article, offices and honorifics, a possessive, a year in
    front (`official_year` keeps those behind) and dangling function words.
    """
    while start < end:
        before = (start, end)
        for pattern in (RE_OPENING, RE_ARTICLE, RE_LEADING_YEAR):
            found = pattern.match(text, start, end)
            if found:
                start = found.end()
        found = lexicon.titles.match(text, start, end)
        if found and text[found.end() : end].strip()[:1].isupper():
            start = found.end()
        span = text[start:end]
        for pattern in (RE_CLOSING, RE_TRAILING_FUNCTION):
            found = pattern.search(span)
            if found and not _balanced_bracket(span, found.start()):
                span = span[: found.start()]
        if not official_year and (found := RE_TRAILING_DATE.search(span)):
            span = span[: found.start()]
        end = start + len(span)
        if (start, end) == before:
            break
    return start, max(start, end)


def _balanced_bracket(span: str, cut: int) -> bool:
    """Whether cutting at `cut` would tear a bracket pair that opens inside the name (`Kosovo (UN)`)."""
    return span.endswith(")") and "(" in span[:cut] and span.count("(") == span.count(")")


def split_pairs(text: str, start: int, end: int, is_people: frozenset[str]) -> list[tuple[int, int]]:
    """Two spans for a dashed pair of nationalities (`Yugoslav–Albanian`, `Finno-Soviet`), else the span itself.

    `is_people` holds the adjectives, people nouns and combining forms that count as a nationality.
    """
    found = RE_PAIR.fullmatch(text, start, end)
    if found and found[1] in is_people and found[2] in is_people:
        return [found.span(1), found.span(2)]
    return [(start, end)]
