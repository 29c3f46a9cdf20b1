"""Headings and back matter."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.clean.pieces import Piece
from pipeline.clean.words import word_set

# Appendix sections in the order and wording of Wikipedia's Manual of Style (Layout, "Standard appendices and
# footers"), and their usual variants; two of them may be joined: "Notes and references", "Sources & further reading".
_APPENDIX = (
    r"see also|references?|reference list|notes?|foot ?notes|end ?notes|explanatory notes|citations?|"
    r"in-?line citations|"
    r"sources?|general sources|primary sources|secondary sources|works cited|cited works|cited sources|literature|"
    r"further reading|further references|additional reading|bibliography|select(?:ed)? bibliography|"
    r"external links?|external sources|web ?links|weblinks|links|related (?:articles|pages)|footnotes"
)
RE_BACK_MATTER = re.compile(rf"(?:{_APPENDIX})(?:(?:,| and| &| /|, and) ?(?:{_APPENDIX}))*:?", re.I)
# appendix titles that a section of prose may bear as well
RE_TOPIC = re.compile(r"literature|links|related (?:articles|pages)", re.I)
# {{DEFAULTSORT:…}}, [[Category:…]]: the article is over
RE_ARTICLE_END = re.compile(r"\{\{DEFAULTSORT|\[\[Category:|\bDEFAULTSORT:")
RE_TITLE_END = re.compile(r"[.,;:!?…]$")
_FUNCTION = word_set(
    "a an the of and or nor but in on at to by for from with as into onto over under between against "
    "during after before until since its his her their this that these those which who whom whose is are "
    "was were be been had has have than called named including via per du von van der"
)


# of these, the ones that close a title as adverbs: Mercosur and after, The years since
_ADVERBS = word_set("after before since over on under")


def ends_open(text: str) -> bool:
    """Whether a stretch ends in a word that asks for more (`between the`)."""
    words = text.split()
    return not words or words[-1].lower().strip("\"'“”‘’(") in _FUNCTION


def looks_like_heading(text: str) -> bool:
    """Whether a line can be a section title: short, no closing punctuation, starts high, not cut open."""
    if (
        not text
        or len(text) > 120
        or text != text.strip()
        or RE_TITLE_END.search(text)
        or len(text.split()) > 16
    ):
        return False
    if not (
        text[0].isupper()
        or text[0].isdigit()
        or text[0] in "\"'“‘«¿¡"
        or (not text[0].isascii() and text[0].isalpha())
    ):
        return False
    return not ends_open(text) or text.rpartition(" ")[2] in _ADVERBS


def is_back_matter(title: str) -> bool:
    """Whether a section title is that of an appendix."""
    return bool(RE_BACK_MATTER.fullmatch(title.strip().strip("=").strip()))


def _is_prose(text: str) -> bool:
    """Whether a section reads like article prose: several sentences, not a list of titles."""
    sentences = len(re.findall(r"[a-z0-9)”\"]\.(?:\s|$)", text))
    return sentences >= 3 and len(text) >= 250 and text.count("*") < sentences


@dataclass(slots=True)
class Part:
    """A section of the page as its pieces: where its heading is among them (-1: the lead) and which are
    prose.
    """

    heading: list[int]
    prose: list[int]
    kept: bool = True


def split_sections(raw: str, pieces: Sequence[Piece]) -> list[Part]:
    """The sections of a page, and which of them are its body.

    From the first appendix on everything is dropped, until a section with another title reads like prose again; what
    only looks like a title there (the name of an external link) stays part of the appendix.
    """
    parts: list[Part] = []
    for i, piece in enumerate(pieces):
        if piece.role == "heading":
            if piece.gap == "exact" and parts and parts[-1].heading and not parts[-1].prose:
                parts[-1].heading.append(i)
            else:
                parts.append(Part([i], []))
        elif piece.role in ("text", "entity"):
            if not parts:
                parts.append(Part([], []))
            parts[-1].prose.append(i)
    merged: list[Part] = []
    in_back = False
    for part in parts:
        title = "".join(raw[pieces[i].start : pieces[i].end] for i in part.heading)
        text = " ".join(raw[pieces[i].start : pieces[i].end] for i in part.prose)
        topic = RE_TOPIC.fullmatch(title.strip()) and _is_prose(text)
        if part.heading and is_back_matter(title) and not topic:
            in_back = True
        elif in_back and not _is_prose(text):
            merged[-1].prose += part.heading + part.prose
            continue
        else:
            in_back = False
        part.kept = not in_back
        merged.append(part)
    return merged
