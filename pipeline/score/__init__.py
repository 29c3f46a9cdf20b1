"""Score what the pipeline wrote against the hand-labelled gold set; keep the figures from falling."""

from pipeline.score.gold import GoldError, GoldPage, gold_digest, read_gold
from pipeline.score.pages import Predicted, mentions_from_gold
from pipeline.score.scoring import ScoreResult, score_pages, scores_json

__all__ = [
    "GoldError",
    "GoldPage",
    "Predicted",
    "ScoreResult",
    "gold_digest",
    "mentions_from_gold",
    "read_gold",
    "score_pages",
    "scores_json",
]
