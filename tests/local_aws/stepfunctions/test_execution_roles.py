"""What a state machine may do, by the policies of its role."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_aws import LocalAws

from ..roles import HERE, allow, allowing
from .machines import create, run
from .test_executions import INVOKE, SDK, task

QUEUE = f"arn:aws:sqs:{HERE}:one"
FUNCTION = f"arn:aws:lambda:{HERE}:function:subject"


def receive(aws: LocalAws) -> dict[str, Any]:
    url = f"{aws.endpoint}/{aws.account_id}/one"
    return task(f"{SDK}:sqs:receiveMessage", {"QueueUrl": url})


@pytest.fixture
def machine(enforcing: LocalAws) -> LocalAws:
    """An embedded AWS that enforces IAM and has no state machine."""
    client = enforcing.client("stepfunctions")
    for each in client.list_state_machines()["stateMachines"]:
        client.delete_state_machine(stateMachineArn=each["stateMachineArn"])
    return enforcing


def test_a_task_may_do_what_the_role_allows(machine: LocalAws) -> None:
    allow(
        machine, allowing(QUEUE, "sqs:ReceiveMessage"), allowing(FUNCTION, "lambda:InvokeFunction")
    )
    assert run(machine, {"Receive": receive(machine)})["status"] == "SUCCEEDED"


def test_a_task_may_invoke_what_the_role_allows(machine: LocalAws) -> None:
    allow(machine, allowing(FUNCTION, "lambda:InvokeFunction"))
    states = {"Invoke": task(INVOKE, {"FunctionName": "subject"})}
    assert run(machine, states)["status"] == "SUCCEEDED"


def test_a_task_may_not_receive_from_another_queue(machine: LocalAws) -> None:
    allow(machine, allowing(f"{QUEUE}-more", "sqs:ReceiveMessage"))
    execution = run(machine, {"Receive": receive(machine)})
    assert execution["status"] == "FAILED"
    assert "is not authorized to perform: sqs:receivemessage" in execution["cause"].lower()


def test_a_task_may_not_invoke_an_alias_with_the_permission_for_the_function(
    machine: LocalAws,
) -> None:
    allow(machine, allowing(FUNCTION, "lambda:InvokeFunction"))
    states = {"Invoke": task(INVOKE, {"FunctionName": f"{FUNCTION}:live"})}
    execution = run(machine, states)
    assert execution["error"] == "Lambda.AccessDeniedException"


def test_a_state_machine_logs_only_if_its_role_may_set_that_up(machine: LocalAws) -> None:
    client, states = machine.client("stepfunctions"), {"Done": {"Type": "Succeed"}}
    group = {"logGroupArn": f"arn:aws:logs:{HERE}:log-group:/aws/vendedlogs/states/machine:*"}
    logging = {"level": "ALL", "destinations": [{"cloudWatchLogsLogGroup": group}]}
    denied = "is not authorized to access the Log Destination"
    with pytest.raises(ClientError, match=denied):
        create(machine, states, loggingConfiguration=logging)
    arn = create(machine, states)
    with pytest.raises(ClientError, match=denied):
        client.update_state_machine(stateMachineArn=arn, loggingConfiguration=logging)
    operations = ["Create", "Delete", "Get", "Update"]
    actions = [f"logs:{operation}LogDelivery" for operation in operations]
    others = ["DescribeLogGroups", "DescribeResourcePolicies", "ListLogDeliveries"]
    actions += [f"logs:{operation}" for operation in others]
    allow(machine, allowing("*", *actions))
    with pytest.raises(ClientError, match=denied):
        client.update_state_machine(stateMachineArn=arn, loggingConfiguration=logging)
    allow(machine, allowing("*", *actions, "logs:PutResourcePolicy"))
    client.update_state_machine(stateMachineArn=arn, loggingConfiguration=logging)
    assert client.describe_state_machine(stateMachineArn=arn)["loggingConfiguration"] == logging
