"""What a reconciliation service answers: its manifest, and candidates for each query. Trusts nothing it reads."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

VERSIONS = ("0.1", "0.2")  # both read form-encoded queries; later ones take another request
WIKIDATA = re.compile(r"https?://www\.wikidata\.org/entity/")
RE_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]+")
MESSAGE_CHARS = 120


class AnswerError(ValueError):
    """An answer that is not what the protocol says; the message tells what was found."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a service says of itself. view: address of an item with `{{id}}` for its id, or empty."""

    name: str
    identifier_space: str
    view: str

    @property
    def is_wikidata(self) -> bool:
        """Whether its ids, and so its types and properties, are Wikidata's."""
        return WIKIDATA.fullmatch(self.identifier_space) is not None


@dataclass(frozen=True, slots=True)
class Candidate:
    """An item that may be the entity. score is on the service's own scale; match: the service is sure."""

    id: str
    name: str
    types: tuple[str, ...]
    score: float | None
    match: bool
    description: str


def parse_manifest(raw: Any) -> Manifest:
    """Read a manifest. Raises: AnswerError if it is none, or speaks only versions that we do not."""
    if not isinstance(raw, dict) or not _text(raw.get("name")):
        raise AnswerError(f"no manifest of a reconciliation service: {shorten(raw)}")
    versions = raw.get("versions", [])  # services older than 0.2 give none
    if not isinstance(versions, list) or (versions and not set(map(str, versions)) & set(VERSIONS)):
        raise AnswerError(f"speaks version {shorten(versions)} of the protocol, not {' or '.join(VERSIONS)}")
    view = raw.get("view")
    url = _text(view.get("url")) if isinstance(view, dict) else ""
    usable = url.startswith(("http://", "https://")) and "{{id}}" in url
    return Manifest(_text(raw["name"]), _text(raw.get("identifierSpace")), url if usable else "")


def parse_batch(raw: Any, keys: Iterable[str]) -> dict[str, tuple[Candidate, ...] | AnswerError]:
    """Candidates for each key of a batch, best score first; an AnswerError where one answer cannot be read.

    Raises: AnswerError if the answer as a whole cannot be read.
    """
    wanted = list(keys)
    if not isinstance(raw, dict) or not any(key in raw for key in wanted):
        raise AnswerError(f"unexpected answer: {_said(raw)}")
    return {key: _try_result(raw.get(key)) for key in wanted}


def _said(raw: Any) -> str:
    """The message of an error answer, else the answer itself."""
    said = [_text(raw.get(k)) for k in ("message", "details", "error")] if isinstance(raw, dict) else []
    return shorten(": ".join(text for text in said if text) or raw)


def _try_result(raw: Any) -> tuple[Candidate, ...] | AnswerError:
    try:
        return parse_result(raw)
    except AnswerError as error:
        return error


def parse_result(raw: Any) -> tuple[Candidate, ...]:
    """Candidates of one `{"result": [...]}`, best score first, each id once. Raises: AnswerError."""
    items = raw.get("result") if isinstance(raw, dict) else None
    if not isinstance(items, list):
        raise AnswerError(f"no result for it: {_said(raw)}")
    candidates: dict[str, Candidate] = {}
    for item in items:
        candidate = _candidate(item)
        candidates.setdefault(candidate.id, candidate)
    return tuple(sorted(candidates.values(), key=_rank))


def _rank(candidate: Candidate) -> float:
    return math.inf if candidate.score is None else -candidate.score


def _candidate(raw: Any) -> Candidate:
    if not isinstance(raw, dict) or not _text(raw.get("id")):
        raise AnswerError(f"a candidate without an id: {shorten(raw)}")
    types = raw.get("type")
    return Candidate(
        id=_text(raw["id"]),
        name=_text(raw.get("name")),
        types=tuple(filter(None, map(_type_name, types))) if isinstance(types, list) else (),
        score=_number(raw.get("score")),
        match=raw.get("match") is True,
        description=_text(raw.get("description")),
    )


def _type_name(raw: Any) -> str:
    """A type's name, else its id; version 0.2 lets a bare string stand for the id."""
    return _text(raw.get("name")) or _text(raw.get("id")) if isinstance(raw, dict) else _text(raw)


def _number(raw: Any) -> float | None:
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        return None
    try:
        return float(raw) if math.isfinite(raw) else None
    except OverflowError:  # an integer that no float holds
        return None


def _text(raw: Any) -> str:
    """Text on one line, that can be written as UTF-8; empty for anything that is no text."""
    return " ".join(RE_CONTROL.sub(" ", raw).split()) if isinstance(raw, str) else ""


def shorten(raw: Any) -> str:
    """The beginning of an answer, on one line, for a message."""
    text = _text(raw if isinstance(raw, str) else repr(raw)) or "nothing"
    return text if len(text) <= MESSAGE_CHARS else text[: MESSAGE_CHARS - 1] + "…"
