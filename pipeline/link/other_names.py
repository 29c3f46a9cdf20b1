"""Where a text gives another name of what it has just named: `Louis XIV, also known as the Sun King`."""

from __future__ import annotations

import re

# The longest text between the two names, a bracket with dates included.
MOST_BETWEEN = 150
# `(born 1974)` or what is left of a name in other letters may stand between a name and its other one.
GAP = r"(?:\s*\([^()]{0,60}\))?"
WHEN = (
    r"(?:also|more|most|better|best|formerly|previously|originally|initially|first|later|now|today|then"
    r"|historically)"
)
HOW = (
    r"(?:commonly|popularly|sometimes|professionally|locally|officially|usually|often|otherwise|alternatively|simply"
    r"|mononymously)"
)
# `, also known as`, `(née`, `was originally named`, `nicknamed`: the text says that it is another name. Without an
# adverb, a comma or a bracket (`a film on Alpha TV called …`) the weaker words may be about something else.
RE_ALSO = re.compile(
    GAP
    + rf"(?:\)?[\s,;(]{{1,3}}(?:(?:who|which|that) (?:is|was) |or |and |but )?(?:(?:{WHEN}|{HOW})[ ,]+){{1,3}}"
    rf"|,? (?:is|are|was|were) (?:{WHEN}|{HOW}) "
    r"|\)?\s?[,;(]\s?(?:(?:who|which|that) (?:is|was) |or )?"
    r"|\)?\s(?=known|nicknamed|née|né|alias|a\.k\.a|aka))"
    r"(?:known|called|named|renamed|nicknamed|referred to|billed|abbreviated|shortened|spelled|spelt|translated|styled"
    r"|born|née|né|alias|a\.k\.a\.|aka)"
    rf"(?: {HOW})?(?: (?:in|to|until|since) [\w ]{{2,20}}?)?(?: (?:as|to))?"
    rf"(?: (?:{HOW}|by (?:his|her|its|their) (?:stage|pen|ring|birth|nick)[ -]?name))? "
    r"(?:the )?[\"“'‘]?"
)
# `Outright Distribution (formerly Screentime Partners)`, `the Loopline Bridge (or the Liffey Viaduct)`.
RE_OTHER = re.compile(
    rf"{GAP}(?:\s*\([,;\s]*(?:or|also|formerly|previously|originally|now|then|later)"
    r"|\)?[,;] (?:formerly|previously|originally)|,? or simply),? (?:the )?[\"“'‘]?"
)


def gives_other_name(text: str, end: int, start: int) -> bool:
    """Whether the text between two names (clean offsets, at most `MOST_BETWEEN` apart) says that the second is another
    name of the first."""
    return RE_ALSO.fullmatch(text, end, start) is not None


def may_give_other_name(text: str, end: int, start: int) -> bool:
    """Whether it may say so, if both are of a kind: `Screentime Partners` behind `(formerly`."""
    return RE_OTHER.fullmatch(text, end, start) is not None
