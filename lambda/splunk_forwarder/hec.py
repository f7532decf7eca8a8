"""Sending events to HEC, in batches."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from diva_common.endpoint import Endpoint, Response

from .subscription import Event

log = logging.getLogger(__name__)

PATH = "/services/collector/event"
_CONTENT_TYPE = "application/json"
_LONGEST_EXCERPT = 500
# Invalid data format, event field missing, event field blank, error in indexed fields. Everything
# else, such as an unknown index, applies to all events of a batch.
_CODES_OF_AN_EVENT = frozenset({6, 12, 13, 15})


class Refused(Exception):
    """HEC has refused events for a reason that another attempt would not change."""


@dataclass(slots=True)
class Outcome:
    """What became of events."""

    accepted: int = 0
    left: list[Event] = field(default_factory=list)
    """Those that HEC has refused, and those that were not sent."""
    error: Exception | None = None
    """Why the first event was left. None if none was."""

    def leave(self, events: Iterable[Event], error: Exception) -> None:
        self.left += events
        self.error = self.error or error


@dataclass(frozen=True, slots=True)
class Collector:
    """HEC, and the largest batch that it is sent."""

    endpoint: Endpoint
    max_batch_bytes: int

    def send(self, events: Iterable[Event], until: float) -> Outcome:
        """Send events until the monotonic time `until`.

        Events that HEC refuses do not hold back the others. An error of the endpoint or of its
        token does, since it would be the same for all: it is the error of the outcome.
        """
        outcome = Outcome()
        batches = _batches(events, self.max_batch_bytes)
        for batch in batches:
            try:
                self._send(batch, until, outcome)
            except Exception as error:
                for unsent in (batch, *batches):
                    outcome.leave(unsent, error)
        return outcome

    def _send(self, batch: list[Event], until: float, outcome: Outcome) -> None:
        """Send a batch without the events that HEC refuses, which are removed from it."""
        while batch:
            body = b"\n".join(each.body for each in batch)
            response = self.endpoint.post(PATH, body, _CONTENT_TYPE, until)
            if response.status == 200:
                outcome.accepted += len(batch)
                return
            number = _refused_event(response, len(batch))
            reason = f"{response.status} {response.text()}"
            if number is None:
                outcome.leave(batch, Refused(f"HEC refused {len(batch)} events: {reason}"))
                return
            # HEC does not say whether it has kept the events before, so they are sent again: twice
            # is better than not at all.
            refused = batch.pop(number)
            log.error("HEC refused an event: %s. Event: %s", reason, _excerpt(refused.body))
            outcome.leave([refused], Refused(f"HEC refused an event: {reason}"))


def _batches(events: Iterable[Event], max_bytes: int) -> Iterator[list[Event]]:
    """Yield batches of at most `max_bytes`. A larger event is a batch of its own."""
    batch: list[Event] = []
    size = 0
    for event in events:
        if batch and size + len(event.body) + 1 > max_bytes:
            yield batch
            batch, size = [], 0
        batch.append(event)
        size += len(event.body) + 1
    if batch:
        yield batch


def _refused_event(response: Response, count: int) -> int | None:
    """Return the index of the event that is the reason for the response, None for the batch."""
    try:
        answer = json.loads(response.body)
        number = answer["invalid-event-number"]
        is_its_own = response.status == 400 and answer["code"] in _CODES_OF_AN_EVENT
    except (ValueError, KeyError, TypeError):
        return None
    return number if is_its_own and isinstance(number, int) and 0 <= number < count else None


def _excerpt(event: bytes) -> str:
    return event[:_LONGEST_EXCERPT].decode("utf-8", "replace")
