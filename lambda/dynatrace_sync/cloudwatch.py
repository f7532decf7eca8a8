"""The metrics that AWS publishes to CloudWatch about a queue, a state machine and a function."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .deadline import Deadline
from .lines import count, gauge, line
from .request import MINUTE_SEC, Sources, Window

_MOST_QUERIES = 500
_DISTRIBUTION = ("Minimum", "Maximum", "Sum", "SampleCount")


class MetricsUnavailable(Exception):
    """CloudWatch did not return metrics that it was asked for."""


@dataclass(frozen=True, slots=True)
class _Metric:
    """A metric of CloudWatch, and the end of its key in Dynatrace."""

    name: str
    key: str
    statistics: tuple[str, ...] = ("Sum",)
    """The sum is a count, and the maximum a gauge. All of `_DISTRIBUTION` are a gauge, too."""


_QUEUE = (
    _Metric("ApproximateNumberOfMessagesVisible", "queue.messages_visible", ("Maximum",)),
    _Metric("ApproximateNumberOfMessagesNotVisible", "queue.messages_in_flight", ("Maximum",)),
    _Metric("ApproximateAgeOfOldestMessage", "queue.oldest_message_age_sec", ("Maximum",)),
    _Metric("NumberOfMessagesSent", "queue.messages_sent"),
    _Metric("NumberOfMessagesReceived", "queue.messages_received"),
    _Metric("NumberOfMessagesDeleted", "queue.messages_deleted"),
)
_STATE_MACHINE = (
    _Metric("ExecutionsStarted", "state_machine.executions_started"),
    _Metric("ExecutionsSucceeded", "state_machine.executions_succeeded"),
    _Metric("ExecutionsFailed", "state_machine.executions_failed"),
    _Metric("ExecutionsTimedOut", "state_machine.executions_timed_out"),
    _Metric("ExecutionsAborted", "state_machine.executions_aborted"),
    _Metric("ExecutionThrottled", "state_machine.executions_throttled"),
    _Metric("ExecutionTime", "state_machine.execution_time_ms", _DISTRIBUTION),
)
_FUNCTION = (
    _Metric("Invocations", "function.invocations"),
    _Metric("Errors", "function.errors"),
    _Metric("Throttles", "function.throttles"),
    _Metric("Duration", "function.duration_ms", _DISTRIBUTION),
    _Metric("ConcurrentExecutions", "function.concurrent_executions", ("Maximum",)),
)


@dataclass(frozen=True, slots=True)
class _Series:
    """A metric of one resource."""

    namespace: str
    dimension: tuple[str, str]
    metric: _Metric
    labels: Mapping[str, str]
    """Its own dimensions in Dynatrace."""


def metric_lines(
    client: Any, sources: Sources, window: Window, deadline: Deadline
) -> Iterator[str]:
    """Yield a line for each metric and minute. `client` is one of CloudWatch.

    Raises MetricsUnavailable and OutOfTime.
    """
    series = list(_series(sources))
    values = _values(client, series, window, deadline)
    for number, each in enumerate(series):
        dimensions = {**sources.dimensions, **each.labels}
        by_statistic = [values.get((number, name), {}) for name in each.metric.statistics]
        for time in sorted(by_statistic[0]):
            found = [statistic[time] for statistic in by_statistic]
            yield line(each.metric.key, dimensions, _payload(each.metric, found), time)


def _payload(metric: _Metric, values: Sequence[float]) -> str:
    if metric.statistics == _DISTRIBUTION:
        smallest, largest, total, number = values
        return gauge(smallest, largest, total, number)
    (value,) = values
    return count(value) if metric.statistics == ("Sum",) else gauge(value, value, value, 1)


def _series(sources: Sources) -> Iterator[_Series]:
    for name in sources.queue_names:
        for metric in _QUEUE:
            yield _Series("AWS/SQS", ("QueueName", name), metric, {"queue": name})
    if arn := sources.state_machine_arn:
        labels = {"state_machine": arn.rpartition(":")[2]}
        for metric in _STATE_MACHINE:
            yield _Series("AWS/States", ("StateMachineArn", arn), metric, labels)
    if function := sources.function_name:
        for metric in _FUNCTION:
            yield _Series("AWS/Lambda", ("FunctionName", function), metric, {"function": function})


def _values(
    client: Any, series: Sequence[_Series], window: Window, deadline: Deadline
) -> Mapping[tuple[int, str], Mapping[int, float]]:
    """Return (index of the series, statistic) → time of the minute → value."""
    wanted = [
        (number, statistic)
        for number, each in enumerate(series)
        for statistic in each.metric.statistics
    ]
    values: defaultdict[tuple[int, str], dict[int, float]] = defaultdict(dict)
    for first in range(0, len(wanted), _MOST_QUERIES):
        asked = {
            f"m{first + index}": pair
            for index, pair in enumerate(wanted[first : first + _MOST_QUERIES])
        }
        pages = client.get_paginator("get_metric_data").paginate(
            MetricDataQueries=[
                _query(query_id, series[number], statistic)
                for query_id, (number, statistic) in asked.items()
            ],
            StartTime=window.start,
            EndTime=window.end,
            ScanBy="TimestampAscending",
        )
        for page in deadline.pages(pages, "The metrics of CloudWatch"):
            for result in page["MetricDataResults"]:
                _check(result, series[asked[result["Id"]][0]])
                times = (int(each.timestamp()) for each in result["Timestamps"])
                values[asked[result["Id"]]].update(zip(times, result["Values"], strict=True))
    return values


def _query(query_id: str, series: _Series, statistic: str) -> dict[str, Any]:
    name, value = series.dimension
    metric = {
        "Namespace": series.namespace,
        "MetricName": series.metric.name,
        "Dimensions": [{"Name": name, "Value": value}],
    }
    stat = {"Metric": metric, "Period": MINUTE_SEC, "Stat": statistic}
    return {"Id": query_id, "MetricStat": stat, "ReturnData": True}


def _check(result: Mapping[str, Any], series: _Series) -> None:
    status = result.get("StatusCode", "Complete")
    if status not in ("Complete", "PartialData"):
        messages = " ".join(str(each.get("Value")) for each in result.get("Messages", ()))
        raise MetricsUnavailable(
            f"CloudWatch did not return {series.metric.name} of {series.dimension[1]}: {status} "
            f"{messages}".rstrip()
        )
