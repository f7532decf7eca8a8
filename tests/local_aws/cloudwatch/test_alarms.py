"""Alarms of the embedded AWS change their state as CloudWatch's do."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from local_aws import LocalAws, NotEvaluable

from .alarms import (
    MINUTE,
    NOON,
    calculate,
    put,
    state,
    summed,
    watch,
)

I, O, A = "INSUFFICIENT_DATA", "OK", "ALARM"  # noqa: E741


# Each row: the last five minutes (X breaches, 0 does not, - has no data), datapoints to alarm of
# three evaluated, and the state that follows from OK where missing data is treated as
# missing, ignored, breaching, not breaching.
@pytest.mark.parametrize("start", [I, O, A])
@pytest.mark.parametrize(
    ("minutes", "to_alarm", "expected"),
    [
        ("0 - X - X", 3, [O, O, O, O]),
        ("0 - - - -", 3, [O, O, O, O]),
        ("- - - - -", 3, [I, None, A, O]),
        ("0 X X - X", 3, [A, A, A, A]),
        ("- - X - -", 3, [A, None, A, O]),
        ("- - - - X", 3, [None, None, A, O]),
        ("- - - X -", 3, [None, None, A, O]),
        ("- - X - 0", 3, [O, O, O, O]),
        ("0 0 0 0 0", 3, [O, O, O, O]),
        ("X X 0 0 0", 3, [O, O, O, O]),
        ("0 - X - X", 2, [A, A, A, A]),
        ("0 0 X 0 X", 2, [A, A, A, A]),
        ("0 - X - -", 2, [O, O, A, O]),
        ("- - - - 0", 2, [O, O, A, O]),
        ("- - - X -", 2, [A, None, A, O]),
        ("- - - - X", 1, [A, A, A, A]),
        ("X X 0 0 0", 1, [O, O, O, O]),
    ],
)
def test_missing_data_is_treated_as_the_alarm_says(
    aws: LocalAws, start: str, minutes: str, to_alarm: int, expected: list[str | None]
) -> None:
    for ago, point in zip(range(5, 0, -1), minutes.split(), strict=True):
        if point != "-":
            put(aws, "m", NOON - ago * MINUTE, 1 if point == "X" else 0)
    found = []
    for treatment in ("missing", "ignore", "breaching", "notBreaching"):
        watch(aws, EvaluationPeriods=3, DatapointsToAlarm=to_alarm, TreatMissingData=treatment)
        client = aws.client("cloudwatch")
        client.set_alarm_state(AlarmName="alarm", StateValue=start, StateReason="for the test")
        aws.evaluate_alarms(NOON)
        found.append(state(aws))

    assert found == [each or start for each in expected]


@pytest.mark.parametrize(
    ("settings", "values", "expected"),
    [
        ({"Statistic": "Sum", "Threshold": 5}, [2, 4], A),
        ({"Statistic": "Sum", "Threshold": 6}, [2, 4], O),
        ({"Threshold": 6, "ComparisonOperator": "GreaterThanOrEqualToThreshold"}, [2, 4], A),
        ({"Statistic": "Average", "Threshold": 2.9}, [2, 4], A),
        ({"Statistic": "Average", "Threshold": 3}, [2, 4], O),
        ({"Statistic": "Maximum", "Threshold": 3.9}, [2, 4], A),
        ({"Statistic": "Maximum", "Threshold": 4}, [2, 4], O),
        ({"Statistic": "Minimum", "Threshold": 1.9}, [2, 4], A),
        ({"Statistic": "Minimum", "Threshold": 2}, [2, 4], O),
        ({"Statistic": "SampleCount", "Threshold": 1}, [2, 4], A),
        ({"Statistic": "SampleCount", "Threshold": 2}, [2, 4], O),
        ({"Statistic": None, "ExtendedStatistic": "p90", "Threshold": 89}, list(range(101)), A),
        ({"Statistic": None, "ExtendedStatistic": "p90", "Threshold": 90}, list(range(101)), O),
        ({"Statistic": None, "ExtendedStatistic": "p99.5", "Threshold": 0}, [0, 1], A),
        ({"ComparisonOperator": "LessThanThreshold", "Threshold": 7}, [2, 4], A),
        ({"ComparisonOperator": "LessThanThreshold", "Threshold": 6}, [2, 4], O),
        ({"ComparisonOperator": "LessThanOrEqualToThreshold", "Threshold": 6}, [2, 4], A),
    ],
)  # fmt: skip
def test_the_statistic_of_a_period_is_compared_with_the_threshold(
    aws: LocalAws, settings: dict[str, Any], values: list[float], expected: str
) -> None:
    for second, value in enumerate(values):
        put(aws, "m", NOON - MINUTE + timedelta(seconds=second % 60), value)
    watch(aws, **settings)

    aws.evaluate_alarms(NOON)

    assert state(aws) == expected


def test_statistic_sets_count_like_their_values(aws: LocalAws) -> None:
    several = {"Sum": 9.0, "Minimum": 1.0, "Maximum": 5.0, "SampleCount": 3.0}
    datum = {"MetricName": "m", "Timestamp": NOON - MINUTE, "StatisticValues": several}
    aws.client("cloudwatch").put_metric_data(Namespace="Tests", MetricData=[datum])
    put(aws, "m", NOON - MINUTE, 7)

    for statistic, value in {"Average": 4, "Maximum": 7, "Minimum": 1, "SampleCount": 4}.items():
        for threshold, expected in ((value - 0.1, A), (value, O)):
            watch(aws, Statistic=statistic, Threshold=threshold)
            aws.evaluate_alarms(NOON)
            assert state(aws) == expected, (statistic, threshold)


def test_periods_end_with_the_last_full_minute(aws: LocalAws) -> None:
    watch(aws, Period=300, TreatMissingData="notBreaching")
    put(aws, "m", NOON, 1)

    aws.evaluate_alarms(NOON + timedelta(seconds=59))
    assert state(aws) == O
    aws.evaluate_alarms(NOON + MINUTE)
    assert state(aws) == A
    aws.evaluate_alarms(NOON + timedelta(minutes=15))  # the last of three periods looked at
    assert state(aws) == A
    aws.evaluate_alarms(NOON + timedelta(minutes=16))
    assert state(aws) == O


def test_data_of_other_metrics_and_units_is_ignored(aws: LocalAws) -> None:
    one = [{"Name": "Function", "Value": "f"}]
    both = [*one, {"Name": "Resource", "Value": "f:live"}]
    put(aws, "m", NOON - MINUTE, 1)
    put(aws, "m", NOON - MINUTE, 2, Dimensions=both, Unit="Count")
    put(aws, "other", NOON - MINUTE, 4, Dimensions=one, Unit="Count")
    put(aws, "m", NOON - MINUTE, 8, Dimensions=one, Unit="Seconds")
    put(aws, "m", NOON - MINUTE, 16, Dimensions=one, Unit="Count")

    for settings, threshold in (
        ({}, 1),
        ({"Dimensions": both}, 2),
        ({"Dimensions": one, "Unit": "Count"}, 16),
        ({"Dimensions": one}, 24),
    ):
        for below, expected in ((0.5, A), (0, O)):
            watch(aws, Threshold=threshold - below, **settings)
            aws.evaluate_alarms(NOON)
            assert state(aws) == expected, settings


def test_an_alarm_can_ignore_percentiles_of_few_samples(aws: LocalAws) -> None:
    put(aws, "m", NOON - MINUTE, *range(1, 100))
    percentile = {"Statistic": None, "ExtendedStatistic": "p90"}

    watch(aws, EvaluateLowSampleCountPercentile="ignore", **percentile)
    aws.evaluate_alarms(NOON)
    assert state(aws) == I
    put(aws, "m", NOON - MINUTE, 100)
    aws.evaluate_alarms(NOON)
    assert state(aws) == A


def test_an_alarm_on_an_expression_follows_the_query_that_returns_data(aws: LocalAws) -> None:
    rate = {"Id": "rate", "Expression": "IF(runs > 0, 100 * errors / runs, 0)"}
    calculate(aws, summed("errors"), summed("runs"), rate, Threshold=20)

    found = []
    for minute, (errors, runs) in enumerate([(1, 5), (2, 5), (0, 0), (1, 1), (0, 9)]):
        put(aws, "errors", NOON + minute * MINUTE, errors)
        put(aws, "runs", NOON + minute * MINUTE, runs)
        aws.evaluate_alarms(NOON + (minute + 1) * MINUTE)
        found.append(state(aws))

    assert found == [O, A, O, A, O]


@pytest.mark.parametrize(
    ("expression", "named"),
    [
        ("ANOMALY_DETECTION_BAND(m)", "ANOMALY_DETECTION_BAND"),
        ("m + STDDEV(m)", "STDDEV"),
        ("m % 2", "m % 2"),
        ("m + other", "other"),
        ("FILL(m, LINEAR)", "LINEAR"),
        ("m +", "m +"),
        ("MAX(m)", "MAX(m)"),
        ("[m, m]", "[m, m]"),
        ("MAX([m, 0])", "0"),
        ("watched", "watched"),
    ],
)
def test_an_expression_that_cannot_be_evaluated_is_named_and_changes_nothing(
    aws: LocalAws, expression: str, named: str
) -> None:
    put(aws, "m", NOON - MINUTE, 1)
    watch(aws)
    watched = {"Id": "watched", "Expression": expression}
    calculate(aws, watched, summed("m"), AlarmName="strange")

    with pytest.raises(NotEvaluable, match="strange") as raised:
        aws.evaluate_alarms(NOON)
    assert named in str(raised.value)
    assert state(aws) == I


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"Statistic": None, "ExtendedStatistic": "p99x"}, "p99x"),
        ({"AlarmActions": ["arn:aws:lambda:us-east-1:123456789012:function:f"]}, "function:f"),
        (
            {"ThresholdMetricId": "band", "ComparisonOperator": "GreaterThanUpperThreshold"},
            "ANOMALY_DETECTION_BAND",
        ),
    ],
)
def test_an_unsupported_alarm_is_named(aws: LocalAws, settings: dict[str, Any], named: str) -> None:
    watch(aws, AlarmName="strange", **settings)

    with pytest.raises(NotEvaluable, match="strange") as raised:
        aws.evaluate_alarms(NOON)
    assert named in str(raised.value)


def test_an_expression_over_different_periods_cannot_be_evaluated(aws: LocalAws) -> None:
    sum_ = {"Id": "sum", "Expression": "a + b"}
    calculate(aws, sum_, summed("a"), summed("b", Period=300))

    with pytest.raises(NotEvaluable, match=r"\[60, 300\]"):
        aws.evaluate_alarms(NOON)


def test_an_alarm_that_is_deleted_leaves_no_tags_for_the_next(aws: LocalAws) -> None:
    client = aws.client("cloudwatch")
    watch(aws, Tags=[{"Key": "old", "Value": "1"}])
    client.delete_alarms(AlarmNames=["alarm"])
    watch(aws, Tags=[{"Key": "new", "Value": "2"}])

    (found,) = client.describe_alarms()["MetricAlarms"]
    tags = client.list_tags_for_resource(ResourceARN=found["AlarmArn"])["Tags"]
    assert tags == [{"Key": "new", "Value": "2"}]
