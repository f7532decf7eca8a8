"""The custom-permissions example: broken and repaired by detaching and attaching a policy."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timezone
from typing import TYPE_CHECKING

import pytest

from cli.demo import aws_cli

from .examples import Example, applied
from .monitored_functions import MINUTE, Mail, subject

if TYPE_CHECKING:
    from local_aws import LocalAws

ADDRESS = "permissions@example.com"


@pytest.fixture(scope="module")
def example(aws: LocalAws, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Example]:
    folder = tmp_path_factory.mktemp("example")
    with applied(aws, folder, "custom-permissions", {"alarm_email": ADDRESS}) as example:
        yield example


def test_it_is_broken_and_repaired(aws: LocalAws, example: Example) -> None:
    outputs = example.outputs
    name = outputs["lambda_function_name"]
    aws.evaluate_alarms()  # every alarm now has a state, and has sent its first notification
    mail = Mail(aws, ADDRESS)

    def deliver() -> None:
        with aws.enforcing_iam():
            aws_cli.run(outputs["deliver_command"], aws.client)
        aws.evaluate_alarms()

    def empty_table() -> None:
        for key in articles(aws, example):
            aws.client("dynamodb").delete_item(
                TableName=outputs["dynamodb_table_name"],
                Key={"supplier": {"S": "acme"}, "article": {"S": key}},
            )

    deliver()
    assert articles(aws, example) == {"bolt-m6": "1200", "nut-m6": "800"}
    assert mail.news() == []
    empty_table()

    aws_cli.run(outputs["break_command"], aws.client)
    deliver()
    assert articles(aws, example) == {}
    assert mail.news() == [subject("ALARM", name, "errors-immediate")]
    events = aws.client("logs").filter_log_events(logGroupName=outputs["cloudwatch_log_group_name"])
    assert [
        event
        for event in events["events"]
        if "not authorized to perform: dynamodb:PutItem on resource" in event["message"]
    ]

    aws_cli.run(outputs["repair_command"], aws.client)
    deliver()
    assert articles(aws, example) == {"bolt-m6": "1200", "nut-m6": "800"}
    aws.evaluate_alarms(at=datetime.now(timezone.utc) + 5 * MINUTE)
    assert mail.news() == [subject("OK", name, "errors-immediate")]
    assert not example.plan(), "a second plan is empty"


def articles(aws: LocalAws, example: Example) -> dict[str, str]:
    """Return the quantities in the table, by article."""
    found = aws.client("dynamodb").scan(TableName=example.outputs["dynamodb_table_name"])
    return {item["article"]["S"]: item["quantity"]["N"] for item in found["Items"]}
