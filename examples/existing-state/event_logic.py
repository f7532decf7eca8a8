"""An event for each URL to monitor. Each function has its own URLs."""

from __future__ import annotations

import json
import os

import boto3

from diva.kit import http, sns

URLS: dict[str, str] = json.loads(os.environ["URLS"]) or {
    "dynamodb": boto3.client("dynamodb").meta.endpoint_url
}


def get_events() -> dict[str, dict[str, object]]:
    """Return an event for each URL, with the role `detect`, since there is nothing to inject."""
    notify = sns(os.environ["ALERT_TOPIC_ARN"])
    return {
        name: {
            "role": "detect",
            "detect": http(url),
            # A single failed request is not an outage.
            "retry": {"attempts": 2, "delay_sec": 1},
            "timeout_sec": 5,
            "alert": notify,
            "resolve": notify,
            "reminder_sec": 3600,
        }
        for name, url in URLS.items()
    }
