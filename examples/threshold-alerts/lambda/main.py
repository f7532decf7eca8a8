"""Makes a metric of each reading that a sensor publishes; what it cannot read fails."""

from __future__ import annotations

import json
import os
import time
from typing import Any

UNITS = os.environ["UNITS"].split(",")


class UnreadableReading(Exception):
    """A reading lacks something or has a unit that is not known."""


def lambda_handler(event: dict[str, Any], context: object) -> None:
    """Take the reading that SNS brings, one at a time."""
    for record in event["Records"]:
        reading = json.loads(record["Sns"]["Message"])
        print(json.dumps(metric(reading["sensor"], celsius(reading))))


def celsius(reading: dict[str, Any]) -> float:
    """Return the temperature of a reading in degrees Celsius."""
    value, unit = reading.get("value"), reading.get("unit")
    if not isinstance(value, (int, float)) or unit not in UNITS:
        raise UnreadableReading(f"{reading}: a number in {' or '.join(UNITS)} is readable")
    return value if unit == "C" else (value - 32) * 5 / 9


def metric(sensor: str, temperature: float) -> dict[str, Any]:
    """Return a log line that CloudWatch makes a metric of (embedded metric format)."""
    definition = {
        "Namespace": "Readings",
        "Dimensions": [["Sensor"]],
        "Metrics": [{"Name": "Temperature", "Unit": "None"}],
    }
    described = {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [definition]}
    return {"_aws": described, "Sensor": sensor, "Temperature": round(temperature, 2)}
