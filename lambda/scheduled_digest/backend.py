"""Requesting digests from the backend.

A request is a POST with the fields `repo`, `frequency`, `delivery_method`, `webhook_url` and
`email`, without those that the monitor does not have, and the header `Idempotency-Key`. It is the
same whenever the digest of a monitor is requested for a period, so that a backend can recognize a
request that it has already processed.
"""

from __future__ import annotations

import json
import threading

import urllib3

from diva_common.runs import Clock

from .monitors import Monitor
from .retries import TOO_MANY, is_retried, pauses, retry_after

ATTEMPTS = 4
"""Not counting those that are rejected with 429."""
TIMEOUT_SEC = 30.0
"""For connecting, and for each time that the backend is silent."""
_ACCEPTED = frozenset({200, 202})
_FIELDS = ("repo", "frequency", "delivery_method", "webhook_url", "email")


class Refused(Exception):
    """The backend did not accept a request. The message is the reason."""


class OutOfTime(Exception):
    """The time ended before the backend accepted or refused a request."""


class Backend:
    """The backend, as the threads of a process share it."""

    def __init__(
        self, pool: urllib3.PoolManager, url: str, max_concurrency: int, clock: Clock
    ) -> None:
        self._pool = pool
        self._url = url
        self._clock = clock
        self._slots = threading.Semaphore(max_concurrency)
        self._lock = threading.Lock()
        self.paused_until = 0.0
        """The monotonic time until which the backend wants no requests."""

    def request_digest(self, monitor: Monitor, key: str, begin_until: float, until: float) -> None:
        """Request the digest of `monitor` with the idempotency key `key`.

        The first attempt begins before the monotonic time `begin_until`, so that it has its full
        time. Attempts are repeated until `until` while the backend limits their rate
        (429), and up to `ATTEMPTS` times while it cannot be reached or fails (5xx). Raises Refused
        and OutOfTime.
        """
        fields = {name: getattr(monitor, name) for name in _FIELDS}
        body = json.dumps({name: value for name, value in fields.items() if value is not None})
        waits = pauses()
        attempts = 0
        begins_until = begin_until
        while True:
            reason, status, wait = self._attempt(body.encode(), key, begins_until, until)
            begins_until = until
            if not reason:
                return
            attempts += status != TOO_MANY
            if attempts == ATTEMPTS or (status is not None and not is_retried(status)):
                raise Refused(reason)
            self._wait(self._clock.monotonic() + max(wait, next(waits)), until)

    def _wait(self, at: float, until: float) -> None:
        now = self._clock.monotonic()
        if max(at, now) >= until:
            raise OutOfTime("No time is left for a request.")
        if at > now:
            self._clock.sleep(at - now)

    def _attempt(
        self, body: bytes, key: str, begins_until: float, until: float
    ) -> tuple[str, int | None, float]:
        """Return why the digest was not accepted, the status, and the seconds to wait."""
        with self._slots:
            self._sit_out_pause(begins_until)
            timeout = min(TIMEOUT_SEC, until - self._clock.monotonic())
            try:
                response = self._pool.request(
                    "POST",
                    self._url,
                    body=body,
                    headers={"Content-Type": "application/json", "Idempotency-Key": key},
                    timeout=urllib3.Timeout(connect=timeout, read=timeout),
                    retries=False,
                    redirect=False,
                )
            except urllib3.exceptions.HTTPError as error:
                return f"Error: {type(error).__name__}", None, 0.0
            if response.status in _ACCEPTED:
                return "", response.status, 0.0
            wait = retry_after(response.headers, self._clock.time())
            # Before another thread gets the slot.
            self._pause(wait)
        return f"Status: {response.status}", response.status, wait

    def _sit_out_pause(self, until: float) -> None:
        at = self._clock.monotonic()
        while True:
            self._wait(at, until)
            if at >= self.paused_until:
                return
            at = self.paused_until

    def _pause(self, seconds: float) -> None:
        with self._lock:
            self.paused_until = max(self.paused_until, self._clock.monotonic() + seconds)
