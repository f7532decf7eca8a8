"""How CloudWatch derives the state of an alarm from its data points.

CloudWatch looks at more periods than the alarm evaluates, and counts the latest data points that
it finds there, up to the number of evaluation periods. Only the data points that are still
missing are treated as the alarm says.
"""

import operator
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from local_aws.cloudwatch.timeseries import Series

OK, ALARM, INSUFFICIENT_DATA = "OK", "ALARM", "INSUFFICIENT_DATA"

# The periods before the evaluation periods in which CloudWatch looks for missing data points.
_EARLIER_PERIODS = 2
_COMPARISONS: dict[str, tuple[Callable[[float, float], bool], str]] = {
    "GreaterThanThreshold": (operator.gt, "greater than"),
    "GreaterThanOrEqualToThreshold": (operator.ge, "greater than or equal to"),
    "LessThanThreshold": (operator.lt, "less than"),
    "LessThanOrEqualToThreshold": (operator.le, "less than or equal to"),
}
COMPARISONS = frozenset(_COMPARISONS)


@dataclass(frozen=True, slots=True)
class AlarmSettings:
    """The settings of an alarm that decide its state.

    It fires when `datapoints_to_alarm` of the last `evaluation_periods` data points compare to
    `threshold` as `comparison` (one of COMPARISONS) says. `treat_missing_data` is `missing`,
    `ignore`, `breaching` or `notBreaching`.
    """

    comparison: str
    threshold: float
    evaluation_periods: int
    datapoints_to_alarm: int
    treat_missing_data: str

    @property
    def range(self) -> int:
        """The number of periods in which data points are looked for."""
        return self.evaluation_periods + _EARLIER_PERIODS


@dataclass(frozen=True, slots=True)
class AlarmState:
    """The state of an alarm, and the reason in the words of CloudWatch."""

    value: str
    reason: str


def evaluate(
    settings: AlarmSettings, series: Series, starts: list[datetime], current: str
) -> AlarmState:
    """Return the state that follows from the last `settings.range` points, begun at `starts`.

    An alarm keeps the state `current` if the points do not decide.
    """
    compare, _ = _COMPARISONS[settings.comparison]
    known = [
        (age, point, start)
        for age, point, start in zip(range(len(starts), 0, -1), series.points, starts, strict=True)
        if point is not None
    ][-settings.evaluation_periods :]
    breaching = [age for age, point, _ in known if compare(point, settings.threshold)]
    missing = settings.evaluation_periods - len(known)
    state = _state(settings, len(known), breaching, missing, current)
    if state == INSUFFICIENT_DATA:
        unknown = _counted(missing, "datapoint was", "datapoints were")
        return AlarmState(state, f"Insufficient Data: {unknown} unknown.")
    decisive = [
        f"{point} ({start:%d/%m/%y %H:%M:%S})"
        for _, point, start in reversed(known)
        if compare(point, settings.threshold) == (state == ALARM)
    ]
    return AlarmState(state, _reason(settings, decisive, missing, state))


def _state(
    settings: AlarmSettings, known: int, breaching: list[int], missing: int, current: str
) -> str:
    count = len(breaching)
    treatment = settings.treat_missing_data
    if missing and treatment == "breaching":
        count += missing
    if count >= settings.datapoints_to_alarm:
        return ALARM
    if not missing or treatment in ("breaching", "notBreaching") or len(breaching) < known:
        return OK
    # All known data points are breaching, and too few to decide.
    if treatment == "ignore":
        return current
    if not known:
        return INSUFFICIENT_DATA
    # The alarm would have fired at the oldest of them if the next ones had been breaching.
    return ALARM if breaching[0] >= settings.datapoints_to_alarm else current


def _reason(settings: AlarmSettings, decisive: list[str], missing: int, state: str) -> str:
    treatments = {"breaching": "Breaching", "notBreaching": "NonBreaching"}
    treatment = treatments.get(settings.treat_missing_data)
    treated = ""
    if missing and treatment:
        treated = f"{_counted(missing, 'missing datapoint was', 'missing datapoints were')}"
        treated += f" treated as [{treatment}]"
    if not decisive:
        periods = _counted(settings.range, "period", "periods")
        nothing = [f"no datapoints were received for {periods}"]
        reasons = nothing if missing == settings.evaluation_periods else []
        return f"Threshold Crossed: {' and '.join([*reasons, treated])}."
    _, words = _COMPARISONS[settings.comparison]
    was = ("was" if len(decisive) == 1 else "were") + ("" if state == ALARM else " not")
    minimum, transition = settings.datapoints_to_alarm, "OK -> ALARM"
    if state == OK:
        minimum, transition = settings.evaluation_periods - minimum + 1, "ALARM -> OK"
    and_treated = f" and {treated}" if treated else ""
    return (
        f"Threshold Crossed: {len(decisive)} out of the last {settings.evaluation_periods} "
        f"datapoints [{', '.join(decisive)}] {was} {words} the threshold ({settings.threshold})"
        f"{and_treated} (minimum {_counted(minimum, 'datapoint', 'datapoints')} for {transition} "
        "transition)."
    )


def _counted(number: int, one: str, several: str) -> str:
    return f"{number} {one if number == 1 else several}"
