"""How the time of a run is divided between observing, delivering and saving."""

from __future__ import annotations

from dataclasses import dataclass

RESERVE_SEC = 12.0
"""Reserved for saving state. The timeouts and retries of the AWS clients fit into it."""
DELIVERY_SEC = 10.0
"""Reserved for delivering, so that a hanging detection cannot use up the time for alerts."""
LARGEST_SHARE = 0.25
"""The largest share of the remaining time that is reserved for either."""
LEFT_TO_FAIL_SEC = 0.2
"""Left at the end to log an error before Lambda ends the process."""


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Monotonic times at which a run stops observing, delivering, and waiting at all."""

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
