"""Notifying people through PagerDuty, by its Events API v2."""

from __future__ import annotations

import json
import ssl
from dataclasses import dataclass

from diva_common.endpoint import HttpsServer
from diva_common.runs import Clock
from diva_common.secret import Secret
from diva_common.text import one_line

from .channels import NotSent
from .notification import Notification

URL = "https://events.pagerduty.com"
PATH = "/v2/enqueue"
_HEADERS = {"Content-Type": "application/json"}
_LONGEST_SUMMARY = 1024
_SEVERITIES = {"critical": "critical", "high": "error", "medium": "warning", "low": "info"}
_OTHERWISE = "error"


@dataclass(frozen=True, slots=True)
class PagerDuty:
    """An integration of a PagerDuty service."""

    secret: Secret
    """The routing key, or a JSON object with `routing_key`."""
    url: str
    source: str
    """What PagerDuty shows as the origin of the alert."""
    tls: ssl.SSLContext
    clock: Clock

    def send(self, notification: Notification, until: float) -> str:
        server = HttpsServer(self.url, self.tls, self.clock)
        while True:
            key = self.secret.token("routing_key")
            body = json.dumps({"routing_key": key, **self._event(notification)}).encode()
            response = server.post(PATH, body, _HEADERS, until, [key])
            if response.status == 202:
                return notification.incident_id
            if response.status not in (400, 403) or not self.secret.refetch():
                raise NotSent(f"PagerDuty answered {response.status}: {response.text()}")

    def _event(self, notification: Notification) -> dict[str, object]:
        subject, priority = notification.subject, notification.priority
        return {
            "event_action": "trigger",
            # PagerDuty adds events with the same key to the alert that is open.
            "dedup_key": notification.incident_id,
            "payload": {
                "summary": one_line(f"{subject}: {notification.title}", _LONGEST_SUMMARY),
                "source": self.source,
                "severity": _SEVERITIES.get(priority.lower(), _OTHERWISE),
                "custom_details": {
                    "incidentId": notification.incident_id,
                    "priority": priority,
                    "title": notification.title,
                    "description": notification.description,
                },
            },
        }
