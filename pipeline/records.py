"""The records that the stages hand to each other.

All offsets are half-open and count Unicode code points. `start`/`end` index the clean text of the page
(`Page.text`, the bytes of `clean/<doc_id>.txt` decoded); `raw_start`/`raw_end` index the raw file decoded as UTF-8
without newline translation. Calendar days are ISO 8601 strings; a year before 1 AD is astronomical (480 BC is `-0479`).
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field, replace

__all__ = [
    "Annotation",
    "Blurb",
    "Entity",
    "Linked",
    "Mention",
    "Page",
    "Section",
    "Segment",
    "Sentence",
    "SourceMap",
    "Timex",
    "replace",
]


@dataclass(frozen=True, slots=True)
class Segment:
    """One stretch of the source map.

    A kept stretch has rule "" and equal raw and clean length; an inserted one has rule "insert" and an empty raw
    span; a removed one has an empty clean span and the name of the rule that removed it.
    """

    raw_start: int
    raw_end: int
    start: int
    end: int
    rule: str

    @property
    def kept(self) -> bool:
        """Whether the stretch stands in the clean text as it stands in the raw one."""
        return self.rule == ""


@dataclass(frozen=True, slots=True)
class SourceMap:
    """Where every clean character comes from: segments in order, which tile both the raw and the clean text."""

    segments: tuple[Segment, ...]
    _starts: tuple[int, ...] = field(default=(), repr=False, compare=False)
    _filled: tuple[Segment, ...] = field(default=(), repr=False, compare=False)

    def __post_init__(self) -> None:
        filled = tuple(s for s in self.segments if s.end > s.start)
        object.__setattr__(self, "_filled", filled)
        object.__setattr__(self, "_starts", tuple(s.start for s in filled))

    def raw_offset(self, index: int) -> int:
        """Raw position of the clean character at `index`; an inserted one has the position it was inserted at."""
        i = bisect_right(self._starts, index) - 1
        if i < 0 or index >= self._filled[i].end:
            raise IndexError(f"no clean character at {index}")
        seg = self._filled[i]
        return seg.raw_start + (index - seg.start) if seg.kept else seg.raw_start

    def raw_span(self, start: int, end: int) -> tuple[int, int]:
        """Raw position of the first character of a clean span, and one past that of its last character."""
        if end <= start:
            raise ValueError(f"empty clean span {start}-{end}")
        i = bisect_right(self._starts, start) - 1
        seg = self._filled[i] if i >= 0 else None
        if seg is not None and seg.kept and end <= seg.end:  # most spans lie in one stretch
            shift = seg.raw_start - seg.start
            return start + shift, end + shift
        return self.raw_offset(start), self.raw_offset(end - 1) + 1


@dataclass(frozen=True, slots=True)
class Section:
    """A section of the page; dropped sections (back matter) have `start == end == None` and `kept` False.

    `start`/`end` span the section's prose without its heading line; the lead has an empty title.
    """

    section_id: str
    title: str
    start: int | None
    end: int | None
    raw_start: int
    raw_end: int
    kept: bool


@dataclass(frozen=True, slots=True)
class Blurb:
    """A link of the page with its inline blurb.

    `start`/`end` span the anchor in the clean text (None in dropped sections), `raw_start`/`raw_end` in the raw
    text; `blurb_raw_*` span the blurb. `blurb` is verbatim, `gloss` the same unrolled for reading. `target` is the
    title of the linked article where the layout shows it, else "". A link without a blurb (wikitext, HTML) has an
    empty blurb whose raw span is empty.
    """

    blurb_id: str
    anchor: str
    start: int | None
    end: int | None
    raw_start: int
    raw_end: int
    blurb: str
    blurb_raw_start: int
    blurb_raw_end: int
    kind: str
    truncated: bool
    gloss: str = ""
    target: str = ""
    entity_id: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """A cleaned page. `text` has `## Heading` lines, one line per paragraph, a blank line between sections."""

    doc_id: str
    title: str
    layout: str
    sha256: str
    raw_chars: int
    text: str
    sections: tuple[Section, ...]
    blurbs: tuple[Blurb, ...]
    source: SourceMap


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence; it lies inside one paragraph of one section. `dated_by` is own, narrative or empty."""

    sentence_id: str
    section_id: str
    start: int
    end: int
    earliest: str = ""
    latest: str = ""
    dated_by: str = ""
    tokens: int = 0


@dataclass(frozen=True, slots=True)
class Mention:
    """A name as recognised (and later linked). `method` says what decided, `score` in 0..1 how surely."""

    mention_id: str
    sentence_id: str
    start: int
    end: int
    text: str
    label: str
    method: str = ""
    score: float = 1.0
    entity_id: str = ""
    actor_id: str = ""


@dataclass(frozen=True, slots=True)
class Timex:
    """A date expression: TIMEX3 `type`, `value`, `mod`, its EDTF form, and the first and last day it covers.

    A DURATION or SET has no EDTF and no days. The two ends of a range share `range_id`.
    """

    date_id: str
    sentence_id: str
    start: int
    end: int
    text: str
    type: str
    value: str
    mod: str = ""
    edtf: str = ""
    earliest: str = ""
    latest: str = ""
    range_id: str = ""


@dataclass(frozen=True, slots=True)
class Annotation:
    """What `annotate` finds on one page, each in text order."""

    sentences: tuple[Sentence, ...]
    mentions: tuple[Mention, ...]
    dates: tuple[Timex, ...]


@dataclass(frozen=True, slots=True)
class Entity:
    """What a name refers to. `type` is a mention label; `valid_from`/`valid_to` are ISO days, months or years
    (life dates of a person, existence of a state or organisation), empty if unknown."""

    entity_id: str
    name: str
    type: str
    aliases: tuple[str, ...] = ()
    description: str = ""
    wikidata_id: str = ""
    iso3: str = ""
    cow_code: str = ""
    gw_code: str = ""
    valid_from: str = ""
    valid_to: str = ""
    is_actor: bool = False


@dataclass(frozen=True, slots=True)
class Linked:
    """What `link` decides on one page: the mentions with ids, the entities they name, `blurb_id` → `entity_id`."""

    mentions: tuple[Mention, ...]
    entities: tuple[Entity, ...]
    blurb_entities: dict[str, str]
