"""Requests that are posted to a server of your own."""

from __future__ import annotations

import json
from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING

from . import secret as store
from .arguments import Body, rendered, require_body, require_secret, require_url
from .callback import Delivery, Injection
from .exchange import JSON, Refused, post, without_query
from .notice import facts
from .permission import Permission

if TYPE_CHECKING:
    from ..notification import NotificationContext

_UNAUTHORIZED = (401, 403)


@dataclass(frozen=True, slots=True)
class http_post(Injection):  # noqa: N801
    """Posts `body` to a URL. A status of 2xx is a success; redirects are not followed.

    A body that is no text is sent as JSON. With `token_arn`, the secret is sent as a bearer token.

    IAM actions: with `token_arn`, `secretsmanager:GetSecretValue` or `ssm:GetParameter` on the
    secret, and `kms:Decrypt` if it is encrypted with a key of your own.
    """

    url: str
    _: KW_ONLY
    body: Body
    token_arn: str | None = None

    def __post_init__(self) -> None:
        self.check_timeout()
        _require(self, self.url, self.token_arn)
        require_body(self, "body", self.body)

    @property
    def subject(self) -> str:
        return without_query(self.url)

    @property
    def permissions(self) -> tuple[Permission, ...]:
        return to_send(self.token_arn)

    def inject(self, event_name: str) -> None:
        body = rendered(self.body, event_name)
        kind = "text/plain; charset=utf-8" if isinstance(self.body, str) else JSON
        _send(self.subject, self.url, self.token_arn, body, kind, self.timeout_sec)


@dataclass(frozen=True, slots=True)
class webhook(Delivery):  # noqa: N801
    """Posts the message and its context to a URL, as JSON. A status of 2xx is a success.

    `incident` is the same for all messages of an incident, except for a resolution whose first
    delivery failed. With `token_arn`, the secret is sent as a bearer token.

    IAM actions: with `token_arn`, `secretsmanager:GetSecretValue` or `ssm:GetParameter` on the
    secret, and `kms:Decrypt` if it is encrypted with a key of your own.
    """

    url: str
    _: KW_ONLY
    token_arn: str | None = None

    def __post_init__(self) -> None:
        self.check_timeout()
        _require(self, self.url, self.token_arn)

    @property
    def subject(self) -> str:
        return without_query(self.url)

    @property
    def permissions(self) -> tuple[Permission, ...]:
        return to_send(self.token_arn)

    def deliver(self, message: str, context: NotificationContext) -> None:
        body = json.dumps(facts(message, context))
        _send(self.subject, self.url, self.token_arn, body, JSON, self.timeout_sec)


def to_send(secret_arn: str | None) -> tuple[Permission, ...]:
    """Return what sending with a secret requires."""
    return () if secret_arn is None else (store.permission(secret_arn),)


def _require(maker: object, url: object, token_arn: object) -> None:
    require_url(maker, "url", url, ("https", "http") if token_arn is None else ("https",))
    if token_arn is not None:
        require_secret(maker, "token_arn", token_arn)


def _send(
    who: str, url: str, token_arn: str | None, body: str, content_type: str, timeout_sec: float
) -> None:
    token = None if token_arn is None else store.secret(token_arn, "token")
    try:
        post(who, url, timeout_sec + 1, body, content_type, token)
    except Refused as error:
        if token_arn is not None and error.status in _UNAUTHORIZED:
            store.forget(token_arn)
        raise
