"""The embedded metric format of CloudWatch: metrics in log events."""

import json
from collections.abc import Iterator
from datetime import datetime, timezone
from typing import Any

_MAX_DIMENSIONS = 30
_MAX_VALUES = 100


def extract_metrics(message: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield a namespace and a datum of PutMetricData for each metric in a log event.

    Like CloudWatch, this ignores metrics that do not follow the format.
    """
    event = _parsed(message)
    metadata = event.get("_aws")
    if not isinstance(metadata, dict) or not _is_number(metadata.get("Timestamp")):
        return
    milliseconds = metadata["Timestamp"]
    at = datetime.fromtimestamp(milliseconds / 1000, timezone.utc).replace(tzinfo=None)
    for directive in _list(metadata.get("CloudWatchMetrics")):
        if not isinstance(directive, dict) or not isinstance(directive.get("Namespace"), str):
            continue
        for names in _list(directive.get("Dimensions")):
            dimensions = _dimensions(event, names)
            for definition in _list(directive.get("Metrics")) if dimensions is not None else ():
                values = _values(event, definition)
                if values:
                    yield (
                        directive["Namespace"],
                        {
                            "MetricName": definition["Name"],
                            "Dimensions": dimensions,
                            "Timestamp": at,
                            "Values": values,
                            "Unit": definition.get("Unit", "None"),
                        },
                    )


def _parsed(message: str) -> dict[str, Any]:
    if '"_aws"' not in message:
        return {}
    try:
        event = json.loads(message)
    except ValueError:
        return {}
    return event if isinstance(event, dict) else {}


def _dimensions(event: dict[str, Any], names: Any) -> list[dict[str, str]] | None:
    """Return the dimensions with these names, None if one of them has no text."""
    if not isinstance(names, list) or len(names) > _MAX_DIMENSIONS:
        return None
    dimensions = [
        {"Name": name, "Value": event[name]}
        for name in names
        if isinstance(name, str) and isinstance(event.get(name), str)
    ]
    return dimensions if len(dimensions) == len(names) else None


def _values(event: dict[str, Any], definition: Any) -> list[float]:
    name = definition.get("Name") if isinstance(definition, dict) else None
    value = event.get(name) if isinstance(name, str) else None
    values: list[Any] = value if isinstance(value, list) else [value]
    good = len(values) <= _MAX_VALUES and all(_is_number(each) for each in values)
    return values if good else []


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
