"""The region of the commands that use AWS, from the environment."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from cli.common.aws_client import client
from cli.incident.__main__ import main as incident
from cli.redrive.__main__ import main as redrive


@pytest.mark.parametrize(
    ("main", "arguments"),
    [
        (incident, ["restart_service", "api"]),
        (incident, ["history"]),
        (redrive, ["uploads-dlq", "uploads"]),
    ],
)
def test_an_empty_region_is_none(
    main: Callable[[Sequence[str]], int],
    arguments: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("AWS_REGION", "")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "")
    assert main(arguments) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.endswith("no AWS region is set. Set AWS_REGION")


@pytest.mark.parametrize(
    ("region", "default", "expected"),
    [("eu-west-1", "", "eu-west-1"), ("", "eu-west-2", "eu-west-2"), ("a-1", "b-1", "a-1")],
)
def test_the_region_is_that_of_the_cli_of_aws(
    region: str, default: str, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_REGION", region)
    monkeypatch.setenv("AWS_DEFAULT_REGION", default)
    assert client("sqs").meta.region_name == expected
