"""Evaluates the alarms of CloudWatch from the metrics that were put, and does their actions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from moto.cloudwatch.models import (
    Alarm,
    CloudWatchBackend,
    MetricDataQuery,
    MetricDatumBase,
    cloudwatch_backends,
)

from local_aws.cloudwatch import alarm_notifications, metric_math, timeseries
from local_aws.cloudwatch.alarm_state import COMPARISONS, AlarmSettings, AlarmState, evaluate
from local_aws.cloudwatch.timeseries import Metric, Periods, Series
from local_aws.errors import NotEvaluable
from local_aws.sns import topics

_ACTIONS = {
    "ALARM": "alarm_actions",
    "OK": "ok_actions",
    "INSUFFICIENT_DATA": "insufficient_data_actions",
}


@dataclass(frozen=True, slots=True)
class StateChange:
    """The old and the new state of an alarm, and the reason in the words of CloudWatch."""

    name: str
    old: str
    new: str
    reason: str


def evaluate_all(account_id: str, region: str, at: datetime | None) -> list[StateChange]:
    """Give every alarm the state that its data shows at a time, and do its actions.

    `at` is None for the end of the current minute. Raises `NotEvaluable`, before anything
    changes, if an alarm uses a feature that the embedded AWS lacks.
    """
    now = _utc(at)
    backend = cloudwatch_backends[account_id][region]
    data = backend.get_all_metrics()
    states = [(alarm, _state(alarm, data, now)) for alarm in list(backend.describe_alarms())]
    return [
        _change_state(backend, alarm, state, now)
        for alarm, state in states
        if state.value != alarm.state_value
    ]


def _utc(at: datetime | None) -> datetime:
    """Return a time as moto has it: in UTC, and naive."""
    if at is None:
        minute = datetime.now(timezone.utc).replace(second=0, microsecond=0, tzinfo=None)
        return minute + timedelta(minutes=1)
    return at.astimezone(timezone.utc).replace(tzinfo=None)


def _state(alarm: Alarm, data: Sequence[MetricDatumBase], now: datetime) -> AlarmState:
    try:
        return _evaluate(alarm, data, now)
    except NotEvaluable as error:
        raise NotEvaluable(f"The alarm {alarm.name} cannot be evaluated: {error}") from error


def _evaluate(alarm: Alarm, data: Sequence[MetricDatumBase], now: datetime) -> AlarmState:
    _check(alarm)
    settings = AlarmSettings(
        alarm.comparison_operator,
        float(alarm.threshold),
        int(alarm.evaluation_periods),
        int(alarm.datapoints_to_alarm or alarm.evaluation_periods),
        alarm.treat_missing_data or "missing",
    )
    length_sec = _period_sec(alarm)
    # CloudWatch evaluates at full minutes, and alarms with shorter periods every 10 s.
    step = 60 if length_sec >= 60 else 10
    end = now.replace(microsecond=0) - timedelta(seconds=now.second % step)
    periods = Periods(end, length_sec, settings.range)
    if alarm.metric_data_queries:
        series = _result_of_queries(alarm.metric_data_queries, data, periods)
    else:
        metric = _metric(alarm)
        if _has_too_few_samples(alarm, metric, data, periods):
            return AlarmState(alarm.state_value, alarm.state_reason)
        series = timeseries.read(data, metric, periods)
    return evaluate(settings, series, periods.starts, alarm.state_value)


def _check(alarm: Alarm) -> None:
    if alarm.rule is not None:
        raise NotEvaluable("it is a composite alarm.")
    if alarm.threshold_metric_id or alarm.comparison_operator not in COMPARISONS:
        raise NotEvaluable("it detects anomalies (ANOMALY_DETECTION_BAND).")
    for actions in _ACTIONS.values():
        for arn in getattr(alarm, actions):
            if arn.split(":")[2] != "sns":
                raise NotEvaluable(f"its action {arn} is not an SNS topic.")


def _period_sec(alarm: Alarm) -> int:
    """Return the period of the alarm, which must be that of all its metrics."""
    queries = alarm.metric_data_queries
    if not queries:
        return int(alarm.period)
    lengths = {int(query.metric_stat.period) for query in queries if query.metric_stat}
    lengths |= {int(query.period) for query in queries if query.period}
    if len(lengths) != 1:
        raise NotEvaluable(f"its metrics have different periods: {sorted(lengths)}.")
    return lengths.pop()


def _result_of_queries(
    queries: Sequence[MetricDataQuery], data: Sequence[MetricDatumBase], periods: Periods
) -> Series:
    metrics = {}
    for query in queries:
        stat = query.metric_stat
        if stat:
            dimensions = timeseries.dimensions_of(stat.metric.dimensions)
            metric = Metric(
                stat.metric.namespace, stat.metric.metric_name, dimensions, stat.stat, stat.unit
            )
            metrics[query.id] = timeseries.read(data, metric, periods)
    expressions = {query.id: query.expression for query in queries if query.expression}
    returned = [query.id for query in queries if alarm_notifications.returns_data(query)]
    if len(returned) != 1:
        raise NotEvaluable(f"{len(returned)} of its queries return data instead of one.")
    return metric_math.evaluate(returned[0], metrics, expressions, periods.count)


def _metric(alarm: Alarm) -> Metric:
    dimensions = timeseries.dimensions_of(alarm.dimensions)
    statistic = alarm.extended_statistic or alarm.statistic
    return Metric(alarm.namespace, alarm.metric_name, dimensions, statistic, alarm.unit)


def _has_too_few_samples(
    alarm: Alarm, metric: Metric, data: Sequence[MetricDatumBase], periods: Periods
) -> bool:
    """Return whether an alarm on a percentile ignores its data because there is too little."""
    if alarm.evaluate_low_sample_count_percentile != "ignore" or not alarm.extended_statistic:
        return False
    percent = float(alarm.extended_statistic[1:])
    evaluated = Periods(periods.end, periods.length_sec, int(alarm.evaluation_periods))
    count = sum(len(found) for found in timeseries.gather(data, metric, evaluated))
    return bool(count) and count * min(percent, 100 - percent) < 1000


def _change_state(
    backend: CloudWatchBackend, alarm: Alarm, state: AlarmState, now: datetime
) -> StateChange:
    change = StateChange(alarm.name, alarm.state_value, state.value, state.reason)
    backend.set_alarm_state(alarm.name, state.reason, "{}", state.value)
    alarm.state_updated_timestamp = now
    if alarm.actions_enabled:
        notification = alarm_notifications.notification(alarm, change.old, now)
        for arn in getattr(alarm, _ACTIONS[state.value]):
            # CloudWatch ignores topics that do not exist.
            topics.publish(
                arn, notification.message, subject=notification.subject, message_structure="json"
            )
    return change
