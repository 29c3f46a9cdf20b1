"""The whole run, from raw pages to the report; what an earlier run left whole and true is not done again.

The stages load spaCy, some seconds' work: they are imported only when there is something to do.
"""

from __future__ import annotations

from pipeline import finished
from pipeline.job import Job, Report, locked
from pipeline.tables import write_text


def run_all(job: Job) -> Report:
    """Every stage from the raw pages to the report; without gold, none of the score files.

    With a cache, a run on the same input into the same, untouched files writes nothing but run.json.
    """
    report = Report()
    with locked(job.outputs):
        inputs = finished.inputs_key(job) if job.cache is not None else ""
        if job.cache is not None:
            with report.timed("compare with the last run"):
                record = finished.last_run(job.cache, inputs, job.outputs)
            if record is not None:
                record.tell(report)
                write_text(job.outputs / "run.json", record.run_json(report))
                return report
            report = Report()
        from pipeline.stages.whole import do_all

        do_all(job, report, inputs)
    return report
