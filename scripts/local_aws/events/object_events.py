"""The events of S3: EventBridge delivers them to the targets of the rules that match."""

from __future__ import annotations

import itertools
import json
import uuid
from datetime import datetime, timezone
from typing import Any

from moto.events.models import Rule, events_backends
from moto.s3 import notifications
from moto.s3.models import FakeDeleteMarker

from local_aws.events.delivery import DeliveryError, accepts, send_to_dead_letter_queue
from local_aws.patching import Patch
from local_aws.sqs import queues

# In the order of the writes, as hexadecimal numbers of the same length.
_sequence = itertools.count(1)


def install(patch: Patch) -> None:
    """moto repeats IDs, asks no queue policy, and matches schedules with every event."""
    patch(notifications, "_send_event_bridge_message", _send)


def _send(account_id: str, bucket: Any, event_name: str, key: Any) -> None:
    event = _event(account_id, bucket, event_name, key)
    for bus in events_backends[account_id][bucket.region_name].event_buses.values():
        for rule in bus.rules.values():
            pattern = rule.event_pattern
            if rule.state == "ENABLED" and pattern.get_pattern() and pattern.matches_event(event):
                for target in rule.targets:
                    _deliver(rule, target, json.dumps(event))


def _deliver(rule: Rule, target: dict[str, Any], event: str) -> None:
    arn = target["Arn"]
    if arn.split(":")[2] != "sqs":
        raise NotImplementedError(f"events of S3 cannot go to {arn}: only to SQS.")
    if accepts(arn, rule.arn):
        queues.send(arn, event, {})
        return
    missing = queues.find(arn) is None
    error = DeliveryError(
        "NO_RESOURCE" if missing else "NO_PERMISSIONS",
        f"{arn} does not exist, or does not allow events.amazonaws.com to send to it for the rule"
        f" {rule.arn}.",
    )
    dead_letter_arn = target.get("DeadLetterConfig", {}).get("Arn")
    if accepts(dead_letter_arn, rule.arn):
        send_to_dead_letter_queue(dead_letter_arn, event, rule.arn, arn, error)


def _event(account_id: str, bucket: Any, event_name: str, key: Any) -> Any:
    stored = {"key": key.name, "sequencer": f"{next(_sequence):018X}"}
    if not isinstance(key, FakeDeleteMarker):
        stored |= {"size": key.size, "etag": key.etag.replace('"', "")}
    if bucket.is_versioned:
        stored["version-id"] = key.version_id
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": notifications._detail_type(event_name),
        "source": "aws.s3",
        "account": account_id,
        "time": datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": bucket.region_name,
        "resources": [bucket.arn],
        "detail": {
            "version": "0",
            "bucket": {"name": bucket.name},
            "object": stored,
            "request-id": uuid.uuid4().hex[:16].upper(),
            "requester": account_id,
            "source-ip-address": "127.0.0.1",
            "reason": _reason(event_name),
        },
    }


def _reason(event_name: str) -> str:
    """Return the operation that created or deleted an object, as EventBridge names it."""
    operation = event_name.split(":")[-1]
    names = {
        "Put": "PutObject",
        "Post": "PostObject",
        "Copy": "CopyObject",
        "Delete": "DeleteObject",
        "DeleteMarkerCreated": "DeleteObject",
    }
    return names.get(operation, operation)
