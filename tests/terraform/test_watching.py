"""Monitoring of DIVA itself: alarms, dead letters and the dashboard."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pytest_terraform import terraform

from local_aws.cloudwatch.embedded_metrics import extract_metrics

from .roots import plan

if TYPE_CHECKING:
    from local_aws import LocalAws

# Creates a fixture that applies the root module of that name.
terraform("watched", scope="module")

PLAIN, BY_EVENT = "watched-plain", "watched-by-event"
SWITCHES = "watched-switches"

# The metrics that the engine writes. The others are those of Lambda.
ENGINE_METRICS = {"FailedDeliveries", "NotRun", "ObservingTimeUsed"}

# By alarm: the metric, then minutes, the value of the metric, and the state of the alarm after it.
STORIES: dict[str, tuple[str, list[tuple[int, float | None, str]]]] = {
    "errors-immediate": (
        "Errors",
        [
            (0, 0, "OK"),
            (5, 1, "ALARM"),
            (7, None, "ALARM"),  # keeps its state between two runs
            (10, 1, "ALARM"),
            (15, 0, "OK"),
        ],
    ),
    "throttles": (
        "Throttles",
        [(0, 0, "OK"), (5, 2, "ALARM"), (15, None, "OK")],
    ),
    "duration": (
        "ObservingTimeUsed",
        [
            (0, 99.9, "OK"),
            (5, 100, "ALARM"),
            (7, None, "ALARM"),
            (10, 40, "OK"),
        ],
    ),
    "failed-deliveries": (
        "FailedDeliveries",
        [
            (0, 0, "OK"),
            (5, 1, "ALARM"),
            (7, None, "ALARM"),
            (10, 2, "ALARM"),
            (15, 0, "OK"),
        ],
    ),
    "not-run": (
        "NotRun",
        [
            (0, 0, "OK"),
            (5, 1, "ALARM"),
            (7, None, "ALARM"),
            (10, 0, "OK"),
        ],
    ),
    "missing-runs": (
        "Invocations",
        [
            (0, 1, "OK"),
            (9, None, "OK"),  # late
            (12, None, "ALARM"),
            (30, None, "ALARM"),
            (35, 1, "OK"),
        ],
    ),
}


@contextmanager
def switched(aws: LocalAws, name: str) -> Iterator[None]:
    """Make an event fail, or the event logic invalid (`misspelt`).

    `unreachable` adds an event whose alert raises an exception, and `slow` one whose detection
    takes until the end.
    """
    s3 = aws.client("s3")
    s3.put_object(Bucket=SWITCHES, Key=name)
    try:
        yield
    finally:
        s3.delete_object(Bucket=SWITCHES, Key=name)


@pytest.mark.parametrize("about", STORIES)
def test_an_alarm_fires_and_clears(aws: LocalAws, watched: Any, about: str) -> None:
    metric, story = STORIES[about]
    began = datetime.now(timezone.utc).replace(second=0, microsecond=0) - timedelta(days=1)
    seen = []
    for minute, value, _ in story:
        time = began + timedelta(minutes=minute)
        if value is not None:
            put(aws, metric, value, time)
        aws.evaluate_alarms(at=time + timedelta(minutes=1))
        seen.append((minute, value, alarm(aws, about)["StateValue"]))
    assert seen == story


@pytest.mark.parametrize(
    ("switch", "abouts"),
    [("unreachable", ["failed-deliveries"]), ("slow", ["duration", "not-run"])],
)
def test_an_alarm_fires_and_clears_with_what_the_engine_writes(
    aws: LocalAws, watched: Any, switch: str, abouts: list[str]
) -> None:
    began = datetime.now(timezone.utc) - timedelta(days=2)

    def states_after_a_run(minute: int) -> list[str]:
        aws.fire(f"{BY_EVENT}-schedule")
        time = began + timedelta(minutes=minute)
        repeat_engine_metrics(aws, BY_EVENT, time)
        aws.evaluate_alarms(at=time + timedelta(minutes=1))
        return [alarm(aws, about, BY_EVENT)["StateValue"] for about in abouts]

    assert set(states_after_a_run(0)) == {"OK"}
    with switched(aws, switch):
        assert set(states_after_a_run(5)) == {"ALARM"}
        if switch == "unreachable":
            assert set(states_after_a_run(10)) == {"ALARM"}, "the alert raises in every period"
    assert set(states_after_a_run(15)) == {"OK"}


def test_every_alarm_has_a_story_and_notifies_the_topic_when_it_fires_and_clears(
    aws: LocalAws, watched: Any
) -> None:
    arns = watched.outputs["watched"]["value"]["plain"]["alarm_arns"]
    assert arns.keys() == STORIES.keys()
    for about, arn in arns.items():
        found = alarm(aws, about)
        assert found["AlarmArn"] == arn
        [topic] = found["AlarmActions"]
        assert topic.endswith(":watched-alarms")
        assert found["OKActions"] == [topic]


def test_a_failed_run_fires_an_alarm(aws: LocalAws, watched: Any) -> None:
    inbox = watched.outputs["inbox_url"]["value"]
    receive(aws, inbox)
    with switched(aws, "misspelt"):
        [run] = aws.fire(f"{PLAIN}-schedule")
    assert run.function_error
    aws.evaluate_alarms()
    about = f'"{PLAIN}-errors-immediate" in US East (N. Virginia)'
    assert f"ALARM: {about}" in subjects(aws, inbox)
    later = datetime.now(timezone.utc) + timedelta(minutes=5)
    put(aws, "Errors", 0, later)
    aws.evaluate_alarms(at=later + timedelta(minutes=1))
    assert f"OK: {about}" in subjects(aws, inbox)


def test_a_failed_run_leaves_a_dead_letter_that_says_why(aws: LocalAws, watched: Any) -> None:
    letters = watched.outputs["dead_letters_url"]["value"]
    receive(aws, letters)
    with switched(aws, "misspelt"):
        aws.fire(f"{PLAIN}-schedule")
    [letter] = receive(aws, letters)
    assert json.loads(letter["Body"])["detail-type"] == "Scheduled Event"
    reason = letter["MessageAttributes"]["ErrorMessage"]["StringValue"]
    assert "'detcet' is not an option; did you mean 'detect'?" in reason


def test_an_undeliverable_schedule_event_leaves_a_dead_letter(aws: LocalAws, watched: Any) -> None:
    letters = watched.outputs["dead_letters_url"]["value"]
    receive(aws, letters)
    functions = aws.client("lambda")
    functions.remove_permission(FunctionName=BY_EVENT, StatementId="schedule")
    assert aws.fire(f"{BY_EVENT}-schedule") == []
    [letter] = receive(aws, letters)
    attributes = {name: each["StringValue"] for name, each in letter["MessageAttributes"].items()}
    outputs = watched.outputs["watched"]["value"]["by-event"]
    assert attributes["RULE_ARN"] == outputs["eventbridge_rule_arn"]
    assert attributes["TARGET_ARN"] == outputs["lambda_function_arn"]
    functions.add_permission(
        FunctionName=BY_EVENT,
        StatementId="schedule",
        Action="lambda:InvokeFunction",
        Principal="events.amazonaws.com",
        SourceArn=outputs["eventbridge_rule_arn"],
    )


@pytest.mark.parametrize("name", [PLAIN, BY_EVENT])
def test_the_dashboard_shows_the_metrics_and_log_of_a_run(
    aws: LocalAws, watched: Any, name: str
) -> None:
    with switched(aws, "checkout"):
        [run] = aws.fire(f"{name}-schedule")
    assert run.payload["results"] == {
        "checkout": "failed_injection (1/1) alerted",
        "invoices": "ok",
    }
    body = json.loads(aws.client("cloudwatch").get_dashboard(DashboardName=name)["DashboardBody"])
    titles = [widget["properties"]["title"].split(" in ")[0] for widget in body["widgets"]]
    assert titles == [
        "Health of the events",
        "Alerts",
        "Durations",
        "Failures by event",
        "Latest log lines",
    ]
    metrics = emitted(aws)
    messages = log(aws, name)
    for widget in body["widgets"]:
        if widget["type"] == "metric":
            for metric in widget["properties"]["metrics"]:
                assert shown(metric) & metrics, metric
        else:
            assert rows(widget["properties"]["query"], name, messages), widget

    places = [(each["x"], each["y"], each["width"], each["height"]) for each in body["widgets"]]
    cells = [
        (x + column, y + row)
        for x, y, width, height in places
        for column in range(width)
        for row in range(height)
    ]
    assert len(cells) == len(set(cells)), "no widget covers another"
    assert max(x for x, _ in cells) < 24


def test_the_failures_are_counted_by_event(aws: LocalAws, watched: Any) -> None:
    with switched(aws, "invoices"):
        aws.fire(f"{PLAIN}-schedule")
    body = json.loads(aws.client("cloudwatch").get_dashboard(DashboardName=PLAIN)["DashboardBody"])
    [query] = [
        widget["properties"]["query"]
        for widget in body["widgets"]
        if widget["properties"]["title"] == "Failures by event"
    ]
    found = {each["event"] for each in rows(query, PLAIN, log(aws, PLAIN))}
    assert "invoices" in found
    assert found <= {"checkout", "invoices"}


MISSING_RUNS_MINUTES = {
    "rate(1 minute)": 2,
    "rate(5 minutes)": 10,
    "rate(12 hours)": 24 * 60,
    "rate(3 days)": 6 * 24 * 60,
    "rate(6 days)": 7 * 24 * 60,
    "rate(7 days)": None,
    "cron(* * * * ? *)": 2,
    "cron(0/10 * * * ? *)": 20,
    "cron(5,10 * * * ? *)": 120,
    "cron(0 8 * * ? *)": 2 * 24 * 60,
    "cron(0 8 ? * mon-fri *)": 4 * 24 * 60,
    "cron(0 8 ? * MON *)": None,
    "cron(0 8 1 * ? *)": None,
    "cron(0 8 * 12 ? *)": None,
}


def test_the_threshold_of_missing_runs_follows_from_the_schedule(
    project: Path, role_arn: str
) -> None:
    topic = "arn:aws:sns:us-east-1:123456789012:alarms"
    modules: dict[str, dict[str, Any]] = {
        f"schedule{number}": {"schedule_expression": schedule, "alarm_actions": [topic]}
        for number, schedule in enumerate(MISSING_RUNS_MINUTES)
    }
    modules["disabled"] = {"schedule_enabled": False, "alarm_actions": [topic]}
    modules["unwatched"] = {}
    planned = plan(project, role_arn, modules)
    alarms = [
        (change["address"].split(".")[1], change["index"], change["change"]["after"])
        for change in planned["resource_changes"]
        if change["type"] == "aws_cloudwatch_metric_alarm"
    ]
    minutes = {
        name: alarm["period"] * alarm["evaluation_periods"] // 60
        for name, about, alarm in alarms
        if about == "missing-runs"
    }
    found = {
        schedule: minutes.get(f"schedule{number}")
        for number, schedule in enumerate(MISSING_RUNS_MINUTES)
    }
    assert found == MISSING_RUNS_MINUTES
    assert {about for name, about, _ in alarms if name == "disabled"} == {
        "errors-immediate",
        "throttles",
        "duration",
        "failed-deliveries",
        "not-run",
    }
    assert not [about for name, about, _ in alarms if name == "unwatched"]


def put(aws: LocalAws, metric: str, value: float, time: datetime) -> None:
    """Put a metric of a run at that time."""
    aws.client("cloudwatch").put_metric_data(
        Namespace="DIVA" if metric in ENGINE_METRICS else "AWS/Lambda",
        MetricData=[
            {
                "MetricName": metric,
                "Dimensions": [{"Name": "FunctionName", "Value": PLAIN}],
                "Timestamp": time,
                "Value": value,
            }
        ],
    )


def repeat_engine_metrics(aws: LocalAws, name: str, time: datetime) -> None:
    """Put the metrics that the engine wrote in the last run of a function again, at that time."""
    line = [message for message in log(aws, name) if '"ObservingTimeUsed"' in message][-1]
    for namespace, datum in extract_metrics(line):
        aws.client("cloudwatch").put_metric_data(
            Namespace=namespace, MetricData=[{**datum, "Timestamp": time}]
        )


def alarm(aws: LocalAws, about: str, name: str = PLAIN) -> dict[str, Any]:
    found = aws.client("cloudwatch").describe_alarms(AlarmNames=[f"{name}-{about}"])
    [alarm] = found["MetricAlarms"]
    assert isinstance(alarm, dict)
    return alarm


def receive(aws: LocalAws, queue_url: str) -> list[dict[str, Any]]:
    """Return and delete messages of a queue."""
    sqs = aws.client("sqs")
    answer = sqs.receive_message(
        QueueUrl=queue_url, MaxNumberOfMessages=10, MessageAttributeNames=["All"]
    )
    messages: list[dict[str, Any]] = answer.get("Messages", [])
    for message in messages:
        sqs.delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])
    return messages


def subjects(aws: LocalAws, queue_url: str) -> list[str]:
    return [json.loads(message["Body"])["Subject"] for message in receive(aws, queue_url)]


Metric = tuple[str, str, frozenset[tuple[str, str]]]


def emitted(aws: LocalAws) -> set[Metric]:
    """Return namespace, name and dimensions of every metric that has data."""
    pages = aws.client("cloudwatch").get_paginator("list_metrics").paginate()
    return {
        (
            metric["Namespace"],
            metric["MetricName"],
            frozenset((each["Name"], each["Value"]) for each in metric["Dimensions"]),
        )
        for page in pages
        for metric in page["Metrics"]
    }


def shown(metric: list[Any]) -> set[Metric]:
    """Return the metrics of a widget's line, which for a search are those of both events."""
    if isinstance(metric[0], str):
        namespace, name, *dimensions, _ = metric
        return {(namespace, name, frozenset(zip(dimensions[::2], dimensions[1::2], strict=True)))}
    found = re.fullmatch(
        r"""SEARCH\('\{(\w+),FunctionName,Event\} FunctionName="(\S+)" MetricName="(\w+)"',"""
        r""" 'Maximum'\)""",
        metric[0]["expression"],
    )
    assert found
    namespace, function_name, name = found.groups()
    return {
        (namespace, name, frozenset({("FunctionName", function_name), ("Event", event)}))
        for event in ("checkout", "invoices")
    }


def log(aws: LocalAws, name: str) -> list[str]:
    events = aws.client("logs").filter_log_events(logGroupName=f"/aws/lambda/{name}")["events"]
    return [event["message"] for event in events]


def rows(query: str, name: str, messages: list[str]) -> list[dict[str, str]]:
    """Return the rows that the `parse` and `filter` commands of a query return."""
    source, *commands = [command.strip() for command in query.split("\n|")]
    assert source == f"SOURCE '/aws/lambda/{name}'"
    found: list[dict[str, str]] = [{"@message": message} for message in messages]
    for command in commands:
        verb, _, rest = command.partition(" ")
        if verb == "parse":
            pattern = re.sub(r"\(\?<(\w+)>", r"(?P<\1>", rest.removeprefix("@message ").strip("/"))
            matches = [(row, re.search(pattern, row["@message"])) for row in found]
            found = [{**row, **match.groupdict()} if match else row for row, match in matches]
        elif verb == "filter" and "ispresent" in rest:
            found = [row for row in found if rest[len("ispresent(") : -1] in row]
        elif verb == "filter":
            pattern = rest.removeprefix("@message not like ").strip("/")
            found = [row for row in found if not re.search(pattern, row["@message"])]
    return found
