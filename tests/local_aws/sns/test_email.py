"""E-mail subscribers of the embedded AWS."""

from __future__ import annotations

import json

from local_aws import LocalAws


def test_an_email_subscriber_gets_the_messages_that_its_filter_policy_matches(
    aws: LocalAws,
) -> None:
    sns = aws.client("sns")
    topic = sns.create_topic(Name="news")["TopicArn"]
    policy = json.dumps({"kind": ["good"]})
    sns.subscribe(
        TopicArn=topic,
        Protocol="email",
        Endpoint="reader@example.com",
        Attributes={"FilterPolicy": policy},
    )
    for kind in ("good", "bad"):
        attributes = {"kind": {"DataType": "String", "StringValue": kind}}
        sns.publish(TopicArn=topic, Message=f"{kind} news", MessageAttributes=attributes)

    assert [(email.subject, email.body) for email in aws.inbox("reader@example.com")] == [
        ("AWS Notification Message", "good news")
    ]
