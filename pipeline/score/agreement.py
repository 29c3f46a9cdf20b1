"""How far two labellings of one page agree, and where they do not.

The first labelling stands as "gold", the second as "predicted"; F1 is symmetric, so neither is favoured.
Cohen's kappa is not given: names are spans in running text, so the number of true negatives that kappa needs
is not defined (Hripcsak and Rothschild 2005, "Agreement, the F-measure, and reliability in information
retrieval").
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from pipeline.score.gold import GoldPage
from pipeline.score.matching import by_span, match_equal
from pipeline.score.metrics import Counts
from pipeline.score.pages import compare_page, predicted_from_gold
from pipeline.score.scoring import score_pages
from pipeline.tables import Row


@dataclass(frozen=True, slots=True)
class Agreement:
    """Figures by name, each with what it counts; `differences` are rows in the shape of errors.csv, in text
    order."""

    figures: dict[str, Counts]
    differences: tuple[Row, ...]


def compare_labellings(first: GoldPage, second: GoldPage) -> Agreement:
    """Agreement of two labellings of the same clean text.

    Span figures are F1 over all names or dates; the others are shares of the names or dates whose span both
    found. Raises: ValueError if the texts differ.
    """
    if first.text != second.text:
        raise ValueError(f"{first.doc_id}: the two labellings do not have the same text")
    pred = predicted_from_gold(second)
    page = compare_page(first, pred)
    figures: dict[str, Counts] = {}
    for kind, gold, other, attributes in (
        ("mentions", page.gold_mentions, page.pred_mentions, ("label", "entity_id", "actor_id")),
        ("dates", page.gold_dates, page.pred_dates, ("label", "value", "mod")),
    ):
        pairs = match_equal(gold, other, by_span)
        figures[f"{kind}: span"] = Counts(len(pairs), len(other) - len(pairs), len(gold) - len(pairs))
        for attribute in attributes:
            right = sum(getattr(gold[i], attribute) == getattr(other[j], attribute) for i, j in pairs)
            wrong = len(pairs) - right
            name = "type" if (kind, attribute) == ("dates", "label") else attribute.removesuffix("_id")
            figures[f"{kind}: {name}, on common spans"] = Counts(right, wrong, wrong)
    layers = ("mentions", "dates", "entities", "actors")
    errors = score_pages([first], {first.doc_id: pred}, seed=0, resamples=0, layers=layers).errors
    ordered = sorted(errors, key=lambda e: (e["start"], e["end"], layers.index(e["stage"])))
    return Agreement(figures, tuple(ordered))


def format_differences(agreement: Agreement, first: str = "a", second: str = "b") -> str:
    """The differences for a person to settle: place, what each labelled, and the words around it."""
    lines = []
    for n, e in enumerate(agreement.differences, start=1):
        lines.append(f"{n:3d}  {e['stage']}/{e['kind']}  {e['start']}-{e['end']}  {e['context']}")
        lines.append(f"       {first}: {e['gold'] or '–'}")
        lines.append(f"       {second}: {e['predicted'] or '–'}")
    return "".join(line + "\n" for line in lines)


def agreement_json(agreement: Agreement) -> str:
    """The figures as JSON: F1 (of a share: the share) to four decimals, with counts."""
    figures = {
        name: {"f1": None if c.f1 is None else round(c.f1, 4), "both": c.tp, "only_a": c.fn, "only_b": c.fp}
        if name.endswith("span")
        else {"share": None if c.f1 is None else round(c.f1, 4), "agree": c.tp, "differ": c.fp}
        for name, c in agreement.figures.items()
    }
    return json.dumps(figures, ensure_ascii=False, indent=1) + "\n"
