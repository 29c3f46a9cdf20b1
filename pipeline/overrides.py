"""A researcher's corrections: read, check, apply last.

Columns: doc_id, start, end, text, field, value, note; offsets index the clean text. Fields: `entity_id`,
`actor_id` (`-` takes the actor away) and `label` correct the mention at the span; `value` corrects the date
there (TIMEX3, or `VALUE MOD`); `same` with value `a;b` makes entity b the entity a everywhere; `different`
with value `a;b` says that in doc_id (at the span or for the text, where given) what was linked to a is b.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.annotate.dates import date_sentences
from pipeline.annotate.dates.value import bounds
from pipeline.records import Annotation, Entity, Linked, Mention, Page, Timex, replace
from pipeline.tables import LABELS, MODS

COLUMNS = ["doc_id", "start", "end", "text", "field", "value", "note"]
FIELDS = ("entity_id", "actor_id", "label", "value", "same", "different")


class OverrideError(ValueError):
    """An overrides file that cannot be read at all; the message names file and line."""


@dataclass(frozen=True, slots=True)
class Override:
    """One correction; `start`/`end` index the clean text of `doc_id` and are None where no span is given."""

    line: int
    doc_id: str
    start: int | None
    end: int | None
    text: str
    field: str
    value: str


def read_overrides(path: Path) -> tuple[list[Override], list[str]]:
    """The corrections of a file that can be used, and one clear line for each that cannot.

    Raises: OverrideError if the header is not the expected one or the file is no UTF-8 CSV.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as stream:
            reader = csv.DictReader(stream)
            if reader.fieldnames != COLUMNS:
                raise OverrideError(f"{path}: line 1: expected columns {','.join(COLUMNS)}")
            rows = [(reader.line_num, row) for row in reader]
    except (UnicodeDecodeError, csv.Error) as error:
        raise OverrideError(f"{path}: {error}") from None
    good, problems = [], []
    for line, row in rows:
        problem = _problem(row)
        if problem:
            problems.append(f"{path}: line {line}: {problem}")
            continue
        good.append(
            Override(
                line,
                row["doc_id"],
                _offset(row["start"]),
                _offset(row["end"]),
                row["text"],
                row["field"],
                row["value"],
            )
        )
    return good, problems


def _offset(cell: str) -> int | None:
    return int(cell) if cell else None


def _problem(row: Mapping[str, str | None]) -> str:
    if None in row.values() or None in row:
        return f"expected {len(COLUMNS)} cells"
    field, value = row["field"], row["value"] or ""
    if field not in FIELDS:
        return f"unknown field {field!r}; valid fields are {', '.join(FIELDS)}"
    if not all((row[k] or "0").isdecimal() for k in ("start", "end")):
        return "start and end must be whole numbers or empty"
    if field in ("same", "different"):
        return "" if value.count(";") == 1 and all(value.split(";")) else f"{field} needs two ids, a;b"
    if not row["doc_id"] or not row["start"] or not row["end"]:
        return f"{field} needs doc_id, start and end"
    if not value:
        return f"{field} needs a value"
    if field == "label" and value not in LABELS:
        return f"unknown label {value!r}; valid labels are {', '.join(LABELS)}"
    if field == "value":
        return _value_problem(value)
    return ""


def _value_problem(value: str) -> str:
    value, _, mod = value.partition(" ")
    if mod and mod not in MODS:
        return f"unknown mod {mod!r}; valid ones are {', '.join(MODS)}"
    try:
        bounds(value, mod)
    except ValueError as error:
        return str(error)
    return ""


def stale_spans(overrides: Iterable[Override], doc_id: str, text: str) -> list[str]:
    """One line for each correction of a page whose span no longer holds its text."""
    return [
        f"overrides: line {o.line}: {doc_id} {o.start}-{o.end}: "
        f"expected {o.text!r}, found {text[o.start : o.end]!r}"
        for o in overrides
        if o.doc_id == doc_id and o.start is not None and not _holds(o, text)
    ]


def _holds(o: Override, text: str) -> bool:
    return o.start is not None and o.end is not None and text[o.start : o.end] == o.text


def override_dates(annotation: Annotation, overrides: Sequence[Override], page: Page) -> Annotation:
    """The page's annotation with the corrected date values, and its sentences dated anew by them."""
    given = {
        (o.start, o.end): o.value
        for o in overrides
        if o.doc_id == page.doc_id and o.field == "value" and _holds(o, page.text)
    }
    if not given:
        return annotation
    dates = tuple(
        _with_value(d, given[d.start, d.end]) if (d.start, d.end) in given else d for d in annotation.dates
    )
    sections = [(s.start, s.end, s.title) for s in page.sections if s.start is not None and s.end is not None]
    sentences = date_sentences(annotation.sentences, dates, sections)
    return replace(annotation, dates=dates, sentences=tuple(sentences))


def _with_value(date: Timex, value: str) -> Timex:
    """The date with another value (`VALUE` or `VALUE MOD`); type, EDTF and days follow from it."""
    value, _, mod = value.partition(" ")
    found = bounds(value, mod)
    kind = date.type
    if value.startswith("P") and value[1:2] != "A" and kind not in ("DURATION", "SET"):
        kind = "DURATION"
    elif found.earliest and kind == "DURATION":
        kind = "DATE"
    return replace(
        date, type=kind, value=value, mod=mod, edtf=found.edtf, earliest=found.earliest, latest=found.latest
    )


def overridden_dates(
    overrides: Iterable[Override], texts: Mapping[str, str]
) -> dict[str, list[tuple[int, int]]]:
    """Spans by page whose date value a researcher gave: not the pipeline's own, so not to be scored."""
    spans: dict[str, list[tuple[int, int]]] = {}
    for o in overrides:
        if o.field == "value" and o.doc_id in texts and _holds(o, texts[o.doc_id]):
            spans.setdefault(o.doc_id, []).append((o.start or 0, o.end or 0))
    return spans


def override_links(linked: Linked, overrides: Sequence[Override], doc_id: str, text: str) -> Linked:
    """The page's links with the corrections applied; what was corrected has method `override` and score 1."""
    mine = [o for o in overrides if o.doc_id in ("", doc_id)]
    if not mine:
        return linked
    pairs = [o.value.split(";") for o in mine if o.field == "same"]
    same = {merged: kept for kept, merged in pairs}
    mentions = tuple(_corrected(m, mine, same, text) for m in linked.mentions)
    return Linked(
        mentions,
        _entities(linked.entities, mentions, same),
        {blurb: same.get(entity, entity) for blurb, entity in linked.blurb_entities.items()},
    )


def _corrected(m: Mention, overrides: Sequence[Override], same: Mapping[str, str], text: str) -> Mention:
    changes: dict[str, str] = {}
    for o in overrides:
        at_span = (o.start, o.end) == (m.start, m.end) and _holds(o, text)
        if o.field in ("entity_id", "actor_id", "label") and at_span:
            changes[o.field] = "" if o.value == "-" else o.value
        elif o.field == "different" and (at_span or (o.start is None and o.text in ("", m.text))):
            old, new = o.value.split(";")
            if m.entity_id == old:
                changes["entity_id"] = new
    entity = changes.get("entity_id", m.entity_id)
    if entity in same:
        changes["entity_id"] = same[entity]
    if "entity_id" in changes and "actor_id" not in changes and m.actor_id == m.entity_id:
        changes["actor_id"] = changes["entity_id"]
    elif m.actor_id in same and "actor_id" not in changes:
        changes["actor_id"] = same[m.actor_id]
    if not changes:
        return m
    return replace(
        m,
        entity_id=changes.get("entity_id", m.entity_id),
        actor_id=changes.get("actor_id", m.actor_id),
        label=changes.get("label", m.label),
        method="override",
        score=1.0,
    )


def _entities(
    entities: Sequence[Entity], mentions: Sequence[Mention], same: Mapping[str, str]
) -> tuple[Entity, ...]:
    known = {e.entity_id: e for e in entities if e.entity_id not in same}
    for m in mentions:
        for entity_id in (m.entity_id, m.actor_id):
            if entity_id and entity_id not in known:
                name = m.text if entity_id == m.entity_id else entity_id.replace("_", " ").title()
                known[entity_id] = Entity(entity_id, name, m.label)
    actors = {m.actor_id for m in mentions}
    used = {m.entity_id for m in mentions} | actors
    return tuple(replace(known[k], is_actor=k in actors) for k in sorted(known) if k in used)
