"""Schedules of EventBridge that start state machines."""

from __future__ import annotations

import json

import pytest

from local_aws import LocalAws, RuleNotFireable

from ...executions import ended
from ..functions import ROLE
from ..roles import allow, allowing
from .machines import create


def schedule(aws: LocalAws, machine_arn: str) -> None:
    """Create the rule `minute` with a state machine as its target."""
    events = aws.client("events")
    events.put_rule(Name="minute", ScheduleExpression="rate(1 minute)")
    role = f"arn:aws:iam::{aws.account_id}:role/{ROLE}"
    target = {"Id": "1", "Arn": machine_arn, "RoleArn": role, "Input": '{"by": "schedule"}'}
    events.put_targets(Rule="minute", Targets=[target])


def executions(aws: LocalAws, machine_arn: str) -> list[str]:
    listed = aws.client("stepfunctions").list_executions(stateMachineArn=machine_arn)
    return [each["executionArn"] for each in listed["executions"]]


def test_a_schedule_starts_an_execution_with_its_input(aws: LocalAws) -> None:
    machine = create(aws, {"End": {"Type": "Succeed"}})
    schedule(aws, machine)
    assert aws.fire("minute") == []
    [execution] = executions(aws, machine)
    assert json.loads(ended(aws, execution)["output"]) == {"by": "schedule"}


def test_a_schedule_whose_role_may_not_start_executions_is_not_fireable(aws: LocalAws) -> None:
    machine = create(aws, {"End": {"Type": "Succeed"}})
    schedule(aws, machine)
    with aws.enforcing_iam():
        with pytest.raises(RuleNotFireable, match="states:StartExecution"):
            aws.fire("minute")
        allow(aws, allowing(machine, "states:StartExecution"))
        aws.fire("minute")
    assert len(executions(aws, machine)) == 1
