"""The threshold-alerts example: failed events are kept, and many of them alert."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timezone
from typing import TYPE_CHECKING

import pytest

from cli.demo import aws_cli

from .examples import Example, applied
from .monitored_functions import MINUTE, Mail, full_minute, put, receive, subject

if TYPE_CHECKING:
    from local_aws import LocalAws

ADDRESS = "threshold@example.com"

# The table in its README: runs and failed runs of each minute, and the alarm's new state.
README = [
    (100, 10, ""),
    (100, 40, ""),
    (None, None, ""),
    (20, 3, ""),
    (100, 2, ""),
    (4, 4, "ALARM"),
    (200, 12, ""),
    (200, 20, "OK"),
]


@pytest.fixture(scope="module")
def example(aws: LocalAws, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Example]:
    folder = tmp_path_factory.mktemp("example")
    with applied(aws, folder, "threshold-alerts", {"alarm_email": ADDRESS}) as example:
        aws.evaluate_alarms()  # every alarm now has a state, and has sent its first notification
        yield example


def test_it_alerts_as_its_readme_says(aws: LocalAws, example: Example) -> None:
    name = example.outputs["lambda_function_name"]
    mail = Mail(aws, ADDRESS)
    began = full_minute(days_ago=1)
    seen = []
    for number, (runs, failed, _) in enumerate(README):
        time = began + number * MINUTE
        if runs is not None and failed is not None:
            put(aws, name, time, {"Invocations": runs, "Errors": failed})
        aws.evaluate_alarms(at=time + MINUTE)
        seen.append((runs, failed, mail.news()))
    assert seen == [
        (runs, failed, [told(example, state)] if state else []) for runs, failed, state in README
    ]


def test_it_is_broken_and_repaired(aws: LocalAws, example: Example) -> None:
    mail = Mail(aws, ADDRESS)

    def publish(command: str) -> None:
        with aws.enforcing_iam():
            aws_cli.run(example.outputs[command], aws.client)

    def pass_minutes(*minutes: int, failed: int) -> None:
        """Put ten runs in each of these minutes from now, and evaluate the alarms."""
        now = datetime.now(timezone.utc)
        for minute in minutes:
            runs = {"Invocations": 10, "Errors": failed}
            put(aws, example.outputs["lambda_function_name"], now + minute * MINUTE, runs)
        aws.evaluate_alarms(at=now + (minutes[-1] + 1) * MINUTE)

    publish("reading_command")
    metrics = aws.client("cloudwatch").list_metrics(Namespace="Readings")["Metrics"]
    assert [each["Dimensions"] for each in metrics] == [[{"Name": "Sensor", "Value": "roof"}]]
    aws.evaluate_alarms()
    assert mail.news() == []

    aws_cli.run(example.outputs["break_command"], aws.client)
    publish("reading_command")
    pass_minutes(1, failed=10)
    assert mail.news() == [], "two breaching minutes"
    pass_minutes(2, failed=10)
    assert mail.news() == [told(example, "ALARM")]

    aws_cli.run(example.outputs["repair_command"], aws.client)
    publish("reading_command")
    pass_minutes(3, 4, 5, failed=0)
    assert mail.news() == [told(example, "OK")]
    assert not example.plan(), "a second plan is empty"


def test_an_unreadable_reading_leaves_a_dead_letter_with_the_reason(
    aws: LocalAws, example: Example
) -> None:
    queue = example.outputs["dead_letter_queue_url"]
    receive(aws, queue)  # left by other tests
    with aws.enforcing_iam():
        aws_cli.run(example.outputs["bad_reading_command"], aws.client)
    [letter] = receive(aws, queue)
    [record] = json.loads(letter["Body"])["Records"]
    assert record["Sns"]["Message"] in example.outputs["bad_reading_command"]
    reason = letter["MessageAttributes"]["ErrorMessage"]["StringValue"]
    assert reason.endswith("must have a number in C or F")


def told(example: Example, state: str) -> str:
    return subject(state, example.outputs["lambda_function_name"], "errors-threshold")
