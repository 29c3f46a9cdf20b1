"""The accuracy gate over files: score the tables, compare with baseline.json, pin it anew."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pipeline.job import Job, RunError
from pipeline.score import check_gate, format_baseline, gold_digest, parse_baseline
from pipeline.score import repin as new_baseline
from pipeline.score.scoring import ScoreResult
from pipeline.stages import score_outputs
from pipeline.tables import write_text

BASELINE = "baseline.json"


def run_check(job: Job, *, repin: bool = False, allow_lower: bool = False) -> tuple[str, bool]:
    """What the gate says of the tables under the outputs folder, and whether it lets them pass.

    With `repin`, the present figures become the floors; only `allow_lower` lets one of them sink.
    Raises: RunError without tables, gold or baseline; BaselineError; GoldError.
    """
    result = score_outputs(job)
    folder = job.gold or Path()
    if not result.scores:
        raise RunError(f"{folder}: no labelled page among those of {job.outputs}")
    path = folder / BASELINE
    baseline = parse_baseline(path.read_text(encoding="utf8"), str(path)) if path.exists() else None
    digest = gold_digest(folder)
    if repin:
        return _pin(path, result, digest, baseline, allow_lower), True
    if baseline is None:
        raise RunError(f"{path}: missing; `check --repin` writes it")
    report = check_gate(result.scores, result.errors, baseline, digest)
    return report.text(), report.ok


def _pin(
    path: Path, result: ScoreResult, digest: str, baseline: dict[str, Any] | None, allow_lower: bool
) -> str:
    pinned = new_baseline(result.scores, result.errors, digest, baseline, allow_lower=allow_lower)
    write_text(path, format_baseline(pinned))
    return (
        f"{path}: {len(pinned['floors'])} floors pinned, {len(pinned['disagreements'])} known disagreements\n"
    )
