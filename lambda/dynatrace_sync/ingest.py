"""Sending lines to Dynatrace's metrics ingest API."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from diva_common.endpoint import Endpoint, Response

log = logging.getLogger(__name__)

PATH = "/api/v2/metrics/ingest"
MOST_LINES = 1_000
"""In a request."""
MOST_BYTES = 1_000_000
_CONTENT_TYPE = "text/plain; charset=utf-8"


class Refused(Exception):
    """Dynatrace has refused lines for a reason that another attempt would not change."""


def send(endpoint: Endpoint, lines: Iterable[str], until: float) -> int:
    """Send all lines, and return their number.

    A line that Dynatrace refuses does not hold back the others. Raises Refused once all others are
    sent, or at once if it refuses a request as a whole; Unavailable if it did not accept a request
    until the monotonic time `until`; and InvalidSecret.
    """
    sent = refused = 0
    first = ""
    for batch in _batches(lines):
        body = "\n".join(batch).encode()
        response = endpoint.post(PATH, body, _CONTENT_TYPE, until)
        invalid = _invalid(response)
        problems = _problems(response, batch) if invalid else []
        for problem in problems:
            log.error("Dynatrace refused a line: %s", problem)
        sent += len(batch)
        refused += invalid
        first = first or "".join(problems[:1])
    if refused:
        raise Refused(f"Dynatrace refused {refused} of {sent} lines: {first}")
    return sent


def _batches(lines: Iterable[str]) -> Iterator[list[str]]:
    batch: list[str] = []
    size = 0
    for line in lines:
        length = len(line.encode()) + 1
        if len(batch) == MOST_LINES or size + length > MOST_BYTES:
            yield batch
            batch, size = [], 0
        batch.append(line)
        size += length
    if batch:
        yield batch


def _invalid(response: Response) -> int:
    """Return how many lines were refused. Raises Refused if the request was, as a whole."""
    number = _answer(response).get("linesInvalid")
    invalid = number if isinstance(number, int) else 0
    if response.status == 202 or (response.status == 400 and invalid > 0):
        return invalid
    raise Refused(f"Dynatrace refused the request: {response.status} {response.text()}")


def _problems(response: Response, batch: Sequence[str]) -> list[str]:
    """Return what Dynatrace says about each line that it has refused, or about all of them."""
    error = _answer(response).get("error")
    details = error.get("invalidLines") if isinstance(error, dict) else None
    if not isinstance(details, list) or not details:
        return [response.text()]
    return [_problem(each, batch) for each in details if isinstance(each, dict)]


def _problem(detail: dict[str, Any], batch: Sequence[str]) -> str:
    number = detail.get("line")
    is_number = isinstance(number, int) and 1 <= number <= len(batch)
    quoted = f" ({batch[number - 1]})" if is_number else ""  # type: ignore[operator]
    return f"line {number}: {detail.get('error')}{quoted}"


def _answer(response: Response) -> dict[str, Any]:
    try:
        answer = json.loads(response.body)
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}
