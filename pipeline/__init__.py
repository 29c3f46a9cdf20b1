"""Rebuild publishable data (who, with whom, when, in which sentence) from scraped wiki pages."""

__version__ = "0.1.0"
