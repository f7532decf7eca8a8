"""Event logic with `EVENTS` events, each detected after `PAUSE_SEC` seconds."""

from __future__ import annotations

import os
import time
from typing import Any

PAUSE_SEC = float(os.environ.get("PAUSE_SEC", "0"))


def at_once(event_name: str) -> bool:
    return True


def after_pause(event_name: str) -> bool:
    time.sleep(PAUSE_SEC)
    return True


detect = after_pause if PAUSE_SEC else at_once
EVENTS: dict[str, dict[str, Any]] = {
    f"event-{number:05}": {"detect": detect, "role": "detect"}
    for number in range(int(os.environ["EVENTS"]))
}


def get_events() -> dict[str, dict[str, Any]]:
    return EVENTS
