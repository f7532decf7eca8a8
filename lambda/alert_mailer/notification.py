"""What a notification says: a subject and a text for people."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any
from urllib.parse import quote

_CONSOLES = {
    "aws": "console.aws.amazon.com",
    "aws-cn": "console.amazonaws.cn",
    "aws-us-gov": "console.amazonaws-us-gov.com",
}
_COMPARISONS = {
    "GreaterThanThreshold": ">",
    "GreaterThanOrEqualToThreshold": "≥",
    "LessThanThreshold": "<",
    "LessThanOrEqualToThreshold": "≤",
}


@dataclass(frozen=True, slots=True)
class Notification:
    """A subject, and a text of any number of lines."""

    subject: str
    text: str


def parse(notification: Mapping[str, Any]) -> Notification:
    """Return what the notification of an SNS event says.

    A CloudWatch alarm is described in lines. All other messages stay as they are.
    """
    message = str(notification.get("Message") or "")
    alarm = _alarm(message)
    if alarm is not None:
        return Notification(_alarm_subject(alarm), _alarm_text(alarm))
    topic = str(notification.get("TopicArn", "")).rpartition(":")[2]
    subject = str(notification.get("Subject") or f"Notification from {topic or 'SNS'}")
    return Notification(subject, message)


def _alarm(message: str) -> Mapping[str, Any] | None:
    try:
        found = json.loads(message)
    except ValueError:
        return None
    is_alarm = isinstance(found, dict) and {"AlarmName", "NewStateValue"} <= found.keys()
    return found if is_alarm else None


def _alarm_subject(alarm: Mapping[str, Any]) -> str:
    return f"{alarm['NewStateValue']}: {alarm['AlarmName']}"


def _alarm_text(alarm: Mapping[str, Any]) -> str:
    old = alarm.get("OldStateValue")
    state = f"{old} → {alarm['NewStateValue']}" if old else str(alarm["NewStateValue"])
    arn = str(alarm.get("AlarmArn") or "").split(":", 6)
    region = arn[3] if len(arn) == 7 else ""
    name = str(alarm.get("Region") or "")
    place = f"{name} ({region})" if name and region and name != region else name or region
    lines = [
        ("Alarm", alarm["AlarmName"]),
        ("State", state),
        ("Time", _time(str(alarm.get("StateChangeTime") or ""))),
        ("Reason", alarm.get("NewStateReason")),
        ("Description", alarm.get("AlarmDescription")),
        *(("Watches", watched) for watched in _watched(alarm)),
        ("Region", place),
        ("Account", alarm.get("AWSAccountId")),
        ("Link", _link(arn, str(alarm["AlarmName"])) if region else None),
    ]
    return "\n".join(f"{label + ':':<13}{value}" for label, value in lines if value) + "\n"


def _time(text: str) -> str:
    try:
        at = datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%f%z")
    except ValueError:
        return text
    return f"{at.astimezone(timezone.utc):%Y-%m-%d %H:%M:%S} UTC"


def _watched(alarm: Mapping[str, Any]) -> Iterator[str]:
    """Yield what the alarm watches: a metric, several with an expression, or other alarms."""
    if rule := alarm.get("AlarmRule"):
        yield str(rule)
    trigger = alarm.get("Trigger")
    if not isinstance(trigger, dict):
        return
    queries = trigger.get("Metrics")
    if isinstance(queries, list):
        for query in queries:
            yield _query(query)
    else:
        statistic = trigger.get("ExtendedStatistic") or str(trigger.get("Statistic", "")).title()
        yield _metric(trigger, statistic, trigger.get("Period"))
    yield _condition(trigger)


def _query(query: Mapping[str, Any]) -> str:
    stat = query.get("MetricStat")
    if not isinstance(stat, dict):
        return f"{query.get('Id')} = {query.get('Expression')}"
    return f"{query.get('Id')} = {_metric(stat['Metric'], stat.get('Stat'), stat.get('Period'))}"


def _metric(metric: Mapping[str, Any], statistic: object, period: object) -> str:
    dimensions: Sequence[Mapping[str, Any]] = metric.get("Dimensions") or ()
    of = ", ".join(f"{each.get('name')} = {each.get('value')}" for each in dimensions)
    name = f"{metric.get('Namespace')} {metric.get('MetricName')}"
    return f"{name}{f' ({of})' if of else ''}, {statistic} of {period} s"


def _condition(trigger: Mapping[str, Any]) -> str:
    comparison = str(trigger.get("ComparisonOperator"))
    periods = trigger.get("EvaluationPeriods")
    breaching = trigger.get("DatapointsToAlarm") or periods
    return (
        f"{_COMPARISONS.get(comparison, comparison)} {trigger.get('Threshold')} "
        f"in {breaching} of {periods} periods"
    )


def _link(arn: Sequence[str], name: str) -> str | None:
    console = _CONSOLES.get(arn[1])
    if not console:
        return None
    quoted = quote(name, safe="")
    return f"https://{arn[3]}.{console}/cloudwatch/home?region={arn[3]}#alarmsV2:alarm/{quoted}"
