"""Known names in a text: longest match at every word, over an index by first word."""

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
    """Names by their first word, longest first; `first_word` finds words that may be one.

    `people` holds every adjective, people noun and combining form, `nations` those of states and other territories,
    `plain_people` the nouns that are no adjective (`Finns`); `realms` holds the names of states, regions and provinces.
    """

    by_first_word: Mapping[str, Sequence[tuple[str, KnownName]]]
    first_word: re.Pattern[str]
    people: frozenset[str]
    nations: frozenset[str]
    plain_people: frozenset[str]
    realms: frozenset[str]

    def knows(self, name: str) -> bool:
        """Whether a table has this very name, in any form."""
        return name in self.people or any(n == name for n, _ in self.by_first_word.get(name, ()))

    def find(self, text: str, spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int, KnownName]]:
        """Known names in the spans of a text without overlaps: (start, end, likeliest reading)."""
        plain = text.translate(PLAIN)
        for start, end in spans:
            position = start
            for found in self.first_word.finditer(plain, start, end):
                if found.start() < position:
                    continue
                for name, reading in self.by_first_word.get(found.group(), ()):
                    stop = found.start() + len(name)
                    if (
                        stop <= end
                        and plain.startswith(name, found.start())
                        and not plain[stop : stop + 1].isalnum()
                    ):
                        yield found.start(), stop, reading
                        position = stop
                        break


@lru_cache(maxsize=4)
def gazetteer(knowledge: Knowledge) -> Gazetteer:
    """The index of a set of tables, built once."""
    index: dict[str, list[tuple[str, KnownName]]] = {}
    people: set[str] = set()
    nations: set[str] = set()
    plain_people: set[str] = set()
    realms: set[str] = set()
    for name, readings in knowledge.names.items():
        first = RE_FIRST_WORD.match(name)
        if first is None or len(name) < 2:
            continue
        if any(r.form in NORP_FORMS or r.label == "NORP" for r in readings):
            people.add(name)
        if any(
            r.form in NORP_FORMS and knowledge.entities[r.entity_id].kind in NATION_KINDS for r in readings
        ):
            nations.add(name)
        if any(r.form == "people" for r in readings) and not any(r.form == "adjective" for r in readings):
            plain_people.add(name)
        if any(
            r.label in ("GPE", "LOC") and knowledge.entities[r.entity_id].kind != "city" for r in readings
        ):
            realms.add(name)
        if all(r.form == "combining" for r in readings):
            continue  # `Sino` is a name only in a dashed pair, which `split_pairs` sees
        index.setdefault(first.group(), []).append((name, readings[0]))
    for bucket in index.values():
        bucket.sort(key=lambda entry: (-len(entry[0]), entry[0]))
    return Gazetteer(
        index,
        _first_word_pattern(index),
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
