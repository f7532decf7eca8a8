"""The functions of `modules/incident-actions`."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass, field
from typing import TYPE_CHECKING, Any

from ..clock import Clock
from .arguments import require, require_choice, require_name_or_arn, require_text
from .callback import Callback, NotDone, limited
from .functions import EXAMPLE, answer_of, to_invoke
from .notice import REMINDER, RESOLUTION, headline, incident, shortened
from .permission import Permission

if TYPE_CHECKING:
    from ..notification import NotificationContext

ACTIONS = ("restart_service", "scale_up", "clear_cache", "notify_human")
PRIORITIES = ("critical", "high", "medium", "low")
_LONGEST_ID = 128


@dataclass(frozen=True, slots=True)
class incident_action(Callback):  # noqa: N801
    """Invokes a function of `modules/incident-actions`, and waits for it.

    It acts on `target`, by default the name of the event. The function does nothing twice for one
    incident. As `inject`, each call is an incident of its own, unless `incident` is a function that
    returns the ID of the incident, called with the name of the event. As `alert` or `resolve`, the
    incident is that of the message, so that a message that is sent again notifies nobody twice.

    IAM actions: `lambda:InvokeFunction` on the function.
    """

    function: str
    _: KW_ONLY
    action: str
    target: str | None = None
    priority: str = "high"
    incident: Callable[[str], str] | None = None
    timeout_sec: float = 30.0
    clock: Clock = field(default=Clock(), repr=False, compare=False)

    def __post_init__(self) -> None:
        self.check_timeout()
        require_name_or_arn(self, "function", self.function, EXAMPLE)
        require_choice(self, "action", self.action, ACTIONS)
        require_choice(self, "priority", self.priority, PRIORITIES)
        if self.target is not None:
            require_text(self, "target", self.target, "api")
        is_function = self.incident is None or callable(self.incident)
        right = "a function that returns the ID of an incident, called with the name of the event"
        require(is_function, self, "incident", self.incident, right)

    @property
    def subject(self) -> str:
        return self.function

    @property
    def permissions(self) -> tuple[Permission, ...]:
        return to_invoke(self.function)

    def __call__(
        self, event_name_or_message: str, context: NotificationContext | None = None
    ) -> bool:
        limited(self, self._act, event_name_or_message, context)
        return True

    def _act(self, event_name_or_message: str, context: NotificationContext | None) -> None:
        if context is None:
            payload = self._payload(event_name_or_message, self._injection(event_name_or_message))
        else:
            details = {"title": headline(context), "description": event_name_or_message}
            payload = self._payload(context.event, _of(context), incidentDetails=details)
        answer = answer_of(self.function, json.dumps(payload), self.timeout_sec)
        status = answer.get("statusCode") if isinstance(answer, dict) else None
        if status != 200:
            raise NotDone(f"{self.function} answered {status}: {_error(answer)}")

    def _payload(self, event_name: str, incident_id: str, **more: object) -> dict[str, object]:
        return {
            "action": self.action,
            "target": self.target or event_name,
            "incidentId": shortened(incident_id, _LONGEST_ID),
            "priority": self.priority,
            "requestedBy": os.environ.get("AWS_LAMBDA_FUNCTION_NAME", "diva"),
            **more,
        }

    def _injection(self, event_name: str) -> str:
        if self.incident is not None:
            return self.incident(event_name)
        return f"{event_name}-{self.clock.now():%Y%m%dT%H%M%S.%fZ}"


def _of(context: NotificationContext) -> str:
    """Return the ID under which people are notified of a message once."""
    if context.kind == RESOLUTION:
        return f"{incident(context)}-resolved"
    if context.kind == REMINDER:
        return f"{incident(context)}-{context.run_id}"
    return incident(context)


def _error(answer: Any) -> object:
    try:
        return json.loads(answer["body"])["error"]
    except (KeyError, TypeError, ValueError):
        return "the function is none of modules/incident-actions"
