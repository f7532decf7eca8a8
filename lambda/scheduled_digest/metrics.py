"""CloudWatch metrics of a run, as a log line in embedded metric format."""

from __future__ import annotations

import json
from collections.abc import Mapping

NAMESPACE = "ScheduledDigest"

TRIGGERED = "DigestsTriggered"
SKIPPED = "DigestsSkipped"
"""Triggered before in the same period."""
FAILED = "DigestsFailed"
LEFT = "DigestsLeft"
"""Left to the next run."""
ACTIVE = "ActiveMonitors"
"""With the frequency of the run."""
OTHER = "OtherMonitors"
"""With another frequency."""
FOUND = "DeletedMonitorsFound"
REMOVED = "DeletedMonitorsRemoved"
TIME = "ProcessingTime"
"""In milliseconds."""

_UNITS = {TIME: "Milliseconds"}


def metrics_line(function_name: str, values: Mapping[str, float], now: float) -> str:
    """Return the line of a run, with the name of the function as the dimension.

    `now` is in seconds since the epoch.
    """
    directive = {
        "Namespace": NAMESPACE,
        "Dimensions": [["FunctionName"]],
        "Metrics": [{"Name": name, "Unit": _UNITS.get(name, "Count")} for name in values],
    }
    head = {"Timestamp": round(now * 1000), "CloudWatchMetrics": [directive]}
    return json.dumps({"_aws": head, "FunctionName": function_name, **values})
