"""What a backend sends, checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

LONGEST_ID = 128
LONGEST_TEXT = 256
UNKNOWN = "unknown"
PEOPLE = "people"
"""The target of requests that notify people."""


class BadPayload(Exception):
    """A payload does not have the expected form."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request to act on a target because of an incident."""

    incident_id: str
    target: str
    priority: str
    details: Any
    """`incidentDetails` as they were sent. They are not checked."""
    dry_run: bool
    requested_by: str

    @property
    def is_critical(self) -> bool:
        """Whether the priority is critical, in upper or lower case."""
        return self.priority.lower() == "critical"


def read_request(event: Any, action: str) -> Request:
    """Return the request that `event` is, for an action that has targets. Raises BadPayload."""
    payload = _payload(event, action)
    return Request(
        incident_id=_required(payload, "incidentId"),
        target=_required(payload, "target"),
        priority=_optional(payload, "priority"),
        details=payload.get("incidentDetails"),
        dry_run=_switch(payload, "dryRun"),
        requested_by=_optional(payload, "requestedBy"),
    )


def read_notification(event: Any, action: str) -> Request:
    """Return the request that `event` is, for an action that notifies people.

    People have to be notified even if the payload has flaws: an invalid priority or sender becomes
    `unknown`, and the target is always PEOPLE. Raises BadPayload.
    """
    payload = _payload(event, action)
    return Request(
        incident_id=_required(payload, "incidentId"),
        target=PEOPLE,
        priority=_lenient(payload, "priority"),
        details=payload.get("incidentDetails"),
        dry_run=_switch(payload, "dryRun"),
        requested_by=_lenient(payload, "requestedBy"),
    )


def incident_id(event: Any) -> str | None:
    """Return the incident that `event` names, if its name is valid."""
    try:
        return _required(event, "incidentId") if isinstance(event, dict) else None
    except BadPayload:
        return None


def _payload(event: Any, action: str) -> dict[str, Any]:
    if not isinstance(event, dict):
        raise BadPayload(f"The payload must be a JSON object, but is {_type(event)}.")
    if event.get("action", action) != action:
        raise BadPayload(
            f"action must be {action!r}, which is what this function does, but is "
            f"{_shown(event['action'])}."
        )
    return event


def _required(payload: dict[str, Any], name: str) -> str:
    value = payload.get(name)
    if value is None:
        raise BadPayload(f"{name} is missing. It must be a string.")
    return _text(name, value, LONGEST_ID)


def _optional(payload: dict[str, Any], name: str) -> str:
    value = payload.get(name)
    return UNKNOWN if value is None else _text(name, value, LONGEST_TEXT)


def _lenient(payload: dict[str, Any], name: str) -> str:
    try:
        return _optional(payload, name)
    except BadPayload:
        return UNKNOWN


def _switch(payload: dict[str, Any], name: str) -> bool:
    value = payload.get(name)
    if value is not None and not isinstance(value, bool):
        raise BadPayload(f"{name} must be true or false, but is {_shown(value)}.")
    return bool(value)


def _text(name: str, value: Any, longest: int) -> str:
    if not isinstance(value, str):
        raise BadPayload(f"{name} must be a string, but is {_type(value)}.")
    if not value.strip():
        raise BadPayload(f"{name} is empty. It must be a string.")
    if len(value) > longest:
        raise BadPayload(f"{name} must have at most {longest} characters, but has {len(value)}.")
    if not value.isprintable():
        raise BadPayload(f"{name} must not contain control characters, but is {_shown(value)}.")
    return value


def _shown(value: Any) -> str:
    """Return a value that may be of any type or length, in one short line."""
    if not isinstance(value, str):
        return _type(value)
    return ascii(value if len(value) <= LONGEST_ID else value[: LONGEST_ID - 1] + "…")


def _type(value: Any) -> str:
    if value is None:
        return "null"
    names = {dict: "an object", list: "a list", str: "a string", bool: "true or false"}
    return names.get(type(value), "a number")
