"""The events of `kit_events`, with callbacks that are written by hand."""

from __future__ import annotations

import os
import urllib.request
from datetime import datetime, timedelta, timezone

import boto3
from botocore.config import Config

from diva.notification import NotificationContext

PAGE = f"{os.environ['AWS_ENDPOINT_URL']}/-/page"
TOPIC_ARN = f"arn:aws:sns:{os.environ['AWS_REGION']}:123456789012:alerts"
CONFIG = Config(
    connect_timeout=2, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 2}
)
s3 = boto3.client("s3", config=CONFIG)
sns = boto3.client("sns", config=CONFIG)


def page_is_there(event_name: str) -> bool:
    with urllib.request.urlopen(PAGE, timeout=5) as response:  # noqa: S310  # the stub's
        return response.status == 200 and b"in stock" in response.read()


def report_is_fresh(event_name: str) -> bool:
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket="reports", Prefix="daily/")
    written = [each["LastModified"] for page in pages for each in page.get("Contents", [])]
    return bool(written) and datetime.now(timezone.utc) - max(written) < timedelta(hours=1)


def notify(message: str, context: NotificationContext) -> None:
    subject = f"DIVA: {context.event} is failing"
    sns.publish(TopicArn=TOPIC_ARN, Subject=subject, Message=message)


def get_events() -> dict[str, dict[str, object]]:
    return {
        "page": {"detect": page_is_there, "role": "detect"},
        # Events of another process: this one has not alerted yet.
        f"report-{os.getpid()}": {
            "detect": report_is_fresh,
            "role": "detect",
            "max_failed_detections": 1,
            "alert": notify,
        },
    }
