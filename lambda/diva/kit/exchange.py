"""An HTTP request and its response."""

from __future__ import annotations

import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

from .callback import NotDone
from .trust import trusting

LONGEST_BODY = 1_000_000
"""Bytes of a response that are read."""
_LONGEST_TEXT = 200
JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Response:
    """A response, with as much of its body as is read."""

    status: int
    body: bytes


def exchange(
    method: str,
    url: str,
    timeout_sec: float,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Send a request and return the response. Redirects are not followed.

    `timeout_sec` is for each step. Raises OSError and HTTPException.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    connection: HTTPConnection
    if parts.scheme == "https":
        connection = HTTPSConnection(host, parts.port, timeout=timeout_sec, context=trusting())
    else:
        connection = HTTPConnection(host, parts.port, timeout=timeout_sec)
    try:
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request(method, target, body, {"User-Agent": "diva", **(headers or {})})
        response = connection.getresponse()
        return Response(response.status, response.read(LONGEST_BODY))
    finally:
        connection.close()


class Refused(NotDone):
    """A server has answered with another status than 2xx."""

    def __init__(self, who: str, status: int, text: str) -> None:
        super().__init__(f"{who} answered {status}: {text}")
        self.status = status


def post(
    who: str,
    url: str,
    timeout_sec: float,
    body: str,
    content_type: str = JSON,
    bearer: str | None = None,
    secrets: Sequence[str] = (),
) -> Response:
    """Send `body` to `who`, with the token `bearer` if there is one, and return the response.

    Raises Refused if its status is not 2xx, and NotDone if there is none. Their messages contain
    neither the URL nor the token nor `secrets`, also where the server repeats them.
    """
    headers = {"Content-Type": content_type}
    if bearer is not None:
        headers["Authorization"] = f"Bearer {bearer}"
    try:
        response = exchange("POST", url, timeout_sec, body.encode(), headers)
    except (OSError, HTTPException) as error:
        raise NotDone(f"{who} did not answer: {reason(error)}") from None
    if response.status // 100 != 2:
        hidden = [url, urlsplit(url).path, *secrets, *([] if bearer is None else [bearer])]
        raise Refused(who, response.status, _excerpt(response, hidden))
    return response


def _excerpt(response: Response, hidden: Sequence[str]) -> str:
    """Return the beginning of a body in one line, without `hidden`."""
    text = response.body.decode("utf-8", "replace")
    for each in hidden:
        if len(each) > 1:  # the path may be a slash
            text = text.replace(each, "***")
    return " ".join(text.split())[:_LONGEST_TEXT]


def reason(error: Exception) -> str:
    """Return why a server could not be asked."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate could not be verified: {error.verify_message}"
    return f"{type(error).__name__}: {error}"


def without_query(url: str) -> str:
    """Return a URL for people. Its query may contain a token."""
    return url.partition("?")[0]
