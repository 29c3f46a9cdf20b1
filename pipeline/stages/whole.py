"""All stages in one go, with the model loaded once."""

from __future__ import annotations

from pipeline import finished
from pipeline.describe import describe_outputs, run_record
from pipeline.job import Job, Report
from pipeline.models import model_folder
from pipeline.spreadsheet import remove_copies, write_copies
from pipeline.stages.network import do_graph
from pipeline.stages.pages import do_pages
from pipeline.stages.report import do_report
from pipeline.stages.scores import do_score
from pipeline.tables import write_text


def do_all(job: Job, report: Report, inputs: str) -> None:
    """Write every file; with a cache, remember what was done, with `inputs` as its key."""
    keys = do_pages(job, report)
    for name, step in (("graph", do_graph), ("score", do_score), ("report", do_report)):
        with report.timed(name):
            step(job, report)
    remove_copies(job.outputs)
    if job.spreadsheet_safe:
        write_copies(job.outputs)
    files = describe_outputs(job.outputs)
    run = run_record(job, report)
    write_text(job.outputs / "run.json", finished.run_json(run, report))
    if job.cache is not None:
        finished.remember(
            job.cache, finished.Record(inputs, model_folder(job.config.model), keys, files, run), report
        )
