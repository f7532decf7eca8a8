"""State machines of the embedded AWS, and their executions."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any

from local_aws import LocalAws

from ...processes import PATIENCE_SEC
from ..functions import ROLE

States = Mapping[str, Mapping[str, Any]]


def create(aws: LocalAws, states: States, **options: Any) -> str:
    """Create a state machine that starts at the first of its states, and return its ARN."""
    machine = aws.client("stepfunctions").create_state_machine(
        name="machine",
        definition=json.dumps({"StartAt": next(iter(states)), "States": states}),
        roleArn=f"arn:aws:iam::{aws.account_id}:role/{ROLE}",
        **options,
    )
    return str(machine["stateMachineArn"])


def start(aws: LocalAws, machine_arn: str, **options: Any) -> str:
    """Start an execution, and return its ARN."""
    started = aws.client("stepfunctions").start_execution(stateMachineArn=machine_arn, **options)
    return str(started["executionArn"])


def ended(aws: LocalAws, execution_arn: str) -> dict[str, Any]:
    """Wait for the end of an execution, and return its description."""
    until = time.monotonic() + PATIENCE_SEC
    while time.monotonic() < until:
        found: dict[str, Any] = aws.client("stepfunctions").describe_execution(
            executionArn=execution_arn
        )
        if found["status"] != "RUNNING":
            return found
        time.sleep(0.02)
    raise AssertionError("the execution does not end")


def run(aws: LocalAws, states: States, **options: Any) -> dict[str, Any]:
    """Create a state machine, and return the description of an execution that has ended."""
    return ended(aws, start(aws, create(aws, states), **options))


def entered(aws: LocalAws, execution_arn: str) -> list[str]:
    """Return the names of the states that an execution has entered, in their order."""
    client = aws.client("stepfunctions")
    events = client.get_execution_history(executionArn=execution_arn)["events"]
    details = (event.get("stateEnteredEventDetails") for event in events)
    return [each["name"] for each in details if each]


def wait_until_entered(aws: LocalAws, execution_arn: str, *names: str) -> None:
    """Wait until an execution has entered states."""
    until = time.monotonic() + PATIENCE_SEC
    while not {*names} <= {*entered(aws, execution_arn)}:
        assert time.monotonic() < until, f"{names} are not entered"
        time.sleep(0.02)
