"""What stands between two stretches of prose that the scrape has torn apart: nothing or one space.

The scrapes that break the line at a link strip the space there too, so the break alone does not tell `Finland` + `, a`
from `Finland` + `and`; the characters on both sides do.
"""

from __future__ import annotations

import re

# Endings that wiki text writes behind a link: [[citrus fruit]]s, [[icebreaker]]s, [[Korea]]n, [[box]]es.
# Endings that are words of their own (an, as, in, or, al) are left out: there a space is the likelier reading.
SUFFIXES = (
    "s|es|n|ns|ns'|d|ed|r|er|ers|ing|ings|ist|ists|ism|ian|ians|ese|ish|ic|ically|ised|ized|"
    "isation|ization|ation|ly|ity"
)
RE_SUFFIX = re.compile(rf"(?:{SUFFIXES})(?![\w-])")
# 's ambition | ' forces (plural possessive) | ’s
RE_POSSESSIVE = re.compile(r"['’](?:s\b|(?=[\s,.;:)])|$)")
# , | . | ; | ) | … | % | [1]
RE_CLOSING = re.compile(r"[,.;:!?)\]}»”…%°]|\[(?:\d+|[a-z]|note \d+)\]")
# -Albanian | –Finnish | /Soviet
RE_TIED = re.compile(r"[-‐‑–—/](?=\w)")
RE_PLURAL = re.compile(r"s(?![\w-])")
RE_OPEN_END = re.compile(r"(?:[(\[{«“‘$£€#]|(?<=\w)[-‐‑–—/]|(?<!\S)['’])$")


def needs_space(before: str, after: str, quote_open: bool, italic_open: bool = False) -> bool:
    """Whether one space belongs between two torn stretches.

    `before` and `after` are the visible text at both sides; `quote_open` says whether a straight double quotation
    mark is open at the end of `before`, `italic_open` the same of a wiki italics mark (`''`).
    """
    if not before or not after or before[-1].isspace() or after[0].isspace():
        return False
    if before.endswith("''") and italic_open:
        return False
    if after.startswith("''"):
        return not italic_open
    if (
        RE_OPEN_END.search(before)
        or RE_CLOSING.match(after)
        or RE_TIED.match(after)
        or RE_POSSESSIVE.match(after)
    ):
        return False
    if before[-1] == '"' and quote_open:
        return False
    if after[0] == '"' and quote_open:
        return False
    if before[-1].isdigit():
        return not RE_PLURAL.match(after)
    return not (before[-1].isalpha() and RE_SUFFIX.match(after))


RE_SENTENCE_END = re.compile(r"[.!?…][\"'”’)\]]*$")
# J. | U.S. | Gen. | St. : a full stop that ends no sentence
RE_ABBREVIATION = re.compile(
    r"(?:^|[\s(\"“.])(?:[A-Z]|Gen|Col|Maj|Lt|Capt|Sgt|Adm|Dr|Mr|Mrs|Ms|Prof|Rev|Hon|St|Mt|Sen|Rep|Gov|Pres|no|"
    r"No|vs|ca|c|cf)\.$"
)


def ends_sentence(text: str) -> bool:
    """Whether a stretch of prose ends where a sentence can end."""
    # no abbreviation is longer than the last eight characters
    return bool(RE_SENTENCE_END.search(text)) and not RE_ABBREVIATION.search(text[-8:])
