"""An event for a service in the VPC: how to detect it, and where to send alerts."""

from __future__ import annotations

import os
import urllib.request

import boto3
from botocore.config import Config

from diva.notification import NotificationContext

# Shorter than timeout_sec of the event, so that failures are reported with their error.
CONFIG = Config(connect_timeout=2, read_timeout=3, retries={"total_max_attempts": 2})
sns = boto3.client("sns", config=CONFIG)

TOPIC = os.environ["ALERT_TOPIC_ARN"]
SERVICE = os.environ.get("SERVICE_URL") or boto3.client("dynamodb").meta.endpoint_url


def get_events() -> dict[str, dict[str, object]]:
    """Return one event, with the role `detect`, since there is nothing to inject."""
    return {
        "service": {
            "role": "detect",
            "detect": service_answers,
            # A single failed request is not an outage.
            "retry": {"attempts": 2, "delay_sec": 1},
            "timeout_sec": 15,
            "reset": {"mode": "cooldown", "success_threshold": 2},
            "alert": notify,
            "resolve": notify,
            "reminder_sec": 3600,
        },
    }


def service_answers(event_name: str) -> bool:
    """Return whether the service responds. An error status raises, and the alert contains it."""
    with urllib.request.urlopen(SERVICE, timeout=4) as response:  # noqa: S310  # our own URL
        return bool(response.status == 200)


def notify(message: str, context: NotificationContext) -> None:
    """Publish an alert, a reminder or a resolution to the SNS topic."""
    state = {"alert": "is failing", "reminder": "is still failing", "resolution": "is healthy"}
    sns.publish(
        TopicArn=TOPIC,
        Subject=f"DIVA: {context.event} {state[context.kind]}",
        Message=f"{message}\n\nRun {context.run_id} in {os.environ['AWS_LAMBDA_LOG_GROUP_NAME']}",
    )
