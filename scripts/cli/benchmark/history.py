"""The history events of the longest execution that the S3 event processor allows."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from .harness import BenchmarkError
from .processor import RECEIVE, Execution, Processor, processor
from .result import Result

BATCH = 10
MOST_EVENTS = 25_000
"""Step Functions fails an execution that has more."""
_EVENTS_PER_RETRY = 3
_LAST_STATE = "LeftToTimeout"
_FAILURE = -1.0

# The function reports a failure, and a message can neither be buried nor given back.
_ALLOWED = [
    "lambda:InvokeFunction",
    "sqs:GetQueueAttributes",
    "sqs:ReceiveMessage",
    "states:ListExecutions",
]


def measure(repeat: int) -> list[Result]:
    """Compute the events of an execution in which everything fails until the default cycle cap.

    A batch in which all steps of all messages fail is executed. The events of retries of what
    succeeds there are added: of the invocations, and of the tasks outside of the batch.
    """
    longest: list[float] = []
    for _ in range(repeat):
        with processor(
            stagger_sec=0,
            sqs_receive_wait_time_seconds=0,
            sqs_max_receive_count=1,
            step_functions_max_concurrency=BATCH,
        ) as processing:
            execution = _failing_batch(processing)
            states = processing.definition["States"]
            invocation = states["Process"]["ItemProcessor"]["States"]["Invoke"]
            invoking_again = BATCH * _EVENTS_PER_RETRY * _retries(invocation)
            cycle = _events_of_first_cycle(execution) + invoking_again
            retries = {name: _EVENTS_PER_RETRY * _retries(state) for name, state in states.items()}
            # With the events of the last cycle, in which nothing was received any more.
            once = len(execution.events) + invoking_again + sum(retries.values())
            more = (processing.max_cycles - 1) * (cycle + retries[RECEIVE])
            longest.append(once + more)
            note = (
                f"at most {processing.max_cycles} batches of {BATCH} messages, each with "
                f"{cycle + retries[RECEIVE]} events if all steps fail"
            )
    return [
        Result(
            f"history events of the longest execution, batches of {BATCH}",
            max(longest),
            MOST_EVENTS - 1,
            "",
            notes=[note],
            samples={"longest": longest},
        )
    ]


def _failing_batch(processing: Processor) -> Execution:
    aws = processing.aws
    [role] = aws.client("iam").list_roles()["Roles"]
    statement = {"Effect": "Allow", "Action": _ALLOWED, "Resource": "*"}
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    aws.client("iam").put_role_policy(
        RoleName=role["RoleName"], PolicyName="some", PolicyDocument=json.dumps(policy)
    )
    processing.send([_FAILURE] * BATCH)
    with aws.enforcing_iam():
        execution = processing.ended(processing.start())
    if execution.entered[_LAST_STATE] != BATCH:
        raise BenchmarkError(f"{execution.entered[_LAST_STATE]} of {BATCH} messages failed")
    return execution


def _events_of_first_cycle(execution: Execution) -> int:
    first, second = (
        index
        for index, event in enumerate(execution.events)
        if event.get("stateEnteredEventDetails", {}).get("name") == RECEIVE
    )
    return second - first


def _retries(state: Mapping[str, Any]) -> int:
    return sum(each["MaxAttempts"] for each in state.get("Retry", []))
