"""SNS: subscribers by e-mail receive what is published, as if they had confirmed."""

from typing import Any

from moto.sns.models import Subscription

from local_aws.patching import Patch
from local_aws.sns.email import Email, Mailboxes

_WITHOUT_SUBJECT = "AWS Notification Message"


def install(patch: Patch, mailboxes: Mailboxes) -> None:
    """moto keeps such subscriptions and sends them nothing."""
    moto_publish = Subscription.publish

    def publish(
        subscription: Subscription,
        message: str,
        message_id: str,
        subject: str | None = None,
        message_attributes: dict[str, Any] | None = None,
        group_id: str | None = None,
        deduplication_id: str | None = None,
        message_structure: str | None = None,
    ) -> None:
        if subscription.protocol != "email":
            moto_publish(
                subscription,
                message,
                message_id,
                subject,
                message_attributes,
                group_id,
                deduplication_id,
                message_structure,
            )
            return
        wanted = subscription._filter_policy_matcher
        if wanted is not None and not wanted.matches(message_attributes, message):
            return
        if message_structure == "json":
            message = subscription._parse_message_structure(message, subscription.protocol)
        mailboxes.deliver(subscription.endpoint, Email(subject or _WITHOUT_SUBJECT, message))

    patch(Subscription, "publish", publish)
