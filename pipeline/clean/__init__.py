"""Clean: strip the blurbs of a scraped page, lose nothing."""

from pipeline.clean.decode import PageError, decode_page
from pipeline.clean.explain import explain_page
from pipeline.clean.page import FORMATS, LAYOUTS, clean_page

__all__ = ["FORMATS", "LAYOUTS", "PageError", "clean_page", "decode_page", "explain_page"]
