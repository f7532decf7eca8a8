"""The notifications of alarms of the embedded AWS."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone

from local_aws import LocalAws

from ..functions import deploy
from .alarms import (
    MINUTE,
    NOON,
    calculate,
    messages,
    put,
    state,
    subscribed_queue,
    summed,
    watch,
)

UNKNOWN = "INSUFFICIENT_DATA"


def test_a_change_of_state_is_returned_once_and_kept_with_its_history(aws: LocalAws) -> None:
    client = aws.client("cloudwatch")
    watch(aws, TreatMissingData="notBreaching")
    assert state(aws) == UNKNOWN
    put(aws, "m", NOON, 2)

    (calm,) = aws.evaluate_alarms(NOON)
    (raised,) = aws.evaluate_alarms(NOON + MINUTE)
    assert aws.evaluate_alarms(NOON + MINUTE) == []
    watch(aws, TreatMissingData="notBreaching", AlarmDescription="changed")
    (cleared,) = aws.evaluate_alarms(NOON + 9 * MINUTE)

    assert (calm.name, calm.old, calm.new) == ("alarm", UNKNOWN, "OK")
    assert (raised.old, raised.new) == ("OK", "ALARM")
    assert raised.reason == (
        "Threshold Crossed: 1 out of the last 1 datapoints [2.0 (01/01/30 12:00:00)] was greater "
        "than the threshold (0.0) (minimum 1 datapoint for OK -> ALARM transition)."
    )
    assert (cleared.old, cleared.new) == ("ALARM", "OK")
    assert cleared.reason == (
        "Threshold Crossed: no datapoints were received for 3 periods and 1 missing datapoint "
        "was treated as [NonBreaching]."
    )
    (described,) = client.describe_alarms()["MetricAlarms"]
    assert described["StateReason"] == cleared.reason
    assert described["StateUpdatedTimestamp"] == NOON + 9 * MINUTE
    items = client.describe_alarm_history(AlarmName="alarm", HistoryItemType="StateUpdate")
    assert [(item["Timestamp"], item["HistorySummary"]) for item in items["AlarmHistoryItems"]] == [
        (NOON + 9 * MINUTE, "Alarm updated from ALARM to OK"),
        (NOON + MINUTE, "Alarm updated from OK to ALARM"),
        (NOON, "Alarm updated from INSUFFICIENT_DATA to OK"),
    ]


def test_an_alarm_notifies_its_topic_and_the_subscribers(aws: LocalAws) -> None:
    sns = aws.client("sns")
    topic = sns.create_topic(Name="alarms")["TopicArn"]
    queue = subscribed_queue(aws, topic)
    sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="on-call@example.com")
    dimensions = [{"Name": "FunctionName", "Value": "f"}]
    put(aws, "m", NOON - MINUTE, 3, Dimensions=dimensions)
    watch(aws, AlarmActions=[topic], AlarmDescription="Too much.", Dimensions=dimensions)

    (change,) = aws.evaluate_alarms(NOON)

    (notification,) = messages(aws, queue)
    assert notification["Subject"] == 'ALARM: "alarm" in US East (N. Virginia)'
    content = json.loads(notification["Message"])
    assert content["AlarmName"] == "alarm"
    assert content["AlarmDescription"] == "Too much."
    assert (content["OldStateValue"], content["NewStateValue"]) == (UNKNOWN, "ALARM")
    assert content["NewStateReason"] == change.reason
    assert content["StateChangeTime"] == "2030-01-01T12:00:00.000+0000"
    assert content["AWSAccountId"] == aws.account_id
    assert content["AlarmActions"] == [topic]
    trigger = content["Trigger"]
    assert (trigger["MetricName"], trigger["Namespace"]) == ("m", "Tests")
    assert (trigger["Statistic"], trigger["Period"], trigger["Threshold"]) == ("SUM", 60, 0)
    assert trigger["Dimensions"] == [{"value": "f", "name": "FunctionName"}]
    (email,) = aws.inbox("on-call@example.com")
    assert email.subject == notification["Subject"]
    assert "Too much." in email.body
    assert change.reason in email.body
    assert aws.inbox("nobody@example.com") == []


def test_the_notification_of_an_expression_contains_its_queries(aws: LocalAws) -> None:
    topic = aws.client("sns").create_topic(Name="alarms")["TopicArn"]
    queue = subscribed_queue(aws, topic)
    put(aws, "m", NOON - MINUTE, 3)
    doubled = {"Id": "doubled", "Expression": "2 * m", "Label": "Twice"}
    calculate(aws, doubled, summed("m"), AlarmActions=[topic])

    aws.evaluate_alarms(NOON)

    (notification,) = messages(aws, queue)
    calculated, read = json.loads(notification["Message"])["Trigger"]["Metrics"]
    assert calculated == {**doubled, "ReturnData": True}
    assert read["MetricStat"]["Metric"]["MetricName"] == "m"
    assert read["ReturnData"] is False


def test_each_state_has_actions_which_can_be_disabled(aws: LocalAws) -> None:
    sns = aws.client("sns")
    actions = ("AlarmActions", "OKActions", "InsufficientDataActions")
    topics = {name: sns.create_topic(Name=name)["TopicArn"] for name in actions}
    for name, topic in topics.items():
        address = f"{name}@example.com"
        sns.subscribe(TopicArn=topic, Protocol="email", Endpoint=address)

    def arrived() -> list[int]:
        return [len(aws.inbox(f"{name}@example.com")) for name in actions]

    watch(aws, **{name: [topic] for name, topic in topics.items()})
    put(aws, "m", NOON, 1)
    put(aws, "m", NOON + MINUTE, 0)
    found = []
    for at in (NOON, NOON + MINUTE, NOON + 2 * MINUTE, NOON + 9 * MINUTE):
        aws.evaluate_alarms(at)
        found.append(arrived())
    assert found == [[0, 0, 0], [1, 0, 0], [1, 1, 0], [1, 1, 1]]

    aws.client("cloudwatch").disable_alarm_actions(AlarmNames=["alarm"])
    (change,) = aws.evaluate_alarms(NOON + MINUTE)
    assert change.new == "ALARM"
    assert arrived() == [1, 1, 1]


def test_an_alarm_of_a_function_fires_and_clears_by_email(
    aws: LocalAws,
) -> None:
    topic = aws.client("sns").create_topic(Name="alarms")["TopicArn"]
    aws.client("sns").subscribe(TopicArn=topic, Protocol="email", Endpoint="me@example.com")
    name = deploy(aws, "def handler(event, context):\n    return 1 / event")
    watch(
        aws,
        Namespace="AWS/Lambda",
        MetricName="Errors",
        Dimensions=[{"Name": "FunctionName", "Value": name}],
        TreatMissingData="notBreaching",
        AlarmActions=[topic],
        OKActions=[topic],
    )

    aws.invoke(name, 1)
    aws.evaluate_alarms()
    aws.invoke(name, 0)
    aws.evaluate_alarms()
    aws.evaluate_alarms(datetime.now(timezone.utc) + timedelta(minutes=10))

    subjects = [email.subject.split(":")[0] for email in aws.inbox("me@example.com")]
    assert subjects == ["OK", "ALARM", "OK"]
