"""An event for a service in the VPC: how to detect it, and where to send alerts."""

from __future__ import annotations

import os

import boto3

from diva.kit import http, sns

SERVICE = os.environ.get("SERVICE_URL") or boto3.client("dynamodb").meta.endpoint_url


def get_events() -> dict[str, dict[str, object]]:
    """Return one event, with the role `detect`, since there is nothing to inject."""
    notify = sns(os.environ["ALERT_TOPIC_ARN"])
    return {
        "service": {
            "role": "detect",
            "detect": http(SERVICE),
            # A single failed request is not an outage.
            "retry": {"attempts": 2, "delay_sec": 1},
            "timeout_sec": 15,
            "reset": {"mode": "cooldown", "success_threshold": 2},
            "alert": notify,
            "resolve": notify,
            "reminder_sec": 3600,
        },
    }
