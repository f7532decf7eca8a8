"""Patches of SNS: subscriptions by e-mail and HTTP, and of functions."""

from typing import Any

from moto.sns.models import Subscription

from local_aws.awslambda.resource_policies import may_invoke
from local_aws.patching import Patch
from local_aws.request_lock import request_lock
from local_aws.sns.email import Email, Mailboxes

_DEFAULT_SUBJECT = "AWS Notification Message"


def install(patch: Patch, mailboxes: Mailboxes) -> None:
    """moto sends no e-mail, calls HTTP endpoints within the request, and may invoke any function.

    Subscriptions by e-mail need no confirmation.
    """
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
        if subscription.protocol == "email":
            policy = subscription._filter_policy_matcher
            if policy is None or policy.matches(message_attributes, message):
                if message_structure == "json":
                    message = subscription._parse_message_structure(message, "email")
                mailboxes.deliver(
                    subscription.endpoint, Email(subject or _DEFAULT_SUBJECT, message)
                )
            return
        if subscription.protocol == "lambda" and not may_invoke(
            subscription.endpoint, "sns.amazonaws.com", subscription.topic.arn
        ):
            return  # SNS does not retry what is not permitted, and records that only in its own log
        arguments = (message, message_id, subject, message_attributes, group_id)
        if subscription.protocol in ("http", "https"):
            with request_lock.released():  # the endpoint may call AWS before it responds
                moto_publish(subscription, *arguments, deduplication_id, message_structure)
        else:
            moto_publish(subscription, *arguments, deduplication_id, message_structure)

    patch(Subscription, "publish", publish)
