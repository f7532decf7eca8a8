"""An AWS that does not answer: callbacks end at their time limits all the same."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from diva.kit import (
    all_of,
    incident_action,
    invoke,
    metric,
    s3_newer_than,
    slack,
    sns,
    sqs_below,
    sqs_send,
)
from diva.kit import aws as kit_aws
from diva.kit.aws import AwsError
from diva.kit.callback import NotDone, TookTooLong

from ..https_server import Answer, Server, https_server
from .conftest import Notice

HERE = "us-east-1:123456789012"
QUEUE, TOPIC = f"arn:aws:sqs:{HERE}:orders", f"arn:aws:sns:{HERE}:alerts"
SECRET = f"arn:aws:secretsmanager:{HERE}:secret:slack-AbCdEf"
NEVER_SEC = 0.2


@pytest.fixture
def silent(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """An AWS that takes every request, and answers none."""
    with https_server(lambda request: Answer(200), is_plain=True) as server:
        server.default = server.silence
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
        monkeypatch.setenv("AWS_REGION", "us-east-1")
        monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
        monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
        kit_aws._client.cache_clear()
        yield server
        kit_aws._client.cache_clear()


@pytest.mark.parametrize(
    "detect",
    [
        s3_newer_than("reports", prefix="a", max_age_sec=1, timeout_sec=NEVER_SEC),
        sqs_below(QUEUE, messages=1, timeout_sec=NEVER_SEC),
        metric("Shop", "Orders", at_least=1, timeout_sec=NEVER_SEC),
    ],
    ids=lambda each: type(each).__name__,
)
@pytest.mark.usefixtures("silent")
def test_a_detection_fails_at_its_time_limit(detect: Any) -> None:
    assert f"{detect.subject} did not answer within 0.2 s" in repr(detect("event"))


@pytest.mark.parametrize(
    "inject",
    [
        sqs_send(QUEUE, body="", timeout_sec=NEVER_SEC),
        invoke("report", timeout_sec=NEVER_SEC, wait=True),
        incident_action("restart", action="restart_service", timeout_sec=NEVER_SEC),
    ],
    ids=lambda each: type(each).__name__,
)
@pytest.mark.usefixtures("silent")
def test_an_injection_fails_at_its_time_limit(inject: Any) -> None:
    with pytest.raises(TookTooLong, match=f"^{inject.subject} did not answer within 0.2 s$"):
        inject("event")


@pytest.mark.usefixtures("silent")
def test_a_delivery_fails_at_its_time_limit(notice: Notice) -> None:
    for send in (sns(TOPIC, timeout_sec=NEVER_SEC), slack(SECRET, timeout_sec=NEVER_SEC)):
        with pytest.raises(TookTooLong, match=f"^{send.subject} did not answer within 0.2 s$"):
            send("message", notice())
    with pytest.raises(NotDone, match=r"^1 of 1 callbacks have not delivered: sns did not return"):
        all_of(sns(TOPIC), timeout_sec=NEVER_SEC)("message", notice())


def test_an_aws_that_cannot_be_reached_is_named(
    silent: Server, notice: Notice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kit_aws, "ATTEMPTS", 1)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    with pytest.raises(AwsError) as error:
        sns(TOPIC, timeout_sec=30)("message", notice())
    assert str(error.value).startswith("sns:Publish failed (us-east-1, http://127.0.0.1:1): ")


def test_without_a_region_the_error_says_so(
    silent: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nowhere")
    with pytest.raises(AwsError, match=r"^lambda:InvokeFunction failed before .*: .* region"):
        invoke("report")("report")
