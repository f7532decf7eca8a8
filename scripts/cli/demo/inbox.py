"""The messages that people get in a demo."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Protocol

from .demonstration import Outputs

if TYPE_CHECKING:
    from local_aws import LocalAws

ADDRESS = "on-call@example.com"
"""The address that examples with an e-mail subscription notify."""


class Inbox(Protocol):
    """Where messages arrive."""

    @property
    def title(self) -> str:
        """The title of the messages."""

    def arrived(self) -> list[tuple[str, str]]:
        """Return subject and text of each message that has arrived since the last call."""


class QueueInbox:
    """A queue that is subscribed to the topic of an example."""

    def __init__(self, aws: LocalAws, outputs: Outputs) -> None:
        self.title = f"Messages published to SNS topic {outputs['alert_topic_arn'].split(':')[-1]}"
        self._sqs = aws.client("sqs")
        self._url: str = outputs["inbox_queue_url"]

    def arrived(self) -> list[tuple[str, str]]:
        """Receive and delete the messages in the queue."""
        messages = []
        while True:
            answer = self._sqs.receive_message(QueueUrl=self._url, MaxNumberOfMessages=10)
            for each in answer.get("Messages", []):
                self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=each["ReceiptHandle"])
                body: dict[str, Any] = json.loads(each["Body"])
                messages.append((body.get("Subject", ""), body["Message"]))
            if not answer.get("Messages"):
                return messages


class EmailInbox:
    """The mailbox of ADDRESS."""

    title = f"E-mail to {ADDRESS}"

    def __init__(self, aws: LocalAws) -> None:
        self._aws = aws
        self._known = len(aws.inbox(ADDRESS))

    def arrived(self) -> list[tuple[str, str]]:
        """Return what has arrived, which stays in the mailbox."""
        new = self._aws.inbox(ADDRESS)[self._known :]
        self._known += len(new)
        return [(each.subject, each.body) for each in new]
