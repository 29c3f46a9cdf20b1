"""Known names in a text: longest match at every word, over the lengths of the names that begin with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from pipeline.annotate.names.words import Places, Span, first_word, within_spans, word_places
from pipeline.knowledge import COLONY_KINDS, NORP_FORMS, STATE_KINDS, Knowledge, KnownName, with_plain_signs

NATION_KINDS = STATE_KINDS | COLONY_KINDS | {"subnational", "people", "province", "republic"}


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """`names` with their likeliest reading; `lengths` of those with a first word, longest first.

    `people` holds every adjective, people noun and combining form, `nations` those of states and other territories,
    `plain_people` the nouns that are no adjective (`Finns`); `realms` holds the names of states, regions and provinces,
    `lands` those of regions and provinces without a government of their own.
    """

    names: Mapping[str, KnownName]
    lengths: Mapping[str, Sequence[int]]
    people: frozenset[str]
    nations: frozenset[str]
    plain_people: frozenset[str]
    realms: frozenset[str]
    lands: frozenset[str]

    def knows(self, name: str) -> bool:
        """Whether a table has this very name, in any form."""
        return name in self.people or (name in self.lengths and name in self.names)

    def find(self, text: str, spans: Sequence[Span], words: Places) -> Iterator[tuple[int, int, KnownName]]:
        """Known names in the spans of a text, whose `words` are given, without overlaps: (start, end, reading)."""
        plain = with_plain_signs(text)
        if "ʻ" in text:  # the one of these signs that counts as a letter
            words = word_places(plain, spans)
        first_words = {at: word for word in self.lengths.keys() & words.keys() for at in words[word]}
        free = 0
        for at, (_start, end) in within_spans(sorted(first_words), spans):
            if at < free:
                continue
            for length in self.lengths[first_words[at]]:
                stop = at + length
                reading = self.names.get(plain[at:stop]) if stop <= end else None
                if reading is not None and not plain[stop : stop + 1].isalnum():
                    yield at, stop, reading
                    free = stop
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
    lands: set[str] = set()
    for name, readings in knowledge.names.items():
        first = first_word(name)
        if not first or len(name) < 2:
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
        lengths.setdefault(first, set()).add(len(name))
    return Gazetteer(
        names,
        {first: sorted(found, reverse=True) for first, found in lengths.items()},
        frozenset(people),
        frozenset(nations),
        frozenset(plain_people),
        frozenset(realms),
        frozenset(lands),
    )
