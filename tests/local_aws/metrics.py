"""Metrics of the embedded AWS."""

from __future__ import annotations

import time
from datetime import datetime, timedelta, timezone
from typing import Any

from local_aws import LocalAws

from ..processes import PATIENCE_SEC

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def dimensions(**named: str) -> list[dict[str, str]]:
    return [{"Name": name, "Value": value} for name, value in named.items()]


def statistics(aws: LocalAws, namespace: str, name: str, **named: str) -> dict[str, Any]:
    """Return the statistics of everything that was put for a metric, empty if nothing was."""
    found = aws.client("cloudwatch").get_metric_statistics(
        Namespace=namespace,
        MetricName=name,
        Dimensions=dimensions(**named),
        StartTime=EPOCH,
        EndTime=datetime.now(timezone.utc) + timedelta(days=1),
        Period=60 * 10**8,  # longer than a century, so that no period ends during a test
        Statistics=["Sum", "SampleCount", "Minimum", "Maximum"],
    )["Datapoints"]
    return dict(found[0]) if found else {}


def total(aws: LocalAws, metric: str) -> float | None:
    """Return the sum of a metric of the function `subject`, None if nothing was put."""
    return statistics(aws, "AWS/Lambda", metric, FunctionName="subject").get("Sum")


def wait_for_total(aws: LocalAws, metric: str, value: float) -> None:
    deadline = time.monotonic() + PATIENCE_SEC
    while total(aws, metric) != value:
        assert time.monotonic() < deadline
