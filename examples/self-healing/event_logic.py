"""The event of the service: how to detect it, how to restart the service, and whom to notify."""

from __future__ import annotations

import json
import os
from datetime import datetime, timedelta, timezone
from typing import Any

import boto3
from botocore.config import Config

from diva.notification import NotificationContext

RETRIES = {"total_max_attempts": 2}
s3 = boto3.client("s3", config=Config(connect_timeout=2, read_timeout=3, retries=RETRIES))
# The function waits up to 30 seconds until a restart is under way. It restarts nothing twice for
# the same incident, so that a request may be repeated.
functions = boto3.client(
    "lambda", config=Config(connect_timeout=2, read_timeout=35, retries={"total_max_attempts": 1})
)

BUCKET = os.environ["BUCKET"]
HEARTBEAT = os.environ["HEARTBEAT"]
HEARTBEAT_MAX_AGE = timedelta(seconds=int(os.environ["HEARTBEAT_MAX_AGE_SEC"]))
RESTART_SERVICE = os.environ["RESTART_SERVICE_FUNCTION"]
NOTIFY_HUMAN = os.environ["NOTIFY_HUMAN_FUNCTION"]


class ActionFailed(Exception):
    """An action has failed or was refused."""


def get_events() -> dict[str, dict[str, object]]:
    """Return the event of each service. The callbacks receive the name of the service."""
    return {
        "api": {
            "detect": is_alive,
            "inject": restart,
            "alert": notify,
            # The first failure restarts the service, and the second notifies people.
            "max_failed_detections": 2,
            "max_failed_injections": 2,
            "timeout_sec": 40,
        },
    }


def is_alive(service: str) -> bool:
    """Return whether the latest heartbeat is recent enough."""
    return datetime.now(timezone.utc) - latest_heartbeat() < HEARTBEAT_MAX_AGE


def restart(service: str) -> bool:
    """Restart the service, once for each heartbeat that was the last one.

    A service whose heartbeat cannot be read may be healthy, and is not restarted.
    """
    incident = f"{service}-{latest_heartbeat():%Y%m%dT%H%M%SZ}"
    request(RESTART_SERVICE, action="restart_service", target=service, incidentId=incident)
    return True


def notify(message: str, context: NotificationContext) -> None:
    """Notify people, once for each outage, even if DIVA has to send an alert again."""
    request(
        NOTIFY_HUMAN,
        action="notify_human",
        incidentId=f"{context.event}-{context.failing_since:%Y%m%dT%H%M%SZ}",
        priority="critical",
        incidentDetails={"title": f"{context.event} is failing", "description": message},
    )


def latest_heartbeat() -> datetime:
    """Return the time of the latest heartbeat."""
    body = s3.get_object(Bucket=BUCKET, Key=HEARTBEAT)["Body"].read()
    return datetime.fromisoformat(body.decode())


def request(function: str, **payload: Any) -> None:
    """Invoke the function of an action, and raise ActionFailed unless it answers with 200."""
    payload["requestedBy"] = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
    response = functions.invoke(FunctionName=function, Payload=json.dumps(payload))
    answer = json.loads(response["Payload"].read())
    if "FunctionError" in response:
        raise ActionFailed(f"{function} crashed: {answer.get('errorMessage')}")
    if answer["statusCode"] != 200:
        error = json.loads(answer["body"])["error"]
        raise ActionFailed(f"{function} answered {answer['statusCode']}: {error}")
