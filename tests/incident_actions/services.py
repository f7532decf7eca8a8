"""Slack and PagerDuty, as their documentation says that they answer."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from ..https_server import Answer, Request

WEBHOOK_PATH = "/services/T00000000/B00000000/sikret-path"
ROUTING_KEY = "0123456789abcdef0123456789abcdef"
_SEVERITIES = {"critical", "error", "warning", "info"}


@dataclass(slots=True)
class SlackService:
    """Incoming webhooks of Slack."""

    path: str = WEBHOOK_PATH
    posted: list[str] = field(default_factory=list)

    def __call__(self, request: Request) -> Answer:
        if request.path != self.path:
            return Answer(404, "no_service")
        try:
            message = json.loads(request.body)
        except ValueError:
            return Answer(400, "invalid_payload")
        if not message.get("text"):
            return Answer(400, "no_text")
        self.posted.append(message["text"])
        return Answer(200, "ok")


@dataclass(slots=True)
class PagerDutyService:
    """The Events API v2 of PagerDuty."""

    routing_key: str = ROUTING_KEY
    events: list[dict[str, Any]] = field(default_factory=list)

    def __call__(self, request: Request) -> Answer:
        if request.path != "/v2/enqueue":
            return Answer(404, {"error": "Not Found"})
        event = json.loads(request.body)
        errors = list(self._errors(event))
        if errors:
            said = {"status": "invalid event", "message": "Event object is invalid"}
            return Answer(400, {**said, "errors": errors})
        self.events.append(event)
        said = {"status": "success", "message": "Event processed"}
        return Answer(202, {**said, "dedup_key": event["dedup_key"]})

    def _errors(self, event: dict[str, Any]) -> list[str]:
        payload = event.get("payload", {})
        errors = [
            f"'{name}' is missing or blank"
            for name in ("summary", "severity", "source")
            if not payload.get(name)
        ]
        if event.get("routing_key") != self.routing_key:
            errors.append(f"Invalid routing key {event.get('routing_key')}")
        if event.get("event_action") not in ("trigger", "acknowledge", "resolve"):
            errors.append("'event_action' is invalid")
        if payload.get("severity") not in _SEVERITIES:
            errors.append("'severity' is invalid")
        if len(payload.get("summary", "")) > 1024 or len(event.get("dedup_key", "")) > 255:
            errors.append("a value is too long")
        return errors
