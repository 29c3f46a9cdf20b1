"""The page function over several processes: each loads the model once; one that dies or hangs costs a retry."""

from __future__ import annotations

import multiprocessing
import signal
import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

from pipeline import engine
from pipeline.engine import Item, Work
from pipeline.job import PageFailure, RunError

ATTEMPTS = 3
START = 300.0  # seconds to load the model; a cold disk may take a minute
# A page may take this long for each of its bytes on top of the timeout: a tenth of the speed of a slow machine.
SECONDS_PER_BYTE = 1 / 2000
Batch = Sequence[tuple[int, Path]]
Result = tuple[Item, bytes | PageFailure]


def worker_main(connection: Connection, work: Work) -> None:
    """Serve batches until the other end closes: a message per page, then None."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent ends us
    try:
        tools = engine.Tools.load(work.config)
    except ValueError as error:
        connection.send(("broken", str(error)))
        return
    connection.send(("ready", None))
    try:
        while True:
            items = connection.recv()
            for n, result in enumerate(engine.do_items(items, work, tools)):
                connection.send((n, result))
            connection.send(("done", None))
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return


@contextmanager
def _deaf_to_interrupts() -> Iterator[None]:
    """Let processes that are started meanwhile ignore Ctrl-C from their first moment on."""
    if threading.current_thread() is not threading.main_thread():
        yield  # signals belong to the main thread; `worker_main` ignores them as soon as it runs
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


class Worker:
    """A process and the batch that it has."""

    def __init__(self, work: Work, timeout: float) -> None:
        # Not forked: a fork of a process with threads (BLAS, a progress bar) may hang.
        context = multiprocessing.get_context("spawn")
        self.connection, theirs = context.Pipe()
        self.process = context.Process(target=worker_main, args=(theirs, work), daemon=True)
        with _deaf_to_interrupts():
            self.process.start()
        theirs.close()
        self.timeout = timeout
        self.ready = False
        self.items: list[Item] = []
        self.finished = 0
        self.deadline = time.monotonic() + START

    @property
    def free(self) -> bool:
        """Whether it waits for a batch."""
        return self.ready and not self.items

    def give(self, items: list[Item]) -> None:
        """Hand over a batch."""
        self.items, self.finished = items, 0
        self.extend()
        self.connection.send(items)

    def extend(self) -> None:
        """Start the clock anew: for the pages that are left, as the model reads a batch in one go."""
        left = sum(len(item.data) for item in self.items[self.finished :])
        self.deadline = time.monotonic() + self.timeout + left * SECONDS_PER_BYTE

    def end(self, grace: float = 0.0) -> str:
        """Kill it if it is not dead within `grace` seconds; says how it ended."""
        self.process.join(grace)
        died = not self.process.is_alive()
        self.process.kill()
        self.process.join()
        self.connection.close()
        code = self.process.exitcode or 0
        return f"its process died ({_signal(-code) if code < 0 else f'exit {code}'})" if died else "no answer"


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def run_workers(batches: Sequence[Batch], work: Work, *, jobs: int, timeout: float) -> Iterator[Result]:
    """Results in order of arrival. A page whose worker is lost is tried alone; after three times it is a failure.

    Raises: RunError if no worker can be started.
    """
    pool = Pool(batches, work, min(jobs, len(batches)), timeout)
    try:
        yield from pool.results()
    finally:
        pool.end()


class Pool:
    """The workers of a run and the batches that wait."""

    def __init__(self, batches: Sequence[Batch], work: Work, jobs: int, timeout: float) -> None:
        self.queue: deque[Batch] = deque(batches)
        self.work, self.timeout = work, timeout
        self.attempts: dict[int, int] = {}
        self.stillborn = 0
        self.workers = [Worker(work, timeout) for _ in range(jobs)]

    def end(self) -> None:
        """Leave no process behind."""
        for worker in self.workers:
            worker.end()
        self.workers = []

    def results(self) -> Iterator[Result]:
        """Serve until every batch is done."""
        while True:
            for worker in self.workers:
                while worker.free and self.queue:
                    items, failures = engine.read_items(self.queue.popleft(), self.work.config)
                    yield from failures
                    if items and not self._give(worker, items):
                        break
            if not self.queue and not any(worker.items for worker in self.workers):
                return
            yield from self._listen()

    def _give(self, worker: Worker, items: list[Item]) -> bool:
        try:
            worker.give(items)
        except (BrokenPipeError, ConnectionResetError):
            return False  # its death shows at the next listening
        return True

    def _listen(self) -> Iterator[Result]:
        soonest = min(worker.deadline for worker in self.workers)
        heard = wait([w.connection for w in self.workers], timeout=max(0.0, soonest - time.monotonic()))
        for worker in list(self.workers):
            if worker.connection in heard:
                try:
                    message = worker.connection.recv()
                except (EOFError, OSError):
                    yield from self._lost(worker, grace=5.0)
                    continue
                yield from self._take(worker, *message)
            elif time.monotonic() > worker.deadline and (worker.items or not worker.ready):
                yield from self._lost(worker)
            elif worker.free:
                worker.deadline = time.monotonic() + self.timeout

    def _take(self, worker: Worker, what: Any, result: Any) -> Iterator[Result]:
        if what == "broken":
            raise RunError(result)
        if what == "ready":
            worker.ready = True
            worker.extend()
        elif what == "done":
            worker.items = []
        else:
            worker.finished = what + 1
            worker.extend()
            yield worker.items[what], result

    def _lost(self, worker: Worker, *, grace: float = 0.0) -> Iterator[Result]:
        """Put a lost worker's pages back, each alone, and start another worker."""
        ready, left = worker.ready, worker.items[worker.finished :]
        self.workers.remove(worker)
        reason = worker.end(grace)
        if not ready:
            self.stillborn += 1
            if self.stillborn >= ATTEMPTS:
                raise RunError(f"worker processes cannot be started: {reason}")
        for item in left:
            self.attempts[item.index] = self.attempts.get(item.index, 0) + 1
            if self.attempts[item.index] >= ATTEMPTS:
                yield (
                    item,
                    PageFailure(item.path, f"given up after {ATTEMPTS} attempts: {reason}", passing=True),
                )
            else:
                self.queue.appendleft([(item.index, Path(item.path))])
        self.workers.append(Worker(self.work, self.timeout))
