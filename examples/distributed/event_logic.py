"""Events of the report pipeline: how to detect and inject them, and where to send alerts.

The detect worker calls `detect`, and the inject worker calls `inject`. Both load all events, and
either of them can send an alert that is due.
"""

from __future__ import annotations

import json
import os
import uuid
from datetime import datetime, timedelta, timezone

import boto3
from botocore.config import Config

from diva.notification import NotificationContext

# Shorter than timeout_sec of the events, so that failures are reported with their error.
CONFIG = Config(connect_timeout=2, read_timeout=3, retries={"total_max_attempts": 2})
s3 = boto3.client("s3", config=CONFIG)
sns = boto3.client("sns", config=CONFIG)

TOPIC = os.environ["ALERT_TOPIC_ARN"]
FILES = os.environ["FILES_BUCKET"]
REPORT_MAX_AGE = timedelta(seconds=int(os.environ["REPORT_MAX_AGE_SEC"]))


def get_events() -> dict[str, dict[str, object]]:
    """Return an event for each kind of report. The callbacks receive the kind as event name."""
    return {
        kind: {
            "detect": report_is_fresh,
            "inject": request_report,
            "inject_each_period": True,
            "max_failed_detections": 2,
            # There are no reports until the first injection. An hour of periods is enough for one.
            "warmup": {"enabled": True, "success_threshold": 1, "max_periods": 12},
            "timeout_sec": 15,
            "alert": notify,
            "resolve": notify,
        }
        for kind in ("invoices", "shipments")
    }


def report_is_fresh(kind: str) -> bool:
    """Return whether the newest report of this kind is recent enough."""
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=FILES, Prefix=f"reports/{kind}/")
    written = [each["LastModified"] for page in pages for each in page.get("Contents", [])]
    return bool(written) and datetime.now(timezone.utc) - max(written) < REPORT_MAX_AGE


def request_report(kind: str) -> bool:
    """Request a report, always with the same name, so that probes do not accumulate."""
    job = {"id": f"probe-{uuid.uuid4()}"}
    s3.put_object(Bucket=FILES, Key=f"jobs/{kind}/probe.json", Body=json.dumps(job))
    return True


def notify(message: str, context: NotificationContext) -> None:
    """Publish an alert, a reminder or a resolution to the SNS topic."""
    state = {"alert": "is failing", "reminder": "is still failing", "resolution": "is healthy"}
    sns.publish(
        TopicArn=TOPIC,
        Subject=f"DIVA: {context.event} {state[context.kind]}",
        Message=f"{message}\n\nRun {context.run_id} in {os.environ['AWS_LAMBDA_LOG_GROUP_NAME']}",
    )
