"""Word lists of the name stage: which head noun makes which type, which words are offices and honorifics."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

FUNCTION_WORDS = frozenset(
    "of the and for in on at to by with from de la le del della di da do dos das du des van von der den und et y al el "
    "ul as or zu ter ten bin ibn".split()
)


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Head nouns by where they stand (`blurb` definitions, capitalised `name`s, lower-case `event`s) and titles."""

    blurb: dict[str, str]
    name: dict[str, str]
    event: frozenset[str]
    titles: re.Pattern[str]


@cache
def load_lexicon() -> Lexicon:
    """Read heads.csv and titles.csv of `pipeline/data/names`."""
    folder = files("pipeline") / "data" / "names"
    heads: dict[str, dict[str, str]] = {"blurb": {}, "name": {}, "event": {}}
    with (folder / "heads.csv").open(encoding="utf8", newline="") as stream:
        for row in csv.DictReader(stream):
            heads[row["where"]][row["noun"]] = row["label"]
    with (folder / "titles.csv").open(encoding="utf8", newline="") as stream:
        titles = [row["title"] for row in csv.DictReader(stream)]
    pattern = "|".join(re.escape(t) for t in sorted(titles, key=len, reverse=True))
    return Lexicon(
        heads["blurb"], heads["name"], frozenset(heads["event"]), re.compile(rf"(?:{pattern})(?=\s)")
    )


def singular(noun: str) -> str:
    """A cheap singular, enough to look a head noun up."""
    if noun.endswith("ies") and len(noun) > 4:
        return noun[:-3] + "y"
    if noun.endswith(("ses", "xes", "ches", "shes")):
        return noun[:-2]
    return noun[:-1] if noun.endswith("s") and not noun.endswith("ss") else noun


RE_PHRASE_END = re.compile(
    r",|;|\(| (?:of|in|that|which|who|whose|between|on|at|by|from|for|during|with|within|under|to|and|located|situated|"
    r"founded|fought|signed|held|established|based|consisting|comprising|responsible|where|when|since|as|after)\b"
)
RE_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
# Heads that only say "one of": the thing is named behind their `of`.
RE_CLASSIFIER = re.compile(
    r"(?:one|part|series|kind|type|number|group|set|member|period|form|name|state|phase|act)s?$"
)


def label_of_head(phrase: str, lexicon: Lexicon) -> str | None:
    """Label of a blurb's definition phrase (`Soviet military commander`): its head noun's, or None if unknown.

    "" means a known kind of thing that is no name by the guidelines (a disease, a ship, an ideology).
    """
    if not phrase:
        return None
    cut = RE_PHRASE_END.search(phrase)
    first = phrase[: cut.start()] if cut else phrase
    words = RE_WORD.findall(first)
    if words and RE_CLASSIFIER.match(words[-1]) and cut and phrase[cut.start() :].startswith(" of "):
        inner = label_of_head(phrase[cut.start() + 4 :], lexicon)
        if inner is not None and words[-1] not in ("state", "member", "name", "act"):
            return inner
        if words[-1] == "member":
            return "PERSON"
    for word in reversed(words):
        for form in (word, word.lower(), singular(word.lower())):
            if form in lexicon.blurb:
                return lexicon.blurb[form]
    return None


def label_of_name(text: str, lexicon: Lexicon) -> str | None:
    """Label that a capitalised name's own head word gives away (`Treaty of Tartu`, `Foreign Ministry`), else None."""
    words = text.split()
    if len(words) < 2:
        return None
    for i, word in enumerate(words[1:], 1):
        if word in ("of", "for", "on", "in", "between", "to", "against"):
            return lexicon.name.get(words[i - 1]) or lexicon.name.get(words[0])
    return lexicon.name.get(words[-1]) or (
        lexicon.name.get(words[0])
        if words[0] in ("Operation", "Mount", "Lake", "Fort", "Cape", "Hotel")
        else None
    )
