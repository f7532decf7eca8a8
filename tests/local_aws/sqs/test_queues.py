"""Queues of the embedded AWS."""

from __future__ import annotations

import json

from local_aws import LocalAws


def test_a_redrive_policy_is_returned_as_aws_writes_it(aws: LocalAws) -> None:
    sqs = aws.client("sqs")
    sqs.create_queue(QueueName="dead")
    policy = {"deadLetterTargetArn": f"arn:aws:sqs:{aws.region}:{aws.account_id}:dead"}
    policy_text = json.dumps({**policy, "maxReceiveCount": 4}, separators=(",", ":"))
    url = sqs.create_queue(QueueName="q", Attributes={"RedrivePolicy": policy_text})["QueueUrl"]

    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    assert attributes["RedrivePolicy"] == policy_text
