"""Is this number a year, this word a month? What stands before and behind decides."""

from __future__ import annotations

import re

from pipeline.annotate.dates.parts import Line

# "In 1956 demonstrations began": a preposition of time that a quantity seldom follows
_TIME_PREPOSITIONS = frozenset(
    [
        "in",
        "by",
        "since",
        "until",
        "till",
        "during",
        "throughout",
        "before",
        "after",
        "from",
        "between",
        "to",
        "through",
        "into",
        "circa",
        "around",
        "about",
        "early",
        "late",
        "mid",
        "ca",
        "ca.",
        "c.",
    ]
)
_STRONG = frozenset(["in", "by", "since", "until", "till", "during", "throughout"])
# "the Civil Rights Act of 1964", "the Treaty of Versailles of 1919": the year belongs to the title (guidelines, rule 4)
_TITLES = frozenset(
    [
        "act",
        "acts",
        "law",
        "bill",
        "statute",
        "statutes",
        "ordinance",
        "code",
        "amendment",
        "decree",
        "treaty",
        "convention",
        "protocol",
        "agreement",
    ]
)
_ALWAYS_TITLES = frozenset(["act", "acts", "statute", "statutes", "ordinance"])
_AMBIGUOUS_MONTHS = frozenset(("may", "march", "august", "april", "june", "mar", "jun"))
_BEFORE_MONTH = frozenset(
    [
        "in",
        "by",
        "since",
        "until",
        "till",
        "during",
        "throughout",
        "before",
        "after",
        "from",
        "between",
        "to",
        "through",
        "and",
        "or",
        "of",
        "early",
        "late",
        "mid",
        "next",
        "last",
        "this",
        "that",
        "following",
        "previous",
        "same",
        "around",
        "about",
        "into",
        "for",
        "every",
        "each",
        "-",
        "/",
        "(",
    ]
)
# "the March on Rome", "the March of the Ten Thousand"; "May he rest"
_AFTER_MARCH = frozenset(["on", "of", "against", "from", "to", "through", "into"])
RE_PLURAL = re.compile(
    r"(?!(?:was|has|his|its|as|is|this|us|thus|plus|versus|series|always|perhaps|besides)$)[a-z]{3,}s$"
)


def is_year(line: Line, i: int) -> bool:
    """Whether the four-digit number at `i` is read as a year."""
    before, word = line.letter(i - 1), line.word(i - 1)
    after, follower = line.letter(i + 1), line.word(i + 1)
    if (before in "$h;#" and before != "\n") or after in "$nl" or (before == "." and line.glued(i)):
        return False
    if after in "Uuq" or (before == "-" and line.glued(i) and line.letter(i - 2) in "IxDEHq"):
        return before == "-" and line.word(i - 2) in ("pre", "post", "mid", "early", "late")
    if _in_title(line, i):
        return False
    if word in _STRONG or (before == "t" and not RE_PLURAL.match(follower)):
        return True
    if after == "x" and RE_PLURAL.match(follower) and line.tokens[i + 1].text.islower():
        return word in _TIME_PREPOSITIONS and before != "\n"
    if after == "v" or (after == "x" and line.letter(i + 2) == "n"):
        return word in _TIME_PREPOSITIONS
    return not (before == "I" and line.word(i - 1) in ("resolution", "no"))


def _in_title(line: Line, i: int) -> bool:
    if line.word(i - 1) != "of" or line.word(i - 2) not in _TITLES:
        return False
    title = line.tokens[i - 2].text
    return title[0].isupper() and (line.word(i - 2) in _ALWAYS_TITLES or line.letter(i - 3) == "I")


def is_bare_month(line: Line, i: int) -> bool:
    """Whether the capitalised month name at `i`, without a day or year, is the month."""
    word, before, after = line.word(i), line.word(i - 1), line.letter(i + 1)
    led = before in _BEFORE_MONTH or line.letter(i - 1) in "pPRdf"
    if word in _AMBIGUOUS_MONTHS:
        if word == "march" and line.letter(i - 1) in "ta" and line.word(i + 1) in _AFTER_MARCH:
            return False
        listed = (line.letter(i - 1) == "," and line.letter(i - 2) in "MY") or (
            after in ",j" and line.letter(i + 2) == "M"
        )
        article = line.letter(i - 1) in "ta" and after == "x" and word != "august"
        if not (led or listed or article):
            return False
    # "the February Revolution" is a name, "In May Diem undertook" is not
    named = after == "I" and not (before in _BEFORE_MONTH and line.letter(i - 1) not in "jf(-")
    return not named and not (
        line.letter(i - 1) == "I" and not led and line.glued(i) is False and after == "I"
    )


def counts_nothing(line: Line, i: int) -> bool:
    """Whether token `i` is no noun that a number before it could count."""
    return line.letter(i) not in "xnvuUNqI"
