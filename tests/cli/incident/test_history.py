"""`incident history`, of attempts on the embedded AWS."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from botocore.exceptions import ClientError

from cli.incident.__main__ import main

from ...incident_actions.stage import TABLE
from .conftest import Deployed


def rows(text: str) -> list[list[str]]:
    """Return the words of each line that is not indented, without the heading."""
    return [line.split() for line in text.splitlines()[1:] if not line.startswith(" ")]


def put(deployed: Deployed, at: datetime, **facts: Any) -> None:
    """Store an audit record as the functions do."""
    time = f"{at:%Y-%m-%dT%H:%M:%S}.000Z"
    record = {
        "time": time, "action": "restart_service", "outcome": "succeeded", "target": "api",
        "incidentId": "old", "requestedBy": "backend", **facts,
    }  # fmt: skip
    deployed.aws.client("dynamodb").put_item(
        TableName=TABLE,
        Item={
            "pk": {"S": f"audit#{at:%Y-%m}"},
            "sk": {"S": f"{time}#{at.timestamp()}"},
            "record": {"S": json.dumps(record)},
        },
    )


def test_attempts_are_listed_the_newest_first(
    deployed: Deployed, capsys: pytest.CaptureFixture[str]
) -> None:
    deployed.function("restart_service")
    deployed.function("scale_up")
    assert main(["scale_up", "api", "--incident", "incident-1", "--yes"]) == 0
    assert main(["restart_service", "apy", "--incident", "incident-2"]) == 1
    capsys.readouterr()
    assert main(["history"]) == 0
    text = capsys.readouterr().out
    assert [row[2:] for row in rows(text)] == [
        ["refused", "restart_service", "apy"],
        ["succeeded", "scale_up", "api"],
        ["dry", "run", "scale_up", "api"],
    ]
    arn = deployed.aws.client("sts").get_caller_identity()["Arn"]
    assert f"    incident incident-2, requested by {arn}\n    error: The target 'apy' " in text
    assert f"    incident incident-1, requested by {arn}\n    change: raise the desired" in text
    (undo,) = [line for line in text.splitlines() if "undo" in line]
    assert undo.startswith("    undo: aws ecs update-service")


def test_a_request_without_a_target_is_listed(
    deployed: Deployed, capsys: pytest.CaptureFixture[str]
) -> None:
    name = deployed.function("restart_service")
    deployed.aws.invoke(name, {"incidentId": "incident-1"})
    assert main(["history"]) == 0
    text = capsys.readouterr().out
    assert [row[2:] for row in rows(text)] == [["refused", "restart_service"]]
    assert "    error: target is missing." in text


def test_the_history_goes_back_over_months(
    deployed: Deployed, capsys: pytest.CaptureFixture[str]
) -> None:
    deployed.function("restart_service")
    now = datetime.now(timezone.utc)
    for days in (0, 45, 400):
        put(deployed, now - timedelta(days=days), target=f"target-{days}")
    assert main(["history"]) == 0
    assert [row[-1] for row in rows(capsys.readouterr().out)] == [
        "target-0", "target-45", "target-400",
    ]  # fmt: skip


@pytest.mark.parametrize(("options", "number"), [([], 20), (["--max", "2"], 2)])
def test_the_latest_are_enough(
    deployed: Deployed, capsys: pytest.CaptureFixture[str], options: list[str], number: int
) -> None:
    deployed.function("restart_service")
    now = datetime.now(timezone.utc)
    for minutes in range(25):
        put(deployed, now - timedelta(minutes=minutes), target=f"target-{minutes}")
    assert main(["history", *options]) == 0
    names = [row[-1] for row in rows(capsys.readouterr().out)]
    assert names == [f"target-{minutes}" for minutes in range(number)]


def test_text_of_others_cannot_control_the_terminal(
    deployed: Deployed, capsys: pytest.CaptureFixture[str]
) -> None:
    deployed.function("restart_service")
    put(deployed, datetime.now(timezone.utc), error="\x1b[2J gone", requestedBy="a\nb")
    assert main(["history"]) == 0
    text = capsys.readouterr().out
    assert "error: \\x1b[2J gone" in text
    assert "requested by a\\nb" in text


def test_any_function_knows_the_table(
    deployed: Deployed, capsys: pytest.CaptureFixture[str]
) -> None:
    deployed.notify_human()
    assert main(["history"]) == 0
    assert capsys.readouterr().out == f"Table {TABLE} has no attempts.\n"


def test_what_cannot_be_listed_is_one_line(
    deployed: Deployed, calls: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    def problem() -> str:
        assert main(["history"]) == 1
        (line,) = capsys.readouterr().err.splitlines()
        assert line.startswith("incident: ")
        return line

    assert "does not exist in us-east-1" in problem()
    name = deployed.function("restart_service")

    def deny(**_: object) -> None:
        error = {"Error": {"Code": "AccessDeniedException", "Message": "not authorized"}}
        raise ClientError(error, "Query")  # type: ignore[arg-type]

    calls.register("before-call.dynamodb.Query", deny)
    assert "you need the permission dynamodb:Query" in problem()
    deployed.aws.client("lambda").update_function_configuration(
        FunctionName=name, Environment={"Variables": {}}
    )
    assert "does not contain TABLE_NAME" in problem()
