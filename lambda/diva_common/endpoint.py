"""Sending to HTTPS servers, with retries in the time that is left, and with tokens."""

from __future__ import annotations

import http.client
import logging
import random
import ssl
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from .runs import Clock
from .secret import Secret
from .text import one_line

log = logging.getLogger(__name__)

TIMEOUT_SEC = 15.0
"""For connecting, and for each time that the endpoint is silent."""
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
            left = until - self._clock.monotonic()
            if left <= 0:
                raise Unavailable(f"No time was left to send to {self._host}.")
            try:
                response, pause = self._attempt(path, body, headers, left, secrets)
            except ssl.SSLCertVerificationError as error:
                raise Unavailable(f"{self._host} cannot be trusted: {error}") from error
            except (OSError, http.client.HTTPException) as error:
                cause: Exception | None = error
                reason, pause = f"{type(error).__name__}: {error}", None
            else:
                if response.status not in _RETRIED:
                    return response
                cause = None
                reason = f"it answered {response.status}: {response.text()}"
            wait = next(pauses) if pause is None else pause
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
        left: float,
        secrets: Sequence[str],
    ) -> tuple[Response, float | None]:
        """Return the response, and how many seconds the server asks to wait."""
        connection = http.client.HTTPSConnection(
            self._host, self._port, timeout=min(TIMEOUT_SEC, left), context=self._tls
        )
        try:
            connection.request("POST", self._path + path, body, headers)
            answer = connection.getresponse()
            content = answer.read()
            for each in secrets:  # a server may repeat what it was sent
                content = content.replace(each.encode(), b"***")
            after = answer.headers.get("Retry-After", "")
            pause = float(after) if after.isascii() and after.isdigit() else None
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


def _pauses() -> Iterator[float]:
    pause = FIRST_PAUSE_SEC
    while True:
        # Functions that failed together must not come back together.
        yield pause * random.uniform(0.5, 1.0)
        pause = min(LONGEST_PAUSE_SEC, 2 * pause)
