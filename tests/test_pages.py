"""End to end on labelled pages of other countries, centuries and layouts: no figure falls below its floor.

The pages were written for the project and looked at while the rules were made, so the floors guard against falls; they
are no measure of how well the pipeline does on pages that nobody has seen.
"""

from pathlib import Path

import pytest

from pipeline.annotate import annotate_pages
from pipeline.annotate.model import load_model
from pipeline.clean import clean_page, decode_page
from pipeline.knowledge import load_knowledge
from pipeline.link import link_page
from pipeline.rows import annotate_rows, clean_rows, link_rows
from pipeline.score import predictions_by_page, score_pages
from pipeline.score.gold import read_json_page

DATA = Path(__file__).parent / "data"
# Floors of F1: (layer, metric) in this order, two points below what was measured when they were set.
METRICS = (
    ("mentions", "core"),
    ("dates", "core_value"),
    ("entities", "b_cubed"),
    ("actors", "b_cubed"),
    ("edges", "weighted"),
)
FLOORS = {
    "pages/infolist/finland_soviet_union_relations": (0.945, 0.98, 0.97, 0.95, 0.945),
    "pages/infolist-next/finland_soviet_union_relations": (0.945, 0.98, 0.97, 0.95, 0.945),
    "pages/astronomy/finland_soviet_union_relations": (0.94, 0.98, 0.97, 0.95, 0.94),
    "pages2/infolist/france_ottoman_empire_relations": (0.91, 0.98, 0.95, 0.94, 0.83),
    "pages2/infolist/roman_parthian_relations": (0.89, 0.96, 0.945, 0.935, 0.79),
    "pages2/infolist-next/japan_netherlands_relations": (0.935, 0.98, 0.97, 0.96, 0.92),
    "pages2/astronomy/brazil_paraguay_relations": (0.91, 0.98, 0.94, 0.94, 0.875),
}


@pytest.mark.model
@pytest.mark.parametrize("name", FLOORS)
def test_labelled_page(name: str) -> None:
    path = DATA / name
    raw = decode_page(path.with_suffix(".txt").read_bytes())
    page = clean_page(raw, path.name)
    model, knowledge = load_model("en_core_web_md"), load_knowledge()
    ((_, annotation),) = annotate_pages([page], model, knowledge)
    linked = link_page(page, annotation, model.parse, knowledge)
    tables = clean_rows(page, raw) | annotate_rows(page, annotation) | link_rows(page, linked)
    predicted = predictions_by_page({page.doc_id: page.text}, tables)
    result = score_pages([read_json_page(path.with_suffix(".json"))], predicted, seed=0, resamples=0)
    found = {(r["stage"], r["metric"]): r["f1"] for r in result.scores if not r["label"] and not r["doc_id"]}
    figures = {f"{stage} {metric}": found[(stage, metric)] for stage, metric in METRICS}
    fallen = {k: (v, floor) for (k, v), floor in zip(figures.items(), FLOORS[name], strict=True) if v < floor}
    assert not fallen, figures
