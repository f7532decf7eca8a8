"""The events of a CloudWatch Logs subscription, as HEC takes them."""

from __future__ import annotations

import base64
import gzip
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

_FILTER_NAME = re.compile(r"splunk--(?P<index>.+?)--(?P<sourcetype>.+)")


class UnknownDestination(Exception):
    """The name of a subscription filter does not say which index its log events belong to."""


def hec_events(invocation: Mapping[str, Any]) -> Iterator[bytes]:
    """Yield an event of HEC for each log event that CloudWatch Logs has sent.

    Control messages have none. Neither have log events without text, which HEC would refuse.
    Raises UnknownDestination.
    """
    data = json.loads(gzip.decompress(base64.b64decode(invocation["awslogs"]["data"])))
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
            yield json.dumps(event).encode()


def _destination(filter_names: list[str]) -> dict[str, str]:
    for name in filter_names:
        if found := _FILTER_NAME.fullmatch(name):
            # Names of filters cannot contain the colon that many source types have.
            return {each: unquote(text) for each, text in found.groupdict().items()}
    raise UnknownDestination(
        "The subscription filter must be named splunk--<index>--<sourcetype>, but is named "
        f"{' and '.join(filter_names)}."
    )
