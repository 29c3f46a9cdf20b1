"""The `reconcile` command without its options: tables in, table out, lines to say, exit code."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pipeline.describe import describe_outputs
from pipeline.job import one_line, read_stage
from pipeline.reconcile.ask import Progress, Reconciliation, reconcile_entities
from pipeline.tables import TABLES, write_table

# Hidden, so that it is neither described in datapackage.json nor swept by the cache of pages.
CACHE = ".reconciliation"
TABLE = "reconciliation"


def reconcile(
    outputs: Path, service: str, *, cache_dir: Path | None, batch_size: int, delay: float, timeout: float,
    retries: int, limit: int, progress: Progress, say: Callable[[str], None], fail: Callable[[str], None],
) -> int:  # fmt: skip
    """Write reconciliation.csv beside entities.csv, which is read and never changed.

    Parameters: see `reconcile_entities`; say and fail take a line each, of news and of failure.
    Returns: exit code, 1 if some entities could not be asked about; what the others got is written all the same.
    Raises: RunError if `link` has not run, TableError, ServiceError, OSError.
    """
    entities = read_stage(outputs, "entities")
    done = reconcile_entities(
        entities, service=service, cache_dir=cache_dir, batch_size=batch_size, delay=delay, timeout=timeout,
        retries=retries, limit=limit, progress=progress,
    )  # fmt: skip
    write_table(outputs, TABLE, done.rows)
    if (outputs / "datapackage.json").is_file():
        describe_outputs(outputs)
    for failure in done.failures:
        fail(one_line(str(failure)))
    say(_summary(done, outputs))
    return 1 if done.failures else 0


def _summary(done: Reconciliation, outputs: Path) -> str:
    found = len({row["entity_id"] for row in done.rows})
    sure = sum(row["match"] for row in done.rows)
    missed = len({i for failure in done.failures for i in failure.entity_ids})
    return (
        f"{outputs / TABLES[TABLE].filename}: {len(done.rows)} candidates for {found} of {done.asked} entities without "
        f"an id, {sure} of them sure; {missed} could not be asked; {done.cached} from the cache"
    )
