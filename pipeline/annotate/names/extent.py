"""The extent rules of the annotation guidelines, applied alike to every source of names (Mentions, rules 1-3, 9)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.annotate.names.gazetteer import Gazetteer
from pipeline.annotate.names.lexicon import FUNCTION_WORDS, Lexicon, label_of_name

RE_ARTICLE = re.compile(r"(?:the|a|an|The|A|An)\s+")
RE_OPENING = re.compile(r"[\s\"“”‘’'(\[«,;:–—-]+")
RE_CLOSING = re.compile(
    r"(?:['’]s?|[\s\"“”‘,;:)\]»(\[–—-]|''"
    r"|(?:(?<![A-Z])(?<!\b[A-Z][a-z])(?<!\bJr)(?<!\bSr)(?<!\bLtd)(?<!\bInc)(?<!\bCorp)(?<!\bBros)"
    r"|(?<= [IVX])|(?<=[IVX]{2}))\.)+$"
)
# `2014 annexation of Crimea`: the year is a date of its own. `Winter War of 1939–1940`, `Paris Treaty (1947)`.
# `50s Vologases I`
RE_LEADING_YEAR = re.compile(r"(?:(?:1\d{3}|20\d\d)(?:[–-]\d{2,4})?|\d{1,3}0s)\s+(?=\S)")
RE_TRAILING_DATE = re.compile(
    r"(?:,|\s+(?:of|in|from))?\s+\(?(?:[A-Z][a-z]+ )?(?:1\d{3}|20\d\d)(?:[–-]\d{2,4})?\)?$"
)
# `anti-Soviet`, `pro-EU`: the prefix is no part of the name.
RE_PREFIX = re.compile(
    r"(?:anti|pro|non|post|pre|ex|former|then|mid|late|early|neo|pan|trans|inter)[- ](?=[A-Z])"
)
RE_OF = re.compile(r"\s+of\s+(?:the\s+)?(?=[A-Z])")
RE_TRAILING_FUNCTION = re.compile(r"\s+(?:of|the|and|for|in|on|at|to|by|with|from|or|as|s|'s|’s)$")
RE_PAIR = re.compile(r"([^\W\d_]+)[-–—]([^\W\d_]+)")


# A name that runs over an article begins a second one there: `October Revolution the Eduskunta`.
RE_INNER_ARTICLE = re.compile(r"(\w+,?) the (?=[A-Z])")
# `Russia's Foreign Ministry` is two names, `People's Republic` and `St. James's Palace` are one.
RE_POSSESSIVE = re.compile(r"(\w+)(['’]s? )(?=[A-Z])")
RE_TWO_NAMES = re.compile(rf"{RE_INNER_ARTICLE.pattern}|{RE_POSSESSIVE.pattern}")
COMMON_OWNERS = frozenset(
    "People Peoples Women Workers Worker Men Children Nation Nations King Queen Lord World Lady"
    " Author Writer Peasant Peasants Soldier Soldiers Veteran Veterans Teachers Students Farmers"
    " Farmer Lloyd Barclay James Master Founder Prince Bishop Youth".split()
)
# `Slavic|-Orthodox axis`
RE_DASHED_GROUP = re.compile(r"-([A-Z][a-z]+)(?= [a-z])")
RE_DASHED_TAIL = re.compile(r"-[a-z]\w*")
RE_WORD_PREFIX = re.compile(r"\b(?:Co|Re|Pre|Non|Sub|Anti|Counter|Inter|Multi|Self|Vice|Trans)$")


# A dash, or what may be a regnal numeral.
RE_GOES_ON = re.compile(r"-| [IVX]")


def is_bare_word(text: str, start: int, end: int) -> bool:
    """Whether a span is a word that does not go on, as most names are: `name_spans` gives it as it stands."""
    return text[start:end].isalpha() and not RE_GOES_ON.match(text, end)


def name_spans(
    text: str,
    start: int,
    end: int,
    lexicon: Lexicon,
    known: Gazetteer,
    *,
    label: str = "",
) -> Iterator[tuple[int, int]]:
    """The names that a proposed span holds, each brought to its extent; `label` is the proposed type.

    Offices are taken off unless the span is proposed as an organisation; official years stay in texts.
    """
    if is_bare_word(text, start, end):
        yield start, end
        return
    group = RE_DASHED_GROUP.match(text, end) if label == "NORP" else None
    if group and group[1] in known.people and not {text[start:end], group[1]} <= known.nations:
        end = group.end()
    end = _regnal_end(text, _word_border(text, end)) if label in ("PERSON", "") else _word_border(text, end)
    whole = label == "PERSON" and RE_BYNAME.fullmatch(text, start, end)
    for a, b in [(start, end)] if whole else _pieces(text, start, end, known, label):
        company = label == "ORG" and text.startswith("General ", a)  # `General Motors`
        office = label == "PERSON" or not (company or label_of_name(text[a:b], lexicon))
        a, b = trim(text, a, b, lexicon, official_year=label == "LAW", titled=office)
        if a >= b:
            continue
        for x, y in split_body(text, a, b, lexicon, known.people):
            for c, d in split_pairs(text, x, y, known.nations):
                yield c, _adjective_end(text, c, d, known.people)


def _pieces(text: str, start: int, end: int, known: Gazetteer, label: str) -> Iterator[tuple[int, int]]:
    """A span cut where it holds two names: at an article within, and behind the possessive of an owner."""
    span = text[start:end]
    if " the " not in span and "'" not in span and "’" not in span:
        yield start, end
        return
    for found in RE_TWO_NAMES.finditer(span):
        if found[1] is not None:
            if found[1] in FUNCTION_WORDS or found[1] in ("over", "against", "between"):
                continue
            yield start, start + found.end(1)
        elif found[2] in COMMON_OWNERS or _owned(text[start : start + found.end(2)], label, known):
            continue
        else:
            yield start, start + found.end(2)
        yield from _pieces(text, start + found.end(), end, known, label)
        return
    yield start, end


def _owned(owner: str, label: str, known: Gazetteer) -> bool:
    """Whether a possessive is part of the name of a thing: `Couch's Division`, but not `Russia's Foreign Ministry`."""
    return label in ("ORG", "FAC", "LOC") and " " not in owner and not known.knows(owner)


def _word_border(text: str, end: int) -> int:
    """The end of a span moved behind a dashed word that it cuts (`… Security and Co|-operation`)."""
    found = RE_DASHED_TAIL.match(text, end)
    return found.end() if found and RE_WORD_PREFIX.search(text, max(0, end - 12), end) else end


# `Suleiman the Magnificent`: an article inside a byname begins no second name.
RE_BYNAME = re.compile(r"[^\W\d_]\w+(?: [IVX]+)? the [A-Z]\w+")
# `Leopold I`, `Louis XIV`; a lone `I` before a lower-case verb is the pronoun.
RE_REGNAL = re.compile(r" (?:[IVX]{2,6}|[VX]|I(?! [a-z]+(?:ed|ve|m|ll)\b))\b(?!['’]m)")


def _regnal_end(text: str, end: int) -> int:
    """The end of a personal name moved behind a regnal numeral that the model left out."""
    found = RE_REGNAL.match(text, end)
    return found.end() if found and text[end - 1 : end].islower() else end


def _adjective_end(text: str, start: int, end: int, people: frozenset[str]) -> int:
    """`Soviet-assisted`: the nationality alone is the name (rule 3)."""
    head, dash, tail = text[start:end].partition("-")
    return start + len(head) if dash and tail[:1].islower() and head in people else end


# Capitalised words without any sign, the first no article: only a title may stand before the name.
RE_PLAIN = re.compile(r"(?!(?:The|An?) )[A-Z][^\W\d_]*(?: [A-Z][^\W\d_]*)*")


def trim(
    text: str, start: int, end: int, lexicon: Lexicon, *, official_year: bool = False, titled: bool = True
) -> tuple[int, int]:
    """Shrink a span of `text` to the extent the guidelines give a name; an empty span if nothing is left.

    Leaves out white space, quotation marks, a leading article, offices and honorifics, a possessive, a year in
    front (`official_year` keeps those behind) and dangling function words.
    """
    if RE_PLAIN.fullmatch(text, start, end) and not (titled and lexicon.titles.match(text, start, end)):
        return start, end
    while start < end:
        before = (start, end)
        for pattern in (RE_OPENING, RE_ARTICLE, RE_LEADING_YEAR, RE_PREFIX):
            found = pattern.match(text, start, end)
            if found:
                start = found.end()
        found = lexicon.titles.match(text, start, end) if titled else None
        if found and text[found.end() : end].strip()[:1].isupper():
            start = found.end()
        elif found and (of := RE_OF.match(text, found.end(), end)):
            start = of.end()  # `Duke of Savoy`: the name inside an office's title (rule 9)
        span = _without_end(text[start:end], official_year=official_year)
        end = start + len(span)
        if (start, end) == before:
            break
    return start, max(start, end)


def _without_end(span: str, *, official_year: bool) -> str:
    """A span without what closes it: signs, a function word, a year (unless it is official).

    The last character tells at most spans that a pattern cannot match: a search tries it at every character.
    """
    last = span[-1:]
    found = RE_CLOSING.search(span) if last == "s" or not last.isalnum() else None
    if found and not _balanced_bracket(span, found.start()):
        span = span[: found.start()]
    found = RE_TRAILING_FUNCTION.search(span)
    if found and not _balanced_bracket(span, found.start()):
        span = span[: found.start()]
    if not official_year and (span[-1:].isdigit() or span.endswith(")")):
        found = RE_TRAILING_DATE.search(span)
        span = span[: found.start()] if found else span
    return span


def _balanced_bracket(span: str, cut: int) -> bool:
    """Whether cutting at `cut` would tear a bracket pair that opens inside the name (`Kosovo (UN)`)."""
    return span.endswith(")") and "(" in span[:cut] and span.count("(") == span.count(")")


def split_pairs(text: str, start: int, end: int, nations: frozenset[str]) -> list[tuple[int, int]]:
    """Two spans for a dashed pair of nationalities (`Yugoslav–Albanian`, `Finno-Soviet`), else the span itself.

    `nations` holds the adjectives, people nouns and combining forms that count as a nationality.
    """
    found = RE_PAIR.fullmatch(text, start, end)
    if found and found[1] in nations and found[2] in nations:
        return [found.span(1), found.span(2)]
    return [(start, end)]


def split_body(
    text: str, start: int, end: int, lexicon: Lexicon, is_people: frozenset[str]
) -> list[tuple[int, int]]:
    """`Soviet Foreign Ministry` as nationality and body (rule 2), any other span as it is."""
    first, space, rest = text[start:end].partition(" ")
    if space and first in is_people and rest in lexicon.bodies:
        return [(start, start + len(first)), (end - len(rest), end)]
    return [(start, end)]
