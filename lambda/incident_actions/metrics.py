"""CloudWatch metrics of an attempt, as a log line in embedded metric format."""

from __future__ import annotations

import json

SUCCEEDED = "Succeeded"
REFUSED = "Refused"
FAILED = "Failed"
_METRICS = (SUCCEEDED, REFUSED, FAILED)


def metrics_line(namespace: str, function_name: str, counted: str | None, timestamp_ms: int) -> str:
    """Return the line of an attempt: one of the three metrics is 1, or none, and the others 0."""
    directive = {
        "Namespace": namespace,
        "Dimensions": [["FunctionName"]],
        "Metrics": [{"Name": name, "Unit": "Count"} for name in _METRICS],
    }
    head = {"Timestamp": timestamp_ms, "CloudWatchMetrics": [directive]}
    values = {name: int(name == counted) for name in _METRICS}
    return json.dumps({"_aws": head, "FunctionName": function_name, **values})
