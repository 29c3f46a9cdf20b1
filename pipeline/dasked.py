"""The page function on an existing Dask cluster; the cluster's machines need this package, not the files."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path

from pipeline import engine
from pipeline.engine import Work
from pipeline.job import PageFailure, RunError
from pipeline.workers import ATTEMPTS, Batch, Result

CONNECT = 20  # seconds to wait for the scheduler


def run_dask(batches: Sequence[Batch], work: Work, address: str, *, timeout: float) -> Iterator[Result]:
    """Results in order of arrival; pages of a task that is lost are tried alone, three times in all.

    Raises: RunError if `distributed` is not installed or there is no scheduler at the address.
    """
    try:
        from distributed import Client
    except ImportError:
        raise RunError("--dask needs `pip install 'wiki-relations[dask]'`") from None
    try:
        client = Client(address, timeout=CONNECT)
    except (OSError, ValueError, TimeoutError) as error:
        raise RunError(f"no Dask scheduler at {address}: {error}") from None
    try:
        yield from _results(client, deque(batches), work, timeout)
    finally:
        client.close()


def _results(client, queue: deque[Batch], work: Work, timeout: float) -> Iterator[Result]:  # type: ignore[no-untyped-def]
    from distributed import wait

    attempts: dict[int, int] = {}
    running: dict = {}
    # Enough tasks under way to keep every thread busy, few enough to hold little in memory.
    window = 2 * max(1, sum(client.nthreads().values()))
    while queue or running:
        while queue and len(running) < window:
            items, failures = engine.read_items(queue.popleft(), work.config)
            yield from failures
            if items:
                running[client.submit(engine.do_remote, items, work, pure=False, retries=0)] = items
        if not running:
            continue
        try:
            finished = list(wait(list(running), timeout=timeout, return_when="FIRST_COMPLETED").done)
        except TimeoutError:
            finished = list(running)
        for future in finished:
            items = running.pop(future)
            if future.status == "finished":
                yield from zip(items, future.result(), strict=True)
                continue
            reason = "no answer" if future.status == "pending" else f"{type(future.exception()).__name__}"
            future.cancel()
            for item in items:
                attempts[item.index] = attempts.get(item.index, 0) + 1
                if attempts[item.index] >= ATTEMPTS:
                    yield (
                        item,
                        PageFailure(item.path, f"given up after {ATTEMPTS} attempts: {reason}", passing=True),
                    )
                else:
                    queue.appendleft([(item.index, Path(item.path))])
