"""The event of the service: how to detect it, how to restart the service, and whom to notify."""

from __future__ import annotations

import os
from datetime import datetime, timedelta, timezone

import boto3
from botocore.config import Config

from diva.kit import incident_action

RETRIES = {"total_max_attempts": 2}
s3 = boto3.client("s3", config=Config(connect_timeout=2, read_timeout=3, retries=RETRIES))

HEARTBEAT_MAX_AGE = timedelta(seconds=int(os.environ["HEARTBEAT_MAX_AGE_SEC"]))


def get_events() -> dict[str, dict[str, object]]:
    """Return the event of each service. The callbacks receive the name of the service."""
    return {
        "api": {
            "detect": is_alive,
            # Waits up to 30 seconds until a restart is under way.
            "inject": incident_action(
                os.environ["RESTART_SERVICE_FUNCTION"],
                action="restart_service",
                incident=outage,
                timeout_sec=35,
            ),
            "alert": incident_action(
                os.environ["NOTIFY_HUMAN_FUNCTION"], action="notify_human", priority="critical"
            ),
            # The first failure restarts the service, and the second notifies people.
            "max_failed_detections": 2,
            "max_failed_injections": 2,
            "timeout_sec": 40,
        },
    }


def is_alive(service: str) -> bool:
    """Return whether the latest heartbeat is recent enough."""
    return datetime.now(timezone.utc) - latest_heartbeat() < HEARTBEAT_MAX_AGE


def outage(service: str) -> str:
    """Return the ID under which the service is restarted once, for each last heartbeat.

    A service whose heartbeat cannot be read may be healthy, and is not restarted.
    """
    return f"{service}-{latest_heartbeat():%Y%m%dT%H%M%SZ}"


def latest_heartbeat() -> datetime:
    """Return the time of the latest heartbeat."""
    found = s3.get_object(Bucket=os.environ["BUCKET"], Key=os.environ["HEARTBEAT"])
    return datetime.fromisoformat(found["Body"].read().decode())
