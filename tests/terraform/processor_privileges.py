"""Whether an S3 event processor needs every permission of its own roles."""

from __future__ import annotations

import json

from botocore.exceptions import ClientError

from .privileges import unneeded_grants
from .processors import Processor

MOST_RECEIVES = 3


def unneeded_of_state_machine(processor: Processor, good: str, bad: str, key: str) -> list[str]:
    """Return the grants that the state machine does not need.

    `good` and `bad` are contents of objects, and `key` is that of an object with a place for a
    name. A bad object must be buried after `MOST_RECEIVES` receives.
    """
    aws, outputs = processor.aws, processor.outputs
    client, machine = aws.client("stepfunctions"), outputs["state_machine_arn"]
    described = client.describe_state_machine(stateMachineArn=machine)
    queue = {"QueueUrl": outputs["queue_url"]}

    def first_error() -> str:
        try:
            client.update_state_machine(
                stateMachineArn=machine, loggingConfiguration=described["loggingConfiguration"]
            )
        except ClientError as error:
            return str(error)
        # One to bury, one to give back, and one to delete. There may be more from the last time.
        processor.put({key.format("due"): bad})
        for _ in range(MOST_RECEIVES - 1):
            aws.client("sqs").receive_message(**queue, MaxNumberOfMessages=10, VisibilityTimeout=0)
        processor.put({key.format("bad"): bad, key.format("good"): good})
        execution = processor.run()["executionArn"]
        events = [json.dumps(event, default=str) for event in processor.events(execution)]
        return "\n".join(event for event in events if "not authorized" in event)

    return unneeded_grants(aws, described["roleArn"].rpartition("/")[2], first_error)


def unneeded_of_schedule(processor: Processor) -> list[str]:
    """Return the grants that the schedule does not need."""
    aws, rule = processor.aws, processor.outputs["schedule_rule_name"]
    [target] = aws.client("events").list_targets_by_rule(Rule=rule)["Targets"]

    def first_error() -> str:
        aws.fire(rule)
        if letters := processor.dead_letters("schedule"):
            return str(letters[0]["MessageAttributes"]["ERROR_MESSAGE"]["StringValue"])
        processor.ended(processor.executions()[0])
        return ""

    return unneeded_grants(aws, target["RoleArn"].rpartition("/")[2], first_error)
