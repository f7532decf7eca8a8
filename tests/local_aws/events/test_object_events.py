"""The events of S3, which EventBridge sends to queues."""

from __future__ import annotations

import json
from typing import Any

import pytest

from local_aws import LocalAws

BUCKET = "objects"
PATTERN = {"source": ["aws.s3"], "detail-type": ["Object Created"]}


@pytest.fixture
def rule(aws: LocalAws) -> str:
    """A rule with the target `queue`, whose dead-letter queue is `dead`. Returns its ARN."""
    s3 = aws.client("s3")
    s3.create_bucket(Bucket=BUCKET)
    s3.put_bucket_notification_configuration(
        Bucket=BUCKET, NotificationConfiguration={"EventBridgeConfiguration": {}}
    )
    return put_rule(aws, PATTERN)


def put_rule(aws: LocalAws, pattern: dict[str, Any]) -> str:
    events = aws.client("events")
    arn: str = events.put_rule(Name="created", EventPattern=json.dumps(pattern))["RuleArn"]
    target = {
        "Id": "1",
        "Arn": arn_of(aws, "queue"),
        "DeadLetterConfig": {"Arn": arn_of(aws, "dead")},
    }
    events.put_targets(Rule="created", Targets=[target])
    return arn


def arn_of(aws: LocalAws, name: str) -> str:
    return f"arn:aws:sqs:{aws.region}:{aws.account_id}:{name}"


def accepting(aws: LocalAws, name: str, source_arn: str) -> str:
    """Create a queue that EventBridge may send to for a rule, and return its URL."""
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": arn_of(aws, name),
        "Condition": {"ArnEquals": {"aws:SourceArn": source_arn}},
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    created = aws.client("sqs").create_queue(QueueName=name, Attributes={"Policy": policy})
    return str(created["QueueUrl"])


def received(aws: LocalAws, url: str) -> list[dict[str, Any]]:
    answer = aws.client("sqs").receive_message(
        QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"]
    )
    found: list[dict[str, Any]] = answer.get("Messages", [])
    return found


def put_object(aws: LocalAws, key: str) -> None:
    aws.client("s3").put_object(Bucket=BUCKET, Key=key, Body=b"content")


def test_an_object_is_an_event_with_its_key_as_it_is(aws: LocalAws, rule: str) -> None:
    url = accepting(aws, "queue", rule)
    put_object(aws, "a b/ü+.csv")
    [message] = received(aws, url)
    event = json.loads(message["Body"])
    assert event["detail-type"] == "Object Created"
    assert event["detail"]["bucket"] == {"name": BUCKET}
    assert event["detail"]["object"]["key"] == "a b/ü+.csv"
    assert event["detail"]["reason"] == "PutObject"
    assert "version-id" not in event["detail"]["object"]


def test_two_events_differ_in_id_and_order(aws: LocalAws, rule: str) -> None:
    url = accepting(aws, "queue", rule)
    put_object(aws, "one")
    put_object(aws, "one")
    events = [json.loads(message["Body"]) for message in received(aws, url)]
    first, second = sorted(events, key=lambda event: event["detail"]["object"]["sequencer"])
    assert first["id"] != second["id"]
    assert first["detail"]["object"]["sequencer"] != second["detail"]["object"]["sequencer"]


def test_an_object_of_a_versioned_bucket_has_its_version(aws: LocalAws, rule: str) -> None:
    url = accepting(aws, "queue", rule)
    aws.client("s3").put_bucket_versioning(
        Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"}
    )
    put_object(aws, "one")
    [message] = received(aws, url)
    version = json.loads(message["Body"])["detail"]["object"]["version-id"]
    assert aws.client("s3").get_object(Bucket=BUCKET, Key="one", VersionId=version)


def test_deleting_the_last_delete_marker_of_an_object_is_an_event(aws: LocalAws, rule: str) -> None:
    url = accepting(aws, "queue", rule)
    put_rule(aws, {**PATTERN, "detail-type": ["Object Deleted"]})
    s3 = aws.client("s3")
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    version = s3.put_object(Bucket=BUCKET, Key="one", Body=b"content")["VersionId"]
    marker = s3.delete_object(Bucket=BUCKET, Key="one")["VersionId"]
    s3.delete_object(Bucket=BUCKET, Key="one", VersionId=version)
    received(aws, url)
    s3.delete_object(Bucket=BUCKET, Key="one", VersionId=marker)
    [message] = received(aws, url)
    stored = json.loads(message["Body"])["detail"]["object"]
    assert (stored["key"], stored["version-id"]) == ("one", marker)


@pytest.mark.parametrize(
    ("key_filter", "matching"),
    [
        ({"prefix": "in/"}, {"in/a.csv", "in/a.txt"}),
        ({"suffix": ".csv"}, {"in/a.csv", "out/a.csv"}),
        ({"wildcard": "in/*.csv"}, {"in/a.csv"}),
    ],
)
def test_filters_select_objects_by_key(
    aws: LocalAws, rule: str, key_filter: dict[str, str], matching: set[str]
) -> None:
    url = accepting(aws, "queue", rule)
    put_rule(aws, {**PATTERN, "detail": {"object": {"key": [key_filter]}}})
    for key in ("in/a.csv", "in/a.txt", "out/a.csv"):
        put_object(aws, key)
    events = [json.loads(message["Body"]) for message in received(aws, url)]
    assert {event["detail"]["object"]["key"] for event in events} == matching


def test_a_schedule_or_a_disabled_rule_gets_no_events(aws: LocalAws, rule: str) -> None:
    url = accepting(aws, "queue", rule)
    events = aws.client("events")
    events.put_rule(Name="five", ScheduleExpression="rate(5 minutes)")
    events.put_targets(Rule="five", Targets=[{"Id": "1", "Arn": arn_of(aws, "queue")}])
    events.disable_rule(Name="created")
    put_object(aws, "one")
    assert received(aws, url) == []


def test_an_event_that_the_queue_does_not_accept_is_a_dead_letter(aws: LocalAws, rule: str) -> None:
    url = accepting(aws, "queue", f"{rule}-other")
    dead = accepting(aws, "dead", rule)
    put_object(aws, "one")
    assert received(aws, url) == []
    [letter] = received(aws, dead)
    attributes = {name: each["StringValue"] for name, each in letter["MessageAttributes"].items()}
    assert attributes["ERROR_CODE"] == "NO_PERMISSIONS"
    assert attributes["TARGET_ARN"] == arn_of(aws, "queue")
    assert json.loads(letter["Body"])["detail"]["object"]["key"] == "one"


def test_the_notification_configuration_of_a_bucket_says_that_eventbridge_is_on(
    aws: LocalAws, rule: str
) -> None:
    found = aws.client("s3").get_bucket_notification_configuration(Bucket=BUCKET)
    assert found["EventBridgeConfiguration"] == {}
