"""What the messages of the kit say."""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..notification import NotificationContext

RESOLUTION = "resolution"
REMINDER = "reminder"
_IS = {"alert": "is failing", REMINDER: "is still failing", RESOLUTION: "is healthy"}


def headline(context: NotificationContext) -> str:
    """Return what the message is about."""
    return f"{context.event} {_IS[context.kind]}"


def title(context: NotificationContext) -> str:
    """Return what the message is about, and who sends it."""
    return f"DIVA: {headline(context)}"


def text(message: str, context: NotificationContext) -> str:
    """Return the message with the run that sends it, and where its log is."""
    group = os.environ.get("AWS_LAMBDA_LOG_GROUP_NAME")
    return f"{message}\n\nRun {context.run_id} in {group or context.function_name}"


def facts(message: str, context: NotificationContext) -> dict[str, object]:
    """Return the message and all of its context, as JSON can hold it."""
    since = context.failing_since
    return {
        "title": title(context),
        "message": message,
        "event": context.event,
        "kind": context.kind,
        "incident": incident(context),
        "failing_since": since.isoformat() if since else None,
        "last_error": context.last_error,
        "detection_failures": context.detection_failures,
        "injection_failures": context.injection_failures,
        "injected": context.injected,
        "function_name": context.function_name,
        "run_id": context.run_id,
    }


def incident(context: NotificationContext) -> str:
    """Return an identifier of the incident, the same for all of its messages.

    In a resolution whose first delivery failed, the incident is no longer known. It is then the
    run's.
    """
    since = context.failing_since
    return (
        f"{context.event}-{since:%Y%m%dT%H%M%SZ}" if since else f"{context.event}-{context.run_id}"
    )


def shortened(identifier: str, longest: int) -> str:
    """Return an identifier cut to `longest` characters, so that it stays unique."""
    if len(identifier) <= longest:
        return identifier
    digest = hashlib.sha256(identifier.encode()).hexdigest()[:16]
    return f"{identifier[: longest - 17]}-{digest}"
