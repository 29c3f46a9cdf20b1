"""Is this number a year, this word a month? What stands before and behind decides."""

from __future__ import annotations

from pipeline.annotate.dates.lexicon import in_group
from pipeline.annotate.dates.parts import Line

# "census", "crisis", "congress"
_SINGULAR = ("ss", "us", "is")
_PREFIXES = frozenset(("pre", "post", "mid", "early", "late"))


def is_year(line: Line, i: int) -> bool:
    """Whether the four-digit number at `i` is read as a year."""
    before, after = line.letter(i - 1), line.letter(i + 1)
    led = in_group(line.word(i - 1), "year_after")
    if before in "$hz#" or after in "$l" or _counted(line, i + 1) or (before == "." and line.glued(i)):
        return False
    hyphened = before == "-" and line.glued(i) and line.letter(i - 2) in "IxDEHqp"
    if after in "Uuq" or hyphened:
        return hyphened and line.word(i - 2) in _PREFIXES
    if _in_title(line, i) or in_group(line.word(i - 1), "amount_after"):
        return False
    counting = is_plural(line, i + 1)
    if in_group(line.word(i - 1), "year_surely_after") or (before == "t" and not counting):
        return True
    if counting or after == "v" or (after == "x" and line.letter(i + 2) == "n"):
        return led
    return True


def _counted(line: Line, i: int) -> bool:
    """Whether token `i` is a noun of things that are counted, and no possessive: `1500 men`, `the 2006 Women's Cup`."""
    return line.letter(i) == "n" and line.letter(i + 1) != "'" and not line.tokens[i].text[0].isupper()


def is_plural(line: Line, i: int) -> bool:
    """Whether token `i` looks like a noun in the plural."""
    word = line.word(i)
    if line.letter(i) != "x" or line.letter(i + 1) == "'" or not line.tokens[i].text.islower():
        return False
    ending = len(word) > 3 and word.endswith("s") and not word.endswith(_SINGULAR)
    return ending and not in_group(word, "not_plural")


def _in_title(line: Line, i: int) -> bool:
    """`the Civil Rights Act of 1964`: the year belongs to the title (guidelines, Dates 4)."""
    noun = line.word(i - 2)
    if (
        line.word(i - 1) != "of"
        or not in_group(noun, "title_noun")
        or not line.tokens[i - 2].text[0].isupper()
    ):
        return False
    return in_group(noun, "title_noun_always") or line.letter(i - 3) == "I"


def is_bare_month(line: Line, i: int) -> bool:
    """Whether the capitalised month name at `i`, without a day or year, is the month."""
    word, before, after = line.word(i), line.letter(i - 1), line.letter(i + 1)
    led = in_group(line.word(i - 1), "month_after")
    if in_group(word, "month_or_name") and not (led or before in "pPRdf" or _in_month_context(line, i)):
        return False
    if before == "I":
        return False  # "Black September", "General March"
    # "the February Revolution" is a name, "In May Diem undertook" is not
    part = before == "f" and line.letter(i - 2) in "pP"  # "by the end of April Greek bonds"
    return after != "I" or part or (led and before not in "jf(-")


def _in_month_context(line: Line, i: int) -> bool:
    """A list of months or `a March operation`; not `the March on Rome`."""
    word, before, after = line.word(i), line.letter(i - 1), line.letter(i + 1)
    listed = (before == "," and line.letter(i - 2) in "MY") or (after in ",j" and line.letter(i + 2) == "M")
    marching = word == "march" and in_group(line.word(i + 1), "not_month_march_before")
    return listed or (before in "ta" and after == "x" and word != "august" and not marching)


def counts_nothing(line: Line, i: int) -> bool:
    """Whether token `i` is no noun that a number before it could count."""
    return line.letter(i) not in "xnvuUNqI"
