"""Entities in, candidates out: which questions are left, in which batches, and what becomes of the answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.reconcile.answer import (
    AnswerError,
    Candidate,
    Manifest,
    parse_batch,
    parse_manifest,
    parse_result,
)
from pipeline.reconcile.client import Client, ServiceError
from pipeline.reconcile.query import Query, build_query, canonical, without_type
from pipeline.reconcile.store import AnswerStore
from pipeline.tables import Row

Progress = Callable[[str, int, int], None]
Answer = tuple[Candidate, ...]

MANIFEST = "manifest"  # the question of this name; all others are JSON
# A service that fails this many batches in a row, each with all its retries, is not there: leave it alone.
GIVE_UP = 3


@dataclass(frozen=True, slots=True)
class Failure:
    """Entities that could not be asked about, and why."""

    entity_ids: tuple[str, ...]
    reason: str

    def __str__(self) -> str:
        first, more = self.entity_ids[0], len(self.entity_ids) - 1
        return f"{first}{f' and {more} more' if more else ''}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """rows of reconciliation.csv; failures; entities asked about; of these, answered from the cache alone."""

    rows: list[Row]
    failures: tuple[Failure, ...]
    asked: int
    cached: int


def reconcile_entities(
    rows: Iterable[Row], *, service: str, cache_dir: Path | None, batch_size: int = 10, delay: float = 1.0,
    timeout: float = 60.0, retries: int = 4, limit: int = 5, progress: Progress = lambda stage, done, total: None,
    client: Client | None = None,
) -> Reconciliation:  # fmt: skip
    """Candidates of a reconciliation service for the entities without a Wikidata id.

    Parameters: rows of entities.csv; service, the address of its API; cache_dir, folder of answers that are kept,
    None for none; batch_size, questions in one request; delay, timeout, retries, see `Client`; limit, candidates
    for an entity; client, to ask with instead of a new one.
    Returns: rows sorted by entity_id, best candidate first; they depend on the answers alone, not on batches.
    Raises: ServiceError if the service is none, or its manifest cannot be read; OSError if the cache cannot.
    What is answered is in the cache before the next request: an interrupted call goes on where it was.
    An entity without a candidate of its type is asked about once more without the type.
    """
    entities = sorted((row for row in rows if not row["wikidata_id"]), key=lambda row: row["entity_id"])
    if not entities:
        return Reconciliation([], (), 0, 0)
    client = client or Client(service, delay=delay, timeout=timeout, retries=retries)
    asker = _Asker(client, AnswerStore(cache_dir, client.service), batch_size, progress)
    manifest = asker.manifest()
    queries = {r["entity_id"]: build_query(r, limit=limit, wikidata=manifest.is_wikidata) for r in entities}
    asker.ask(queries, "reconcile")
    loose = {i: without_type(q) for i, q in queries.items() if "type" in q and asker.answer(q) == ()}
    asker.ask(loose, "reconcile, any type")
    queries |= loose
    found = [
        _row(entity, candidate, query, manifest)
        for entity in entities
        for query in (queries[entity["entity_id"]],)
        for candidate in asker.answer(query) or ()
    ]
    failed = {entity_id for failure in asker.failures for entity_id in failure.entity_ids}
    return Reconciliation(
        found, tuple(asker.failures), len(entities), len(entities) - len(asker.sent | failed)
    )


def _row(entity: Row, candidate: Candidate, query: Query, manifest: Manifest) -> Row:
    return {
        "entity_id": entity["entity_id"],
        "name": entity["name"],
        "type": entity["type"],
        "candidate_id": candidate.id,
        "candidate_name": candidate.name,
        "candidate_types": candidate.types,
        "score": candidate.score,
        "match": candidate.match,
        "query": canonical(query),
        "candidate_description": candidate.description,
        "candidate_url": manifest.view.replace("{{id}}", candidate.id),
    }


@dataclass(slots=True)
class _Asker:
    """Keeps the answers of one service, those of the store first. sent: entities that took a request."""

    client: Client
    store: AnswerStore
    batch_size: int
    progress: Progress
    answers: dict[str, Answer] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)
    sent: set[str] = field(default_factory=set)
    failed_in_row: int = 0

    def answer(self, query: Query) -> Answer | None:
        """The candidates for a query; None if it failed."""
        return self.answers.get(canonical(query))

    def manifest(self) -> Manifest:
        """The manifest, kept like an answer. Raises: ServiceError."""
        try:
            if (stored := self.store.get(MANIFEST)) is not None:
                return parse_manifest(stored)
        except AnswerError:
            pass  # a stored file that someone has edited
        try:
            manifest = parse_manifest(raw := self.client.manifest())
        except (ServiceError, AnswerError) as error:
            raise ServiceError(f"{self.client.service}: {error}") from None
        self.store.put(MANIFEST, raw)
        return manifest

    def ask(self, queries: dict[str, Query], stage: str) -> None:
        """Find the answers to queries by entity: what is stored, then the rest in batches."""
        askers: dict[str, list[str]] = {}  # question → entities; two of one name and type share theirs
        by_text: dict[str, Query] = {}
        for entity_id, query in queries.items():
            askers.setdefault(canonical(query), []).append(entity_id)
            by_text[canonical(query)] = query
        left = [text for text in askers if not self._recall(text)]
        done = len(by_text) - len(left)
        for start in range(0, len(left), self.batch_size):
            if self.failed_in_row >= GIVE_UP:
                self._fail(left[start:], askers, f"not asked, after {GIVE_UP} requests in a row had failed")
                return
            texts = left[start : start + self.batch_size]
            self.sent.update(i for text in texts for i in askers[text])
            self._ask_batch({text: by_text[text] for text in texts}, askers)
            done += len(texts)
            self.progress(stage, done, len(by_text))

    def _recall(self, text: str) -> bool:
        """Whether the store has the answer."""
        if text in self.answers:
            return True
        try:
            self.answers[text] = parse_result(self.store.get(text))
        except AnswerError:
            return False
        return True

    def _ask_batch(self, queries: dict[str, Query], askers: dict[str, list[str]]) -> None:
        keys = {f"q{n}": text for n, text in enumerate(queries)}
        try:
            raw = self.client.ask({key: queries[text] for key, text in keys.items()})
            parsed = parse_batch(raw, keys)
        except (ServiceError, AnswerError) as error:
            self.failed_in_row += 1
            self._fail(queries, askers, str(error))
            return
        self.failed_in_row = 0
        for key, answer in parsed.items():
            if isinstance(answer, AnswerError):
                self._fail([keys[key]], askers, str(answer))
            else:
                self.answers[keys[key]] = answer
                self.store.put(keys[key], raw[key])

    def _fail(self, texts: Iterable[str], askers: dict[str, list[str]], reason: str) -> None:
        self.failures.append(Failure(tuple(sorted(i for text in texts for i in askers[text])), reason))
