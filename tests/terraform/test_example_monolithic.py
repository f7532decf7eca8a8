"""The monolithic example: broken and repaired, and the permissions of its role."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from cli.demo import aws_cli

from .examples import Example, applied, period, subjects
from .privileges import FunctionUnderTest, Period

if TYPE_CHECKING:
    from local_aws import LocalAws

# The command before a period, and the status of each event.
STORY = [
    #                 orders                    receipts    website
    (None,            "verified",               "verified", "ok"),
    (None,            "verified",               "ok",       "ok"),
    ("break_command", "injected",               "ok",       "ok"),
    (None,            "injected alerted",       "ok",       "ok"),
    (None,            "injected",               "ok",       "ok"),
    ("repair_command", "cooldown (1/2)",        "ok",       "ok"),
    (None,            "cooldown (2/2) resolved", "ok",      "ok"),
    (None,            "verified",               "ok",       "ok"),
]  # fmt: skip


@pytest.fixture(scope="module")
def example(aws: LocalAws, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Example]:
    with applied(aws, tmp_path_factory.mktemp("example"), "monolithic") as example:
        yield example


def test_it_is_broken_and_repaired(aws: LocalAws, example: Example) -> None:
    seen = []
    for command, *_ in STORY:
        if command:
            aws_cli.run(example.outputs[command], aws.client)
        statuses = period(aws, example.outputs["eventbridge_rule_name"])
        seen.append((command, statuses["orders"], statuses["receipts"], statuses["website"]))
    assert seen == STORY
    assert subjects(aws, example) == ["DIVA: orders is failing", "DIVA: orders is healthy"]
    assert not example.plan(), "a second plan is empty"


def test_its_role_has_the_permissions_that_the_function_needs_and_no_others(
    aws: LocalAws, example: Example
) -> None:
    s3, sqs = aws.client("s3"), aws.client("sqs")
    function = example.outputs["lambda_function_name"]
    files = f"{function}-files-{aws.account_id}-{aws.region}"
    state = {"Bucket": example.outputs["state_bucket_name"], "Key": example.outputs["state_key"]}
    replies = sqs.get_queue_url(QueueName=f"{function}-replies")

    def nothing_came_yet() -> None:
        empty(sqs, replies["QueueUrl"])
        s3.delete_object(Bucket=files, Key="receipts/probe.json")

    def put_state(body: str) -> None:
        nothing_came_yet()
        s3.put_object(**state, Body=body)

    def delete_state() -> None:
        nothing_came_yet()
        s3.delete_object(**state)

    orders = {"alerted": True, "healthy": True, "cooldown_counter": 1}
    new = {"orders": "verified", "receipts": "verified", "website": "ok"}
    under_test = FunctionUnderTest(
        aws,
        function,
        [
            Period(
                lambda: put_state(json.dumps({"orders": orders})),
                {**new, "orders": "cooldown (2/2) resolved"},
            ),
            Period(lambda: put_state("half of it"), new),
            Period(delete_state, new),
        ],
    )
    unneeded = under_test.unneeded_grants()
    assert not unneeded, unneeded


def empty(sqs: Any, queue_url: str) -> None:
    """Delete all messages. Purge only if necessary, since SQS allows that once a minute."""
    queue = {"QueueUrl": queue_url}
    while messages := sqs.receive_message(**queue, MaxNumberOfMessages=10).get("Messages"):
        for message in messages:
            sqs.delete_message(**queue, ReceiptHandle=message["ReceiptHandle"])
    taken = "ApproximateNumberOfMessagesNotVisible"
    if sqs.get_queue_attributes(**queue, AttributeNames=[taken])["Attributes"][taken] != "0":
        sqs.purge_queue(**queue)
