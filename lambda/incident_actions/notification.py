"""What a notification says about an incident, whatever a backend has sent."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from diva_common.text import one_line

from .payload import Request

_LONGEST_PRIORITY = 20
_LONGEST_TITLE = 300
_LONGEST_DESCRIPTION = 8_000
_NOTHING = "(none)"


@dataclass(frozen=True, slots=True)
class Notification:
    """A notification about an incident, for people."""

    incident_id: str
    priority: str
    title: str
    """One line."""
    description: str
    """Any number of lines."""

    @property
    def subject(self) -> str:
        """The notification in one line."""
        return f"🚨 [{self.priority.upper()}] Incident {self.incident_id} requires attention"

    @property
    def text(self) -> str:
        """The whole notification."""
        return "\n".join(
            [
                "🚨 INCIDENT ALERT 🚨",
                "",
                f"Incident ID: {self.incident_id}",
                f"Priority: {self.priority}",
                "",
                f"Title: {self.title}",
                f"Description: {self.description}",
                "",
                "This incident requires immediate human attention.",
                "",
                "Please log in to the incident management system to review and resolve.",
            ]
        )


def notification(request: Request) -> Notification:
    """Return the notification that `request` asks for.

    Of details that are not an object with a title and a description, as much as possible is kept.
    """
    title, description = _title_and_description(request.details)
    return Notification(
        incident_id=request.incident_id,
        priority=one_line(request.priority, _LONGEST_PRIORITY),
        title=one_line(_clean(title), _LONGEST_TITLE) or _NOTHING,
        description=_shortened(_clean(description)) or _NOTHING,
    )


def _title_and_description(details: Any) -> tuple[str, str]:
    if not isinstance(details, Mapping):
        return "", _as_text(details)
    if "title" in details or "description" in details:
        return _as_text(details.get("title")), _as_text(details.get("description"))
    return "", _as_text(details or None)


def _as_text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2)


def _clean(text: str) -> str:
    """Return `text` without what is not a character, or controls a terminal."""
    # JSON may contain halves of characters, which cannot be encoded.
    encoded = text.encode("utf-8", "replace").decode()
    lines = encoded.replace("\r\n", "\n").split("\n")
    return "\n".join(
        "".join(each if each.isprintable() else " " for each in line).rstrip() for line in lines
    ).strip()


def _shortened(text: str) -> str:
    longest = _LONGEST_DESCRIPTION
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
