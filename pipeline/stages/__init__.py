"""The shell around the stages: which files each reads and writes. No decision about data is made here."""

from pipeline.run import run_all
from pipeline.stages.alone import run_annotate, run_clean, run_graph, run_link, run_report, run_score
from pipeline.stages.network import backbone_csv
from pipeline.stages.pages import run_pages
from pipeline.stages.scores import score_outputs

__all__ = [
    "backbone_csv",
    "run_all",
    "run_annotate",
    "run_clean",
    "run_graph",
    "run_link",
    "run_pages",
    "run_report",
    "run_score",
    "score_outputs",
]
