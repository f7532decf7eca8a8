"""The immediate-alerts example: emails when the alarm fires, and when it clears."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timezone
from typing import TYPE_CHECKING

import pytest

from cli.demo import aws_cli

from .examples import Example, applied
from .monitored_functions import MINUTE, Mail, subject

if TYPE_CHECKING:
    from local_aws import LocalAws

ADDRESS = "immediate@example.com"


@pytest.fixture(scope="module")
def example(aws: LocalAws, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Example]:
    folder = tmp_path_factory.mktemp("example")
    with applied(aws, folder, "immediate-alerts", {"alarm_email": ADDRESS}) as example:
        yield example


def test_it_is_broken_and_repaired(aws: LocalAws, example: Example) -> None:
    outputs = example.outputs
    name = outputs["lambda_function_name"]
    aws.evaluate_alarms()  # every alarm now has a state, and has sent its first notification
    mail = Mail(aws, ADDRESS)

    def run(*commands: str) -> str | None:
        """Run these commands and then the function, and return its error or None."""
        for command in commands:
            aws_cli.run(outputs[command], aws.client)
        with aws.enforcing_iam():
            [run] = aws.fire(outputs["eventbridge_rule_name"])
        aws.evaluate_alarms()
        return run.payload["errorMessage"] if run.function_error else None

    assert run("order_command") is None
    assert gross(aws, example) == "144.00"
    assert mail.news() == []

    assert run("break_command", "order_command") == "VAT_PERCENT must be a number, but is 20,0"
    assert run() is not None
    assert mail.news() == [subject("ALARM", name, "errors-immediate")]
    assert keys(aws, example, "orders/") == ["orders/4711.json"], "the order is kept"

    assert run("repair_command") is None
    assert keys(aws, example, "orders/") == []
    aws.evaluate_alarms(at=datetime.now(timezone.utc) + 5 * MINUTE)
    assert mail.news() == [subject("OK", name, "errors-immediate")]
    assert not example.plan(), "a second plan is empty"


def gross(aws: LocalAws, example: Example) -> str:
    [key] = keys(aws, example, "invoices/")
    body = aws.client("s3").get_object(Bucket=example.outputs["bucket_name"], Key=key)["Body"]
    return str(json.loads(body.read())["gross"])


def keys(aws: LocalAws, example: Example, prefix: str) -> list[str]:
    found = aws.client("s3").list_objects_v2(Bucket=example.outputs["bucket_name"], Prefix=prefix)
    return [each["Key"] for each in found.get("Contents", [])]
