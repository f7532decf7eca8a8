"""How the time of a run is divided: observing, then delivering, then saving."""

from __future__ import annotations

from dataclasses import dataclass

RESERVE_SEC = 12.0
"""Kept of the invocation's time for saving; the AWS clients' timeouts and retries fit into it."""
DELIVERY_SEC = 10.0
"""Kept of the rest for delivering, so that a hung detection cannot use up an alert's time."""
LARGEST_SHARE = 0.25
"""No more of the remaining time than this is kept for either."""
LEFT_TO_FAIL_SEC = 0.2
"""Left at the very end to say what is wrong before Lambda ends the process."""


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Monotonic times at which a run stops observing, delivering, and waiting for anything."""

    observe: float
    deliver: float
    end: float

    @classmethod
    def after(cls, begun: float, remaining_sec: float) -> Deadlines:
        """Return the deadlines of a run that began at `begun` with `remaining_sec` left."""
        deliver_sec = remaining_sec - min(RESERVE_SEC, remaining_sec * LARGEST_SHARE)
        observe_sec = deliver_sec - min(DELIVERY_SEC, deliver_sec * LARGEST_SHARE)
        end_sec = remaining_sec - min(LEFT_TO_FAIL_SEC, remaining_sec * LARGEST_SHARE)
        return cls(begun + observe_sec, begun + deliver_sec, begun + end_sec)
