"""Keeping log events that were not forwarded."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .subscription import packed

MOST_BYTES = 262_144
"""In a message, in every region."""


@dataclass(frozen=True, slots=True)
class DeadLetters:
    """The dead-letter queue. `client` is one of SQS."""

    client: Any
    queue_url: str

    def keep(self, data: Mapping[str, Any], log_events: Sequence[Mapping[str, Any]]) -> None:
        """Send invocations with these log events of `data`, as Lambda does for runs that fail."""
        body = json.dumps(packed(data, log_events))
        if len(body) > MOST_BYTES and len(log_events) > 1:
            middle = len(log_events) // 2
            self.keep(data, log_events[:middle])
            self.keep(data, log_events[middle:])
        else:
            self.client.send_message(QueueUrl=self.queue_url, MessageBody=body)
