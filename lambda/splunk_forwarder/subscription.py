"""The events of a CloudWatch Logs subscription, as HEC takes them."""

from __future__ import annotations

import base64
import gzip
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

_FILTER_NAME = re.compile(r"splunk--(?P<index>.+?)--(?P<sourcetype>.+)")


class UnknownDestination(Exception):
    """The name of a subscription filter does not say which index its log events belong to."""


@dataclass(frozen=True, slots=True)
class Event:
    """An event of HEC, and the log event that it is made of."""

    body: bytes
    log_event: Mapping[str, Any]


def unpacked(invocation: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what CloudWatch Logs has sent with an invocation."""
    data: Mapping[str, Any] = json.loads(
        gzip.decompress(base64.b64decode(invocation["awslogs"]["data"]))
    )
    return data


def packed(data: Mapping[str, Any], log_events: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the invocation by which CloudWatch Logs would have sent only these log events."""
    text = json.dumps({**data, "logEvents": list(log_events)})
    return {"awslogs": {"data": base64.b64encode(gzip.compress(text.encode())).decode()}}


def hec_events(data: Mapping[str, Any]) -> Iterator[Event]:
    """Yield an event of HEC for each log event that CloudWatch Logs has sent.

    Control messages have none. Neither have log events without text, which HEC would refuse.
    Raises UnknownDestination.
    """
    if data["messageType"] != "DATA_MESSAGE":
        return
    common = {
        "host": data["owner"],
        "source": data["logGroup"],
        **_destination(data["subscriptionFilters"]),
        "fields": {"log_stream": data["logStream"]},
    }
    for each in data["logEvents"]:
        if each["message"].strip():
            event = {"time": each["timestamp"] / 1000, **common, "event": each["message"]}
            yield Event(json.dumps(event).encode(), each)


def _destination(filter_names: list[str]) -> dict[str, str]:
    for name in filter_names:
        if found := _FILTER_NAME.fullmatch(name):
            # Names of filters cannot contain the colon that many source types have.
            return {each: unquote(text) for each, text in found.groupdict().items()}
    raise UnknownDestination(
        "The subscription filter must be named splunk--<index>--<sourcetype>, but is named "
        f"{' and '.join(filter_names)}."
    )
