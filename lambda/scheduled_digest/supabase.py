"""Supabase's REST API, which is PostgREST."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import urllib3

from diva_common.runs import Clock

from .keys import Key, headers
from .redaction import redacted
from .retries import is_retried, pauses, retry_after

ATTEMPTS = 6
TIMEOUT_SEC = 15.0
"""For connecting, and for each time that Supabase is silent."""

Parameters = Sequence[tuple[str, str]]
Rows = list[dict[str, Any]]

_UNAUTHORIZED = 401
_CONFLICT = 409
_RESTRICTED = "23001"
"""PostgreSQL's code for a foreign key with ON DELETE RESTRICT, since 18. PostgREST answers 400."""


class SupabaseError(Exception):
    """Supabase could not be reached, or has rejected a request."""


class Conflict(SupabaseError):
    """Rows cannot be deleted because others refer to them."""


class InvalidAnswer(SupabaseError):
    """An answer does not have the expected form."""


class Supabase:
    """The tables of a project."""

    def __init__(self, pool: urllib3.PoolManager, url: str, key: Key, clock: Clock) -> None:
        self._pool = pool
        self._url = url
        self._key = key
        self._clock = clock

    def select(self, table: str, parameters: Parameters, until: float) -> Rows:
        """Return the rows that `parameters` describe in PostgREST's syntax.

        Attempts are repeated while Supabase cannot be reached, is overloaded, or cuts its answers
        off, and once for each new value of a key that it rejects. Raises SupabaseError if there is
        no valid answer until the monotonic time `until`, and InvalidSecret.
        """
        return self._request("GET", table, parameters, until)

    def delete(self, table: str, filters: Parameters, columns: str, until: float) -> Rows:
        """Delete the rows that all of `filters` apply to, and return their `columns`.

        Raises ValueError without filters, and the errors of `select` and Conflict.
        """
        if not filters:
            raise ValueError("Rows are never deleted without a filter.")
        return self._request("DELETE", table, [*filters, ("select", columns)], until)

    def _request(self, method: str, table: str, parameters: Parameters, until: float) -> Rows:
        url = f"{self._url}/rest/v1/{table}?{urlencode(parameters)}"
        waits = pauses()
        attempts = 0
        while True:
            left = until - self._clock.monotonic()
            if left <= 0:
                raise SupabaseError(f"No time was left to {method} {table}.")
            attempts += 1
            rows, reason, wait = self._attempt(method, url, min(TIMEOUT_SEC, left))
            if rows is not None:
                return rows
            wait = max(wait, next(waits))
            if attempts == ATTEMPTS or self._clock.monotonic() + wait >= until:
                raise SupabaseError(f"Supabase did not {method} {table}. Last attempt: {reason}")
            self._clock.sleep(wait)

    def _attempt(self, method: str, url: str, timeout: float) -> tuple[Rows | None, str, float]:
        """Return the rows; or None, the reason for another attempt, and the seconds until it.

        Raises SupabaseError if another attempt would change nothing.
        """
        token = self._key.token()
        try:
            response = self._pool.request(
                method,
                url,
                headers={
                    **headers(token),
                    "Accept": "application/json",
                    "Prefer": "return=representation",
                },
                timeout=urllib3.Timeout(connect=timeout, read=timeout),
                retries=False,
                redirect=False,
            )
        except urllib3.exceptions.SSLError as untrusted:
            raise SupabaseError("The certificate of Supabase cannot be trusted.") from untrusted
        except urllib3.exceptions.HTTPError as failed:
            return None, type(failed).__name__, 0.0
        if response.status == 200:
            try:
                return _rows(response.data), "", 0.0
            except ValueError:
                return None, "its answer was cut off", 0.0
        error = _error(response.data)
        reason = f"it answered {response.status}{_message(error, token)}"
        if response.status == _UNAUTHORIZED and self._key.refetch():
            return None, reason, 0.0
        if is_retried(response.status):
            return None, reason, retry_after(response.headers, self._clock.time())
        is_conflict = response.status == _CONFLICT or error.get("code") == _RESTRICTED
        kind = Conflict if is_conflict else SupabaseError
        raise kind(f"Supabase refused to {method}: {reason}")


def _rows(body: bytes) -> Rows:
    """Return the rows in `body`. Raises ValueError if it is no JSON, and InvalidAnswer."""
    rows = json.loads(body)
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise InvalidAnswer("An answer of Supabase is no list of rows.")
    return rows


def _error(body: bytes) -> Mapping[str, Any]:
    """Return PostgREST's description of an error, which is empty if the gateway answered."""
    try:
        error = json.loads(body)
    except ValueError:
        return {}
    return error if isinstance(error, dict) else {}


def _message(error: Mapping[str, Any], token: str) -> str:
    """Return the code and message. The details may quote rows."""
    parts = [str(error[name]) for name in ("code", "message") if error.get(name)]
    return f": {redacted(' '.join(parts).replace(token, '[key]'))}" if parts else ""
