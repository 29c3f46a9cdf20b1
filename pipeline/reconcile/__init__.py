"""Ask a reconciliation service for ids of entities that have none; the answers are candidates, for review.

Nothing here runs as part of the pipeline: the `reconcile` command alone makes requests, and only when called.
"""

from pipeline.reconcile.ask import Failure, Reconciliation, reconcile_entities
from pipeline.reconcile.client import ServiceError, check_service

__all__ = ["Failure", "Reconciliation", "ServiceError", "check_service", "reconcile_entities"]
