"""Known names in a text: longest match at every word, over the lengths of the names that begin with it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from pipeline.knowledge import COLONY_KINDS, NORP_FORMS, PLAIN, STATE_KINDS, Knowledge, KnownName

RE_FIRST_WORD = re.compile(r"[^\W_]+")
NATION_KINDS = STATE_KINDS | COLONY_KINDS | {"subnational", "people", "province", "republic"}


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """`names` with their likeliest reading; `lengths` of those with a first word, longest first.

    `first_word` finds words that may be one.
    `people` holds every adjective, people noun and combining form, `nations` those of states and other territories,
    `plain_people` the nouns that are no adjective (`Finns`); `realms` holds the names of states, regions and provinces.
    """

    names: Mapping[str, KnownName]
    lengths: Mapping[str, Sequence[int]]
    first_word: re.Pattern[str]
    people: frozenset[str]
    nations: frozenset[str]
    plain_people: frozenset[str]
    realms: frozenset[str]

    def knows(self, name: str) -> bool:
        """Whether a table has this very name, in any form."""
        return name in self.people or (name in self.lengths and name in self.names)

    def find(self, text: str, spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int, KnownName]]:
        """Known names in the spans of a text without overlaps: (start, end, likeliest reading)."""
        plain = text.translate(PLAIN)
        for start, end in spans:
            position = start
            for found in self.first_word.finditer(plain, start, end):
                at = found.start()
                if at < position:
                    continue
                for length in self.lengths.get(found.group(), ()):
                    stop = at + length
                    reading = self.names.get(plain[at:stop]) if stop <= end else None
                    if reading is not None and not plain[stop : stop + 1].isalnum():
                        yield at, stop, reading
                        position = stop
                        break


@lru_cache(maxsize=4)
def gazetteer(knowledge: Knowledge) -> Gazetteer:
    """The index of a set of tables, built once."""
    names: dict[str, KnownName] = {}
    lengths: dict[str, set[int]] = {}
    people: set[str] = set()
    nations: set[str] = set()
    plain_people: set[str] = set()
    realms: set[str] = set()
    for name, readings in knowledge.names.items():
        first = RE_FIRST_WORD.match(name)
        if first is None or len(name) < 2:
            continue
        kinds = [knowledge.entities[r.entity_id].kind for r in readings]
        if kinds != ["city"]:  # nearly all names are a city's alone
            forms = {r.form for r in readings}
            if not NORP_FORMS.isdisjoint(forms) or any(r.label == "NORP" for r in readings):
                people.add(name)
            if any(
                r.form in NORP_FORMS and kind in NATION_KINDS for r, kind in zip(readings, kinds, strict=True)
            ):
                nations.add(name)
            if "people" in forms and "adjective" not in forms:
                plain_people.add(name)
            if any(
                r.label in ("GPE", "LOC") and kind != "city" for r, kind in zip(readings, kinds, strict=True)
            ):
                realms.add(name)
            if forms == {"combining"}:
                continue  # `Sino` is a name only in a dashed pair, which `split_pairs` sees
        names[name] = readings[0]
        lengths.setdefault(first.group(), set()).add(len(name))
    return Gazetteer(
        names,
        {first: sorted(found, reverse=True) for first, found in lengths.items()},
        _first_word_pattern(lengths),
        frozenset(people),
        frozenset(nations),
        frozenset(plain_people),
        frozenset(realms),
    )


def _first_word_pattern(words: Iterable[str]) -> re.Pattern[str]:
    """Words that do not start small, and the few of the index that do (`invasion of Kuwait`)."""
    small = sorted(word for word in words if word[0].islower())
    # A name has few words that start small: to pass over the text's others is most of the speed.
    return re.compile(rf"(?<!\w)(?:[^\W_a-zà-öø-ÿ][^\W_]*|(?:{'|'.join(small) or '(?!)'})(?![^\W_]))")
