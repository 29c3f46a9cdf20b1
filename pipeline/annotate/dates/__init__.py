"""Date expressions of narrative text, in three steps.

The grammar says what stands there, value what it means alone, narrative when it was.
"""

from pipeline.annotate.dates.sentences import date_sentences, split_sentences
from pipeline.annotate.dates.tagger import find_dates

__all__ = ["date_sentences", "find_dates", "split_sentences"]
