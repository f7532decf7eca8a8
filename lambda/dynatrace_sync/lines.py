"""Lines of Dynatrace's metric ingestion protocol: `key,dimension="value" payload timestamp`."""

from __future__ import annotations

import re
from collections.abc import Mapping

PREFIX = "s3_event_processor."
"""Of all keys. Dynatrace reserves keys that begin with `dt.`."""
LONGEST_KEY = 255

_LONGEST_VALUE = 250
_LONGEST_DIMENSION = 100
_MOST_DIMENSIONS = 50


def line(key: str, dimensions: Mapping[str, str], payload: str, time: int) -> str:
    """Return a line. `key` follows the prefix, and `time` is in seconds since the epoch."""
    pairs = [
        f'{_dimension(name)}="{_escaped(value)}"'
        for name, value in list(dimensions.items())[:_MOST_DIMENSIONS]
        if value
    ]
    return f"{','.join([PREFIX + key, *pairs])} {payload} {time * 1000}"


def count(delta: float) -> str:
    """Return the payload of a metric that is counted."""
    return f"count,delta={_number(delta)}"


def gauge(smallest: float, largest: float, total: float, number: float) -> str:
    """Return the payload of `number` measurements."""
    return (
        f"gauge,min={_number(smallest)},max={_number(largest)},sum={_number(total)},"
        f"count={_number(number)}"
    )


def key(name: str) -> str | None:
    """Return a name as a part of a key, None if there is nothing that a key can contain."""
    sections = re.sub(r"[^A-Za-z0-9_.-]", "_", name).split(".")
    joined = ".".join(part for each in sections if (part := each.lstrip("-")))
    return joined if joined and len(PREFIX + joined) <= LONGEST_KEY - len(".count") else None


def _dimension(name: str) -> str:
    safe = re.sub(r"[^a-z0-9_.:-]", "_", name.lower())[:_LONGEST_DIMENSION]
    return safe if re.match("[a-z_]", safe) else f"_{safe}"[:_LONGEST_DIMENSION]


def _escaped(value: str) -> str:
    line = " ".join(value.split())[:_LONGEST_VALUE]
    return line.replace("\\", "\\\\").replace('"', '\\"')


def _number(value: float) -> str:
    return str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else repr(value)
