"""Word lists of the name stage: which head noun makes which type, which words are offices and honorifics."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

FUNCTION_WORDS = frozenset(
    "of the and for in on at to by with from de la le del della di da do dos das du des van von der"
    " den und et y al el ul as or zu ter ten bin ibn".split()
)


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Heads of capitalised `name`s and of lower-case `event`s, nouns of `common` things that bear no name, titles.

    `office_ends` holds the last words of `offices`.
    """

    common: frozenset[str]
    name: dict[str, str]
    event: frozenset[str]
    crisis: frozenset[str]
    titles: re.Pattern[str]
    offices: frozenset[str]
    office_ends: frozenset[str]
    bodies: frozenset[str]
    all_bodies: frozenset[str]
    roles: frozenset[str]
    kin: frozenset[str]
    groups: frozenset[str]


@cache
def load_lexicon() -> Lexicon:
    """Read heads.csv and titles.csv of `pipeline/data/names`."""
    folder = files("pipeline") / "data" / "names"
    heads: dict[str, dict[str, str]] = {
        "common": {},
        "name": {},
        "event": {},
        "crisis": {},
        "group": {},
        "kin": {},
        "role": {},
    }
    with (folder / "heads.csv").open(encoding="utf8") as stream:
        for row in csv.DictReader(stream):
            heads[row["where"]][row["noun"]] = row["label"]
    with (folder / "titles.csv").open(encoding="utf8") as stream:
        titles = [row["title"] for row in csv.DictReader(stream)]
    with (folder / "bodies.csv").open(encoding="utf8") as stream:
        rows = list(csv.DictReader(stream))
        bodies = frozenset(row["name"] for row in rows if row["apart"] == "true")
    with (files("pipeline") / "data" / "type_nouns.csv").open(encoding="utf8") as stream:
        nouns = {row["label"]: row["nouns"].split() for row in csv.DictReader(stream)}
    roles = frozenset(nouns["PERSON"]) | heads["kin"].keys() | heads["role"].keys()
    pattern = "|".join(re.escape(t) for t in sorted(titles, key=len, reverse=True))
    return Lexicon(
        frozenset(heads["common"]),
        heads["name"],
        frozenset(heads["event"]),
        frozenset(heads["crisis"]),
        re.compile(rf"(?:{pattern})(?=\s)"),
        frozenset(titles),
        frozenset(title.split()[-1] for title in titles),
        bodies,
        frozenset(row["name"] for row in rows),
        roles,
        frozenset(heads["kin"]),
        frozenset(heads["group"]),
    )


def singular(noun: str) -> str:
    """A cheap singular, enough to look a head noun up."""
    if noun.endswith("ies") and len(noun) > 4:
        return noun[:-3] + "y"
    if noun.endswith(("ses", "xes", "ches", "shes")):
        return noun[:-2]
    return noun[:-1] if noun.endswith("s") and not noun.endswith("ss") else noun


RE_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
RE_PHRASE_END = re.compile(r",|;|\(| (?:of|in|that|which|who|on|at|by|from|for|with)\b")


def names_no_name(head: str, lexicon: Lexicon) -> bool:
    """Whether a blurb's definition says a kind of thing that is no name by the guidelines (a disease, a doctrine)."""
    words = RE_WORD.findall(RE_PHRASE_END.split(head, maxsplit=1)[0].lower()) if head else []
    return bool(words) and singular(words[-1]) in lexicon.common


def label_of_name(text: str, lexicon: Lexicon) -> str | None:
    """Label that a capitalised name's own head word gives away (`Treaty of Tartu`, `Foreign Ministry`), else None."""
    words = text.replace(",", "").split()
    if len(words) < 2:
        return None
    for i, word in enumerate(words[1:], 1):
        if word == "of" and words[i - 1] == "House":
            return "ORG"  # `House of Representatives`, `House of Habsburg`
        if word in ("of", "for", "on", "in", "between", "to", "against"):
            return lexicon.name.get(words[i - 1]) or lexicon.name.get(words[0])
    return lexicon.name.get(words[-1]) or (
        lexicon.name.get(words[0])
        if words[0] in ("Operation", "Mount", "Lake", "Fort", "Cape", "Hotel")
        else None
    )
