"""Sentence bounds: the model's, mended where it splits what no sentence end can be."""

from __future__ import annotations

import re
from itertools import pairwise

from spacy.attrs import IDX, SENT_START
from spacy.tokens import Doc

# A split after one of these is not a sentence end: `J. K. Paasikivi`, `St. Petersburg`, `No. 5`, `c. 1500`.
RE_OPEN_END = re.compile(
    r"(?:^|[\s(\"“‘'–-])(?:[A-Z]|[A-Z]\.[A-Z]|St|Mt|Ft|Dr|Mr|Mrs|Ms|Gen|Col|Capt|Lt|Sgt|Maj|Adm|Brig|Prof|Rev|Hon|Sen|Rep"
    r"|Gov|Pres|No|Nos|Vol|vol|pp|p|ed|eds|c|ca|cf|vs|v|e\.g|i\.e|approx|Jr|Sr|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\.$"
)
# longer than any of these
_OPEN_END_CHARS = 16
_STOPS, _CLOSING = tuple(".!?…:;"), "\"'”’)]"


def sentence_spans(doc: Doc, text: str) -> list[tuple[int, int]]:
    """Half-open character spans of the sentences of one paragraph and its text, without white space at their borders.

    A split is undone where the left part ends without closing punctuation, in an initial or abbreviation, or where
    the right part starts in lower case; brackets and quotation marks that follow a sentence end belong to it.
    """
    # read off as arrays: `doc.text` and `doc.sents` make an object of every token
    tokens = doc.to_array([IDX, SENT_START])
    starts = [0, *tokens[1:, 0][tokens[1:, 1] == 1].tolist()]
    spans: list[tuple[int, int]] = []
    for start, end in pairwise((*starts, len(text))):
        start, end = _strip(text, start, end)
        if start == end:
            continue
        if spans and _joins(text, spans[-1], (start, end)):
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
    return spans


def _strip(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _joins(text: str, left: tuple[int, int], right: tuple[int, int]) -> bool:
    before, after = text[left[0] : left[1]], text[right[0] : right[1]]
    if not any(c.isalnum() for c in after):
        return True
    if after[0].islower() or after[0] in ",;)]”’":
        return True
    if RE_OPEN_END.search(before[-_OPEN_END_CHARS:]):
        return True
    return not before.rstrip(_CLOSING).endswith(_STOPS)
