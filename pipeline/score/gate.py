"""The accuracy gate: figures may not fall, and what changed is named decision by decision.

`gold/baseline.json` pins the F1 of every figure over all pages, the digest of the gold set it was measured
on, and every known disagreement. The tolerance is 0: runs are deterministic, so any fall has a cause in the
code or the gold.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.tables import Row

FORMAT = 1
DIGITS = 6  # of a pinned figure, as in scores.csv
SHOWN = 40  # decisions printed of each kind; a broken stage changes hundreds


class BaselineError(ValueError):
    """A baseline that cannot be used, or a re-pin that would lower a floor; the message says which."""


@dataclass(frozen=True, slots=True)
class Change:
    """A figure that moved; None: it has no value on that side."""

    name: str
    before: float | None
    after: float | None

    def __str__(self) -> str:
        shown = ["none" if v is None else f"{v:.4f}" for v in (self.before, self.after)]
        both = self.before is not None and self.after is not None
        moved = f"  ({self.after - self.before:+.4f})" if both else ""  # type: ignore[operator]
        return f"{self.name:36s} {shown[0]} → {shown[1]}{moved}"


@dataclass(frozen=True, slots=True)
class GateReport:
    """What the gate found; `appeared` and `gone` are disagreements, one readable line each."""

    falls: tuple[Change, ...]
    rises: tuple[Change, ...]
    unpinned: tuple[str, ...]
    appeared: tuple[str, ...]
    gone: tuple[str, ...]
    gold_changed: bool

    @property
    def ok(self) -> bool:
        """Whether the gate lets pass: nothing fell, and the baseline is of this gold set."""
        return not self.falls and not self.gold_changed

    def text(self) -> str:
        """The report to print, ending in the verdict."""
        lines = []
        if self.gold_changed:
            lines.append(
                "The gold set is not the one of the baseline: look at the changes below, then re-pin."
            )
        for title, changes in (("Fell", self.falls), ("Rose", self.rises)):
            lines += [f"{title}:", *(f"  {change}" for change in changes)] if changes else []
        if self.unpinned:
            lines.append(f"Not pinned yet: {', '.join(self.unpinned)}")
        for title, decisions in (("New disagreements", self.appeared), ("Settled disagreements", self.gone)):
            lines += [f"{title} ({len(decisions)}):"] if decisions else []
            lines += [f"  {decision}" for decision in decisions[:SHOWN]]
            lines += [f"  … and {len(decisions) - SHOWN} more"] if len(decisions) > SHOWN else []
        lines.append("gate: passed" if self.ok else "gate: failed")
        return "".join(line + "\n" for line in lines)


def pinned_figures(scores: Iterable[Row]) -> dict[str, float | None]:
    """F1 by `stage/metric` over all pages and labels; these are the floors.

    Figures by label and page are left out: an error that moves from one label to another is no fall.
    """
    return {
        f"{row['stage']}/{row['metric']}": None if row["f1"] is None else round(row["f1"], DIGITS)
        for row in scores
        if not row["label"] and not row["doc_id"]
    }


def describe_error(error: Mapping[str, Any]) -> str:
    """A disagreement on one line. The offsets come last: they tell apart, and a reader wants the words
    first."""
    place = "" if error["start"] is None else f" @{error['start']}-{error['end']}"
    found = f"gold {error['gold'] or '–'}, predicted {error['predicted'] or '–'}"
    return f"{error['stage']}/{error['kind']}: {found}: {error['context']} ({error['doc_id']}{place})"


def error_key(error: Mapping[str, Any]) -> str:
    """A short name of a disagreement, equal for equal decisions at the same place."""
    fields = ("stage", "doc_id", "kind", "start", "end", "gold", "predicted")
    content = "\x1f".join("" if error[f] is None else str(error[f]) for f in fields)
    return hashlib.sha256(content.encode("utf8")).hexdigest()[:16]


def make_baseline(scores: Sequence[Row], errors: Sequence[Row], gold_digest: str) -> dict[str, Any]:
    """A baseline of these figures, as it stands in baseline.json."""
    return {
        "format": FORMAT,
        "gold_sha256": gold_digest,
        "floors": pinned_figures(scores),
        "disagreements": [{"key": error_key(e), "what": describe_error(e)} for e in errors],
    }


def check_gate(
    scores: Sequence[Row], errors: Sequence[Row], baseline: Mapping[str, Any], gold_digest: str
) -> GateReport:
    """Compare figures and disagreements with the baseline.

    A figure falls if its F1 is lower than the floor, or if it is pinned and is no longer measured.
    Raises: BaselineError if the baseline is not of the form that `make_baseline` gives.
    """
    floors, known = _read(baseline)
    figures = pinned_figures(scores)
    falls, rises = [], []
    for name, floor in floors.items():
        value = figures.get(name)
        if floor is not None and (value is None or value < floor):
            falls.append(Change(name, floor, value))
        elif value is not None and (floor is None or value > floor):
            rises.append(Change(name, floor, value))
    before, after = Counter(key for key, _ in known), Counter(error_key(e) for e in errors)
    return GateReport(
        tuple(falls),
        tuple(rises),
        tuple(name for name in figures if name not in floors),
        tuple(_surplus(((error_key(e), describe_error(e)) for e in errors), before)),
        tuple(_surplus(known, after)),
        baseline["gold_sha256"] != gold_digest,
    )


def _read(baseline: Mapping[str, Any]) -> tuple[dict[str, float | None], list[tuple[str, str]]]:
    if baseline.get("format") != FORMAT:
        raise BaselineError(f"baseline: expected format {FORMAT}, found {baseline.get('format')!r}")
    try:
        known = [(d["key"], d["what"]) for d in baseline["disagreements"]]
        floors = {str(k): None if v is None else float(v) for k, v in baseline["floors"].items()}
        str(baseline["gold_sha256"])
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise BaselineError(f"baseline: missing or wrong: {error}") from None
    return floors, known


def _surplus(decisions: Iterable[tuple[str, str]], others: Counter[str]) -> list[str]:
    """The decisions that are not among the others, counting repeats."""
    left = others.copy()
    surplus = []
    for key, what in decisions:
        if left[key]:
            left[key] -= 1
        else:
            surplus.append(what)
    return surplus


def repin(
    scores: Sequence[Row],
    errors: Sequence[Row],
    gold_digest: str,
    baseline: Mapping[str, Any] | None = None,
    *,
    allow_lower: bool = False,
) -> dict[str, Any]:
    """A new baseline from these figures.

    Raises: BaselineError if a floor of the old one would be lowered or lost, unless `allow_lower`.
    """
    if baseline is not None and not allow_lower:
        falls = check_gate(scores, errors, baseline, gold_digest).falls
        if falls:
            listed = "; ".join(f"{' '.join(str(fall).split())}" for fall in falls)
            raise BaselineError(f"re-pin would lower {len(falls)} floors: {listed}")
    return make_baseline(scores, errors, gold_digest)


def format_baseline(baseline: Mapping[str, Any]) -> str:
    """The content of baseline.json."""
    return json.dumps(baseline, ensure_ascii=False, indent=1) + "\n"


def parse_baseline(content: str, file: str) -> dict[str, Any]:
    """Read baseline.json. Raises: BaselineError naming the file."""
    try:
        baseline = json.loads(content)
    except json.JSONDecodeError as error:
        raise BaselineError(f"{file}:{error.lineno}: {error.msg}") from None
    if not isinstance(baseline, dict):
        raise BaselineError(f"{file}: expected an object")
    try:
        _read(baseline)
    except BaselineError as error:
        raise BaselineError(f"{file}: {error}") from None
    return baseline
