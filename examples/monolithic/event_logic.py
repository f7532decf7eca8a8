"""What must be possible in the order system, how to bring it about, and whom to tell."""

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

# Shorter than the events' timeout_sec, so that an error says what went wrong.
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
    """Return the events DIVA probes, by name."""
    return {
        # No reply comes by itself: every period sends an order, and waits for its reply.
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
        # Customers' files count as well: an order is uploaded only where they are missing.
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
        # A single failed request is no outage.
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
    """Whether an order has been answered since the last look."""
    # Waiting makes SQS look on all of its servers; without, a reply can be overlooked.
    url = queue_url(REPLIES)
    answer = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=1)
    replies = answer.get("Messages", [])
    for reply in replies:
        sqs.delete_message(QueueUrl=url, ReceiptHandle=reply["ReceiptHandle"])
    return bool(replies)


def send_order(event_name: str) -> bool:
    """Put an order into the worker's queue, to be answered into ours."""
    order = {"id": f"probe-{uuid.uuid4()}", "reply_to": queue_url(REPLIES)}
    sqs.send_message(QueueUrl=queue_url(ORDERS), MessageBody=json.dumps(order))
    return True


@functools.cache
def queue_url(name: str) -> str:
    """Look up the URL of a queue, once in the life of the process."""
    return str(sqs.get_queue_url(QueueName=name)["QueueUrl"])


def receipt_is_fresh(event_name: str) -> bool:
    """Whether the newest receipt is young enough."""
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=FILES, Prefix="receipts/")
    written = [each["LastModified"] for page in pages for each in page.get("Contents", [])]
    return bool(written) and datetime.now(timezone.utc) - max(written) < RECEIPT_MAX_AGE


def upload_order(event_name: str) -> bool:
    """Upload an order; always under the same name, so that probes do not pile up."""
    order = {"id": f"probe-{uuid.uuid4()}"}
    s3.put_object(Bucket=FILES, Key="orders/probe.json", Body=json.dumps(order))
    return True


def website_answers(event_name: str) -> bool:
    """Whether the website answers; an error status raises, and the alert quotes it."""
    with urllib.request.urlopen(WEBSITE, timeout=4) as response:  # noqa: S310  # our own URL
        return bool(response.status == 200)


def notify(message: str, facts: NotificationContext) -> None:
    """Publish an alert, a reminder or a resolution."""
    state = {"alert": "is failing", "reminder": "is still failing", "resolution": "is healthy"}
    sns.publish(
        TopicArn=TOPIC,
        Subject=f"DIVA: {facts.event} {state[facts.kind]}",
        Message=f"{message}\n\nRun {facts.run_id} in {os.environ['AWS_LAMBDA_LOG_GROUP_NAME']}",
    )
