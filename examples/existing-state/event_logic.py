"""An event for each URL to monitor. Each function has its own URLs."""

from __future__ import annotations

import json
import os
import urllib.request

import boto3
from botocore.config import Config

from diva.notification import NotificationContext

TIMEOUT_SEC = 4

CONFIG = Config(connect_timeout=2, read_timeout=3, retries={"total_max_attempts": 2})
sns = boto3.client("sns", config=CONFIG)

TOPIC = os.environ["ALERT_TOPIC_ARN"]
URLS: dict[str, str] = json.loads(os.environ["URLS"]) or {
    "dynamodb": boto3.client("dynamodb").meta.endpoint_url
}


def get_events() -> dict[str, dict[str, object]]:
    """Return an event for each URL, with the role `detect`, since there is nothing to inject."""
    return {
        name: {
            "role": "detect",
            "detect": answers,
            # A single failed request is not an outage.
            "retry": {"attempts": 2, "delay_sec": 1},
            "timeout_sec": TIMEOUT_SEC + 1,
            "alert": notify,
            "resolve": notify,
            "reminder_sec": 3600,
        }
        for name in URLS
    }


def answers(name: str) -> bool:
    """Return whether the URL responds. An error status raises, and the alert contains it."""
    with urllib.request.urlopen(URLS[name], timeout=TIMEOUT_SEC) as response:  # noqa: S310
        return bool(response.status == 200)


def notify(message: str, context: NotificationContext) -> None:
    """Publish an alert, a reminder or a resolution to the SNS topic."""
    state = {"alert": "is failing", "reminder": "is still failing", "resolution": "is healthy"}
    sns.publish(
        TopicArn=TOPIC,
        Subject=f"DIVA: {context.event} {state[context.kind]}"[:100],  # the limit of SNS
        Message=f"{message}\n\nRun {context.run_id} in {os.environ['AWS_LAMBDA_LOG_GROUP_NAME']}",
    )
