"""Topics as other services use them."""

from __future__ import annotations

from collections.abc import Mapping

from moto.sns.models import sns_backends


def publish(
    arn: str,
    message: str,
    attributes: Mapping[str, str | int] | None = None,
    subject: str | None = None,
    message_structure: str | None = None,
) -> bool:
    """Publish a message, with integers as attributes of the type Number.

    Returns whether the topic exists.
    """
    _, _, _, region, account_id, _ = arn.split(":")
    backend = sns_backends[account_id][region]
    if arn not in backend.topics:
        return False
    typed = {
        key: {"Type": "Number" if isinstance(value, int) else "String", "Value": str(value)}
        for key, value in (attributes or {}).items()
    }
    backend.publish(
        message,
        arn,
        subject=subject,
        message_attributes=typed,
        message_structure=message_structure,
    )
    return True
