"""The events of the fault tests, each at another point of its life, and what they really saw.

Each callback leaves a line in a journal, a file that outlives the process, at the moment it
has its effect. Before that, and again before it returns, it does what a test has put into
`at` for that step: `detect`, `inject`, `verify`, `alert` or `resolve` and the event's name,
then the same with `done` in front.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

JOURNAL = "FAULT_JOURNAL"
"""The environment variable with the journal's path."""
PERIOD = "-- period"
KINDS = ("alert", "reminder", "resolution")
"""Of messages; the line of one begins with its kind."""
REMINDER_SEC = 3600

at: dict[str, Callable[[], object]] = {}

HAPPENS_BY_ITSELF = ("healthy", "resolving", "cooling")
HAPPENS_ONCE_INJECTED = "verifying"
CANNOT_BE_INJECTED = "refusing"


class NotificationContext(Protocol):
    """What the callbacks look at in the facts that DIVA gives them."""

    event: str
    kind: str


def get_events() -> Mapping[str, object]:
    reached("get_events")
    return EVENTS


def reached(step: str) -> None:
    at.get(step, lambda: None)()


def note(line: str) -> None:
    # One write of few bytes at the end of a file is not torn, and a kill does not undo it.
    with Path(os.environ[JOURNAL]).open("a") as journal:
        journal.write(line + "\n")


def journal() -> list[list[str]]:
    """Return the lines of each period."""
    periods = Path(os.environ[JOURNAL]).read_text().split(f"{PERIOD}\n")
    return [period.splitlines() for period in periods[1:]]


def detect(name: str) -> bool:
    lines = journal()
    step = "verify" if f"inject {name}" in lines[-1] else "detect"
    reached(f"{step} {name}")
    note(f"detect {name}")
    reached(f"done {step} {name}")
    if name == HAPPENS_ONCE_INJECTED:
        return any(f"inject {name}" in period for period in lines)
    return name in HAPPENS_BY_ITSELF


def inject(name: str) -> bool:
    reached(f"inject {name}")
    note(f"inject {name}")
    reached(f"done inject {name}")
    return name != CANNOT_BE_INJECTED


def alert(message: str, facts: NotificationContext) -> None:
    assert facts.event in message
    reached(f"alert {facts.event}")
    note(f"{facts.kind} {facts.event}")
    reached(f"done alert {facts.event}")


def resolve(message: str, facts: NotificationContext) -> None:
    assert facts.event in message
    reached(f"resolve {facts.event}")
    note(f"{facts.kind} {facts.event}")
    reached(f"done resolve {facts.event}")


_detected = {"role": "detect", "detect": detect, "alert": alert}
_injected = {"detect": detect, "inject": inject, "alert": alert, "max_failed_detections": 99}

EVENTS: Mapping[str, Mapping[str, object]] = {
    "healthy": _detected,
    "alerting": {**_detected, "max_failed_detections": 2},
    "refusing": _injected,
    "injecting": _injected,
    "verifying": {**_injected, "verify": {"attempts": 1, "delay_sec": 0}},
    "resolving": {**_detected, "resolve": resolve},
    "cooling": {
        **_detected,
        "resolve": resolve,
        "reset": {"mode": "cooldown", "success_threshold": 3},
    },
    "reminding": {**_detected, "max_failed_detections": 1, "reminder_sec": REMINDER_SEC},
}
