"""Events of the order system: how to detect and inject them, and where to send alerts."""

from __future__ import annotations

import functools
import json
import os
import urllib.request
import uuid
from datetime import datetime, timedelta, timezone

import boto3
from botocore.config import Config

from diva.notification import NotificationContext

# Shorter than timeout_sec of the events, so that failures are reported with their error.
CONFIG = Config(connect_timeout=2, read_timeout=3, retries={"total_max_attempts": 2})
s3 = boto3.client("s3", config=CONFIG)
sns = boto3.client("sns", config=CONFIG)
sqs = boto3.client("sqs", config=CONFIG)

TOPIC = os.environ["ALERT_TOPIC_ARN"]
ORDERS = os.environ["ORDERS_QUEUE"]
REPLIES = os.environ["REPLIES_QUEUE"]
FILES = os.environ["FILES_BUCKET"]
RECEIPT_MAX_AGE = timedelta(seconds=int(os.environ["RECEIPT_MAX_AGE_SEC"]))
WEBSITE = os.environ.get("WEBSITE_URL") or boto3.client("dynamodb").meta.endpoint_url


def get_events() -> dict[str, dict[str, object]]:
    """Return the events that DIVA probes, by name."""
    return {
        # There are no replies without orders, so each period sends an order and waits for its
        # reply.
        "orders": {
            "detect": reply_has_come,
            "inject": send_order,
            "inject_each_period": True,
            "verify": {"attempts": 2, "delay_sec": 0},
            "max_failed_detections": 2,
            "reset": {"mode": "cooldown", "success_threshold": 2},
            "timeout_sec": 15,
            "alert": notify,
            "resolve": notify,
            "reminder_sec": 3600,
        },
        # Customers upload orders, too. One is injected only if there is no recent receipt.
        "receipts": {
            "detect": receipt_is_fresh,
            "inject": upload_order,
            "inject_each_period": True,
            "verify": {"attempts": 3, "delay_sec": 1},
            "max_failed_detections": 2,
            "timeout_sec": 15,
            "alert": notify,
            "resolve": notify,
        },
        # A single failed request is not an outage.
        "website": {
            "role": "detect",
            "detect": website_answers,
            "retry": {"attempts": 2, "delay_sec": 1},
            "timeout_sec": 5,
            "alert": notify,
            "resolve": notify,
        },
    }


def reply_has_come(event_name: str) -> bool:
    """Return whether a reply has arrived since the last detection."""
    # Long polling queries all servers of SQS. Short polling can miss a message.
    url = queue_url(REPLIES)
    answer = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=1)
    replies = answer.get("Messages", [])
    for reply in replies:
        sqs.delete_message(QueueUrl=url, ReceiptHandle=reply["ReceiptHandle"])
    return bool(replies)


def send_order(event_name: str) -> bool:
    """Send an order to the worker, which replies to the queue of the probes."""
    order = {"id": f"probe-{uuid.uuid4()}", "reply_to": queue_url(REPLIES)}
    sqs.send_message(QueueUrl=queue_url(ORDERS), MessageBody=json.dumps(order))
    return True


@functools.cache
def queue_url(name: str) -> str:
    """Return the URL of a queue, looked up once in each execution environment."""
    return str(sqs.get_queue_url(QueueName=name)["QueueUrl"])


def receipt_is_fresh(event_name: str) -> bool:
    """Return whether the newest receipt is recent enough."""
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=FILES, Prefix="receipts/")
    written = [each["LastModified"] for page in pages for each in page.get("Contents", [])]
    return bool(written) and datetime.now(timezone.utc) - max(written) < RECEIPT_MAX_AGE


def upload_order(event_name: str) -> bool:
    """Upload an order, always with the same name, so that probes do not accumulate."""
    order = {"id": f"probe-{uuid.uuid4()}"}
    s3.put_object(Bucket=FILES, Key="orders/probe.json", Body=json.dumps(order))
    return True


def website_answers(event_name: str) -> bool:
    """Return whether the website responds. An error status raises, and the alert contains it."""
    with urllib.request.urlopen(WEBSITE, timeout=4) as response:  # noqa: S310  # our own URL
        return bool(response.status == 200)


def notify(message: str, context: NotificationContext) -> None:
    """Publish an alert, a reminder or a resolution to the SNS topic."""
    state = {"alert": "is failing", "reminder": "is still failing", "resolution": "is healthy"}
    sns.publish(
        TopicArn=TOPIC,
        Subject=f"DIVA: {context.event} {state[context.kind]}",
        Message=f"{message}\n\nRun {context.run_id} in {os.environ['AWS_LAMBDA_LOG_GROUP_NAME']}",
    )
