"""Log groups of CloudWatch Logs."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass, field
from typing import Any

from ..clock import Clock
from .arguments import require, require_text, require_whole
from .aws import call
from .callback import Detection, Unhealthy
from .permission import Permission, arn


@dataclass(frozen=True, slots=True)
class log_line(Detection):  # noqa: N801
    """Detects that a line that matches `pattern` was logged in the last `window_sec`.

    `pattern` is a filter pattern of CloudWatch Logs, for example `"order accepted"` with the double
    quotes for that text, or `{ $.status = "done" }` for a field of JSON lines.

    IAM actions: `logs:FilterLogEvents` on the log group.
    """

    log_group: str
    _: KW_ONLY
    pattern: str
    window_sec: int = 300
    clock: Clock = field(default=Clock(), repr=False, compare=False)

    def __post_init__(self) -> None:
        self.check_timeout()
        is_name = isinstance(self.log_group, str) and self.log_group != ""
        right = "the name of a log group, for example '/aws/lambda/worker'"
        is_name = is_name and ":" not in str(self.log_group)
        require(is_name, self, "log_group", self.log_group, right)
        require_text(self, "pattern", self.pattern, '"order accepted"')
        require_whole(self, "window_sec", self.window_sec, 1)

    @property
    def subject(self) -> str:
        return self.log_group

    @property
    def permissions(self) -> tuple[Permission, ...]:
        return (Permission("logs:FilterLogEvents", arn("logs", f"log-group:{self.log_group}:*")),)

    def detect(self, event_name: str) -> bool | Unhealthy:
        begin_ms = round((self.clock.now().timestamp() - self.window_sec) * 1000)
        more: dict[str, Any] = {}
        while True:
            page = call(
                "logs",
                "filter_log_events",
                "logs:FilterLogEvents",
                logGroupName=self.log_group,
                filterPattern=self.pattern,
                startTime=begin_ms,
                **more,
            )
            if page["events"]:
                return True
            if not page.get("nextToken"):  # a page can be empty although others are not
                break
            more = {"nextToken": page["nextToken"]}
        return Unhealthy(
            f"no line in {self.log_group} matches {self.pattern} in the last {self.window_sec} s"
        )
