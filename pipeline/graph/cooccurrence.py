"""Who meets whom: one pass over the sentences of each page, counted per actor and per pair."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, groupby
from pathlib import Path
from typing import Any

from pipeline.graph.timespan import Day, Span, hull, parse_span, union
from pipeline.spill import LIMIT, Spill
from pipeline.tables import Row

WINDOWS = ("sentence", "paragraph", "section")


# Spans of one actor or pair before those that overlap or touch are joined: the counts need no more of them.
SPANS_HELD = 64


@dataclass(slots=True)
class Count:
    """What is counted of a pair or an actor: windows it stands in, pages, and the spans it is dated to.

    Only the days that the spans cover count, so many spans are held as their union.
    """

    windows: int = 0
    documents: int = 0
    spans: set[Span] = field(default_factory=set)
    last_doc: str | None = None
    room: int = SPANS_HELD

    def see(self, doc_id: str, span: Span | None) -> None:
        """Count one window of a page; the windows of a page come one after another."""
        self.windows += 1
        if self.last_doc != doc_id:
            self.documents, self.last_doc = self.documents + 1, doc_id
        if span is not None:
            self.date(span)

    def date(self, span: Span) -> None:
        """Take a span."""
        self.spans.add(span)
        if len(self.spans) > self.room:
            self.spans = set(union(self.spans))
            self.room = max(SPANS_HELD, 2 * len(self.spans))

    def absorb(self, other: Count) -> Count:
        """Take the counts of other pages; gives itself."""
        self.windows += other.windows
        self.documents += other.documents
        for span in other.spans:
            self.date(span)
        return self

    def plain(self) -> list[Any]:
        """As JSON holds it."""
        return [self.windows, self.documents, [[*s.first, *s.last] for s in union(self.spans)]]

    @classmethod
    def from_plain(cls, value: list[Any]) -> Count:
        """Back from `plain`."""
        windows, documents, spans = value
        return cls(windows, documents, {Span(Day(*s[:3]), Day(*s[3:])) for s in spans})


@dataclass(slots=True)
class ActorCount(Count):
    """An actor's counts; `sentences` and `mentions` as they are, `windows` each once."""

    mentions: int = 0
    sentences: int = 0
    labels: dict[str, int] = field(default_factory=dict)


class Tally:
    """Counts over all pages so far; page by page with `add_page`, so that no page need stay in memory."""

    def __init__(self, folder: Path | None = None, limit: int = LIMIT) -> None:
        self.windows = 0
        self.actors: dict[str, ActorCount] = {}
        self.pairs: Spill[Count] = Spill(
            Count.absorb, Count.plain, Count.from_plain, folder=folder, limit=limit
        )

    def add_page(
        self, doc_id: str, windows: Iterable[Sequence[Meeting]]
    ) -> Iterator[tuple[Row, Span | None]]:
        """Count the windows of one page and give its co-occurrence rows (table `cooccurrences`) with their spans."""
        pairs = self.pairs.held
        for window in windows:
            self.windows += 1
            self._count_actors(doc_id, window)
            for row, span in pair_rows(doc_id, window):
                key = (row["source"], row["target"])
                if key not in pairs:
                    pairs[key] = Count()
                pairs[key].see(doc_id, span)
                yield row, span

    def _count_actors(self, doc_id: str, window: Sequence[Meeting]) -> None:
        seen = set()
        for meeting in window:
            for actor_id, mention_ids in meeting.actors.items():
                count = self.actors.setdefault(actor_id, ActorCount())
                if actor_id not in seen:
                    count.see(doc_id, None)
                    seen.add(actor_id)
                count.sentences += 1
                count.mentions += len(mention_ids)
                if meeting.span is not None:
                    count.date(meeting.span)
            for actor_id, label in meeting.labels:
                labels = self.actors[actor_id].labels
                labels[label] = labels.get(label, 0) + 1


@dataclass(frozen=True, slots=True)
class Meeting:
    """A sentence as the network sees it: actors in order of appearance with their mentions, and its date."""

    sentence_id: str
    actors: dict[str, list[str]]
    labels: list[tuple[str, str]]
    span: Span | None


def page_windows(
    sentences: Iterable[Row],
    mentions: Iterable[Row],
    *,
    window: str = "sentence",
    clean_text: str | None = None,
) -> Iterator[list[Meeting]]:
    """The windows of one page in text order, each with its sentences; windows without an actor are given too.

    Parameters: sentences and mentions of the page, rows in text order; window, one of `WINDOWS`; clean_text,
    the page's clean text, needed for paragraphs (one line each).
    Raises: ValueError for an unknown window, a missing clean text, or a mention in a sentence that does not
    exist.
    """
    key = _window_key(window, clean_text)
    rows = list(sentences)
    by_sentence: dict[str, list[Row]] = {row["sentence_id"]: [] for row in rows}
    for mention in mentions:
        if mention["sentence_id"] not in by_sentence:
            raise ValueError(
                f"{mention['doc_id']}: mention {mention['mention_id']} stands in sentence "
                f"{mention['sentence_id']}, which is not among the page's sentences"
            )
        by_sentence[mention["sentence_id"]].append(mention)
    for _, group in groupby(rows, key):
        yield [_meeting(row, by_sentence[row["sentence_id"]]) for row in group]


def pair_rows(doc_id: str, window: Sequence[Meeting]) -> Iterator[tuple[Row, Span | None]]:
    """The pairs that meet in one window: rows of `cooccurrences`, sorted, with their spans.

    In a window of several sentences, `sentence_id` is the first one that names either, and the span holds the
    dates of all that do.
    """
    mentions: dict[str, list[str]] = {}
    for meeting in window:
        for actor_id, mention_ids in meeting.actors.items():
            mentions.setdefault(actor_id, []).extend(mention_ids)
    for source, target in combinations(sorted(mentions), 2):
        naming = [m for m in window if source in m.actors or target in m.actors]
        span = hull(m.span for m in naming)
        yield (
            {
                "source": source,
                "target": target,
                "doc_id": doc_id,
                "sentence_id": naming[0].sentence_id,
                "source_mention_ids": tuple(mentions[source]),
                "target_mention_ids": tuple(mentions[target]),
                "earliest": str(span.first) if span else "",
                "latest": str(span.last) if span else "",
            },
            span,
        )


def _meeting(sentence: Row, mentions: Iterable[Row]) -> Meeting:
    actors: dict[str, list[str]] = {}
    labels = []
    for mention in mentions:
        if mention["actor_id"]:
            actors.setdefault(mention["actor_id"], []).append(mention["mention_id"])
            labels.append((mention["actor_id"], mention["label"]))
    try:
        span = parse_span(sentence["earliest"], sentence["latest"])
    except ValueError as error:
        raise ValueError(f"{sentence['doc_id']}: sentence {sentence['sentence_id']}: {error}") from None
    return Meeting(sentence["sentence_id"], actors, labels, span)


class _WindowKey:
    """What two sentences of a page must share to stand in one window."""

    def __init__(self, window: str, line_starts: Sequence[int]) -> None:
        self.window, self.line_starts = window, line_starts

    def __call__(self, sentence: Row) -> Hashable:
        if self.window == "sentence":
            return sentence["sentence_id"]
        if self.window == "section":
            return sentence["section_id"]
        return bisect_right(self.line_starts, sentence["start"])


def _window_key(window: str, clean_text: str | None) -> _WindowKey:
    if window not in WINDOWS:
        raise ValueError(f"unknown window {window!r}; expected one of {', '.join(WINDOWS)}")
    if window != "paragraph":
        return _WindowKey(window, ())
    if clean_text is None:
        raise ValueError("paragraphs are the lines of the clean text, which is missing")
    return _WindowKey(window, [i + 1 for i, char in enumerate(clean_text) if char == "\n"])


def group_rows(rows: Iterable[Row], key: str = "doc_id") -> Mapping[str, list[Row]]:
    """The rows of each page, pages in order of appearance."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(row[key], []).append(row)
    return groups
