"""Functions of Lambda."""

from __future__ import annotations

import json
from dataclasses import KW_ONLY, dataclass
from typing import Any

from .arguments import Body, rendered, require, require_body, require_name_or_arn
from .aws import ATTEMPTS, call, region_of
from .callback import Injection, NotDone
from .permission import Permission, arn

EXAMPLE = "arn:aws:lambda:eu-central-1:123456789012:function:report"
_EMPTY: dict[str, object] = {}


@dataclass(frozen=True, slots=True)
class invoke(Injection):  # noqa: N801
    """Invokes a function, by default without waiting for it.

    With `wait`, the injection succeeds when the function has returned; set `timeout_sec` to longer
    than that takes.

    IAM actions: `lambda:InvokeFunction` on the function.
    """

    function: str
    _: KW_ONLY
    payload: Body | None = None
    wait: bool = False

    def __post_init__(self) -> None:
        self.check_timeout()
        require_name_or_arn(self, "function", self.function, EXAMPLE)
        if self.payload is not None:
            require_body(self, "payload", self.payload)
        require(isinstance(self.wait, bool), self, "wait", self.wait, "True or False")

    @property
    def subject(self) -> str:
        return self.function

    @property
    def permissions(self) -> tuple[Permission, ...]:
        return to_invoke(self.function)

    def inject(self, event_name: str) -> None:
        payload = rendered(_EMPTY if self.payload is None else self.payload, event_name)
        if self.wait:
            answer_of(self.function, payload, self.timeout_sec)
        else:
            invoked(self.function, payload, "Event")


def invoked(function: str, payload: str, kind: str, read_sec: float | None = None) -> Any:
    """Invoke a function, and return the response. Raises AwsError."""
    # A function that is waited for is not invoked again if its response is late.
    attempts = ATTEMPTS if read_sec is None else 1
    return call(
        "lambda",
        "invoke",
        "lambda:InvokeFunction",
        region=region_of(function),
        FunctionName=function,
        InvocationType=kind,
        Payload=payload.encode(),
        read_sec=read_sec,
        attempts=attempts,
    )


def answer_of(function: str, payload: str, timeout_sec: float) -> Any:
    """Invoke a function, wait for it, and return what it returns.

    Raises AwsError, and NotDone if the function failed.
    """
    response = invoked(function, payload, "RequestResponse", timeout_sec + 1)
    answer = json.loads(response["Payload"].read() or b"null")
    if "FunctionError" in response:
        error = answer if isinstance(answer, dict) else {}
        raise NotDone(f"{function} failed: {error.get('errorType')}: {error.get('errorMessage')}")
    return answer


def to_invoke(function: str) -> tuple[Permission, ...]:
    """Return what invoking a function, a name or an ARN, requires."""
    is_arn = function.startswith("arn:")
    resource = function if is_arn else arn("lambda", f"function:{function}")
    return (Permission("lambda:InvokeFunction", resource),)
