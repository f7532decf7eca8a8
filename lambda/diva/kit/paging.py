"""Paging people who are on call."""

from __future__ import annotations

import json
from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING

from . import secret as store
from .arguments import require_choice, require_secret, require_url
from .callback import Delivery
from .exchange import Refused, post
from .notice import RESOLUTION, facts, shortened, title
from .permission import Permission
from .posts import to_send

if TYPE_CHECKING:
    from ..notification import NotificationContext

SEVERITIES = ("critical", "error", "warning", "info")
URL = "https://events.pagerduty.com"
_PATH = "/v2/enqueue"
_LONGEST_SUMMARY = 1024
_LONGEST_KEY = 255


@dataclass(frozen=True, slots=True)
class pagerduty(Delivery):  # noqa: N801
    """Triggers an incident of PagerDuty, by the Events API v2; as `resolve`, resolves it.

    All messages of an event of one function have the same deduplication key: a message that is sent
    again adds to the incident that is open. The secret is the routing key, or a JSON object with
    `routing_key`. For the service region EU, set `url` to `https://events.eu.pagerduty.com`.

    IAM actions: `secretsmanager:GetSecretValue` or `ssm:GetParameter` on the secret, and
    `kms:Decrypt` if it is encrypted with a key of your own.
    """

    secret_arn: str
    _: KW_ONLY
    severity: str = "critical"
    url: str = URL

    def __post_init__(self) -> None:
        self.check_timeout()
        require_secret(self, "secret_arn", self.secret_arn)
        require_choice(self, "severity", self.severity, SEVERITIES)
        require_url(self, "url", self.url, ("https",))

    @property
    def subject(self) -> str:
        return "PagerDuty"

    @property
    def permissions(self) -> tuple[Permission, ...]:
        return to_send(self.secret_arn)

    def deliver(self, message: str, context: NotificationContext) -> None:
        routing_key = store.secret(self.secret_arn, "routing_key")
        # Without the time: in a resolution that is sent again, it is no longer known.
        key = shortened(f"{context.function_name}/{context.event}", _LONGEST_KEY)
        event: dict[str, object] = {"dedup_key": key, "event_action": "resolve"}
        if context.kind != RESOLUTION:
            event["event_action"] = "trigger"
            event["payload"] = {
                "summary": f"{title(context)}: {message}"[:_LONGEST_SUMMARY],
                "source": context.function_name,
                "severity": self.severity,
                "component": context.event,
                "custom_details": facts(message, context),
            }
        body = json.dumps({"routing_key": routing_key, **event})
        url = self.url.rstrip("/") + _PATH
        try:
            post(self.subject, url, self.timeout_sec + 1, body, secrets=[routing_key])
        except Refused as error:
            if error.status in (400, 401, 403):
                store.forget(self.secret_arn)
            raise
