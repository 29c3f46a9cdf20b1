"""What is known before any page is read: states, capitals, organisations, peoples, regions, events.

The tables are in `pipeline/data/` with their sources (SOURCES.md). Importing this module reads nothing;
`load_knowledge()` reads every table once per process. A date is an ISO day, month or year as everywhere
in the pipeline (a year before 1 AD is astronomical: 480 BC is `-0479`); "" in a table is an open end.
"""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

__all__ = ["Capital", "Knowledge", "KnownEntity", "KnownName", "StateCode", "load_knowledge", "normal_form"]

DATA = Path(__file__).parent / "data"

# Letters that Unicode does not take apart into a base letter and a mark.
_LETTERS = str.maketrans({"ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ı": "i", "ß": "ss"})
PLAIN = {"’": "'", "ʻ": "'", "‘": "'", "–": "-", "—": "-", "‑": "-", "\u00a0": " "}

_DAYS = 372  # 12 months of 31 days: day numbers need order and rough length only
_FIRST, _LAST = -(10**9), 10**9


def with_plain_signs(text: str) -> str:
    """A text with plain apostrophes, hyphens and spaces: one character for one, so that offsets stay."""
    if not text.isascii():
        for sign, plain in PLAIN.items():  # several times as fast as `translate`
            text = text.replace(sign, plain)
    return text


def normal_form(name: str) -> str:
    """A name as the index spells it: NFC, plain apostrophes and hyphens, single spaces; case is kept."""
    if not name.isascii():
        name = unicodedata.normalize("NFC", with_plain_signs(name))
    return " ".join(name.split())


@lru_cache(maxsize=65536)
def day_number(date: str, *, last: bool = False) -> int:
    """Number of the first (or `last`) day of an ISO day, month or year, in days of a 12 x 31 day calendar.

    Raises: ValueError if `date` is no ISO date.
    """
    sign, digits = (-1, date[1:]) if date.startswith("-") else (1, date)
    parts = [int(p) for p in digits.split("-")]
    month = parts[1] if len(parts) > 1 else (12 if last else 1)
    day = parts[2] if len(parts) > 2 else (31 if last else 1)
    return sign * parts[0] * _DAYS + (month - 1) * 31 + day


@lru_cache(maxsize=16384)
def day_span(start: str, end: str) -> tuple[int, int]:
    """First and last day number of a spell; an empty end is open."""
    return day_number(start) if start else _FIRST, day_number(end, last=True) if end else _LAST


class KnownName(NamedTuple):
    """One reading of a surface form.

    form: name, abbreviation, adjective, people or combining. start, end: when the form names the
    entity. actor: whether the entity is an actor by its kind. rank: 0 is the likeliest of those that fit a
    date. first, last: start and end as day numbers.
    """

    entity_id: str
    label: str
    form: str
    start: str
    end: str
    actor: bool
    rank: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class KnownEntity:
    """An entity of the tables; `spells` are its times of existence, `country` the state it belongs to.

    cow_code and gw_code are the usual ones; `Knowledge.codes_at` gives those at a date.
    """

    entity_id: str
    name: str
    type: str
    kind: str = ""
    aliases: tuple[str, ...] = ()
    description: str = ""
    wikidata_id: str = ""
    iso3: str = ""
    cow_code: str = ""
    gw_code: str = ""
    valid_from: str = ""
    valid_to: str = ""
    acts: bool = False
    country: str = ""
    spells: tuple[tuple[str, str], ...] = ()


class Capital(NamedTuple):
    """A city as seat of a state's government; kind is capital or seat of government."""

    city_id: str
    state_id: str
    start: str
    end: str
    kind: str
    first: int
    last: int


class StateCode(NamedTuple):
    """A state's number in the list of a system (`cow` or `gw`) during a spell."""

    system: str
    code: str
    start: str
    end: str
    first: int
    last: int


@dataclass(frozen=True, slots=True, eq=False)
class Knowledge:
    """The tables, indexed; `names` maps the normal form of a surface to its readings, likeliest first."""

    entities: Mapping[str, KnownEntity]
    names: Mapping[str, tuple[KnownName, ...]]
    capitals: Mapping[str, tuple[Capital, ...]]
    codes: Mapping[str, tuple[StateCode, ...]] = field(repr=False)

    @property
    def states(self) -> tuple[KnownEntity, ...]:
        """Every state of the tables, in order of id."""
        return tuple(e for e in self.entities.values() if e.kind in STATE_KINDS)

    def entity(self, entity_id: str) -> KnownEntity | None:
        """The entity with this id, or None."""
        return self.entities.get(entity_id)

    def lookup(self, name: str, date: str | None = None) -> tuple[KnownName, ...]:
        """All readings of a surface form, likeliest first: by the date if one is given, else as of today."""
        readings = self.names.get(normal_form(name), ())
        return readings if date is None or len(readings) < 2 else by_date(readings, date)

    def state_for(self, name: str, date: str | None = None) -> str | None:
        """The state (or colony) that a name, adjective or people noun means at a date; None if it means none.

        A date outside every spell gives the nearest one; no date gives the state of today, or the last
        there was. A colony has `acts` False.
        """
        return self.first_state(self.lookup(name, date))

    def first_state(self, readings: Sequence[KnownName]) -> str | None:
        """The first of some readings that is a state or colony; None if none is."""
        for reading in readings:
            known = self.entities[reading.entity_id]
            if known.kind in STATE_KINDS or known.kind in COLONY_KINDS:
                return reading.entity_id
        return None

    def capital_of(self, city: str, date: str | None = None) -> str | None:
        """The state whose government sits in a city (by name or id) at a date; without a date, the latest."""
        seats = self.capitals.get(normal_form(city)) or self.capitals.get(city, ())
        if date is None:
            return seats[0].state_id if seats else None
        first, last = day_number(date), day_number(date, last=True)
        fitting = [s for s in seats if s.first <= last and first <= s.last]
        return (
            max(fitting, key=lambda s: min(s.last, last) - max(s.first, first)).state_id if fitting else None
        )

    def city_id(self, city: str) -> str | None:
        """The id of a capital by any of its names, past or present."""
        seats = self.capitals.get(normal_form(city), ())
        return seats[0].city_id if seats else None

    def exists_at(self, entity_id: str, date: str) -> bool:
        """Whether an entity existed at some time of a date; one without spells always does."""
        known = self.entities.get(entity_id)
        if known is None or not known.spells:
            return known is not None
        first, last = day_number(date), day_number(date, last=True)
        for start, end in known.spells:
            begins, ends = day_span(start, end)
            if begins <= last and first <= ends:
                return True
        return False

    def acts_at(self, entity_id: str, date: str | None = None) -> bool:
        """Whether an entity is an actor by its kind and, if it is a state, existed at the date.

        Aspiring states act before they are founded too: their founding is what they act for.
        """
        known = self.entities.get(entity_id)
        if known is None or not known.acts:
            return False
        return date is None or known.kind not in ("state", "puppet") or self.exists_at(entity_id, date)

    def codes_at(self, entity_id: str, date: str | None = None) -> tuple[str, str]:
        """Correlates of War and Gleditsch & Ward number at a date; no date or no member then: the usual."""
        known = self.entities.get(entity_id)
        if known is None:
            return "", ""
        usual = {"cow": known.cow_code, "gw": known.gw_code}
        if date is not None:
            first, last = day_number(date), day_number(date, last=True)
            for row in self.codes.get(entity_id, ()):
                if row.first <= last and first <= row.last:
                    usual[row.system] = row.code
        return usual["cow"], usual["gw"]


STATE_KINDS = frozenset({"state", "puppet", "aspiring"})
COLONY_KINDS = frozenset({"colony"})


def by_date(readings: Sequence[KnownName], date: str) -> tuple[KnownName, ...]:
    """Readings of one surface form, those first that are likeliest at a date."""
    first, last = day_number(date), day_number(date, last=True)
    return tuple(sorted(readings, key=lambda r: _fit(r, first, last)))


def _fit(reading: KnownName, first: int, last: int) -> tuple[int, int, int]:
    """Sort key of a reading at a date: fits most of it, touches it, or how far off; then rank and overlap."""
    overlap = min(reading.last, last) - max(reading.first, first) + 1
    if overlap * 2 >= last - first + 1:
        return 0, reading.rank, -overlap
    return (1, -overlap, reading.rank)


def _today(reading: KnownName) -> tuple[bool, int, int, str]:
    """Sort key of a reading without a date: still in use, rank, the later."""
    return reading.last != _LAST, reading.rank, -reading.last, reading.entity_id


@cache
def load_knowledge() -> Knowledge:
    """Read all tables of `pipeline/data/`; the same object on every call."""
    loader = _Loader()
    loader.states()
    for name in ("subnational", "regions", "organisations", "peoples", "events", "laws", "facilities"):
        if (DATA / f"{name}.csv").exists():
            loader.others(name)
    capitals = loader.capitals()
    if (DATA / "cities.csv").exists():
        loader.cities()
    loader.fold()
    names = {k: tuple(sorted(v, key=_today)) if len(v) > 1 else tuple(v) for k, v in loader.names.items()}
    return Knowledge(loader.entities, names, capitals, loader.codes())


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (DATA / f"{name}.csv").open(newline="", encoding="utf8") as stream:
        reader = csv.reader(stream)
        header = next(reader)
        for cells in reader:
            yield dict(zip(header, cells, strict=True))


def _list(cell: str) -> list[str]:
    return cell.split(";") if cell else []


class _Loader:
    """Builds the index table by table; a name's own spell (name_spells.csv) replaces the entity's."""

    def __init__(self) -> None:
        self.entities: dict[str, KnownEntity] = {}
        self.names: dict[str, list[KnownName]] = {}
        self.spans: dict[tuple[str, str], tuple[int, int]] = {}
        self.own: set[tuple[str, str, str]] = set()

    def span(self, start: str, end: str) -> tuple[int, int]:
        key = (start, end)
        if key not in self.spans:
            self.spans[key] = day_span(start, end)
        return self.spans[key]

    def add(
        self, name: str, known: KnownEntity, label: str, form: str, start: str, end: str, rank: int
    ) -> None:
        first, last = self.span(start, end)
        reading = KnownName(known.entity_id, label, form, start, end, known.acts, rank, first, last)
        self.names.setdefault(normal_form(name), []).append(reading)

    def states(self) -> None:
        spelled = list(_rows("name_spells"))
        self.own = {(normal_form(r["name"]), _kin(r["form"]), r["entity_id"]) for r in spelled}
        for row in _rows("states"):
            known = _state(row)
            self.entities[known.entity_id] = known
            columns = ("long_names", "other_names", "abbreviations", "adjectives", "people")
            forms = ("name", "name", "abbreviation", "adjective", "people")
            self.add_default(row["name"], known, "name")
            for column, form in zip(columns, forms, strict=True):
                for name in _list(row[column]):
                    self.add_default(name, known, form)
        for row in spelled:
            known = self.entities[row["entity_id"]]
            label = "NORP" if row["form"] in NORP_FORMS else known.type
            self.add(row["name"], known, label, row["form"], row["start"], row["end"], int(row["rank"]))

    def add_default(self, name: str, known: KnownEntity, form: str, label: str = "") -> None:
        """Add a name for the whole time of its entity unless it has spells of its own."""
        if (normal_form(name), _kin(form), known.entity_id) in self.own:
            return
        label = label or ("NORP" if form in NORP_FORMS else known.type)
        self.add(name, known, label, form, known.valid_from, known.valid_to, 0)

    def others(self, table: str) -> None:
        """Add one of the plain tables: their columns are alike."""
        for row in _rows(table):
            known = _other(row)
            self.entities[known.entity_id] = known
            rank = int(row.get("rank") or 1)
            for form, cell in (
                ("name", f"{row['name']};{row['other_names']}" if row["other_names"] else row["name"]),
                ("abbreviation", row.get("abbreviations", "")),
                ("adjective", row.get("adjectives", "")),
                ("people", row.get("people", "")),
            ):
                label = "NORP" if form in NORP_FORMS else known.type
                for name in _list(cell):
                    self.add(name, known, label, form, row["names_from"], row["names_to"], rank)

    def capitals(self) -> dict[str, tuple[Capital, ...]]:
        seats: dict[str, list[Capital]] = {}
        for row in _rows("capitals"):
            seat = Capital(
                row["city_id"], row["state_id"], row["start"], row["end"], row["kind"],
                *self.span(row["start"], row["end"]),
            )  # fmt: skip
            names = _list(row["names"])
            if seat.city_id not in self.entities:
                known = KnownEntity(seat.city_id, names[0], "GPE", "city", tuple(names[1:]))
                self.entities[seat.city_id] = known
                for name in names:
                    self.add(name, known, "GPE", "name", "", "", 0 if name == names[0] else 1)
            for key in dict.fromkeys([normal_form(n) for n in names] + [seat.city_id]):
                seats.setdefault(key, []).append(seat)
        return {k: tuple(sorted(v, key=lambda s: (-s.last, -s.first, s.state_id))) for k, v in seats.items()}

    def cities(self) -> None:
        """Add the large cities that are no capitals: the bigger a bearer of a name, the earlier it stands."""
        for row in _rows("cities"):
            entity_id = row["city_id"]
            if entity_id in self.entities:
                continue
            names = _list(row["names"])
            known = KnownEntity(entity_id, names[0], "GPE", "city", tuple(names[1:]), country=row["country"])
            self.entities[entity_id] = known
            for name in names:
                self.add(name, known, "GPE", "name", "", "", int(row["rank"]))

    def fold(self) -> None:
        """Let a name with accents also be found without them."""
        for name in [n for n in self.names if not n.isascii()]:
            plain = unicodedata.normalize("NFKD", name.translate(_LETTERS)).encode("ascii", "ignore").decode()
            if plain not in self.names and len(plain) > 2:
                self.names[plain] = self.names[name]

    def codes(self) -> dict[str, tuple[StateCode, ...]]:
        found: dict[str, list[StateCode]] = {}
        for r in _rows("state_codes"):
            code = StateCode(r["system"], r["code"], r["start"], r["end"], *self.span(r["start"], r["end"]))
            found.setdefault(r["entity_id"], []).append(code)
        return {k: tuple(v) for k, v in found.items()}


def _kin(form: str) -> str:
    """Names and abbreviations share their spells."""
    return form if form in NORP_FORMS else "name"


NORP_FORMS = frozenset({"adjective", "people", "combining"})


def _state(row: Mapping[str, str]) -> KnownEntity:
    spells = tuple(s.partition("/")[::2] for s in row["spells"].split(";"))
    start, end = spells[0][0], spells[-1][1]
    aliases = [n for c in ("long_names", "other_names", "abbreviations") for n in _list(row[c])]
    return KnownEntity(
        entity_id=row["entity_id"],
        name=row["name"],
        type="GPE",
        kind=row["kind"],
        aliases=tuple(dict.fromkeys(aliases)),
        description=f"{KIND_WORDS[row['kind']]} ({', '.join(_years(*s) for s in spells)})",
        wikidata_id=row["wikidata_id"],
        iso3=row["iso3"],
        cow_code=row["cow_codes"].partition(";")[0],
        gw_code=row["gw_codes"].partition(";")[0],
        valid_from=start,
        valid_to=end,
        acts=row["acts"] != "false",
        spells=spells,
    )


KIND_WORDS = {
    "state": "state",
    "puppet": "puppet state or rival government",
    "aspiring": "territory acting as a state",
}


def _years(start: str, end: str) -> str:
    return f"{_year(start)}–{_year(end)}"


def _year(date: str) -> str:
    if not date:
        return ""
    sign, digits = (-1, date[1:]) if date.startswith("-") else (1, date)
    year = sign * int(digits[:4])
    return f"{1 - year} BC" if year <= 0 else str(year)


def _other(row: Mapping[str, str]) -> KnownEntity:
    start, end = row["start"], row["end"]
    names = _list(row["other_names"]) + _list(row.get("abbreviations", ""))
    return KnownEntity(
        entity_id=row["entity_id"],
        name=row["name"],
        type=row["label"],
        kind=row["kind"],
        aliases=tuple(dict.fromkeys(names)),
        description=row["kind"] + (f" ({_years(start, end)})" if start else ""),
        wikidata_id=row.get("wikidata_id", ""),
        iso3=row.get("iso3", ""),
        valid_from=start,
        valid_to=end,
        acts=row["acts"] == "true",
        country=row.get("country", ""),
        spells=((start, end),) if start or end else (),
    )
