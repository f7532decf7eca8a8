"""Replaying messages: each is deleted only after it was sent."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from email.utils import parsedate_to_datetime
from typing import Any

from ..common.aws_client import LONGEST_CALL_SEC, explained
from ..common.interrupts import deferred_interrupts
from .queues import Queue, RedriveError

MOST_BYTES = 262_144
"""In a request to send messages, in every region."""

_BATCH = 10
_POLL_SEC = 2
_DELETE_ATTEMPTS = 3
_MOST_BATCHES_WITHOUT_DUE = 3
# As long as sending and deleting what was received may take: messages that are large are sent one
# by one.
VISIBILITY_SEC = _BATCH * (1 + _DELETE_ATTEMPTS) * LONGEST_CALL_SEC
_TRACE = "AWSTraceHeader"

Message = Mapping[str, Any]


class Replay:
    """Moves messages from one queue to another, and counts them."""

    def __init__(self, source: Queue, target: Queue, limit: int | None) -> None:
        """Replay at most `limit` messages, or all."""
        self.sent = 0
        self.later = 0
        """Messages that have arrived since the start. They are left in the queue."""
        self.problems: list[str] = []
        """A line for each message that was not sent, or not deleted afterwards."""
        self._source = source
        self._target = target
        self._limit = limit
        self._left: dict[str, Message] = {}
        self._start_ms: float | None = None

    def batches(self) -> Generator[None, None, None]:
        """Replay the messages, and yield after each batch. Raises RedriveError.

        Closing the generator makes messages that were received, but not sent, visible again.
        """
        without_due = 0
        try:
            while self._limit is None or self.sent < self._limit:
                received = self._receive()
                # From here on, an interrupt waits until what was sent is deleted.
                with deferred_interrupts():
                    due = [each for each in received if self._is_due(each)]
                    self._replay(due)
                # SQS returns messages in any order: others that are due may be left.
                without_due = 0 if due else without_due + 1
                if not received or without_due == _MOST_BATCHES_WITHOUT_DUE:
                    return
                yield
        finally:
            with deferred_interrupts():
                self._release()

    def _receive(self) -> Sequence[Message]:
        rest = _BATCH if self._limit is None else self._limit - self.sent
        with self._explained(self._source, "received from"):
            response = self._source.client.receive_message(
                QueueUrl=self._source.url,
                MaxNumberOfMessages=min(_BATCH, rest),
                VisibilityTimeout=VISIBILITY_SEC,
                WaitTimeSeconds=_POLL_SEC,
                MessageAttributeNames=["All"],
                MessageSystemAttributeNames=["SentTimestamp", _TRACE],
            )
        if self._start_ms is None:
            # By the clock of SQS, which also gives messages their time. It has whole seconds.
            date = response["ResponseMetadata"]["HTTPHeaders"]["date"]
            self._start_ms = (parsedate_to_datetime(date).timestamp() + 1) * 1000
        messages: Sequence[Message] = response.get("Messages", [])
        return messages

    def _is_due(self, message: Message) -> bool:
        """Return whether to replay a message. All others are released at the end."""
        assert self._start_ms is not None
        if message["MessageId"] in self._left:  # received again, since this run takes long
            self._left[message["MessageId"]] = message
            return False
        if int(message["Attributes"]["SentTimestamp"]) <= self._start_ms:
            return True
        self.later += 1
        self._left[message["MessageId"]] = message
        return False

    def _replay(self, messages: Sequence[Message]) -> None:
        self._left.update({each["MessageId"]: each for each in messages})
        for batch in _batches(messages):
            sent = self._send(batch)
            self.sent += len(sent)
            for each in sent:
                del self._left[each["MessageId"]]
            self._delete(sent)

    def _send(self, messages: Sequence[Message]) -> list[Message]:
        """Return the messages that were sent."""
        with self._explained(self._target, "sent to"):
            response = self._target.client.send_message_batch(
                QueueUrl=self._target.url,
                Entries=[{"Id": str(index), **_entry(each)} for index, each in enumerate(messages)],
            )
        for each in response.get("Failed", []):
            message = messages[int(each["Id"])]
            self.problems.append(
                f"message {message['MessageId']} was not sent: {each['Code']} "
                f"{each.get('Message', '')}".rstrip()
            )
        return [messages[int(each["Id"])] for each in response.get("Successful", [])]

    def _delete(self, messages: Sequence[Message]) -> None:
        remaining = list(messages)
        for _ in range(_DELETE_ATTEMPTS):
            if not remaining:
                return
            with self._explained(
                self._source, "deleted from", "They were sent, and may be received again"
            ):
                response = self._source.client.delete_message_batch(
                    QueueUrl=self._source.url,
                    Entries=[
                        {"Id": str(index), "ReceiptHandle": each["ReceiptHandle"]}
                        for index, each in enumerate(remaining)
                    ],
                )
            remaining = [remaining[int(each["Id"])] for each in response.get("Failed", [])]
        self.problems += [
            f"message {each['MessageId']} was sent, but could not be deleted. It may be received "
            "again"
            for each in remaining
        ]

    def _release(self) -> None:
        """Make what was received and not sent visible again."""
        left = list(self._left.values())
        for first in range(0, len(left), _BATCH):
            with self._explained(self._source, "returned to"):
                # One that fails becomes visible by itself, a little later.
                self._source.client.change_message_visibility_batch(
                    QueueUrl=self._source.url,
                    Entries=[
                        {
                            "Id": str(index),
                            "ReceiptHandle": each["ReceiptHandle"],
                            "VisibilityTimeout": 0,
                        }
                        for index, each in enumerate(left[first : first + _BATCH])
                    ],
                )

    def _explained(self, queue: Queue, done: str, consequence: str = "") -> Any:
        problem = f"messages could not be {done} {queue.name}"
        return explained(f"{problem}. {consequence}" if consequence else problem, {}, RedriveError)


def _entry(message: Message) -> dict[str, Any]:
    """Return what a message is sent with: its body and attributes."""
    entry: dict[str, Any] = {"MessageBody": message["Body"]}
    if attributes := message.get("MessageAttributes"):
        kept = ("DataType", "StringValue", "BinaryValue")
        entry["MessageAttributes"] = {
            name: {key: value for key, value in each.items() if key in kept}
            for name, each in attributes.items()
        }
    if trace := message["Attributes"].get(_TRACE):
        entry["MessageSystemAttributes"] = {_TRACE: {"DataType": "String", "StringValue": trace}}
    return entry


def _batches(messages: Sequence[Message]) -> Iterator[list[Message]]:
    """Yield batches that fit into a request."""
    batch: list[Message] = []
    size = 0
    for each in messages:
        length = _size(each)
        if batch and size + length > MOST_BYTES:
            yield batch
            batch, size = [], 0
        batch.append(each)
        size += length
    if batch:
        yield batch


def _size(message: Message) -> int:
    attributes = sum(
        len(name.encode())
        + len(each["DataType"].encode())
        + len(each.get("BinaryValue") or each.get("StringValue", "").encode())
        for name, each in message.get("MessageAttributes", {}).items()
    )
    return len(message["Body"].encode()) + attributes
