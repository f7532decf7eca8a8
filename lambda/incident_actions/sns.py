"""Notifying people through an SNS topic."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Any

from .notification import Notification

LONGEST_SUBJECT = 99
_LONGEST_PRIORITY = 30


@dataclass(frozen=True, slots=True)
class Topic:
    """An SNS topic."""

    client: Any
    arn: str

    def send(self, notification: Notification, until: float) -> str:
        response = self.client.publish(
            TopicArn=self.arn, Subject=subject(notification), Message=notification.text
        )
        return str(response["MessageId"])


def subject(notification: Notification) -> str:
    """Return a subject as SNS takes it: ASCII, in one line, with fewer than 100 characters."""
    priority = _ascii(notification.priority.upper(), _LONGEST_PRIORITY)
    head, tail = f"[{priority}] Incident ", " requires attention"
    return head + _ascii(notification.incident_id, LONGEST_SUBJECT - len(head + tail)) + tail


def _ascii(text: str, longest: int) -> str:
    # A character may become many, so that the length is known only afterwards.
    plain = unicodedata.normalize("NFKC", text).encode("ascii", "replace").decode()
    return plain if len(plain) <= longest else f"{plain[: longest - 3]}..."
