"""The rules by which CloudWatch derives an alarm's state from its data points.

CloudWatch looks at more periods than the alarm evaluates. Of what it finds there, the latest
data points count, as many as there are periods to evaluate. Only what they lack is filled
with what the alarm says of missing data.
"""

import operator
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from local_aws.cloudwatch.timeseries import Series

OK, ALARM, INSUFFICIENT_DATA = "OK", "ALARM", "INSUFFICIENT_DATA"

# What CloudWatch looks at further back, where data is missing.
_FURTHER_BACK = 2
_COMPARISONS: dict[str, tuple[Callable[[float, float], bool], str]] = {
    "GreaterThanThreshold": (operator.gt, "greater than"),
    "GreaterThanOrEqualToThreshold": (operator.ge, "greater than or equal to"),
    "LessThanThreshold": (operator.lt, "less than"),
    "LessThanOrEqualToThreshold": (operator.le, "less than or equal to"),
}
COMPARISONS = frozenset(_COMPARISONS)


@dataclass(frozen=True, slots=True)
class Rule:
    """What an alarm does with data points.

    It is in alarm when `datapoints_to_alarm` of the last `evaluation_periods` points compare
    to `threshold` as `comparison` (one of COMPARISONS) says. `missing` is one of `missing`,
    `ignore`, `breaching` and `notBreaching`.
    """

    comparison: str
    threshold: float
    evaluation_periods: int
    datapoints_to_alarm: int
    missing: str

    @property
    def range(self) -> int:
        """The number of periods that are looked at."""
        return self.evaluation_periods + _FURTHER_BACK


@dataclass(frozen=True, slots=True)
class Verdict:
    """The state an alarm has, and CloudWatch's words for the reason."""

    state: str
    reason: str


def judge(rule: Rule, series: Series, starts: list[datetime], current: str) -> Verdict:
    """Return the state that follows from the last `rule.range` points, begun at `starts`.

    `current` is the state the alarm has, and keeps where the points decide nothing.
    """
    compare, _ = _COMPARISONS[rule.comparison]
    known = [
        (age, point, start)
        for age, point, start in zip(range(len(starts), 0, -1), series.points, starts, strict=True)
        if point is not None
    ][-rule.evaluation_periods :]
    breaching = [age for age, point, _ in known if compare(point, rule.threshold)]
    filled = rule.evaluation_periods - len(known)
    state = _state(rule, [age for age, _, _ in known], breaching, filled, current)
    if state == INSUFFICIENT_DATA:
        counted = _counted(filled, "datapoint was", "datapoints were")
        return Verdict(state, f"Insufficient Data: {counted} unknown.")
    shown = [
        f"{point} ({start:%d/%m/%y %H:%M:%S})"
        for _, point, start in reversed(known)
        if compare(point, rule.threshold) == (state == ALARM)
    ]
    return Verdict(state, _reason(rule, shown, filled, state))


def _state(rule: Rule, known: list[int], breaching: list[int], filled: int, current: str) -> str:
    count = len(breaching)
    if filled and rule.missing == "breaching":
        count += filled
    if count >= rule.datapoints_to_alarm:
        return ALARM
    if not filled or rule.missing in ("breaching", "notBreaching") or len(breaching) < len(known):
        return OK
    # From here on, all that is known is breaching, and too little to decide by its number.
    if rule.missing == "ignore":
        return current
    if not known:
        return INSUFFICIENT_DATA
    # A point of which the next ones could have made a transition, had they come.
    return ALARM if breaching[0] >= rule.datapoints_to_alarm else current


def _reason(rule: Rule, shown: list[str], filled: int, state: str) -> str:
    treated = {"breaching": "Breaching", "notBreaching": "NonBreaching"}.get(rule.missing)
    missing = ""
    if filled and treated:
        missing = f"{_counted(filled, 'missing datapoint was', 'missing datapoints were')}"
        missing += f" treated as [{treated}]"
    if not shown:
        nothing = f"no datapoints were received for {_counted(rule.range, 'period', 'periods')}"
        said = [nothing] if filled == rule.evaluation_periods else []
        return f"Threshold Crossed: {' and '.join([*said, missing])}."
    _, words = _COMPARISONS[rule.comparison]
    was = ("was" if len(shown) == 1 else "were") + ("" if state == ALARM else " not")
    needed, change = rule.datapoints_to_alarm, "OK -> ALARM"
    if state == OK:
        needed, change = rule.evaluation_periods - needed + 1, "ALARM -> OK"
    and_missing = f" and {missing}" if missing else ""
    return (
        f"Threshold Crossed: {len(shown)} out of the last {rule.evaluation_periods} datapoints "
        f"[{', '.join(shown)}] {was} {words} the threshold ({rule.threshold}){and_missing} "
        f"(minimum {_counted(needed, 'datapoint', 'datapoints')} for {change} transition)."
    )


def _counted(number: int, one: str, several: str) -> str:
    return f"{number} {one if number == 1 else several}"
