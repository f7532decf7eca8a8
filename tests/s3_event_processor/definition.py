"""The states that the definition can have, by instance, and what its tasks request."""

from __future__ import annotations

from collections.abc import Mapping

LOOKING = ("CountMessages", "AnyMessages?", "FindOldestExecution", "IsOldest?", "Done")
LANE = ("Receive", "Process", "ReceiveAgain?", "CountCycle")
LANES = (
    "StartLooking",
    "CountLook",
    "WaitToLook",
    "Lanes",
    "AnyLaneFailed?",
    "ReceiveFailed",
    "LaneFailed",
    "LaneDone",
)
MESSAGE = ("Stagger", "Invoke", "Delete", "Reported?", "LeftToTimeout")
REFUSED = ("BatchItemFailures", "GiveBackOrBury", "GiveBack", "Bury")
STATES: Mapping[str, tuple[str, ...]] = {
    "single": (*LOOKING, *LANE, *MESSAGE, *REFUSED),
    "lanes": (*LOOKING, *LANES, *LANE, *MESSAGE, *REFUSED),
}
AFTER_A_FAULT = ("Reported?", "BatchItemFailures", "LeftToTimeout", "ReceiveFailed", "LaneFailed")
"""Entered only if a request fails, or if the function reports a failure in its response."""
OF_A_LANE = (*LANE, "LaneDone")
"""Entered by each lane, also by one without messages while another one processes some."""
REQUESTS = (
    "GetQueueAttributes",
    "ListExecutions",
    "ReceiveMessage",
    "Invoke",
    "ChangeMessageVisibility",
    "SendMessage",
    "DeleteMessage",
)
ATTEMPTS = 3
"""Requests that end a task: the first, and two retries."""
