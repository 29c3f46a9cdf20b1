"""Score what the pipeline wrote against the hand-labelled gold set; keep the figures from falling."""

from pipeline.score.confusions import confusion_report
from pipeline.score.gate import BaselineError, GateReport, check_gate, format_baseline, parse_baseline, repin
from pipeline.score.gold import GoldError, GoldPage, gold_digest, read_gold
from pipeline.score.pages import Predicted, mentions_from_gold, predictions_by_page
from pipeline.score.scoring import ScoreResult, score_pages, scores_json
from pipeline.score.validate import check_gold

__all__ = [
    "BaselineError",
    "GateReport",
    "GoldError",
    "GoldPage",
    "Predicted",
    "ScoreResult",
    "check_gate",
    "check_gold",
    "confusion_report",
    "format_baseline",
    "gold_digest",
    "mentions_from_gold",
    "parse_baseline",
    "predictions_by_page",
    "read_gold",
    "repin",
    "score_pages",
    "scores_json",
]
