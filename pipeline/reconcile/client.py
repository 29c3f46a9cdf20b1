"""HTTP to a reconciliation service: one request at a time, paced, with time-outs and retries.

The standard library's client is enough for a request a second, and adds no dependency; what a library for HTTP would
bring (pools, sessions, uploads) has no use here, and its retries could not be capped, timed or told as ours are.
"""

from __future__ import annotations

import json
import ssl
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.client import HTTPException
from typing import IO, Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode, urlsplit
from urllib.request import (
    HTTPDefaultErrorHandler,
    HTTPErrorProcessor,
    HTTPHandler,
    HTTPRedirectHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
)

from pipeline import __version__
from pipeline.reconcile.answer import shorten
from pipeline.reconcile.query import Query

# Try again later; every other 4xx says that the request itself is wrong.
RETRIED = frozenset({408, 425, 429, 500, 502, 503, 504})
BACKOFF, MAX_WAIT = 1.0, 300.0  # seconds: first wait, doubled each time; longest wait that is waited for
MAX_BYTES = 32 * 2**20  # of one answer; a batch of 100 with 10 candidates each has well under 1 MB
CHUNK = 2**16
USER_AGENT = f"wiki-relations/{__version__} (research pipeline; one request at a time)"


class ServiceError(ValueError):
    """The service cannot be asked, or did not answer; the message says why, in one line."""


class _TryAgain(Exception):
    """A failure that may pass. wait: seconds that the service asks for, None if it does not say."""

    def __init__(self, reason: str, wait: float | None = None) -> None:
        super().__init__(reason)
        self.wait = wait


def check_service(url: str) -> str:
    """The address of a service. Raises: ServiceError unless it is a plain http or https address."""
    try:
        parts = urlsplit(url)
        web = (
            parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
        )  # no number: ValueError
    except ValueError:
        web = False
    printable = url.isascii() and url.isprintable() and " " not in url
    if not web or not printable or parts.fragment or "@" in parts.netloc:
        raise ServiceError(f"{shorten(url)}: expected an address that starts with http:// or https://")
    return url


class Client:
    """Asks one service; every request waits until `delay` seconds after the last answer.

    timeout: seconds for a whole answer. retries: further tries after a failure that may pass; the wait between
    them doubles, or is what the service asks for (Retry-After). sleep and clock stand in for time in tests.
    """

    def __init__(
        self, service: str, *, delay: float = 1.0, timeout: float = 60.0, retries: int = 4,
        sleep: Callable[[float], None] = time.sleep, clock: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        self.service = check_service(service)
        self.delay, self.timeout, self.retries = delay, timeout, retries
        self.sleep, self.clock = sleep, clock
        self.answered: float | None = None
        self.opener = _opener()

    def manifest(self) -> Any:
        """The service's manifest, as JSON. Raises: ServiceError."""
        return self._send(None)

    def ask(self, queries: dict[str, Query]) -> Any:
        """The answer to a batch of queries, as JSON. Raises: ServiceError."""
        return self._send(urlencode({"queries": json.dumps(queries, ensure_ascii=False)}).encode("ascii"))

    def _send(self, data: bytes | None) -> Any:
        tries = 0
        while True:
            self._pace()
            tries += 1
            try:
                return _decode(self._fetch(data))
            except _TryAgain as error:
                wait = BACKOFF * 2.0 ** (tries - 1) if error.wait is None else error.wait
                if tries > self.retries or wait > MAX_WAIT:
                    asked = f", asks to wait {wait:.0f} s" if error.wait else ""
                    times = "1 try" if tries == 1 else f"{tries} tries"
                    raise ServiceError(f"{error}{asked} ({times})") from None
            self.sleep(wait)

    def _pace(self) -> None:
        if self.answered is not None and (wait := self.answered + self.delay - self.clock()) > 0:
            self.sleep(wait)

    def _fetch(self, data: bytes | None) -> bytes:
        request = Request(self.service, data, {"User-Agent": USER_AGENT, "Accept": "application/json"})
        deadline = self.clock() + self.timeout
        try:
            with self.opener.open(request, timeout=self.timeout) as response:
                return self._read(response, deadline)
        except HTTPError as error:
            error.close()
            raise _status_error(error) from None
        except URLError as error:
            raise self._lost(error.reason) from None
        except (OSError, HTTPException) as error:
            raise self._lost(error) from None
        finally:
            self.answered = self.clock()

    def _read(self, response: Any, deadline: float) -> bytes:
        """The body; the socket's time-out is for one read only, so that a slow trickle needs the deadline."""
        parts, size = [], 0
        while chunk := response.read1(CHUNK):
            parts.append(chunk)
            size += len(chunk)
            if size > MAX_BYTES:
                raise ServiceError(f"answer of more than {MAX_BYTES >> 20} MB")
            if self.clock() > deadline:
                raise TimeoutError
        if (left := response.length) is not None and left > 0:
            raise _TryAgain(f"answer broken off, {left} bytes missing")
        return b"".join(parts)

    def _lost(self, reason: object) -> Exception:
        if isinstance(reason, TimeoutError):
            return _TryAgain(f"no answer within {self.timeout:g} s")
        if isinstance(reason, ssl.SSLCertVerificationError):
            return ServiceError(f"certificate refused: {shorten(reason.verify_message)}")
        text = reason.strerror if isinstance(reason, OSError) and reason.strerror else reason
        return _TryAgain(shorten(str(text) or type(reason).__name__))


def _decode(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise ServiceError(
            f"the answer is no JSON: {shorten(body[:500].decode('utf8', 'replace'))}"
        ) from None


def _status_error(error: HTTPError) -> Exception:
    reason = shorten(f"HTTP {error.code} {error.reason}")
    if error.code in RETRIED:
        return _TryAgain(reason, retry_after(error.headers.get("Retry-After"), datetime.now(UTC)))
    return ServiceError(reason)


def retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds that a Retry-After header asks for (RFC 9110: a number of seconds, or a date); None if unreadable."""
    text = (value or "").strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        when = parsedate_to_datetime(text)
    except ValueError:
        return None
    return max(0.0, (when.replace(tzinfo=when.tzinfo or UTC) - now).total_seconds())


class _Redirects(HTTPRedirectHandler):
    """Follows redirects with the questions in hand, to http and https only and never from https back to http."""

    max_redirections = 5

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: Any, newurl: str
    ) -> Request | None:
        scheme = urlsplit(newurl).scheme
        if scheme not in ("http", "https") or (req.type == "https" and scheme == "http"):
            raise ServiceError(f"redirected to {shorten(newurl)}, which is not followed")
        # A 301 or 302 lets a browser turn POST into GET; here that would drop the questions. Only 303 means it.
        kept = {k: v for k, v in req.header_items() if k.lower() not in ("host", "content-length")}
        return Request(newurl.replace(" ", "%20"), None if code == 303 else req.data, kept)


def _opener() -> OpenerDirector:
    """A client for http and https alone: `urlopen` would also take ftp, file and data addresses."""
    opener = OpenerDirector()
    for handler in (
        ProxyHandler(), HTTPHandler(), HTTPSHandler(), HTTPDefaultErrorHandler(), _Redirects(), HTTPErrorProcessor(),
    ):  # fmt: skip
        opener.add_handler(handler)
    return opener
