"""The Lambda handler: sends each notification of an SNS event as a mail."""

from __future__ import annotations

import functools
import logging
import os
from collections.abc import Mapping
from typing import Any

from diva_common.clients import client
from diva_common.mail import mail
from diva_common.secret import Secret
from diva_common.smtp import Sender, Server
from diva_common.smtp_settings import read_settings
from diva_common.tls import tls_context

from .notification import parse

log = logging.getLogger(__name__)


@functools.cache
def sender() -> Sender:
    """Return the sender of this process. Raises InvalidSettings."""
    settings = read_settings(os.environ)
    secret = Secret(client("secretsmanager"), settings.secret_arn) if settings.secret_arn else None
    server = Server(settings.host, settings.port, settings.starttls, tls_context(os.environ))
    return Sender(server, settings.sender, settings.recipients, secret)


def handler(event: Mapping[str, Any], context: object) -> None:
    """Send the notifications in `event`. Raises an error for Lambda to retry the event."""
    send = sender()
    for record in event["Records"]:
        notification = record["Sns"]
        found, message_id = parse(notification), notification["MessageId"]
        send(mail(found.subject, found.text, send.sender, send.recipients, message_id))
        log.info("Sent notification %s.", message_id)
