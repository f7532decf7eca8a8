"""CloudWatch metrics of a run, as log lines in embedded metric format.

CloudWatch Logs makes metrics of such lines by itself, so that the function needs neither a
permission nor a call for them. Rule of the format: one JSON object per line of output.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from .machine import is_failing
from .period import Period
from .policy import Policies

NAMESPACE = "DIVA"

_COUNTS = {"Healthy": "healthy", "Failing": "failing", "Alerted": "alerted", "NotRun": "not_run"}
_UNITS = {"Duration": "Milliseconds", "ObservingTimeUsed": "Percent"}
_LONGEST_VALUE = 1024  # of a dimension


def run_line(
    function_name: str, result: Mapping[str, object], period: Period, timestamp_ms: int
) -> str:
    """Return the line of a run, with the function's name as its dimension.

    `Healthy`, `Failing`, `Alerted` and `NotRun` count events as `result` does,
    `FailedDeliveries` the alerts, reminders and resolutions that were due and did not get
    through; `Duration` is in milliseconds. `ObservingTimeUsed` is the percentage of the time for
    observing that was used, 100 if it was used up. With shards, there is a line of each, which says
    which in its property `Shard`.
    """
    undelivered = sum(run.claimed is not run.delivered for run in period.runs.values())
    values = {name: result[field] for name, field in _COUNTS.items()}
    values |= {
        "FailedDeliveries": undelivered,
        "Duration": round(period.duration_ms, 1),
        "ObservingTimeUsed": round(100 * period.observing_used, 1),
    }
    shard = period.invocation.shard
    properties = {} if shard.is_whole else {"Shard": shard.index}
    return _line({"FunctionName": function_name}, values, timestamp_ms, properties)


def event_lines(
    function_name: str, policies: Policies, period: Period, timestamp_ms: int
) -> Iterator[str]:
    """Yield a line per event that ran: whether (1 or 0) it is `EventFailing`, `EventAlerted`.

    The dimensions are the function's name and the event's.
    """
    for name, run in period.runs.items():
        dimensions = {"FunctionName": function_name, "Event": _dimension_value(name)}
        failing = is_failing(policies.valid[name], run.after)
        values = {"EventFailing": int(failing), "EventAlerted": int(run.after.alerted)}
        yield _line(dimensions, values, timestamp_ms)


def _dimension_value(text: str) -> str:
    """Escape a value: CloudWatch drops lines whose dimensions are not ASCII."""
    return text.encode("ascii", "backslashreplace").decode()[:_LONGEST_VALUE]


def _line(
    dimensions: Mapping[str, str],
    values: Mapping[str, object],
    timestamp_ms: int,
    properties: Mapping[str, object] | None = None,
) -> str:
    directive = {
        "Namespace": NAMESPACE,
        "Dimensions": [list(dimensions)],
        "Metrics": [{"Name": name, "Unit": _UNITS.get(name, "Count")} for name in values],
    }
    head = {"Timestamp": timestamp_ms, "CloudWatchMetrics": [directive]}
    return json.dumps({"_aws": head, **dimensions, **(properties or {}), **values})
