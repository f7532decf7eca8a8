"""Notifying people in a channel of Slack, by an incoming webhook."""

from __future__ import annotations

import json
import ssl
from dataclasses import dataclass
from urllib.parse import urlsplit

from diva_common.endpoint import HttpsServer
from diva_common.runs import Clock
from diva_common.secret import InvalidSecret, Secret

from .channels import NotSent
from .notification import Notification

_HEADERS = {"Content-Type": "application/json"}
_GONE = frozenset({403, 404, 410})


@dataclass(frozen=True, slots=True)
class Slack:
    """An incoming webhook. Everyone who knows its URL can post to the channel."""

    secret: Secret
    """The URL, or a JSON object with `url`."""
    tls: ssl.SSLContext
    clock: Clock

    def send(self, notification: Notification, until: float) -> str:
        text = f"*{_escaped(notification.subject)}*\n{_escaped(notification.text)}"
        body = json.dumps({"text": text}).encode()
        while True:
            url = self.secret.token("url")
            parts = urlsplit(url)
            if parts.scheme != "https" or not parts.hostname or len(parts.path) <= 1:
                raise InvalidSecret("The secret of Slack must be the HTTPS URL of a webhook.")
            server = HttpsServer(url, self.tls, self.clock)
            response = server.post("", body, _HEADERS, until, [url, parts.path])
            if response.status == 200:
                return ""
            if response.status not in _GONE or not self.secret.refetch():
                raise NotSent(f"Slack answered {response.status}: {response.text()}")


def _escaped(text: str) -> str:
    """Return `text` without the characters by which Slack mentions people and channels."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
