"""Whether a service that only the VPC reaches answers, and whom to tell if not."""

from __future__ import annotations

import os
import urllib.request

import boto3
from botocore.config import Config

from diva.notification import NotificationContext

# Shorter than the event's timeout_sec, so that an error says what went wrong.
CONFIG = Config(connect_timeout=2, read_timeout=3, retries={"total_max_attempts": 2})
sns = boto3.client("sns", config=CONFIG)

TOPIC = os.environ["ALERT_TOPIC_ARN"]
SERVICE = os.environ.get("SERVICE_URL") or boto3.client("dynamodb").meta.endpoint_url


def get_events() -> dict[str, dict[str, object]]:
    """Return the events DIVA probes: there is nothing to inject, so this one is detected only."""
    return {
        "service": {
            "role": "detect",
            "detect": service_answers,
            # A single failed request is no outage.
            "retry": {"attempts": 2, "delay_sec": 1},
            "timeout_sec": 15,
            "reset": {"mode": "cooldown", "success_threshold": 2},
            "alert": notify,
            "resolve": notify,
            "reminder_sec": 3600,
        },
    }


def service_answers(event_name: str) -> bool:
    """Whether the service answers; an error status raises, and the alert quotes it."""
    with urllib.request.urlopen(SERVICE, timeout=4) as response:  # noqa: S310  # our own URL
        return bool(response.status == 200)


def notify(message: str, facts: NotificationContext) -> None:
    """Publish an alert, a reminder or a resolution."""
    state = {"alert": "is failing", "reminder": "is still failing", "resolution": "is healthy"}
    sns.publish(
        TopicArn=TOPIC,
        Subject=f"DIVA: {facts.event} {state[facts.kind]}",
        Message=f"{message}\n\nRun {facts.run_id} in {os.environ['AWS_LAMBDA_LOG_GROUP_NAME']}",
    )
