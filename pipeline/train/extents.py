"""From a corpus's idea of where a name starts and ends to that of the annotation guidelines."""

from __future__ import annotations

import re
from collections.abc import Set

# `the Soviet Union`; not `The Hague`-like names that a corpus labels without it anyway.
RE_ARTICLE = re.compile(r"(?:the|an?)\s+(?=\S)", re.IGNORECASE)
# `Albania's`; a plural's bare apostrophe is left, it may belong to the name
RE_POSSESSIVE = re.compile(r"['’]s$")
# `Dr. Jane Roe`, `President Carter`; not `Prince of Qin`, which is the name itself.
RE_TITLE = re.compile(
    r"(?:(?:Mrs?|Ms|Dr|Prof|Gen|Col|Capt|Lt|Sgt|Rev|Hon)\.?|Miss|Madame|Sir|Dame|President|Professor|Doctor"
    r"|General|Colonel|Captain|Lieutenant|Admiral|Major|Senator|Governor|Chancellor|Minister|Ambassador)\s+(?=[A-Z]\w)"
)
RE_PAIR = re.compile(r"([^\W\d_]+)(?:-|–)([^\W\d_]+)")
QUOTES = {'"': '"', "“": "”", "'": "'", "‘": "’", "«": "»"}


def guideline_extents(
    text: str, start: int, end: int, label: str, *, peoples: Set[str]
) -> list[tuple[int, int]]:
    """Where the guidelines would label what a corpus labels at `start`-`end` of `text`.

    No leading article, office or honorific, no possessive, no quotation marks, no white space at the border;
    a dashed pair of two words from `peoples` (nationality words) is two names. May be empty.
    Rules: Mentions 1 and 3.
    """
    before = None
    while before != (start, end):
        before = (start, end)
        while start < end and text[start].isspace():
            start += 1
        while end > start and text[end - 1].isspace():
            end -= 1
        if (
            end - start >= 2
            and QUOTES.get(text[start]) == text[end - 1]
            and '"' not in text[start + 1 : end - 1]
        ):
            start, end = start + 1, end - 1
        opening = RE_TITLE if label == "PER" else RE_ARTICLE
        if match := opening.match(text, start, end):
            start = match.end()
        if (match := RE_POSSESSIVE.search(text[start:end])) and match.start() > 0:
            end = start + match.start()
    if start == end:
        return []
    pair = RE_PAIR.fullmatch(text, start, end)
    if pair and pair[1] in peoples and pair[2] in peoples:
        return [pair.span(1), pair.span(2)]
    return [(start, end)]
