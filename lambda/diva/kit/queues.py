"""Queues of SQS."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import Any

from .arguments import Body, rendered, require_arn, require_body, require_text, require_whole
from .aws import call, endpoint
from .callback import Detection, Injection, Unhealthy
from .fifo import fifo_parameters
from .permission import Permission

_ARN = "arn:aws:sqs:eu-central-1:123456789012:orders"
_WAIT_SEC = 1
"""Long polling asks all servers of SQS; short polling can miss a message."""
_NUMBER = "ApproximateNumberOfMessages"


@dataclass(frozen=True, slots=True)
class sqs_below(Detection):  # noqa: N801
    """Detects that fewer than `messages` messages are waiting in a queue.

    IAM actions: `sqs:GetQueueAttributes` on the queue.
    """

    queue_arn: str
    _: KW_ONLY
    messages: int

    def __post_init__(self) -> None:
        self.check_timeout()
        require_arn(self, "queue_arn", self.queue_arn, _ARN)
        require_whole(self, "messages", self.messages, 1)

    @property
    def subject(self) -> str:
        return _name(self.queue_arn)

    @property
    def permissions(self) -> tuple[Permission, ...]:
        return (Permission("sqs:GetQueueAttributes", self.queue_arn),)

    def detect(self, event_name: str) -> bool | Unhealthy:
        found = _call("get_queue_attributes", self.queue_arn, AttributeNames=[_NUMBER])
        waiting = int(found["Attributes"][_NUMBER])
        if waiting < self.messages:
            return True
        return Unhealthy(f"{waiting} messages wait in {self.subject}, not below {self.messages}")


@dataclass(frozen=True, slots=True)
class sqs_reply(Detection):  # noqa: N801
    """Detects that a message has arrived in a queue since the last detection.

    With `contains`, its body must contain that text. All messages that are received are deleted:
    use a queue to which only the replies to injections go.

    IAM actions: `sqs:ReceiveMessage` and `sqs:DeleteMessage` on the queue; `kms:Decrypt` if it is
    encrypted with a key of your own.
    """

    queue_arn: str
    _: KW_ONLY
    contains: str | None = None

    def __post_init__(self) -> None:
        self.check_timeout()
        require_arn(self, "queue_arn", self.queue_arn, _ARN)
        if self.contains is not None:
            require_text(self, "contains", self.contains, "accepted")

    @property
    def subject(self) -> str:
        return _name(self.queue_arn)

    @property
    def permissions(self) -> tuple[Permission, ...]:
        actions = ("sqs:ReceiveMessage", "sqs:DeleteMessage")
        return tuple(Permission(action, self.queue_arn) for action in actions)

    def detect(self, event_name: str) -> bool | Unhealthy:
        found = _call(
            "receive_message",
            self.queue_arn,
            MaxNumberOfMessages=10,
            WaitTimeSeconds=_WAIT_SEC,
        )
        messages = found.get("Messages", [])
        for each in messages:
            handle = each["ReceiptHandle"]
            _call("delete_message", self.queue_arn, ReceiptHandle=handle)
        if any((self.contains or "") in each["Body"] for each in messages):
            return True
        which = "" if self.contains is None else f" with {self.contains!r}"
        return Unhealthy(f"no message{which} has arrived in {self.subject}")


@dataclass(frozen=True, slots=True)
class sqs_send(Injection):  # noqa: N801
    """Sends a message to a queue.

    IAM actions: `sqs:SendMessage` on the queue; `kms:GenerateDataKey` and `kms:Decrypt` if it is
    encrypted with a key of your own.
    """

    queue_arn: str
    _: KW_ONLY
    body: Body

    def __post_init__(self) -> None:
        self.check_timeout()
        require_arn(self, "queue_arn", self.queue_arn, _ARN)
        require_body(self, "body", self.body)

    @property
    def subject(self) -> str:
        return _name(self.queue_arn)

    @property
    def permissions(self) -> tuple[Permission, ...]:
        return (Permission("sqs:SendMessage", self.queue_arn),)

    def inject(self, event_name: str) -> None:
        more = fifo_parameters(self.queue_arn)
        body = rendered(self.body, event_name)
        _call("send_message", self.queue_arn, MessageBody=body, **more)


def _name(queue_arn: str) -> str:
    return f"queue {queue_arn.rpartition(':')[2]}"


def _call(operation: str, queue_arn: str, **parameters: Any) -> Any:
    _, _, _, region, account, name = queue_arn.split(":")
    action = f"sqs:{''.join(word.capitalize() for word in operation.split('_'))}"
    # Built from the ARN, since asking for it would require one more permission.
    url = f"{endpoint('sqs', region)}/{account}/{name}"
    return call("sqs", operation, action, region=region, QueueUrl=url, **parameters)
