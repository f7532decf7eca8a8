"""Alarms of the embedded AWS, their metrics and their notifications."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from typing import Any

from local_aws import LocalAws

NOON = datetime(2030, 1, 1, 12, tzinfo=timezone.utc)
MINUTE = timedelta(minutes=1)
ABOVE = "GreaterThanThreshold"


def put(aws: LocalAws, name: str, at: datetime, *values: float, **options: Any) -> None:
    datum = {"MetricName": name, "Timestamp": at, "Values": values, **options}
    aws.client("cloudwatch").put_metric_data(Namespace="Tests", MetricData=[datum])


def watch(aws: LocalAws, **settings: Any) -> None:
    """Create an alarm on the sum of the metric `m` in each minute, with other settings."""
    defaults: dict[str, Any] = {
        "AlarmName": "alarm",
        "Namespace": "Tests",
        "MetricName": "m",
        "Statistic": "Sum",
        "Period": 60,
        "EvaluationPeriods": 1,
        "Threshold": 0,
        "ComparisonOperator": ABOVE,
    }
    given = {name: value for name, value in (defaults | settings).items() if value is not None}
    aws.client("cloudwatch").put_metric_alarm(**given)


def calculate(aws: LocalAws, *queries: dict[str, Any], **settings: Any) -> None:
    """Create an alarm on queries instead of a metric."""
    unset = {"Namespace": None, "MetricName": None, "Statistic": None, "Period": None}
    watch(aws, **{**unset, "Metrics": list(queries), **settings})


def summed(name: str, **options: Any) -> dict[str, Any]:
    """Return a query for the sum of a metric in each minute. Its ID is the name of the metric."""
    metric = {"Namespace": "Tests", "MetricName": name}
    return {
        "Id": name,
        "ReturnData": False,
        "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Sum", **options},
    }


def state(aws: LocalAws) -> str:
    (found,) = aws.client("cloudwatch").describe_alarms(AlarmNames=["alarm"])["MetricAlarms"]
    return str(found["StateValue"])


def subscribed_queue(aws: LocalAws, topic: str) -> str:
    sqs = aws.client("sqs")
    url: str = sqs.create_queue(QueueName="subscriber")["QueueUrl"]
    arn = f"arn:aws:sqs:{aws.region}:{aws.account_id}:subscriber"
    aws.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    return url


def messages(aws: LocalAws, url: str) -> list[Any]:
    found = aws.client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10)
    return [json.loads(message["Body"]) for message in found.get("Messages", [])]
