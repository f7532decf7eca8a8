"""The alarms of a monitored function: when they fire and clear, and whom they notify."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from .monitored_functions import (
    FIXTURES,
    MINUTE,
    Data,
    Subscribers,
    alarms,
    bucket_for_packages,
    full_minute,
    put,
    root,
    subject,
)

if TYPE_CHECKING:
    from local_aws import LocalAws

WITH_ERRORS = {"lambda_source_dir": str(FIXTURES / "lambda_with_errors")}
FUNCTIONS: dict[str, dict[str, Any]] = {
    "immediate": {"timeout": 10},
    "threshold": {"alert_strategy": "threshold"},
    "tolerant": {
        "alert_strategy": "threshold",
        "error_rate_threshold": 20,
        "error_rate_eval_periods": 5,
        "error_rate_datapoints_to_alarm": 3,
    },
    "measured": {
        "memory_utilization_threshold_percent": 90,
        "create_sns_topic": False,  # without effect, since somebody must be notified
    },
    "held": {"hold_alarms_between_runs": True},
    "run-immediate": WITH_ERRORS,
    "run-threshold": {
        **WITH_ERRORS,
        "alert_strategy": "threshold",
        "error_rate_eval_periods": 1,
    },
    "stopped": {"reserved_concurrent_executions": 0},
    "unwatched": {
        "enable_error_alarms": False,
        "enable_throttle_alarms": False,
        "duration_threshold_percent": None,
    },
}

NOTHING: Data = {}


def runs(count: int, failed: int) -> Data:
    return {"Invocations": count, "Errors": failed}


# By function and alarm: minute, its metrics, and the state of the alarm after it.
STORIES: dict[tuple[str, str], list[tuple[int, Data, str]]] = {
    ("immediate", "errors-immediate"): [
        (0, NOTHING, "OK"),
        (1, runs(100, 0), "OK"),
        (2, runs(100, 1), "ALARM"),
        (3, runs(100, 7), "ALARM"),
        (4, runs(100, 0), "OK"),
        (5, runs(1, 1), "ALARM"),
        (9, NOTHING, "OK"),
    ],
    ("threshold", "errors-threshold"): [
        (0, NOTHING, "OK"),
        (1, runs(0, 0), "OK"),  # no division by zero
        (2, runs(100, 1), "OK"),
        (3, runs(100, 5), "OK"),  # not above the threshold
        (4, runs(100, 5), "OK"),
        (5, runs(100, 6), "OK"),  # above it, but only for one minute
        (6, runs(100, 0), "OK"),
        (7, runs(100, 6), "OK"),
        (8, runs(100, 6), "ALARM"),
        (9, runs(100, 100), "ALARM"),
        (10, runs(100, 1), "OK"),
        (20, runs(1, 1), "OK"),
        (21, runs(1, 1), "ALARM"),
        (26, NOTHING, "OK"),
    ],
    ("tolerant", "errors-threshold"): [
        (0, runs(10, 3), "OK"),
        (1, runs(10, 2), "OK"),
        (2, runs(10, 3), "OK"),
        (3, runs(10, 0), "OK"),
        (4, runs(10, 3), "ALARM"),  # the third of five
        (5, runs(10, 0), "OK"),  # the first one is out of range
    ],
    ("immediate", "throttles"): [
        (0, {"Throttles": 0}, "OK"),
        (1, {"Throttles": 1}, "ALARM"),
        (5, NOTHING, "OK"),
    ],
    ("immediate", "duration"): [
        (0, {"Duration": 8000}, "OK"),
        (1, {"Duration": 8001}, "ALARM"),  # of 10 s, 80 %
        (2, {"Duration": 30}, "OK"),
    ],
    ("measured", "memory"): [
        (0, {"memory_utilization": 90}, "OK"),
        (1, {"memory_utilization": 90.1}, "ALARM"),
        (2, {"memory_utilization": 30}, "OK"),
    ],
    ("held", "errors-immediate"): [
        (0, runs(1, 0), "OK"),
        (1, runs(1, 1), "ALARM"),
        (60, NOTHING, "ALARM"),  # held until the next run
        (61, runs(1, 0), "OK"),
    ],
}


@dataclass(frozen=True, slots=True)
class Watched:
    """The outputs and subscribers of the functions, and the further topics of one of them."""

    outputs: dict[str, dict[str, Any]]
    subscribers: dict[str, Subscribers]
    other_topics: list[str]


@pytest.fixture(scope="module")
def watched(aws: LocalAws, tmp_path_factory: pytest.TempPathFactory) -> Watched:
    sns = aws.client("sns")
    other_topics = [sns.create_topic(Name=name)["TopicArn"] for name in ("other", "another")]
    layer = aws.client("lambda").publish_layer_version(
        LayerName="insights", Content={"ZipFile": b"PK\x05\x06" + bytes(18)}
    )
    bucket = bucket_for_packages(aws)
    functions = {name: {"s3_bucket": bucket, **variables} for name, variables in FUNCTIONS.items()}
    functions["measured"] |= {
        "lambda_insights_layer_arn": layer["LayerVersionArn"],
        "alarm_topic_arns": other_topics[:1],
        "alarm_actions": other_topics[1:],
    }
    terraform = root(tmp_path_factory.mktemp("alarms") / "project", functions)
    terraform.apply()
    outputs = terraform.output()
    aws.evaluate_alarms()  # every alarm now has a state, and has sent its first notification
    subscribers = {
        name: Subscribers(aws, name, outputs[name]["sns_topic_arn"]) for name in functions
    }
    return Watched(outputs, subscribers, other_topics)


@pytest.mark.parametrize(("name", "about"), STORIES)
def test_an_alarm_notifies_when_it_fires_and_when_it_clears(
    aws: LocalAws, watched: Watched, name: str, about: str
) -> None:
    story = STORIES[name, about]
    began = full_minute(days_ago=1 + list(STORIES).index((name, about)))
    seen, told, due = [], [], []
    before = alarms(aws, name)[about]["StateValue"]
    for minute, data, state in story:
        time = began + minute * MINUTE
        put(aws, name, time, data)
        aws.evaluate_alarms(at=time + MINUTE)
        seen.append((minute, data, alarms(aws, name)[about]["StateValue"]))
        told += [(minute, each) for each in watched.subscribers[name].news()]
        due += [(minute, subject(state, name, about))] if state != before else []
        before = state
    assert seen == story
    assert told == due


@pytest.mark.parametrize("strategy", ["immediate", "threshold"])
def test_a_failed_run_notifies_and_a_successful_one_does_not(
    aws: LocalAws, watched: Watched, strategy: str
) -> None:
    name, about = f"run-{strategy}", f"errors-{strategy}"
    subscribers = watched.subscribers[name]

    assert aws.invoke(name, {}).payload == "well"
    aws.evaluate_alarms()
    assert subscribers.news() == []

    assert aws.invoke(name, {"fail": True}).payload["errorType"] == "ToldToFail"
    aws.evaluate_alarms()
    assert subscribers.news() == [subject("ALARM", name, about)]

    later = datetime.now(timezone.utc) + 5 * MINUTE
    put(aws, name, later, runs(1, 0))
    aws.evaluate_alarms(at=later + MINUTE)
    assert subscribers.news() == [subject("OK", name, about)]


def test_a_throttled_invocation_notifies(aws: LocalAws, watched: Watched) -> None:
    with pytest.raises(ClientError) as refused:
        aws.invoke("stopped")
    assert refused.value.response["Error"]["Code"] == "TooManyRequestsException"
    aws.evaluate_alarms()
    assert watched.subscribers["stopped"].news() == [subject("ALARM", "stopped", "throttles")]


def test_only_enabled_alarms_are_created(aws: LocalAws, watched: Watched) -> None:
    always = {"throttles", "duration"}
    expected = {
        name: {*always, f"errors-{variables.get('alert_strategy', 'immediate')}"}
        for name, variables in FUNCTIONS.items()
    }
    expected["measured"].add("memory")
    expected["unwatched"] = set()
    assert {name: set(alarms(aws, name)) for name in FUNCTIONS} == expected
    for name, outputs in watched.outputs.items():
        found = {about: alarm["AlarmArn"] for about, alarm in alarms(aws, name).items()}
        assert outputs["alarm_arns"] == found


def test_every_alarm_notifies_all_topics_when_it_fires_and_clears(
    aws: LocalAws, watched: Watched
) -> None:
    for name, outputs in watched.outputs.items():
        topics = [outputs["sns_topic_arn"]]
        if name == "measured":
            topics += watched.other_topics
        for alarm in alarms(aws, name).values():
            assert sorted(alarm["AlarmActions"]) == sorted(topics)
            assert sorted(alarm["OKActions"]) == sorted(topics)
