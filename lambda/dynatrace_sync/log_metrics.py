"""The metrics that a function writes to its log: the object `dt.metrics` of a JSON log line."""

from __future__ import annotations

import json
import logging
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .deadline import Deadline
from .lines import gauge, key, line
from .request import MINUTE_SEC, Sources, Window

log = logging.getLogger(__name__)

FIELD = "dt.metrics"
_LARGEST = 1e300
_LONGEST_EXCERPT = 500
_MOST_ATTEMPTS = 100
"""Braces in a line that may turn out not to begin an object. Each costs reading up to its end."""
_DECODER = json.JSONDecoder()


@dataclass(slots=True)
class _Measurements:
    smallest: float = math.inf
    largest: float = -math.inf
    total: float = 0.0
    number: int = 0

    def add(self, value: float) -> None:
        self.smallest = min(self.smallest, value)
        self.largest = max(self.largest, value)
        self.total += value
        self.number += 1


def log_lines(client: Any, sources: Sources, window: Window, deadline: Deadline) -> Iterator[str]:
    """Yield a line for each metric and minute, of all log lines in it.

    `client` is one of CloudWatch Logs. Values that are not numbers are logged. Raises OutOfTime.
    """
    if sources.log_group_name is None:
        return
    measured: dict[tuple[int, str], _Measurements] = {}
    for timestamp, message in _messages(client, sources.log_group_name, window, deadline):
        minute = timestamp // 1000 // MINUTE_SEC * MINUTE_SEC
        for name, value in _metrics(message).items():
            valid = key(name)
            if valid is None or not _is_number(value):
                log.error(
                    "%s is not a metric: %r. Line: %s", name, value, message[:_LONGEST_EXCERPT]
                )
            else:
                measured.setdefault((minute, valid), _Measurements()).add(value)
    labels = {"function": sources.function_name} if sources.function_name else {}
    dimensions = {**sources.dimensions, **labels}
    for (minute, name), each in sorted(measured.items()):
        payload = gauge(each.smallest, each.largest, each.total, each.number)
        yield line(f"log.{name}", dimensions, payload, minute)


def _messages(
    client: Any, log_group_name: str, window: Window, deadline: Deadline
) -> Iterator[tuple[int, str]]:
    pages = client.get_paginator("filter_log_events").paginate(
        logGroupName=log_group_name,
        startTime=window.start * 1000,
        endTime=window.end * 1000 - 1,  # part of what is returned
        filterPattern=f'"{FIELD}"',
    )
    try:
        for page in deadline.pages(pages, f"The log group {log_group_name}"):
            for event in page["events"]:
                yield event["timestamp"], event["message"]
    except client.exceptions.ResourceNotFoundException:
        # The function has not logged anything yet.
        log.warning("The log group %s does not exist.", log_group_name)


def _metrics(message: str) -> Mapping[str, Any]:
    """Return the metrics of a log line, and log an error if it has none that can be read."""
    try:
        metrics = _found(message)
    except RecursionError:  # objects in objects, too deep for Python
        metrics = None
    if metrics is None:
        log.error("The %s of a line cannot be read. Line: %s", FIELD, message[:_LONGEST_EXCERPT])
        return {}
    return metrics


def _found(message: str) -> Mapping[str, Any] | None:
    """Return the metrics of a log line: by itself, after Lambda's prefix, or in its JSON format."""
    for each in _objects(message):
        found: Any = each
        while isinstance(found, dict):
            if isinstance(metrics := found.get(FIELD), dict):
                return metrics
            found = found.get("message")
        if isinstance(found, str) and FIELD in found:
            return _found(found)
    return None


def _objects(text: str) -> Iterator[dict[str, Any]]:
    """Yield the JSON objects in `text`."""
    start = text.find("{")
    failed = 0
    while start >= 0 and failed < _MOST_ATTEMPTS:
        try:
            found, end = _DECODER.raw_decode(text, start)
        except ValueError:
            failed += 1
            end = start + 1
        else:
            yield found
        start = text.find("{", end)


def _is_number(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    return -_LARGEST < value < _LARGEST  # NaN is not
