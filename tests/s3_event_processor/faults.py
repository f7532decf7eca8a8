"""What can happen to a request of a state machine."""

from __future__ import annotations

import json
from collections.abc import Mapping

from ..faults.faulty_aws import Answer, Exchange, Fault, lost_answer, lost_request

_HEADERS = (("Content-Type", "application/x-amz-json-1.0"), ("x-amzn-RequestId", "test"))


def refused(status: int, code: str) -> Fault:
    """A service refuses a request."""
    body = json.dumps({"__type": f"com.amazonaws#{code}", "message": f"{code} (test)"}).encode()
    answer = Answer(status, (*_HEADERS, ("x-amzn-errortype", code)), body)
    return _sending(answer, code)


def answered(content: object) -> Fault:
    """A service answers without doing anything."""
    return _sending(Answer(200, _HEADERS, json.dumps(content).encode()), "late")


def _sending(answer: Answer, name: str) -> Fault:
    def fault(exchange: Exchange) -> None:
        exchange.send(answer)

    fault.__name__ = name
    return fault


unavailable = refused(503, "ServiceUnavailable")
lambda_unavailable = refused(500, "ServiceException")
throttled = refused(429, "TooManyRequestsException")
denied = refused(403, "AccessDeniedException")
listed_late = answered({"executions": []})

FAULTS: Mapping[str, Fault] = {
    "is unavailable": unavailable,
    "throttles": throttled,
    "denies access": denied,
    "loses the request": lost_request,
    "loses the answer": lost_answer,
}
