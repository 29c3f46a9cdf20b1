"""A reconciliation service on 127.0.0.1 for tests: speaks the protocol, and misbehaves as it is told."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

MANIFEST = {
    "versions": ["0.1", "0.2"],
    "name": "Test (en)",
    "identifierSpace": "http://www.wikidata.org/entity/",
    "schemaSpace": "http://www.wikidata.org/prop/direct/",
    "view": {"url": "https://www.wikidata.org/wiki/{{id}}"},
    "defaultTypes": [{"id": "Q35120", "name": "entity"}],
}
ITEMS = {  # name → (id, type id, type name); invented but for the well-known ones
    "Enver Hoxha": ("Q35905", "Q5", "human"),
    "NATO": ("Q7184", "Q43229", "organization"),
    "Balkans": ("Q23522", "Q82794", "geographic region"),
    "Free Ukraine": ("Q999", "Q11032", "newspaper"),  # not of the type that is asked for first
}
Reply = Callable[["Handler", dict[str, Any]], Any]


class Handler(BaseHTTPRequestHandler):
    """Counts what is asked; takes the next planned misbehaviour, else answers."""

    protocol_version = "HTTP/1.1"
    service: Service

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        self.service.gets.append(self.path)
        self.reply("manifest", {})

    def do_POST(self) -> None:
        form = parse_qs(
            self.rfile.read(int(self.headers["Content-Length"])).decode("ascii"), strict_parsing=True
        )
        assert self.headers["Content-Type"] == "application/x-www-form-urlencoded"
        (text,) = form["queries"]
        self.service.batches.append(json.loads(text))
        self.reply("batch", json.loads(text))

    def reply(self, kind: str, queries: dict[str, Any]) -> None:
        self.service.agents.append(self.headers["User-Agent"])
        plan = self.service.plans[kind]
        answer = plan.pop(0) if plan else (manifest if kind == "manifest" else results)
        with suppress(BrokenPipeError, ConnectionResetError):  # the client has had enough
            answer(self, queries)

    def send(self, body: bytes, status: int = 200, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        if "Content_Length" not in headers:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Service:
    """What was asked, and what to answer next: `plans["batch"]` holds replies for the coming requests."""

    def __init__(self) -> None:
        self.gets: list[str] = []
        self.batches: list[dict[str, Any]] = []
        self.agents: list[str] = []
        self.plans: dict[str, list[Reply]] = {"manifest": [], "batch": []}
        self.url = ""

    @property
    def requests(self) -> int:
        return len(self.gets) + len(self.batches)

    @property
    def asked(self) -> list[str]:
        """The names that were asked about, in order."""
        return [query["query"] for batch in self.batches for query in batch.values()]

    def plan(self, *replies: Reply, kind: str = "batch") -> None:
        self.plans[kind] += replies


@contextmanager
def running() -> Iterator[Service]:
    service = Service()
    handler = type("Bound", (Handler,), {"service": service})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    service.url = f"http://127.0.0.1:{server.server_port}/en/api"
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


# -- replies


def manifest(handler: Handler, queries: dict[str, Any]) -> None:
    handler.send(json.dumps(MANIFEST).encode())


def result(query: dict[str, Any]) -> dict[str, Any]:
    """The item of this name if it is of a type that is asked for, and a worse one that always fits."""
    name = query["query"]
    found = []
    if name in ITEMS:
        qid, type_id, type_name = ITEMS[name]
        if not query.get("type") or type_id in query["type"]:
            types = [{"id": type_id, "name": type_name}]
            found.append(
                {"id": "Q1", "name": f"{name} (film)", "score": 41.5, "match": False, "type": ["Q11424"]}
            )
            found.append(
                {"id": qid, "name": name, "score": 100, "match": True, "type": types, "description": "known"}
            )
    return {"result": found[: query["limit"]]}


def results(handler: Handler, queries: dict[str, Any]) -> None:
    handler.send(json.dumps({key: result(query) for key, query in queries.items()}).encode())


def body(content: bytes | Any, status: int = 200, **headers: str) -> Reply:
    """A fixed answer: bytes as they are, anything else as JSON."""
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    return lambda handler, queries: handler.send(data, status, **headers)


def status(code: int, **headers: str) -> Reply:
    return body(b"<html>no</html>", code, **headers)


def first(content: Any) -> Reply:
    """As usual, but `content` for the first query of the batch; None leaves it out."""

    def reply(handler: Handler, queries: dict[str, Any]) -> None:
        answer = {key: result(query) for key, query in queries.items()} | {"q0": content}
        handler.send(json.dumps({k: v for k, v in answer.items() if v is not None}).encode())

    return reply


def slow(seconds: float) -> Reply:
    def reply(handler: Handler, queries: dict[str, Any]) -> None:
        time.sleep(seconds)
        results(handler, queries)

    return reply


def trickle(handler: Handler, queries: dict[str, Any]) -> None:
    """A byte now and then, so that no single read takes long; 3 s in all."""
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    for _ in range(60):
        handler.wfile.write(b" ")
        handler.wfile.flush()
        time.sleep(0.05)


def hang_up(handler: Handler, queries: dict[str, Any]) -> None:
    handler.close_connection = True
    handler.connection.close()
