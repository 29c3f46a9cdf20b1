"""Small closed lists of words, written as they read."""

from __future__ import annotations


def word_set(*texts: str) -> frozenset[str]:
    """The words of some texts, blank-separated."""
    return frozenset(word for text in texts for word in text.split())
