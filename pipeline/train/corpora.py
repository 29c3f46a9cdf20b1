"""Labelled wiki corpora as they lie on disk: a folder with `raw/*.txt` and `gold.csv`."""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from .settings import TrainError

COLUMNS = ("doc_id", "start", "end", "text", "label")


@dataclass(frozen=True, slots=True)
class Span:
    """A labelled stretch of a document; offsets half-open, in code points of its text."""

    start: int
    end: int
    label: str


@dataclass(frozen=True, slots=True)
class CorpusDoc:
    """One document with its human spans, in text order; a silver document has none."""

    corpus: str
    doc_id: str
    text: str
    spans: tuple[Span, ...] = ()


def read_corpus(folder: Path) -> list[CorpusDoc]:
    """The documents of a labelled corpus, by name.

    Raises: TrainError for a missing file or column, an unknown document, or a span whose text is another.
    """
    gold_path = folder / "gold.csv"
    texts = read_texts(folder)
    spans: dict[str, list[Span]] = defaultdict(list)
    try:
        with gold_path.open(newline="", encoding="utf8") as handle:
            rows = list(csv.DictReader(handle))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise TrainError(f"{gold_path}: {error}") from None
    missing = [c for c in COLUMNS if rows and c not in rows[0]]
    if missing or not rows:
        raise TrainError(
            f"{gold_path}: no rows" if not rows else f"{gold_path}: no column {', '.join(missing)}"
        )
    for line, row in enumerate(rows, 2):
        text = texts.get(row["doc_id"])
        if text is None:
            raise TrainError(f"{gold_path}:{line}: no document {row['doc_id']!r} in {folder / 'raw'}")
        try:
            start, end = int(row["start"]), int(row["end"])
        except (TypeError, ValueError):
            raise TrainError(f"{gold_path}:{line}: start and end must be whole numbers") from None
        if not 0 <= start < end <= len(text) or text[start:end] != row["text"]:
            raise TrainError(
                f"{gold_path}:{line}: expected {row['text']!r} at {start}-{end}, found {text[start:end]!r}"
            )
        spans[row["doc_id"]].append(Span(start, end, row["label"]))
    return [
        CorpusDoc(
            folder.name, doc_id, text, tuple(sorted(spans[doc_id], key=lambda s: (s.start, s.end, s.label)))
        )
        for doc_id, text in texts.items()
    ]


def read_texts(folder: Path) -> dict[str, str]:
    """The raw texts of a corpus folder, by document name, newlines untouched.

    Raises: TrainError if there are none or one is no UTF-8.
    """
    texts: dict[str, str] = {}
    for path in sorted((folder / "raw").glob("*.txt")):
        try:
            texts[path.stem] = path.read_bytes().decode("utf8")
        except UnicodeDecodeError as error:
            raise TrainError(f"{path}: {error}") from None
    if not texts:
        raise TrainError(f"{folder / 'raw'}: no text files")
    return texts


def read_silver(folder: Path) -> list[CorpusDoc]:
    """Unlabelled texts, one document a paragraph of prose (a line of 20 words or more)."""
    docs = []
    for doc_id, text in read_texts(folder).items():
        for number, line in enumerate(text.splitlines()):
            if len(line.split()) >= 20:
                docs.append(CorpusDoc(folder.name, f"{doc_id}:{number}", line.strip()))
    return docs
