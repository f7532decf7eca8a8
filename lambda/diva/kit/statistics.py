"""Statistics of CloudWatch metrics."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field
from datetime import timedelta

from ..clock import Clock
from .arguments import (
    refuse,
    require,
    require_choice,
    require_number,
    require_text,
    require_whole,
)
from .aws import call
from .callback import Detection, Unhealthy
from .permission import Permission

STATISTICS = ("Sum", "Average", "Minimum", "Maximum", "SampleCount")
_MINUTE_SEC = 60
_DAY_SEC = 86_400


@dataclass(frozen=True, slots=True)
class metric(Detection):  # noqa: N801
    """Detects that a metric was in the range from `at_least` to `at_most` in the last `window_sec`.

    One of the two is enough. The window ends with the last full minute. Without data, the event has
    not happened; for the statistics `Sum` and `SampleCount`, no data is 0.

    IAM actions: `cloudwatch:GetMetricStatistics`, for which CloudWatch supports no resources.
    """

    namespace: str
    name: str
    _: KW_ONLY
    statistic: str = "Sum"
    dimensions: Mapping[str, str] = field(default_factory=dict)
    window_sec: int = 300
    at_least: float | None = None
    at_most: float | None = None
    clock: Clock = field(default=Clock(), repr=False, compare=False)

    def __post_init__(self) -> None:
        self.check_timeout()
        require_text(self, "namespace", self.namespace, "AWS/SQS")
        require_text(self, "name", self.name, "NumberOfMessagesDeleted")
        require_choice(self, "statistic", self.statistic, STATISTICS)
        is_texts = isinstance(self.dimensions, Mapping) and all(
            isinstance(each, str) for pair in self.dimensions.items() for each in pair
        )
        right = "a dict of texts, for example {'QueueName': 'orders'}"
        require(is_texts, self, "dimensions", self.dimensions, right)
        require_whole(self, "window_sec", self.window_sec, _MINUTE_SEC, _DAY_SEC)
        if self.window_sec % _MINUTE_SEC:
            refuse(self, "window_sec", self.window_sec, "a multiple of 60")
        for name in ("at_least", "at_most"):
            if getattr(self, name) is not None:
                require_number(self, name, getattr(self, name))
        if self.at_least is None and self.at_most is None:
            raise ValueError("metric: neither at_least nor at_most is set; one of them must be")

    @property
    def subject(self) -> str:
        return f"the metric {self.namespace} {self.name}"

    @property
    def permissions(self) -> tuple[Permission, ...]:
        return (Permission("cloudwatch:GetMetricStatistics", "*"),)

    def detect(self, event_name: str) -> bool | Unhealthy:
        end = self.clock.now().replace(second=0, microsecond=0)
        found = call(
            "cloudwatch",
            "get_metric_statistics",
            "cloudwatch:GetMetricStatistics",
            Namespace=self.namespace,
            MetricName=self.name,
            Dimensions=[{"Name": key, "Value": value} for key, value in self.dimensions.items()],
            StartTime=end - timedelta(seconds=self.window_sec),
            EndTime=end,
            Period=self.window_sec,
            Statistics=[self.statistic],
        )
        points = sorted(found["Datapoints"], key=lambda point: point["Timestamp"])
        if points:
            value = points[-1][self.statistic]
        elif self.statistic in ("Sum", "SampleCount"):
            value = 0.0
        else:
            return Unhealthy(f"{self.subject} has no data in the last {self.window_sec} s")
        is_enough = self.at_least is None or value >= self.at_least
        if is_enough and (self.at_most is None or value <= self.at_most):
            return True
        limit = f"at most {self.at_most:g}" if is_enough else f"at least {self.at_least:g}"
        what = f"{self.statistic} of {self.subject} was {value:g} in the last {self.window_sec} s"
        return Unhealthy(f"{what}; it must be {limit}")
