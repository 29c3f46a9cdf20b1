"""Known names in a text: longest match at every word, over the lengths of the names that begin with it."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from pipeline.knowledge import COLONY_KINDS, NORP_FORMS, STATE_KINDS, Knowledge, KnownName, with_plain_signs

RE_FIRST_WORD = re.compile(r"[^\W_]+")
# The look behind comes second, so that all other characters are passed over.
RE_CAPITAL = re.compile(r"[^\W_a-zà-öø-ÿ](?<!\w.)[^\W_]*")
RE_LETTER_BEFORE = re.compile(r"(?<=\w)")
NATION_KINDS = STATE_KINDS | COLONY_KINDS | {"subnational", "people", "province", "republic"}


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """`names` with their likeliest reading; `lengths` of those with a first word, longest first.

    `small` holds the few names that start small, by their first words.
    `people` holds every adjective, people noun and combining form, `nations` those of states and other territories,
    `plain_people` the nouns that are no adjective (`Finns`); `realms` holds the names of states, regions and provinces,
    `lands` those of regions and provinces without a government of their own.
    """

    names: Mapping[str, KnownName]
    lengths: Mapping[str, Sequence[int]]
    small: Mapping[str, Sequence[str]]
    people: frozenset[str]
    nations: frozenset[str]
    plain_people: frozenset[str]
    realms: frozenset[str]
    lands: frozenset[str]

    def knows(self, name: str) -> bool:
        """Whether a table has this very name, in any form."""
        return name in self.people or (name in self.lengths and name in self.names)

    def find(self, text: str, spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int, KnownName]]:
        """Known names in the spans of a text without overlaps: (start, end, likeliest reading)."""
        plain = with_plain_signs(text)
        small = sorted(self._small_starts(plain))
        for start, end in spans:
            position = start
            words = [(m.start(), m.group()) for m in RE_CAPITAL.finditer(plain, start, end)]
            if small:
                words = sorted(
                    [*words, *small[bisect_left(small, (start, "")) : bisect_left(small, (end, ""))]]
                )
            for at, word in words:
                if at < position:
                    continue
                for length in self.lengths.get(word, ()):
                    stop = at + length
                    reading = self.names.get(plain[at:stop]) if stop <= end else None
                    if reading is not None and not plain[stop : stop + 1].isalnum():
                        yield at, stop, reading
                        position = stop
                        break

    def _small_starts(self, plain: str) -> set[tuple[int, str]]:
        """Where the names that start small may begin in a text, with their first words."""
        found = set()
        for first, name in [
            (word, name) for word in self.small if word in plain for name in self.small[word]
        ]:
            at = plain.find(name)
            while at >= 0:
                if not RE_LETTER_BEFORE.match(plain, at):
                    found.add((at, first))
                at = plain.find(name, at + 1)
        return found


@lru_cache(maxsize=4)
def gazetteer(knowledge: Knowledge) -> Gazetteer:
    """The index of a set of tables, built once."""
    names: dict[str, KnownName] = {}
    lengths: dict[str, set[int]] = {}
    small: dict[str, list[str]] = {}
    people: set[str] = set()
    nations: set[str] = set()
    plain_people: set[str] = set()
    realms: set[str] = set()
    lands: set[str] = set()
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
            if any(
                r.label == "LOC" and kind in ("region", "province")
                for r, kind in zip(readings, kinds, strict=True)
            ):
                lands.add(name)
            if forms == {"combining"}:
                continue  # `Sino` is a name only in a dashed pair, which `split_pairs` sees
        names[name] = readings[0]
        lengths.setdefault(first.group(), set()).add(len(name))
        if name[0].islower():
            small.setdefault(first.group(), []).append(name)
    return Gazetteer(
        names,
        {first: sorted(found, reverse=True) for first, found in lengths.items()},
        small,
        frozenset(people),
        frozenset(nations),
        frozenset(plain_people),
        frozenset(realms),
        frozenset(lands),
    )
