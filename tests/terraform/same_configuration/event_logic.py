"""One event, which is always healthy."""

from __future__ import annotations


def get_events() -> dict[str, dict[str, object]]:
    return {"orders": {"role": "detect", "detect": lambda name: True}}


def handler(event: object, context: object) -> str:
    return "well"
