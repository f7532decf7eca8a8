"""Event buses of EventBridge."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass

from .arguments import Body, rendered, require_body, require_name_or_arn, require_text
from .aws import call, region_of
from .callback import Injection, NotDone
from .permission import Permission, arn

_ARN = "arn:aws:events:eu-central-1:123456789012:event-bus/orders"


@dataclass(frozen=True, slots=True)
class put_events(Injection):  # noqa: N801
    """Puts an event on an event bus. `detail` must be a JSON object.

    IAM actions: `events:PutEvents` on the bus.
    """

    bus: str = "default"
    _: KW_ONLY
    source: str
    detail_type: str
    detail: Body

    def __post_init__(self) -> None:
        self.check_timeout()
        require_name_or_arn(self, "bus", self.bus, _ARN)
        require_text(self, "source", self.source, "shop.orders")
        require_text(self, "detail_type", self.detail_type, "order placed")
        require_body(self, "detail", self.detail)

    @property
    def subject(self) -> str:
        return self.bus

    @property
    def permissions(self) -> tuple[Permission, ...]:
        is_arn = self.bus.startswith("arn:")
        resource = self.bus if is_arn else arn("events", f"event-bus/{self.bus}")
        return (Permission("events:PutEvents", resource),)

    def inject(self, event_name: str) -> None:
        entry = {
            "EventBusName": self.bus,
            "Source": self.source,
            "DetailType": self.detail_type,
            "Detail": rendered(self.detail, event_name),
        }
        where = region_of(self.bus)
        response = call("events", "put_events", "events:PutEvents", region=where, Entries=[entry])
        if response["FailedEntryCount"]:
            (refused,) = response["Entries"]
            raise NotDone(
                f"{self.bus} refused the event: {refused.get('ErrorCode')}: "
                f"{refused.get('ErrorMessage')}"
            )
