"""Events of the order system: how to detect and inject them, and where to send alerts."""

from __future__ import annotations

import os
import uuid

import boto3

from diva.kit import http, s3_newer_than, s3_put, sns, sqs_reply, sqs_send

FILES = os.environ["FILES_BUCKET"]
RECEIPT_MAX_AGE_SEC = int(os.environ["RECEIPT_MAX_AGE_SEC"])
WEBSITE = os.environ.get("WEBSITE_URL") or boto3.client("dynamodb").meta.endpoint_url


def get_events() -> dict[str, dict[str, object]]:
    """Return the events that DIVA probes, by name."""
    notify = sns(os.environ["ALERT_TOPIC_ARN"])
    return {
        # There are no replies without orders, so each period sends an order and waits for its
        # reply.
        "orders": {
            "detect": sqs_reply(os.environ["REPLIES_QUEUE_ARN"]),
            "inject": sqs_send(os.environ["ORDERS_QUEUE_ARN"], body=new_order),
            "inject_each_period": True,
            "verify": {"attempts": 2, "delay_sec": 0},
            "max_failed_detections": 2,
            "reset": {"mode": "cooldown", "success_threshold": 2},
            "timeout_sec": 15,
            "alert": notify,
            "resolve": notify,
            "reminder_sec": 3600,
        },
        # Customers upload orders, too. One is injected only if there is no recent receipt, always
        # with the same name, so that probes do not accumulate.
        "receipts": {
            "detect": s3_newer_than(FILES, prefix="receipts/", max_age_sec=RECEIPT_MAX_AGE_SEC),
            "inject": s3_put(FILES, key="orders/probe.json", body=new_order),
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
            "detect": http(WEBSITE),
            "retry": {"attempts": 2, "delay_sec": 1},
            "timeout_sec": 5,
            "alert": notify,
            "resolve": notify,
        },
    }


def new_order(event_name: str) -> dict[str, str]:
    """Return an order, to which the worker replies in the queue of the probes."""
    return {"id": f"probe-{uuid.uuid4()}", "reply_to": os.environ["REPLIES_QUEUE_URL"]}
