"""FIFO queues and topics."""

from __future__ import annotations


def fifo_parameters(arn: str) -> dict[str, str]:
    """Return what a message to a queue or a topic needs besides if that is FIFO."""
    if not arn.endswith(".fifo"):
        return {}
    import uuid  # imported late, because few queues and topics are FIFO

    return {"MessageGroupId": "diva", "MessageDeduplicationId": uuid.uuid4().hex}
