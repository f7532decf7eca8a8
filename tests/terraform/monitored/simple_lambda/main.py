"""A function that returns its event."""

from __future__ import annotations


def lambda_handler(event: object, context: object) -> dict[str, object]:
    return {"event": event}
