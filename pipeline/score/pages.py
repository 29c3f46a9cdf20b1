"""A gold page and what the pipeline made of it, in one frame: the gold clean text and its sentences."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pipeline.records import Mention, Sentence, Timex
from pipeline.score.align import Alignment
from pipeline.score.gold import GoldPage
from pipeline.score.matching import Item
from pipeline.tables import Row

SHOWN = 200  # characters of a long passage shown: most sentences, and the start of the rest
CONTEXT = 50  # characters shown on either side of a disagreement: about eight words


def cut(text: str) -> str:
    """The start of a text that is too long for a cell: a whole section can be lost or left in."""
    return text if len(text) <= SHOWN else text[:SHOWN] + " …"


@dataclass(frozen=True, slots=True)
class Predicted:
    """What the pipeline wrote about one page: its clean text and its rows of the tables of these names.

    `overridden` are spans of the clean text that a researcher corrected by a field that the tables do not
    mark (a date's value); mentions with `method=override` need no entry.
    """

    text: str = ""
    mentions: Sequence[Row] = ()
    dates: Sequence[Row] = ()
    sentences: Sequence[Row] = ()
    glossary: Sequence[Row] = ()
    overridden: Sequence[tuple[int, int]] = ()


def predictions_by_page(
    texts: Mapping[str, str],
    tables: Mapping[str, Sequence[Row]],
    overridden: Mapping[str, Sequence[tuple[int, int]]] | None = None,
) -> dict[str, Predicted]:
    """Predictions by `doc_id` from the clean texts and the rows of the tables mentions, dates, sentences,
    glossary.

    A table that is missing counts as empty; a row of a page without text is left out.
    """
    names = ("mentions", "dates", "sentences", "glossary")
    rows: dict[str, dict[str, list[Row]]] = {doc_id: {name: [] for name in names} for doc_id in texts}
    for name in names:
        for row in tables.get(name, ()):
            if row["doc_id"] in rows:
                rows[row["doc_id"]][name].append(row)
    spans = overridden or {}
    return {
        doc_id: Predicted(text, **rows[doc_id], overridden=spans.get(doc_id, ()))
        for doc_id, text in texts.items()
    }


@dataclass(frozen=True, slots=True)
class Compared:
    """Both sides of a page: items in text order, offsets in the gold clean text, no overridden places."""

    gold: GoldPage
    pred: Predicted
    alignment: Alignment
    gold_mentions: tuple[Item, ...]
    pred_mentions: tuple[Item, ...]
    gold_dates: tuple[Item, ...]
    pred_dates: tuple[Item, ...]
    unit_starts: tuple[int, ...]
    raw_unit_starts: tuple[tuple[int, int], ...]

    @property
    def units(self) -> int:
        """Number of sentences; 1 for an empty page."""
        return max(1, len(self.unit_starts))

    def unit(self, place: int) -> int:
        """The sentence in which a place of the gold text stands."""
        return max(0, bisect_right(self.unit_starts, place) - 1)

    def raw_unit(self, raw: int) -> int:
        """The sentence in which a place of the raw file stands."""
        i = bisect_right(self.raw_unit_starts, (raw, self.units)) - 1
        return self.raw_unit_starts[i][1] if i >= 0 else 0

    def unit_span(self, unit: int) -> tuple[int, int]:
        """The extent of a sentence in the gold text, without white space at its end."""
        if not self.unit_starts:
            return 0, len(self.gold.text.rstrip())
        start = self.unit_starts[unit]
        end = self.unit_starts[unit + 1] if unit + 1 < len(self.unit_starts) else len(self.gold.text)
        body = self.gold.text[start:end]
        heading = body.find("\n## ")
        return start, start + len((body if heading < 0 else body[:heading]).rstrip())

    def context(self, start: int, end: int) -> str:
        """The words around a place of the gold text, the place itself in ⟦ ⟧, on one line."""
        text = self.gold.text
        words = f"{text[max(0, start - CONTEXT) : start]}⟦{cut(text[start:end])}⟧{text[end : end + CONTEXT]}"
        return " ".join(words.split())


def compare_page(gold: GoldPage, pred: Predicted) -> Compared:
    """Bring both sides of a page into the gold clean text.

    Sentences are the predicted ones, for both sides (as in the counting of edges, a sentence is where two
    names meet); where none are predicted, a paragraph of the gold text stands for one.
    """
    alignment = Alignment(pred.text, gold.text)
    starts = _unit_starts(gold.text, [alignment.carry(r["start"], r["end"]).start for r in pred.sentences])
    pred_mentions = [_item(r, alignment, r["label"], _mention_fields) for r in pred.mentions]
    corrected = [
        m for m, r in zip(pred_mentions, pred.mentions, strict=True) if r.get("method") == "override"
    ]
    places = [alignment.carry(a, b) for a, b in pred.overridden]
    closed = [(x.start, x.end) for x in corrected] + [(x.start, x.end) for x in places]
    compared = Compared(
        gold,
        pred,
        alignment,
        _outside(closed, [_gold_mention(m) for m in gold.mentions]),
        _outside(closed, pred_mentions),
        _outside(closed, [_gold_date(d) for d in gold.dates]),
        _outside(closed, [_item(r, alignment, r["type"], _date_fields) for r in pred.dates]),
        starts,
        (),
    )
    raw = [
        (r["raw_start"], compared.unit(alignment.carry(r["start"], r["end"]).start)) for r in pred.sentences
    ]
    return replace(compared, raw_unit_starts=tuple(sorted(raw)))


def _unit_starts(text: str, sentences: Sequence[int]) -> tuple[int, ...]:
    """Where sentences begin: at each predicted one, and at each line of prose."""
    starts = set(sentences)
    place = 0
    for line in text.split("\n"):
        if line.strip() and not line.startswith("## "):
            starts.add(place)
        place += len(line) + 1
    return tuple(sorted(s for s in starts if s < len(text)))


def _outside(closed: Sequence[tuple[int, int]], items: Sequence[Item]) -> tuple[Item, ...]:
    """The items, in text order, that touch no overridden place."""
    kept = [i for i in items if not any(max(a, i.start) < min(b, i.end) for a, b in closed)]
    return tuple(sorted(kept, key=lambda i: (i.start, i.end)))


def _gold_mention(m: Mention) -> Item:
    return Item(m.start, m.end, m.text, m.label, m.entity_id, m.actor_id)


def _gold_date(d: Timex) -> Item:
    return Item(d.start, d.end, d.text, d.type, value=d.value, mod=d.mod)


def _mention_fields(row: Mapping[str, Any]) -> dict[str, str]:
    return {"entity_id": row.get("entity_id") or "", "actor_id": row.get("actor_id") or ""}


def _date_fields(row: Mapping[str, Any]) -> dict[str, str]:
    return {"value": row.get("value") or "", "mod": row.get("mod") or ""}


def _item(
    row: Mapping[str, Any],
    alignment: Alignment,
    label: str,
    more: Callable[[Mapping[str, Any]], dict[str, str]],
) -> Item:
    place = alignment.carry(row["start"], row["end"])
    return Item(place.start, place.end, row["text"], label, exact=place.exact, **more(row))


def mentions_from_gold(
    gold: GoldPage, text: str, sentences: Sequence[Sentence], *, linked: bool = False
) -> tuple[Mention, ...]:
    """Gold names as if an earlier stage had found them, so that a later one can be measured on its own.

    Parameters: text, the predicted clean text; sentences, its predicted sentences; linked, whether the names
    keep their gold entities and actors (input for `graph`) or lose them (input for `link`). Returns: in text
    order, offsets in `text`; a gold name without an exact place in a predicted sentence is left out.
    """
    alignment = Alignment(gold.text, text)
    starts = [s.start for s in sentences]
    found: list[Mention] = []
    for mention in gold.mentions:
        place = alignment.carry(mention.start, mention.end)
        i = bisect_right(starts, place.start) - 1
        if place.exact and i >= 0 and place.start < sentences[i].end:
            carried = replace(
                mention,
                mention_id=f"m{len(found) + 1:04d}",
                sentence_id=sentences[i].sentence_id,
                start=place.start,
                end=place.end,
                text=text[place.start : place.end],
            )
            found.append(carried if linked else replace(carried, entity_id="", actor_id=""))
    return tuple(found)


def predicted_from_gold(gold: GoldPage) -> Predicted:
    """A prediction that is the gold itself: tables of a pipeline that makes no error."""
    mentions = [
        {"start": m.start, "end": m.end, "text": m.text, "label": m.label, "entity_id": m.entity_id,
         "actor_id": m.actor_id, "method": "gold"}
        for m in gold.mentions
    ]  # fmt: skip
    dates = [
        {"start": d.start, "end": d.end, "text": d.text, "type": d.type, "value": d.value, "mod": d.mod}
        for d in gold.dates
    ]
    glossary = [
        {"anchor": x.anchor, "raw_start": x.raw_start, "raw_end": x.raw_end, "start": 0 if x.body else None}
        for x in gold.links
    ]
    return Predicted(gold.text, mentions, dates, (), glossary)
