"""The ways in which people are notified."""

from __future__ import annotations

from typing import Protocol

from .notification import Notification


class NotSent(Exception):
    """A channel has not accepted a notification. The text says why, without secrets."""


class Channel(Protocol):
    """A way in which people are notified."""

    def send(self, notification: Notification, until: float) -> str:
        """Send a notification, and return its id, or an empty text if it has none.

        Attempts end at the monotonic time `until`. Raises an error whose text has no secrets.
        """
        ...
