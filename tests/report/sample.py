"""A made-up state of the events of a shop, in which something is wrong with most of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=timezone.utc)
PLACE = "s3://shop-monitoring/diva/shop/state.json"


def records() -> dict[str, Mapping[str, Any]]:
    """Return the stored state, by event."""
    return {
        "payment-provider": {
            **_failing(hours=2.1, detections=25, injections=1),
            "alerted": True,
            "alerted_at": _text(hours=1.9),
            "last_error": "TimeoutError: no answer after 5 s (event_logic.py, line 42)",
            "known_since": _seconds(days=200),
            "incidents": [
                _incident(days=71, minutes=25, alerted=10, injections=(2, 2)),
                _incident(days=33, minutes=130, alerted=10, injections=(3, 1)),
                _incident(days=32.6, minutes=15, alerted=None, injections=(1, 1)),
                _incident(
                    days=12.2,
                    minutes=9,
                    alerted=None,
                    injections=(1, 1),
                    error="HTTPError: 503 Service Unavailable (event_logic.py, line 38)",
                ),
                _incident(
                    days=2.1 / 24,
                    minutes=None,
                    alerted=12,
                    injections=(1, 0),
                    error="TimeoutError: no answer after 5 s (event_logic.py, line 42)",
                ),
            ],
        },
        "checkout": {
            **_failing(hours=1.8, detections=11),
            "last_error": "AssertionError: no order within 10 minutes (event_logic.py, line 77)",
            "known_since": _seconds(days=200),
            "incidents": [
                _incident(days=33, minutes=125, alerted=30, injections=(0, 0)),
                _incident(
                    days=1.8 / 24,
                    minutes=None,
                    alerted=None,
                    injections=(0, 0),
                    error="AssertionError: no order within 10 minutes (event_logic.py, line 77)",
                ),
            ],
        },
        "invoice-pdf": {
            "healthy": True,
            "alerted": True,
            "alerted_at": _text(hours=5),
            "failing_since": _text(hours=5.5),
            "cooldown_counter": 2,
            "known_since": _seconds(days=200),
            "incidents": [
                _incident(days=60, minutes=200, alerted=15, injections=(4, 1)),
                _incident(
                    days=5.5 / 24,
                    minutes=None,
                    alerted=30,
                    injections=(3, 1),
                    error="ValueError: page 1 is empty (checks.py, line 12)",
                ),
            ],
        },
        "gift-cards": {
            "healthy": False,
            "in_warmup": True,
            "warmup_counter": 0,
            "warmup_periods": 6,
            "last_error": "the queue gift-cards does not exist",
        },
        "search": {
            "healthy": True,
            "known_since": _seconds(days=200),
            "incidents": [
                _incident(
                    days=88 - 4.2 * number,
                    minutes=4 + 31 * number % 90,
                    alerted=None,
                    injections=(1, 1),
                    error=None if number < 15 else "3 results instead of 10",
                )
                for number in range(20)
            ],
        },
        "newsletter": {"injected": True, "known_since": _seconds(days=200)},
        "image-resizing": {"healthy": True, "known_since": _seconds(days=21.4)},
        "login": {
            "healthy": True,
            "known_since": _seconds(days=200),
            "incidents": [_incident(days=47, minutes=6, alerted=None, injections=(1, 1))],
        },
        "product-page": {"healthy": True, "known_since": _seconds(days=200)},
        "warehouse-export": {"healthy": True, "detection_failures": "many"},
    }


def _failing(hours: float, detections: int, injections: int = 0) -> dict[str, Any]:
    return {
        "healthy": False,
        "failing_since": _text(hours=hours),
        "detection_failures": detections,
        "injection_failures": injections,
    }


def _incident(
    days: float,
    minutes: float | None,
    alerted: float | None,
    injections: tuple[int, int],
    error: str | None = None,
) -> list[object]:
    start = int((NOW - timedelta(days=days)).timestamp())
    return [
        start,
        None if minutes is None else start + int(60 * minutes),
        None if alerted is None else start + int(60 * alerted),
        *injections,
        *([] if error is None else [error]),
    ]


def _seconds(**ago: float) -> int:
    return int((NOW - timedelta(**ago)).timestamp())


def _text(**ago: float) -> str:
    return (NOW - timedelta(**ago)).isoformat(timespec="milliseconds")


def event_logic() -> dict[str, dict[str, object]]:
    """Return the options of the events, one of which has not run yet."""
    options: dict[str, dict[str, object]] = {
        name: {"detect": _callback, "role": "detect"} for name in (*records(), "refunds")
    }
    options["newsletter"] = {"inject": _callback, "role": "inject"}
    options["checkout"]["depends_on"] = ["payment-provider", "login"]
    options["image-resizing"]["maintenance"] = [
        {"start": "09:00", "duration_min": 60, "days": ["Sat", "Sun"]},
        {"start": "12:00", "duration_min": 60},
    ]
    return options


def _callback(_: str) -> bool:
    return True
