"""The report stage: one HTML page to look at, and figures for papers."""

from pipeline.report.excerpt import Excerpt, take_excerpt
from pipeline.report.figures import build_figures
from pipeline.report.page import build_report

__all__ = ["Excerpt", "build_figures", "build_report", "take_excerpt"]
