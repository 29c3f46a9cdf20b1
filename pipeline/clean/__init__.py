"""Clean: strip the blurbs of a scraped page, lose nothing."""

from pipeline.clean.decode import PageError, decode_page
from pipeline.clean.page import LAYOUTS, clean_page

__all__ = ["LAYOUTS", "PageError", "clean_page", "decode_page"]
