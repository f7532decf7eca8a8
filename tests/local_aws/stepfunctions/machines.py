"""State machines of the embedded AWS, and starting them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from local_aws import LocalAws

from ...executions import ended
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


def run(aws: LocalAws, states: States, **options: Any) -> dict[str, Any]:
    """Create a state machine, and return the description of an execution that has ended."""
    return ended(aws, start(aws, create(aws, states), **options))
