"""What the forwarder is invoked with, and an HTTP Event Collector as Splunk documents it."""

from __future__ import annotations

import base64
import gzip
import json
from typing import Any

from ..https_server import Answer, Request

TOKEN = "00000000-0000-0000-0000-000000000001"  # noqa: S105  # of nothing
GROUP = "/aws/lambda/uploads"
STREAM = "2026/11/22/[$LATEST]0123456789abcdef"


def invocation(
    messages: list[str],
    filters: list[str] | None = None,
    message_type: str = "DATA_MESSAGE",
    timestamp: int = 1_795_338_000_123,
) -> dict[str, Any]:
    """Return the event that CloudWatch Logs invokes a function with."""
    data = {
        "messageType": message_type,
        "owner": "123456789012",
        "logGroup": GROUP,
        "logStream": STREAM,
        "subscriptionFilters": filters or ["splunk--s3_processor--_json"],
        "logEvents": [
            {"id": str(number), "timestamp": timestamp + number, "message": message}
            for number, message in enumerate(messages)
        ],
    }
    packed = gzip.compress(json.dumps(data).encode())
    return {"awslogs": {"data": base64.b64encode(packed).decode()}}


def events_in(request: Request) -> list[dict[str, Any]]:
    """Return the events of a request, which are JSON objects one after the other."""
    decoder = json.JSONDecoder()
    text = request.body.decode().strip()
    events = []
    while text:
        event, end = decoder.raw_decode(text)
        events.append(event)
        text = text[end:].lstrip()
    return events


class Hec:
    """HEC: keeps the events of valid requests, and refuses as Splunk documents it."""

    def __init__(self) -> None:
        self.keeps_events_before_an_invalid_one = False
        """Splunk does not document whether HEC does."""
        self.kept: list[dict[str, Any]] = []
        self.invalid: dict[str, tuple[int, str]] = {}
        """Code and text with which an event of this text is refused."""

    def __call__(self, request: Request) -> Answer:
        assert request.path == "/services/collector/event"
        if request.headers["Authorization"] != f"Splunk {TOKEN}":
            return Answer(403, {"text": "Invalid token", "code": 4})
        events = events_in(request)
        for number, event in enumerate(events):
            if event["event"] in self.invalid:
                code, text = self.invalid[event["event"]]
                if self.keeps_events_before_an_invalid_one:
                    self.kept += events[:number]
                return Answer(400, {"text": text, "code": code, "invalid-event-number": number})
        self.kept += events
        return Answer(200, {"text": "Success", "code": 0})

    @property
    def texts(self) -> list[str]:
        return [event["event"] for event in self.kept]
