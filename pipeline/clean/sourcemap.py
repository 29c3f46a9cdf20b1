"""Build the source map: what is kept, removed and inserted, in raw order."""

from __future__ import annotations

from pipeline.records import Segment, SourceMap


class MapBuilder:
    """Collect the clean text and its segments; every raw character is kept or removed exactly once.

    `keep` and `drop` must be called in raw order; raw text skipped between two calls is an error, not a guess.
    """

    def __init__(self, raw: str) -> None:
        self.raw = raw
        self.at = 0  # raw position up to which every character is accounted for
        self.length = 0  # clean characters so far
        self.parts: list[str] = []
        self._segments: list[tuple[int, int, int, int, str]] = []

    def _advance(self, start: int, end: int) -> None:
        if start != self.at or end < start:
            raise ValueError(f"source map: expected raw position {self.at}, found {start}-{end}")
        self.at = end

    def keep(self, start: int, end: int) -> None:
        """Copy a raw span to the clean text."""
        self._advance(start, end)
        if end == start:
            return
        self.parts.append(self.raw[start:end])
        size = self.length + end - start
        last = self._segments[-1] if self._segments else None
        if last and last[4] == "" and last[1] == start:
            self._segments[-1] = (last[0], end, last[2], size, "")
        else:
            self._segments.append((start, end, self.length, size, ""))
        self.length = size

    def drop(self, start: int, end: int, rule: str) -> None:
        """Leave a raw span out, for the reason `rule` names."""
        self._advance(start, end)
        if end == start:
            return
        last = self._segments[-1] if self._segments else None
        if last and last[4] == rule and last[1] == start:
            self._segments[-1] = (last[0], end, last[2], last[3], rule)
        else:
            self._segments.append((start, end, self.length, self.length, rule))

    def put(self, text: str) -> None:
        """Insert text that the raw page lacks, at the present raw position."""
        if text:
            self.parts.append(text)
            size = self.length + len(text)
            self._segments.append((self.at, self.at, self.length, size, "insert"))
            self.length = size

    def gap(self, start: int, end: int, wanted: str) -> None:
        """Turn a raw gap of white space into `wanted`, keeping characters of the gap where they serve."""
        self._advance(start, start)
        at = start
        for char in wanted:
            hit = self.raw.find(char, at, end)
            if hit < 0:
                self.put(char)
                continue
            self.drop(at, hit, "line-break")
            self.keep(hit, hit + 1)
            at = hit + 1
        self.drop(at, end, "line-break")

    def finish(self) -> tuple[str, SourceMap]:
        """The clean text and its source map.

        Raises: ValueError if raw text is left over.
        """
        if self.at != len(self.raw):
            raise ValueError(f"source map: raw text from {self.at} is not accounted for")
        return "".join(self.parts), SourceMap(tuple(Segment(*s) for s in self._segments))
