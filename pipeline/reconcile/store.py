"""Answers on disk, one JSON file a question, so that no question is asked twice and an interruption loses nothing."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from pipeline.tables import write_text


class AnswerStore:
    """A folder of answers of one service; None keeps nothing. A damaged file counts as missing.

    A question is text that names it. Answers do not age: to ask anew, remove the folder or do without one.
    """

    def __init__(self, folder: Path | None, service: str) -> None:
        self.folder, self.service = folder, service
        if folder is not None:
            folder.mkdir(
                parents=True, exist_ok=True
            )  # a folder that cannot be written fails before any request

    def path(self, question: str) -> Path | None:
        """Where the answer is or would be."""
        if self.folder is None:
            return None
        digest = hashlib.sha256(f"{self.service}\n{question}".encode()).hexdigest()
        return self.folder / f"{digest}.json"

    def get(self, question: str) -> Any:
        """The stored answer, or None."""
        path = self.path(question)
        try:
            stored = json.loads(path.read_bytes()) if path else None
        except (OSError, ValueError, RecursionError):
            return None
        # The file tells which question it answers: one that was copied or renamed is not taken for another.
        if not isinstance(stored, dict) or (stored.get("service"), stored.get("question")) != (
            self.service,
            question,
        ):
            return None
        return stored.get("answer")

    def put(self, question: str, answer: Any) -> None:
        """Keep an answer."""
        if path := self.path(question):
            # ASCII: a service may answer with half a surrogate pair, which UTF-8 cannot hold.
            content = {"service": self.service, "question": question, "answer": answer}
            write_text(path, json.dumps(content, indent=1) + "\n")
