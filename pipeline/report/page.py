"""The page itself: template, style, scripts and data in one file that asks nothing of any host."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from pipeline.report import overview
from pipeline.report.layout import lay_out
from pipeline.report.pack import pack, pack_table, removed_stretches
from pipeline.tables import TABLES, Row

# In the order in which they use each other.
SCRIPTS = ("base.js", "read.js", "network.js", "timeline.js", "data.js", "main.js")
BOKEH_SCRIPTS = ("bokeh.min.js", "bokeh-api.min.js")


def build_report(
    tables: Mapping[str, Sequence[Row]],
    clean_texts: Mapping[str, str],
    raw_texts: Mapping[str, str],
    *,
    title: str,
    version: str,
    settings: Mapping[str, Any],
    gold: Sequence[Row] | None = None,
    seed: int = 0,
    totals: overview.Totals | None = None,
) -> str:
    """Build report.html.

    Parameters: tables, rows by table name as `pipeline.tables.read_table` gives them (missing means
    empty); clean_texts and raw_texts by doc_id; title, version and settings of the run, shown as they are;
    gold, spans for the differences switch, offsets in code points of the clean text: rows with doc_id, start,
    end, kind (`mention` or `date`) and, for a mention, label, entity_id, actor_id, for a date, type, value,
    mod; seed of the network's layout; totals of the run where tables and texts are an excerpt of it
    (`excerpt.take_excerpt`), None where they are the whole.
    Returns: the whole page. The same input gives the same bytes.
    """
    headlines, further, measured_on = overview.scores(tables)
    blocks = _blocks(tables, clean_texts, raw_texts, gold, seed)
    style = _asset("report.css")
    scripts = [_bokeh(name) for name in BOKEH_SCRIPTS] + [_own_script()]
    template = _environment().from_string(_asset("report.html"))
    return template.render(
        title=title,
        version=version,
        settings=sorted(settings.items()),
        counts=overview.counts(totals or overview.totals_of(tables)),
        part=None if totals is None else _part(tables, totals),
        documents=tables.get("documents", ()),
        scores=headlines,
        further_scores=further,
        measured_on=measured_on,
        pairs=overview.strongest_pairs(tables),
        actors=overview.leading_actors(tables),
        has_gold=gold is not None,
        style=Markup(style),
        scripts=[Markup(s) for s in scripts],
        policy=content_security_policy(scripts),
        blocks=blocks,
    )


def _part(tables: Mapping[str, Sequence[Row]], totals: overview.Totals) -> dict[str, tuple[int, int]]:
    """Rows in the page and in the run, for each table that is not whole."""
    return {
        name: (len(tables.get(name, ())), totals.rows[name])
        for name in TABLES
        if name in ("documents", "edges", "actors") or totals.rows.get(name, 0) > len(tables.get(name, ()))
    }


def content_security_policy(scripts: Sequence[str]) -> str:
    """A policy under which only these scripts run and nothing is fetched.

    Bokeh sets style elements in its shadow roots, which have no stable hash: so styles are `unsafe-inline`.
    """
    hashes = (base64.b64encode(hashlib.sha256(s.encode("utf8")).digest()).decode("ascii") for s in scripts)
    allowed = " ".join(f"'sha256-{h}'" for h in hashes)
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data: blob:; "
        "base-uri 'none'; form-action 'none'"
    )


def _blocks(
    tables: Mapping[str, Sequence[Row]],
    clean_texts: Mapping[str, str],
    raw_texts: Mapping[str, str],
    gold: Sequence[Row] | None,
    seed: int,
) -> dict[str, str]:
    blocks = {
        f"table-{name}": pack(pack_table(name, tables[name], clean_texts))
        for name in TABLES
        if name in tables
    }
    blocks["texts"] = pack(dict(sorted(clean_texts.items())))
    blocks["removed"] = pack(removed_stretches(tables.get("segments", ()), raw_texts))
    blocks["layout"] = pack(lay_out(tables.get("actors", ()), tables.get("edges", ()), seed=seed))
    blocks["gold"] = pack([dict(row) for row in gold or ()])
    return blocks


def _asset(name: str) -> str:
    return files("pipeline.report").joinpath("assets", name).read_text(encoding="utf8")


def _bokeh(name: str) -> str:
    """A script of the installed Bokeh; the one on its end would name a source map that is not there."""
    text = files("bokeh").joinpath("server", "static", "js", name).read_text(encoding="utf8")
    return _closed(re.sub(r"\n?//# sourceMappingURL=\S*\s*$", "", text))


def _own_script() -> str:
    body = "\n".join(_asset(name) for name in SCRIPTS)
    return _closed(f'(() => {{\n"use strict";\n{body}\n}})();')


def _closed(script: str) -> str:
    """The script if it can stand in a script element, with line ends as an HTML parser reads them."""
    if re.search(r"</script|<!--", script, re.IGNORECASE):
        raise ValueError("a script holds a sequence that would end or hide its element")
    return script.replace("\r\n", "\n").replace("\r", "\n")


def _environment() -> Environment:
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["number"] = lambda n: f"{n:,}".replace(",", "\u202f")
    environment.filters["share"] = lambda x: "" if x is None else f"{x:.3f}"
    environment.filters["percent"] = lambda x: f"{100 * x:.1f}"
    environment.filters["words"] = lambda s: str(s).replace("_", " ")
    environment.filters["span"] = _span
    return environment


def _span(row: Row) -> str:
    """First and last year of a pair or actor, as a reader writes them."""
    years = [_year(row[c]) for c in ("first_date", "last_date") if row[c]]
    return "–".join(dict.fromkeys(years))


def _year(day: str) -> str:
    year = int(day[: day.index("-", 1)])
    return str(year) if year > 0 else f"{1 - year} BC"
