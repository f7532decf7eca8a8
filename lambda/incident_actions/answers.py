"""Answers, as backends expect them: a status code, and a body in JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a request."""

    status: int
    body: str
    """JSON."""

    def as_payload(self) -> dict[str, Any]:
        """Return the payload with which the function responds."""
        return {"statusCode": self.status, "body": self.body}


def answer(status: int, body: Mapping[str, Any]) -> Answer:
    """Return an answer with `body` in JSON."""
    return Answer(status, json.dumps(body))


def failure(
    status: int,
    message: str,
    error: str,
    incident_id: str | None,
    retry_after_sec: int | None = None,
) -> Answer:
    """Return the answer to a request that failed or was refused."""
    body: dict[str, Any] = {"message": message, "error": error, "incidentId": incident_id}
    if retry_after_sec is not None:
        body["retryAfterSec"] = retry_after_sec
    return answer(status, body)
