"""The files of the score stage: the tables against the gold set."""

from __future__ import annotations

from pipeline.job import Job, Report, RunError, clean_text, load_overrides, walk_stage
from pipeline.overrides import overridden_dates
from pipeline.score import Predicted, predictions_by_page, read_gold, score_pages, scores_json
from pipeline.score.scoring import ScoreResult
from pipeline.tables import remove_table, write_table, write_text

PREDICTED = ("mentions", "dates", "sentences", "glossary")


def do_score(job: Job, report: Report) -> None:
    """Write scores, errors and scores.json; without a gold set, remove those of an earlier run."""
    if job.gold is None:
        remove_scores(job)
        return
    result = score_outputs(job)
    if not result.scores:
        report.warnings.append(f"{job.gold}: no labelled page among the pages of {job.raw}")
    write_table(job.outputs, "scores", result.scores, job.config.format)
    write_table(job.outputs, "errors", result.errors, job.config.format)
    write_text(job.outputs / "scores.json", scores_json(result))


def remove_scores(job: Job) -> None:
    """Remove what an earlier run with a gold set wrote."""
    for name in ("scores", "errors"):
        remove_table(job.outputs, name)
    (job.outputs / "scores.json").unlink(missing_ok=True)


def score_outputs(job: Job) -> ScoreResult:
    """Score the tables under the outputs folder; gold pages that the run does not have are left out.

    Only the labelled pages are held. Raises: RunError without a gold set or without tables; GoldError.
    """
    if job.gold is None or not job.gold.is_dir():
        raise RunError(f"{job.gold}: no such folder (gold set)")
    gold = {page.doc_id: page for page in read_gold(job.gold)}
    overrides = load_overrides(job)
    predictions: dict[str, Predicted] = {}
    for document, rows in walk_stage(job.outputs, PREDICTED):
        if document["doc_id"] in gold:
            texts = {document["doc_id"]: clean_text(job.outputs, document["doc_id"])}
            predictions |= predictions_by_page(texts, rows, overridden_dates(overrides, texts))
    found = [gold[doc_id] for doc_id in gold if doc_id in predictions]
    if not found:
        return ScoreResult((), (), ())
    return score_pages(found, predictions, seed=job.config.seed, resamples=job.config.bootstrap)
