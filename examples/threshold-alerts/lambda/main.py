"""Publishes a metric for each reading of a sensor. Unreadable readings fail the run."""

from __future__ import annotations

import json
import os
import time
from typing import Any

UNITS = os.environ["UNITS"].split(",")


class UnreadableReading(Exception):
    """A reading has no number or no known unit."""


def lambda_handler(event: dict[str, Any], context: object) -> None:
    """Publish a metric for the reading in an event from SNS."""
    for record in event["Records"]:
        reading = json.loads(record["Sns"]["Message"])
        print(json.dumps(metric(reading["sensor"], celsius(reading))))


def celsius(reading: dict[str, Any]) -> float:
    """Return the temperature of a reading in degrees Celsius."""
    value, unit = reading.get("value"), reading.get("unit")
    if not isinstance(value, (int, float)) or unit not in UNITS:
        raise UnreadableReading(f"{reading} must have a number in {' or '.join(UNITS)}")
    return value if unit == "C" else (value - 32) * 5 / 9


def metric(sensor: str, temperature: float) -> dict[str, Any]:
    """Return the log line of a metric in the embedded metric format of CloudWatch."""
    definition = {
        "Namespace": "Readings",
        "Dimensions": [["Sensor"]],
        "Metrics": [{"Name": "Temperature", "Unit": "None"}],
    }
    described = {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [definition]}
    return {"_aws": described, "Sensor": sensor, "Temperature": round(temperature, 2)}
