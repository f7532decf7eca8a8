"""Channels of chats, which everyone who knows the URL of a webhook can post to."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from . import secret as store
from .arguments import is_url, require_secret
from .callback import Delivery, NotDone
from .exchange import Refused, Response, post
from .notice import text, title
from .permission import Permission
from .posts import to_send

if TYPE_CHECKING:
    from ..notification import NotificationContext


@dataclass(frozen=True, slots=True)
class _Channel(Delivery):
    """A channel with a webhook, whose URL is a secret."""

    secret_arn: str

    def __post_init__(self) -> None:
        self.check_timeout()
        require_secret(self, "secret_arn", self.secret_arn)

    @property
    def permissions(self) -> tuple[Permission, ...]:
        return to_send(self.secret_arn)

    def post(self, content: object) -> Response:
        """Post JSON to the webhook."""
        url = store.secret(self.secret_arn, "url")
        if not is_url(url, ("https",)):
            store.forget(self.secret_arn)
            raise store.UnusableSecret(
                f"{self.secret_arn} is not usable; it must be an https:// URL"
            )
        try:
            return post(self.subject, url, self.timeout_sec + 1, json.dumps(content))
        except Refused:
            store.forget(self.secret_arn)
            raise


@dataclass(frozen=True, slots=True)
class slack(_Channel):  # noqa: N801
    """Posts the message to a channel of Slack, by an incoming webhook.

    The secret is the URL of the webhook, or a JSON object with `url`.

    IAM actions: `secretsmanager:GetSecretValue` or `ssm:GetParameter` on the secret, and
    `kms:Decrypt` if it is encrypted with a key of your own.
    """

    @property
    def subject(self) -> str:
        return "Slack"

    def deliver(self, message: str, context: NotificationContext) -> None:
        content = f"*{_escaped(title(context))}*\n{_escaped(text(message, context))}"
        self.post({"text": content})


@dataclass(frozen=True, slots=True)
class teams(_Channel):  # noqa: N801
    """Posts the message to a channel of Microsoft Teams, by a webhook of a workflow.

    The secret is the URL of the webhook, or a JSON object with `url`.

    IAM actions: `secretsmanager:GetSecretValue` or `ssm:GetParameter` on the secret, and
    `kms:Decrypt` if it is encrypted with a key of your own.
    """

    @property
    def subject(self) -> str:
        return "Teams"

    def deliver(self, message: str, context: NotificationContext) -> None:
        card = {
            "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
            "type": "AdaptiveCard",
            "version": "1.4",
            "body": [
                _block(title(context), size="medium", weight="bolder"),
                *(_block(each) for each in text(message, context).split("\n\n")),
            ],
        }
        attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "content": card}
        content = {"type": "message", "attachments": [attachment]}
        response = self.post(content)
        # The webhooks of connectors answer 200 even if they could not deliver.
        if b"HTTP error" in response.body:
            raise NotDone("Teams accepted the message, but could not deliver it")


def _block(content: str, **style: str) -> dict[str, object]:
    # Unlike a TextBlock, it does not read Markdown into what others have written.
    return {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": content, **style}]}


def _escaped(content: str) -> str:
    """Return text without the characters by which Slack mentions people and channels."""
    return content.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
