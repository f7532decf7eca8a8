"""Which reports the pipeline must deliver, how to ask for one, and whom to tell.

The detect worker runs `detect`, the inject worker `inject`; both know all events, and either
may find that an alert is due.
"""

from __future__ import annotations

import json
import os
import uuid
from datetime import datetime, timedelta, timezone

import boto3
from botocore.config import Config

from diva.notification import NotificationContext

# Shorter than the events' timeout_sec, so that an error says what went wrong.
CONFIG = Config(connect_timeout=2, read_timeout=3, retries={"total_max_attempts": 2})
s3 = boto3.client("s3", config=CONFIG)
sns = boto3.client("sns", config=CONFIG)

TOPIC = os.environ["ALERT_TOPIC_ARN"]
FILES = os.environ["FILES_BUCKET"]
REPORT_MAX_AGE = timedelta(seconds=int(os.environ["REPORT_MAX_AGE_SEC"]))


def get_events() -> dict[str, dict[str, object]]:
    """Return one event for each kind of report; the callbacks are told its name."""
    return {
        kind: {
            "detect": report_is_fresh,
            "inject": request_report,
            "inject_each_period": True,
            "max_failed_detections": 2,
            # There is no report yet when all this is new.
            "warmup": {"enabled": True, "success_threshold": 1},
            "timeout_sec": 15,
            "alert": notify,
            "resolve": notify,
        }
        for kind in ("invoices", "shipments")
    }


def report_is_fresh(kind: str) -> bool:
    """Whether the newest report of this kind is young enough."""
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=FILES, Prefix=f"reports/{kind}/")
    written = [each["LastModified"] for page in pages for each in page.get("Contents", [])]
    return bool(written) and datetime.now(timezone.utc) - max(written) < REPORT_MAX_AGE


def request_report(kind: str) -> bool:
    """Ask for a report; always under the same name, so that probes do not pile up."""
    job = {"id": f"probe-{uuid.uuid4()}"}
    s3.put_object(Bucket=FILES, Key=f"jobs/{kind}/probe.json", Body=json.dumps(job))
    return True


def notify(message: str, facts: NotificationContext) -> None:
    """Publish an alert, a reminder or a resolution."""
    state = {"alert": "is failing", "reminder": "is still failing", "resolution": "is healthy"}
    sns.publish(
        TopicArn=TOPIC,
        Subject=f"DIVA: {facts.event} {state[facts.kind]}",
        Message=f"{message}\n\nRun {facts.run_id} in {os.environ['AWS_LAMBDA_LOG_GROUP_NAME']}",
    )
