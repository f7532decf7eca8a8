"""The Lambda handler that notifies people.

Channels are those whose variables are set: SNS_TOPIC_ARN, SLACK_SECRET_ARN, PAGERDUTY_SECRET_ARN
(with PAGERDUTY_URL for another region than the US) and SMTP_HOST (with those of `smtp_settings`).
"""

from __future__ import annotations

import functools
import os
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from diva_common.clients import client
from diva_common.runs import Clock

from .attempt import Attempts, Context
from .channels import Channel
from .compose import attempts
from .notifying import SNS, Notify
from .open_ledger import OpenLedger
from .payload import PEOPLE, read_notification
from .settings import InvalidSettings
from .sns import Topic

ACTION = "notify_human"

clock: Clock = time


@functools.cache
def runtime() -> Attempts:
    """Return what responds to requests. Raises InvalidSettings."""
    clients = functools.cache(_client)
    channels = _channels(clients)
    if not channels:
        raise InvalidSettings(
            "No channel is set. Set SNS_TOPIC_ARN, SLACK_SECRET_ARN, PAGERDUTY_SECRET_ARN or "
            "SMTP_HOST."
        )
    found = attempts(
        ACTION,
        "Failed to send notification",
        read_notification,
        {PEOPLE: lambda: Notify(channels, clock)},
        # People have to be notified even while actions are stopped, unless it says otherwise.
        os.environ.get("KILL_SWITCH_PARAMETER"),
        None,
        os.environ,
        clients,
        clock,
    )
    return replace(found, ledger=OpenLedger(found.ledger.client, found.ledger.table))


def handler(event: Any, context: Context) -> dict[str, Any]:
    """Notify people of the incident that `event` names, and return the answer."""
    return runtime().handle(event, context)


def _client(service: str) -> Any:
    """Return a client. The one of the table leaves time to notify people without the table."""
    return client(service, attempts=1) if service == "dynamodb" else client(service)


def _channels(clients: Callable[[str], Any]) -> dict[str, Callable[[], Channel]]:
    """Return the channels by name.

    Clients are made, and modules imported, before several threads use them. What only one channel
    needs is imported with it, since imports are most of what a start adds to that of boto3.
    """
    environ = os.environ
    found: dict[str, Callable[[], Channel]] = {}
    if arn := environ.get("SNS_TOPIC_ARN"):
        topic = Topic(clients("sns"), arn)
        found[SNS] = lambda: topic
    if arn := environ.get("SLACK_SECRET_ARN"):
        found["slack"] = _slack(clients("secretsmanager"), arn)
    if arn := environ.get("PAGERDUTY_SECRET_ARN"):
        found["pagerduty"] = _pagerduty(clients("secretsmanager"), arn)
    if environ.get("SMTP_HOST"):
        arn = environ.get("SMTP_SECRET_ARN")
        found["email"] = _email(clients("secretsmanager") if arn else None, arn)
    return found


def _slack(secrets: Any, arn: str) -> Callable[[], Channel]:
    from diva_common.secret import Secret
    from diva_common.tls import tls_context

    from .slack import Slack

    webhook = Secret(secrets, arn)
    return lambda: Slack(webhook, tls_context(os.environ), clock)


def _pagerduty(secrets: Any, arn: str) -> Callable[[], Channel]:
    from diva_common.secret import Secret
    from diva_common.tls import tls_context

    from .pagerduty import URL, PagerDuty

    key = Secret(secrets, arn)
    url = os.environ.get("PAGERDUTY_URL") or URL
    source = os.environ.get("AWS_LAMBDA_FUNCTION_NAME") or ACTION
    return lambda: PagerDuty(key, url, source, tls_context(os.environ), clock)


def _email(secrets: Any, arn: str | None) -> Callable[[], Channel]:
    from diva_common.secret import Secret
    from diva_common.smtp import Sender, Server
    from diva_common.smtp_settings import read_settings
    from diva_common.tls import tls_context

    from .email_channel import Email

    login = Secret(secrets, arn) if arn else None

    def channel() -> Email:
        settings = read_settings(os.environ)
        tls = tls_context(os.environ)
        server = Server(settings.host, settings.port, settings.starttls, tls)
        return Email(Sender(server, settings.sender, settings.recipients, login))

    return channel
