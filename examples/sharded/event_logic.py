"""Events of the sensors: each is healthy as long as it has reported no fault.

Every shard computes all events, and DIVA runs those that belong to it.
"""

from __future__ import annotations

import os

import boto3
from botocore.config import Config

from diva.notification import NotificationContext

# Shorter than timeout_sec of the events, so that failures are reported with their error. There is a
# connection for each thread.
CONFIG = Config(
    connect_timeout=2,
    read_timeout=3,
    retries={"total_max_attempts": 2},
    max_pool_connections=int(os.environ["DIVA_MAX_WORKERS"]),
)
dynamodb = boto3.client("dynamodb", config=CONFIG)
sns = boto3.client("sns", config=CONFIG)

TOPIC = os.environ["ALERT_TOPIC_ARN"]
FAULTS = os.environ["FAULTS_TABLE"]
SENSORS = int(os.environ["SENSORS"])


def get_events() -> dict[str, dict[str, object]]:
    """Return an event for each sensor. `detect` receives the name of the sensor."""
    return {
        f"sensor-{number:05}": {
            "role": "detect",
            "detect": has_no_fault,
            "max_failed_detections": 2,
            "timeout_sec": 15,
            "alert": notify,
            "resolve": notify,
        }
        for number in range(SENSORS)
    }


def has_no_fault(sensor: str) -> bool:
    """Return whether the table of faults has no item of this sensor."""
    found = dynamodb.get_item(TableName=FAULTS, Key={"sensor": {"S": sensor}})
    return "Item" not in found


def notify(message: str, context: NotificationContext) -> None:
    """Publish an alert, a reminder or a resolution to the SNS topic."""
    state = {"alert": "is failing", "reminder": "is still failing", "resolution": "is healthy"}
    sns.publish(
        TopicArn=TOPIC,
        Subject=f"DIVA: {context.event} {state[context.kind]}",
        Message=f"{message}\n\nRun {context.run_id} in {os.environ['AWS_LAMBDA_LOG_GROUP_NAME']}",
    )
