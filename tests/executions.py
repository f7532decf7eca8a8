"""Executions of state machines: their ends, and the states that they have entered."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from .processes import PATIENCE_SEC

if TYPE_CHECKING:
    from local_aws import LocalAws

_POLL_SEC = 0.02


def ended(aws: LocalAws, execution_arn: str) -> dict[str, Any]:
    """Wait for the end of an execution, and return its description."""
    until = time.monotonic() + PATIENCE_SEC
    while time.monotonic() < until:
        found: dict[str, Any] = aws.client("stepfunctions").describe_execution(
            executionArn=execution_arn
        )
        if found["status"] != "RUNNING":
            return found
        time.sleep(_POLL_SEC)
    raise AssertionError("the execution does not end")


def events(aws: LocalAws, execution_arn: str) -> list[dict[str, Any]]:
    """Return the history of an execution."""
    history = aws.client("stepfunctions").get_execution_history(executionArn=execution_arn)
    found: list[dict[str, Any]] = history["events"]
    return found


def entered(aws: LocalAws, execution_arn: str) -> list[str]:
    """Return the names of the states that an execution has entered, in their order."""
    details = (event.get("stateEnteredEventDetails") for event in events(aws, execution_arn))
    return [each["name"] for each in details if each]


def wait_until_entered(aws: LocalAws, execution_arn: str, *names: str) -> None:
    """Wait until an execution has entered states."""
    until = time.monotonic() + PATIENCE_SEC
    while not {*names} <= {*entered(aws, execution_arn)}:
        assert time.monotonic() < until, f"{names} are not entered"
        time.sleep(_POLL_SEC)
