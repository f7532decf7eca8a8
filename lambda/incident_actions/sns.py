"""Notifying people through an SNS topic."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Any

from .notification import Notification

LONGEST_SUBJECT = 99


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
    head, tail = f"[{notification.priority.upper()}] Incident ", " requires attention"
    head = _ascii(head)
    incident = _ascii(notification.incident_id)
    room = LONGEST_SUBJECT - len(head) - len(tail)
    return head + (incident if len(incident) <= room else f"{incident[: room - 3]}...") + tail


def _ascii(text: str) -> str:
    return unicodedata.normalize("NFKC", text).encode("ascii", "replace").decode()
