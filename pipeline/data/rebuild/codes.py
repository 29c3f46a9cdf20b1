"""Fill the Wikidata ids of states, subnational and regions; write state_codes.csv from reference tables.

    python pipeline/data/rebuild/codes.py REFERENCE

REFERENCE holds cow_states.csv, gw_states.csv and territories.csv (see pipeline/data/SOURCES.md). Wikidata ids
come from territories.csv by ISO 3166 code or UN region, else from `rigour` (pip install rigour) by its code;
never from memory. A row of the reference tables without an entity that covers it is an error.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

DATA = Path(__file__).resolve().parents[1]
OPEN = "9999-12-31"

# States without a present ISO code → code of the same entity in rigour.territories (MIT). Left out on
# purpose: Yugoslavia (there the socialist republic only), Zaire (a name of today's state), Abkhazia (the part
# that is occupied).
RIGOUR = {
    "bavaria": "de-by",
    "czechoslovakia": "cshh",
    "east_germany": "dd",
    "england": "gb-eng",
    "northern_cyprus": "cy-trnc",
    "republic_of_artsakh": "az-nk",
    "sahrawi_arab_democratic_republic": "eh",
    "scotland": "gb-sct",
    "serbia_and_montenegro": "csxx",
    "somaliland": "so-som",
    "south_ossetia": "x-so",
    "soviet_union": "suhh",
    "transnistria": "md-pmr",
}


def read(path: Path) -> list[dict[str, str]]:
    """Rows of a CSV file, every cell a string (`NA` is Namibia)."""
    with path.open(newline="", encoding="utf8") as stream:
        return list(csv.DictReader(stream))


def write(path: Path, rows: list[dict[str, str]]) -> None:
    """Write rows with `\\n`."""
    with path.open("w", newline="", encoding="utf8") as stream:
        writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def wikidata_ids(reference: Path) -> dict[str, str]:
    """`iso3:CODE`, `m49:NAME` (UN regions) or `rigour:CODE` → Wikidata id."""
    ids = {f"rigour:{code}": qid for code, qid in rigour_ids().items()}
    for row in read(reference / "territories.csv"):
        ids[f"iso3:{row['iso3']}" if row["iso3"] else f"m49:{row['name']}"] = row["wikidata"]
    return ids


def rigour_ids() -> dict[str, str]:
    """rigour's territory code → Wikidata id."""
    from rigour.territories import get_territories  # type: ignore[import-untyped,unused-ignore]

    return {t.code: t.qid for t in get_territories()}


def spells(cell: str) -> list[tuple[str, str]]:
    """First and last day of each spell; an open end is 9999-12-31."""
    pairs = [s.partition("/")[::2] for s in cell.split(";")]
    return [(_pad(a, "-01-01"), _pad(b, "-12-31") if b else OPEN) for a, b in pairs]


def _pad(day: str, tail: str) -> str:
    return day + tail[-(10 - len(day)) :] if len(day.lstrip("-")) < 10 else day


def code_rows(system: str, reference: Path, states: list[dict[str, str]]) -> list[dict[str, str]]:
    """Membership of entities in one list of states: each spell of the list cut to the entity's existence.

    An entity alone with a code takes the list's spell as it stands (the lists differ on births by months).
    """
    rows = []
    for member in read(reference / f"{system}_states.csv"):
        code, first, last = member[f"{system}code"], member["start"], member["end"]
        bearers = [s for s in states if code in s[f"{system}_codes"].split(";")]
        found = []
        for state in bearers:
            cuts = spells(state["spells"]) if len(bearers) > 1 else [(first, last)]
            for a, b in cuts:
                start, end = max(a, first), min(b, last)
                if start <= end and not a.startswith("-"):
                    found.append((state["entity_id"], start, "" if end == OPEN else end))
        if not found:
            sys.exit(f"{system} {code} {member['country_name']} {first}: no entity")
        rows += [dict(system=system, code=code, entity_id=e, start=a, end=b) for e, a, b in found]
    return rows


def fill_wikidata(name: str, ids: dict[str, str]) -> None:
    """Rewrite the column wikidata_id of one table: from wikidata_source, else ISO code, else RIGOUR."""
    rows = read(DATA / f"{name}.csv")
    for row in rows:
        source = row.get("wikidata_source", "") or (f"iso3:{row['iso3']}" if row.get("iso3") else "")
        if not source and row["entity_id"] in RIGOUR:
            source = f"rigour:{RIGOUR[row['entity_id']]}"
        row["wikidata_id"] = ids[source] if source else ""
    write(DATA / f"{name}.csv", sorted(rows, key=lambda r: r["entity_id"]))


def main(reference: Path) -> None:
    """Rewrite the tables in place."""
    ids = wikidata_ids(reference)
    for name in ("states", "subnational", "regions", "organisations"):
        fill_wikidata(name, ids)
    states = read(DATA / "states.csv")
    codes = [r for system in ("cow", "gw") for r in code_rows(system, reference, states)]
    codes.sort(key=lambda r: (r["system"], int(r["code"]), r["start"], r["entity_id"]))
    write(DATA / "state_codes.csv", codes)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
