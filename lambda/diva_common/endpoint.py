"""Sending to HTTPS servers, with retries in the time that is left, and with tokens."""

from __future__ import annotations

import http.client
import io
import logging
import random
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from .runs import Clock
from .secret import Secret
from .text import one_line

log = logging.getLogger(__name__)

TIMEOUT_SEC = 15.0
"""For connecting, and for each time that the endpoint is silent."""
WRITE_BYTES = 16_384
FIRST_PAUSE_SEC = 0.5
LONGEST_PAUSE_SEC = 20.0

_LONGEST_TEXT = 300
_RETRIED = frozenset({408, 429, 500, 502, 503, 504})
_UNAUTHORIZED = frozenset({401, 403})


class Unavailable(Exception):
    """The endpoint could not be reached, or did not accept a request in the time left."""


@dataclass(frozen=True, slots=True)
class Response:
    """A response that another attempt would not change."""

    status: int
    body: bytes

    def text(self) -> str:
        """Return the beginning of the body in one line."""
        return one_line(self.body.decode("utf-8", "replace"), _LONGEST_TEXT)


class HttpsServer:
    """An HTTPS server that answers requests with a body."""

    def __init__(self, url: str, tls: ssl.SSLContext, clock: Clock = time) -> None:
        """Take the URL without a query."""
        parts = urlsplit(url)
        if parts.scheme != "https" or not parts.hostname:
            raise ValueError(f"The endpoint must be an HTTPS URL, but is {url!r}.")
        self._host = parts.hostname
        self._port = parts.port or 443
        self._path = parts.path.rstrip("/")
        self._tls = tls
        self._clock = clock

    def post(
        self,
        path: str,
        body: bytes,
        headers: Mapping[str, str],
        until: float,
        secrets: Sequence[str] = (),
    ) -> Response:
        """Send `body`, and return the response, with the `secrets` in it replaced.

        Attempts are repeated until the monotonic time `until` while the server cannot be reached
        or is overloaded. Raises Unavailable.
        """
        pauses = _pauses()
        while True:
            if self._clock.monotonic() >= until:
                raise Unavailable(f"No time was left to send to {self._host}.")
            try:
                response, pause = self._attempt(path, body, headers, until, secrets)
            except ssl.SSLCertVerificationError as error:
                raise Unavailable(
                    f"{self._host} has a certificate that could not be verified: {error}"
                ) from error
            except (OSError, http.client.HTTPException) as error:
                cause: Exception | None = error
                reason, pause = f"{type(error).__name__}: {error}", 0.0
            else:
                if response.status not in _RETRIED:
                    return response
                cause = None
                reason = f"the response was {response.status}: {response.text()}"
            # At least a pause of its own, in case the endpoint asks for no wait at all.
            wait = max(pause, next(pauses))
            if self._clock.monotonic() + wait >= until:
                raise Unavailable(
                    f"{self._host} did not accept the request in the time left. "
                    f"Last attempt: {reason}"
                ) from cause
            log.warning("%s: %s. The next attempt is in %.1f s.", self._host, reason, wait)
            self._clock.sleep(wait)

    def _attempt(
        self,
        path: str,
        body: bytes,
        headers: Mapping[str, str],
        until: float,
        secrets: Sequence[str],
    ) -> tuple[Response, float]:
        """Return the response, and how many seconds the server asks to wait at least."""

        def timeout() -> float:
            left = until - self._clock.monotonic()
            if left <= 0:
                raise TimeoutError("the time for sending was over")
            return min(TIMEOUT_SEC, left)

        connection = http.client.HTTPSConnection(
            self._host, self._port, timeout=timeout(), context=self._tls
        )
        try:
            connection.connect()
            stream = _Stream(connection.sock, timeout)
            sent = {**headers, "Content-Length": str(len(body))}
            connection.request("POST", self._path + path, stream.pieces(body), sent)
            answer = http.client.HTTPResponse(stream, method="POST")  # type: ignore[arg-type]
            answer.begin()
            content = answer.read()
            for secret in secrets:  # a server may repeat what it was sent
                content = content.replace(secret.encode(), b"***")
            after = answer.headers.get("Retry-After", "")
            pause = float(after) if after.isascii() and after.isdigit() else 0.0
            return Response(answer.status, content), pause
        finally:
            connection.close()


class Endpoint:
    """An HTTPS endpoint that identifies its callers by a token."""

    def __init__(
        self, url: str, scheme: str, token: Secret, tls: ssl.SSLContext, clock: Clock = time
    ) -> None:
        """Take the URL without a query, and the scheme of the Authorization header."""
        self._server = HttpsServer(url, tls, clock)
        self._scheme = scheme
        self._token = token

    def post(self, path: str, body: bytes, content_type: str, until: float) -> Response:
        """Send `body`, and return the response.

        Attempts are repeated as by HttpsServer, and once for each new value of a token that the
        endpoint has rejected. Raises Unavailable, and InvalidSecret.
        """
        while True:
            token = self._token.token()
            headers = {"Authorization": f"{self._scheme} {token}", "Content-Type": content_type}
            response = self._server.post(path, body, headers, until, [token])
            if response.status not in _UNAUTHORIZED or not self._token.refetch():
                return response


class _Stream(io.RawIOBase):
    """What a socket sends and receives, in the time left even if each byte takes long.

    A socket's own timeout begins anew with every read and write.
    """

    def __init__(self, sock: socket.socket, timeout: Callable[[], float]) -> None:
        self._sock = sock
        self._timeout = timeout

    def pieces(self, body: bytes) -> Iterator[bytes]:
        """Yield `body` in pieces that are written one after the other."""
        for start in range(0, len(body), WRITE_BYTES):
            self._sock.settimeout(self._timeout())
            yield body[start : start + WRITE_BYTES]

    def makefile(self, mode: str) -> io.BufferedReader:
        """Return the file that a response is read from."""
        return io.BufferedReader(self)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._sock.settimeout(self._timeout())
        return self._sock.recv_into(buffer)


def _pauses() -> Iterator[float]:
    pause = FIRST_PAUSE_SEC
    while True:
        # Functions that failed together must not come back together.
        yield pause * random.uniform(0.5, 1.0)
        pause = min(LONGEST_PAUSE_SEC, 2 * pause)
