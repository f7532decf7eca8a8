"""Alarms of CloudWatch, evaluated from their own expressions over the metrics that were put."""

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
from local_aws.cloudwatch.alarm_state import COMPARISONS, Rule, Verdict, judge
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
    """One alarm's way from one state to another, and CloudWatch's words for the reason."""

    name: str
    old: str
    new: str
    reason: str


def evaluate_all(account_id: str, region: str, at: datetime | None) -> list[StateChange]:
    """Give every alarm the state its data shows at that time, and do its actions.

    `at` is None for the end of the minute that is running. Raises `NotEvaluable`, and changes
    nothing, where an alarm is of a kind that is not known here.
    """
    now = _naive(at)
    backend = cloudwatch_backends[account_id][region]
    put = backend.get_all_metrics()
    found = [(alarm, _verdict(alarm, put, now)) for alarm in list(backend.describe_alarms())]
    return [
        _change(backend, alarm, verdict, now)
        for alarm, verdict in found
        if verdict.state != alarm.state_value
    ]


def _naive(at: datetime | None) -> datetime:
    """Return `at` as moto keeps times: in UTC, and naive."""
    if at is None:
        started = datetime.now(timezone.utc).replace(second=0, microsecond=0, tzinfo=None)
        return started + timedelta(minutes=1)
    return at.astimezone(timezone.utc).replace(tzinfo=None)


def _verdict(alarm: Alarm, put: Sequence[MetricDatumBase], now: datetime) -> Verdict:
    try:
        return _judged(alarm, put, now)
    except NotEvaluable as error:
        raise NotEvaluable(f"The alarm {alarm.name} cannot be evaluated: {error}") from error


def _judged(alarm: Alarm, put: Sequence[MetricDatumBase], now: datetime) -> Verdict:
    _check(alarm)
    rule = Rule(
        alarm.comparison_operator,
        float(alarm.threshold),
        int(alarm.evaluation_periods),
        int(alarm.datapoints_to_alarm or alarm.evaluation_periods),
        alarm.treat_missing_data or "missing",
    )
    length_sec = _period_sec(alarm)
    # CloudWatch looks every minute, so that periods end with a minute; short ones, every 10 s.
    step = 60 if length_sec >= 60 else 10
    end = now.replace(microsecond=0) - timedelta(seconds=now.second % step)
    periods = Periods(end, length_sec, rule.range)
    if alarm.metric_data_queries:
        series = _calculated(alarm.metric_data_queries, put, periods)
    else:
        metric = _metric(alarm)
        if _few_samples(alarm, metric, put, periods):
            return Verdict(alarm.state_value, alarm.state_reason)
        series = timeseries.read(put, metric, periods)
    return judge(rule, series, periods.starts, alarm.state_value)


def _check(alarm: Alarm) -> None:
    if alarm.rule is not None:
        raise NotEvaluable("it is a composite alarm.")
    if alarm.threshold_metric_id or alarm.comparison_operator not in COMPARISONS:
        raise NotEvaluable("it detects anomalies (ANOMALY_DETECTION_BAND).")
    for actions in _ACTIONS.values():
        for arn in getattr(alarm, actions):
            if arn.split(":")[2] != "sns":
                raise NotEvaluable(f"its action {arn} is no SNS topic.")


def _period_sec(alarm: Alarm) -> int:
    """Return the length of the alarm's periods; all its metrics have the same."""
    queries = alarm.metric_data_queries
    if not queries:
        return int(alarm.period)
    given = {int(query.metric_stat.period) for query in queries if query.metric_stat}
    given |= {int(query.period) for query in queries if query.period}
    if len(given) != 1:
        raise NotEvaluable(f"its metrics have not one period, but {sorted(given)}.")
    return given.pop()


def _watched(queries: Sequence[MetricDataQuery]) -> MetricDataQuery:
    """Return the one of an alarm's queries whose result counts."""
    returned = [query for query in queries if alarm_notifications.returns_data(query)]
    if len(returned) != 1:
        raise NotEvaluable(f"{len(returned)} of its queries return data, and not one.")
    return returned[0]


def _metric(alarm: Alarm) -> Metric:
    dimensions = timeseries.dimensions_of(alarm.dimensions)
    statistic = alarm.extended_statistic or alarm.statistic
    return Metric(alarm.namespace, alarm.metric_name, dimensions, statistic, alarm.unit)


def _calculated(
    queries: Sequence[MetricDataQuery], put: Sequence[MetricDatumBase], periods: Periods
) -> Series:
    metrics = {}
    for query in queries:
        stat = query.metric_stat
        if stat:
            dimensions = timeseries.dimensions_of(stat.metric.dimensions)
            metric = Metric(
                stat.metric.namespace, stat.metric.metric_name, dimensions, stat.stat, stat.unit
            )
            metrics[query.id] = timeseries.read(put, metric, periods)
    expressions = {query.id: query.expression for query in queries if query.expression}
    return metric_math.evaluate(_watched(queries).id, metrics, expressions, periods.count)


def _few_samples(
    alarm: Alarm, metric: Metric, put: Sequence[MetricDatumBase], periods: Periods
) -> bool:
    """Whether a percentile has too few samples for an alarm that does not want it then."""
    if alarm.evaluate_low_sample_count_percentile != "ignore" or not alarm.extended_statistic:
        return False
    percent = float(alarm.extended_statistic[1:])
    evaluated = Periods(periods.end, periods.length_sec, int(alarm.evaluation_periods))
    count = sum(len(data) for data in timeseries.gather(put, metric, evaluated))
    return bool(count) and count * min(percent, 100 - percent) < 1000


def _change(
    backend: CloudWatchBackend, alarm: Alarm, verdict: Verdict, now: datetime
) -> StateChange:
    change = StateChange(alarm.name, alarm.state_value, verdict.state, verdict.reason)
    backend.set_alarm_state(alarm.name, verdict.reason, "{}", verdict.state)
    alarm.state_updated_timestamp = now
    if alarm.actions_enabled:
        notice = alarm_notifications.notice(alarm, change.old, now)
        for arn in getattr(alarm, _ACTIONS[verdict.state]):
            # CloudWatch ignores topics that do not exist.
            topics.publish(arn, notice.message, subject=notice.subject, message_structure="json")
    return change
