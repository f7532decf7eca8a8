"""The example with alerts above a threshold: single failures are kept, many of them are told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timezone
from typing import TYPE_CHECKING

import pytest

from cli import aws_command

from .examples import Example, applied
from .monitored_functions import MINUTE, Mail, full_minute, put, receive, subject

if TYPE_CHECKING:
    from local_aws import LocalAws

ADDRESS = "threshold@example.com"

# Its README's: what runs in each minute, what of that fails, and whom the alarm tells.
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
        aws.evaluate_alarms()  # so that every alarm has a state, and has told it
        yield example


def test_it_alerts_when_its_readme_says_so(aws: LocalAws, example: Example) -> None:
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
            aws_command.run(example.outputs[command], aws.client)

    def pass_minutes(*minutes: int, failed: int) -> None:
        """Let these minutes from now pass, with ten runs in each."""
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

    aws_command.run(example.outputs["break_command"], aws.client)
    publish("reading_command")
    pass_minutes(1, failed=10)
    assert mail.news() == [], "two bad minutes"
    pass_minutes(2, failed=10)
    assert mail.news() == [told(example, "ALARM")]

    aws_command.run(example.outputs["repair_command"], aws.client)
    publish("reading_command")
    pass_minutes(3, 4, 5, failed=0)
    assert mail.news() == [told(example, "OK")]
    assert not example.plan(), "a second plan is empty"


def test_what_it_cannot_read_is_kept_with_the_reason(aws: LocalAws, example: Example) -> None:
    queue = example.outputs["dead_letter_queue_url"]
    receive(aws, queue)  # what failed before
    with aws.enforcing_iam():
        aws_command.run(example.outputs["bad_reading_command"], aws.client)
    [letter] = receive(aws, queue)
    [record] = json.loads(letter["Body"])["Records"]
    assert record["Sns"]["Message"] in example.outputs["bad_reading_command"]
    reason = letter["MessageAttributes"]["ErrorMessage"]["StringValue"]
    assert reason.endswith("must have a number in C or F")


def told(example: Example, state: str) -> str:
    return subject(state, example.outputs["lambda_function_name"], "errors-threshold")
