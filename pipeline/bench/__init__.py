"""Measurements: public corpora of names and dates, speed and memory against the bare model."""
