"""Topics of SNS."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING, Any

from .arguments import Body, rendered, require_arn, require_body
from .aws import call, region_of
from .callback import Delivery, Injection
from .fifo import fifo_parameters
from .notice import text, title
from .permission import Permission

if TYPE_CHECKING:
    from ..notification import NotificationContext

_ARN = "arn:aws:sns:eu-central-1:123456789012:alerts"
_LONGEST_SUBJECT = 99


@dataclass(frozen=True, slots=True)
class sns(Delivery):  # noqa: N801
    """Publishes the message to a topic, with a subject such as `DIVA: orders is failing`.

    IAM actions: `sns:Publish` on the topic; `kms:GenerateDataKey` and `kms:Decrypt` if it is
    encrypted with a key of your own.
    """

    topic_arn: str

    def __post_init__(self) -> None:
        self.check_timeout()
        require_arn(self, "topic_arn", self.topic_arn, _ARN)

    @property
    def subject(self) -> str:
        return f"topic {self.topic_arn.rpartition(':')[2]}"

    @property
    def permissions(self) -> tuple[Permission, ...]:
        return (Permission("sns:Publish", self.topic_arn),)

    def deliver(self, message: str, context: NotificationContext) -> None:
        # SNS allows printable ASCII only.
        ascii_only = title(context).encode("ascii", "replace").decode()
        line = "".join(each if each.isprintable() else " " for each in ascii_only)
        _publish(self.topic_arn, text(message, context), Subject=line[:_LONGEST_SUBJECT])


@dataclass(frozen=True, slots=True)
class sns_publish(Injection):  # noqa: N801
    """Publishes a message to a topic.

    IAM actions: `sns:Publish` on the topic; `kms:GenerateDataKey` and `kms:Decrypt` if it is
    encrypted with a key of your own.
    """

    topic_arn: str
    _: KW_ONLY
    body: Body

    def __post_init__(self) -> None:
        self.check_timeout()
        require_arn(self, "topic_arn", self.topic_arn, _ARN)
        require_body(self, "body", self.body)

    @property
    def subject(self) -> str:
        return f"topic {self.topic_arn.rpartition(':')[2]}"

    @property
    def permissions(self) -> tuple[Permission, ...]:
        return (Permission("sns:Publish", self.topic_arn),)

    def inject(self, event_name: str) -> None:
        _publish(self.topic_arn, rendered(self.body, event_name))


def _publish(topic_arn: str, message: str, **parameters: Any) -> None:
    parameters |= fifo_parameters(topic_arn)
    call(
        "sns",
        "publish",
        "sns:Publish",
        region=region_of(topic_arn),
        TopicArn=topic_arn,
        Message=message,
        **parameters,
    )
