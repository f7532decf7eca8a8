"""The notifications that CloudWatch publishes when the state of an alarm changes."""

import json
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from botocore.loaders import Loader
from moto.cloudwatch.models import Alarm, Dimension, MetricDataQuery

_SUBJECT_LENGTH = 100


@dataclass(frozen=True, slots=True)
class Notification:
    """A subject, and a message in the JSON structure of SNS: one text for each protocol."""

    subject: str
    message: str


def notification(alarm: Alarm, old_state: str, at: datetime) -> Notification:
    """Return the notification about an alarm that has left `old_state`.

    E-mail subscribers get prose, all others JSON.
    """
    region = _region_name(alarm.region_name)
    subject = f'{alarm.state_value}: "{alarm.name}" in {region}'
    content = {
        "AlarmName": alarm.name,
        "AlarmDescription": alarm.description,
        "AWSAccountId": alarm.alarm_arn.split(":")[4],
        "AlarmConfigurationUpdatedTimestamp": _time(alarm.configuration_updated_timestamp),
        "NewStateValue": alarm.state_value,
        "NewStateReason": alarm.state_reason,
        "StateChangeTime": _time(at),
        "Region": region,
        "AlarmArn": alarm.alarm_arn,
        "OldStateValue": old_state,
        "OKActions": alarm.ok_actions,
        "AlarmActions": alarm.alarm_actions,
        "InsufficientDataActions": alarm.insufficient_data_actions,
        "Trigger": _trigger(alarm),
    }
    text = (
        f'You are receiving this email because your Amazon CloudWatch Alarm "{alarm.name}" in the '
        f"{region} region has entered the {alarm.state_value} state, because "
        f'"{alarm.state_reason}" at "{at:%A %d %B, %Y %H:%M:%S} UTC".\n\n'
        "Alarm Details:\n"
        f"- Name: {alarm.name}\n"
        f"- Description: {alarm.description or ''}\n"
        f"- State Change: {old_state} -> {alarm.state_value}\n"
        f"- Reason for State Change: {alarm.state_reason}\n"
        f"- Timestamp: {at:%A %d %B, %Y %H:%M:%S} UTC\n"
        f"- Alarm Arn: {alarm.alarm_arn}\n"
    )
    message = json.dumps({"default": json.dumps(content), "email": text})
    return Notification(subject[:_SUBJECT_LENGTH], message)


def returns_data(query: MetricDataQuery) -> bool:
    """Return whether a query returns data, which is the default."""
    return query.return_data is None or bool(query.return_data)


def _trigger(alarm: Alarm) -> dict[str, Any]:
    trigger: dict[str, Any] = {}
    if alarm.metric_data_queries:
        trigger["Metrics"] = [_query(query) for query in alarm.metric_data_queries]
    else:
        trigger = {
            "MetricName": alarm.metric_name,
            "Namespace": alarm.namespace,
            "StatisticType": "ExtendedStatistic" if alarm.extended_statistic else "Statistic",
            **(
                {"ExtendedStatistic": alarm.extended_statistic}
                if alarm.extended_statistic
                else {"Statistic": alarm.statistic.upper()}
            ),
            "Unit": alarm.unit,
            "Dimensions": _dimensions(alarm.dimensions),
            "Period": alarm.period,
        }
    trigger["EvaluationPeriods"] = alarm.evaluation_periods
    if alarm.datapoints_to_alarm:
        trigger["DatapointsToAlarm"] = alarm.datapoints_to_alarm
    return {
        **trigger,
        "ComparisonOperator": alarm.comparison_operator,
        "Threshold": alarm.threshold,
        "TreatMissingData": alarm.treat_missing_data or "",
        "EvaluateLowSampleCountPercentile": alarm.evaluate_low_sample_count_percentile or "",
    }


def _query(query: MetricDataQuery) -> dict[str, Any]:
    description: dict[str, Any] = {"Id": query.id}
    if query.label:
        description["Label"] = query.label
    description["ReturnData"] = returns_data(query)
    stat = query.metric_stat
    if stat is None:
        return {"Expression": query.expression, **description}
    metric = {
        "Dimensions": _dimensions(stat.metric.dimensions),
        "MetricName": stat.metric.metric_name,
        "Namespace": stat.metric.namespace,
    }
    description["MetricStat"] = {"Metric": metric, "Period": stat.period, "Stat": stat.stat}
    return description


def _dimensions(dimensions: list[Dimension]) -> list[dict[str, str | None]]:
    return [{"value": dimension.value, "name": dimension.name} for dimension in dimensions]


def _time(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}+0000"


@cache
def _region_name(region: str) -> str:
    """Return the display name of a region."""
    for partition in Loader().load_data("endpoints")["partitions"]:
        if region in partition["regions"]:
            return str(partition["regions"][region]["description"])
    return region
