"""Sending events to HEC, in batches."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from diva_common.endpoint import Endpoint, Response

log = logging.getLogger(__name__)

PATH = "/services/collector/event"
_CONTENT_TYPE = "application/json"
_LONGEST_EXCERPT = 500
# Invalid data format, event field missing, event field blank, error in indexed fields. Everything
# else, such as an unknown index, applies to all events of a batch.
_CODES_OF_AN_EVENT = frozenset({6, 12, 13, 15})


class Refused(Exception):
    """HEC has refused events for a reason that another attempt would not change."""


@dataclass(frozen=True, slots=True)
class Collector:
    """HEC, and the largest batch that it is sent."""

    endpoint: Endpoint
    max_batch_bytes: int

    def send(self, events: Iterable[bytes], until: float) -> int:
        """Send all events, and return their number.

        An event that HEC refuses does not keep back the others of its batch. Raises Refused once
        all others are sent, or at once if HEC refuses a batch as a whole; Unavailable if HEC did
        not accept a batch until the monotonic time `until`; and InvalidSecret.
        """
        sent = 0
        refusals: list[str] = []
        for batch in _batches(events, self.max_batch_bytes):
            sent += self._send(batch, until, refusals)
        if refusals:
            raise Refused(
                f"HEC refused {len(refusals)} of {sent + len(refusals)} events: {refusals[0]}"
            )
        return sent

    def _send(self, batch: list[bytes], until: float, refusals: list[str]) -> int:
        """Send a batch without the events that HEC refuses, and return how many it has accepted."""
        while batch:
            response = self.endpoint.post(PATH, b"\n".join(batch), _CONTENT_TYPE, until)
            if response.status == 200:
                break
            number = _refused_event(response, len(batch))
            reason = f"{response.status} {response.text()}"
            if number is None:
                raise Refused(f"HEC refused {len(batch)} events: {reason}")
            # HEC does not say whether it has kept the events before, so they are sent again: twice
            # is better than not at all.
            log.error("HEC refused an event: %s. Event: %s", reason, _excerpt(batch[number]))
            refusals.append(reason)
            batch = [*batch[:number], *batch[number + 1 :]]
        return len(batch)


def _batches(events: Iterable[bytes], max_bytes: int) -> Iterator[list[bytes]]:
    """Yield batches of at most `max_bytes`. A larger event is a batch of its own."""
    batch: list[bytes] = []
    size = 0
    for event in events:
        if batch and size + len(event) + 1 > max_bytes:
            yield batch
            batch, size = [], 0
        batch.append(event)
        size += len(event) + 1
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
