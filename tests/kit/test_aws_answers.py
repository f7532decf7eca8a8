"""An AWS that answers in pages, that cannot be reached, or that never answers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timezone
from typing import Any

import boto3
import pytest

from diva.clock import Clock
from diva.kit import (
    all_of,
    incident_action,
    invoke,
    log_line,
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

from ..https_server import Answer, Request, Server, https_server
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
    with pytest.raises(NotDone, match=r"^1 of 1 callbacks failed to deliver: sns did not return"):
        all_of(sns(TOPIC), timeout_sec=NEVER_SEC)("message", notice())


PAGE = """<ListBucketResult><IsTruncated>{more}</IsTruncated>
<NextContinuationToken>next</NextContinuationToken>
<Contents><Key>daily/1</Key><LastModified>{at}</LastModified></Contents></ListBucketResult>"""


class At(Clock):
    """A clock that stands still."""

    def now(self) -> datetime:
        return datetime(2026, 11, 22, 9, tzinfo=timezone.utc)


def test_the_newest_object_can_be_on_any_page(silent: Server) -> None:
    detect = s3_newer_than("reports", prefix="daily/", max_age_sec=60, timeout_sec=30, clock=At())
    second = "2026-11-22T08:59:30Z"

    def pages(request: Request) -> Answer:
        if "continuation-token=next" in request.path:
            return Answer(200, PAGE.format(more="false", at=second))
        return Answer(200, PAGE.format(more="true", at="2026-11-22T08:58:00Z"))

    silent.default = pages
    assert detect("report") is True
    second = "2026-11-22T08:57:00Z"
    assert "is of 2026-11-22 08:58:00 UTC, older than 60 s" in repr(detect("report"))


def test_an_empty_page_of_log_lines_is_not_the_last_one(silent: Server) -> None:
    second = [{"message": "accepted"}]

    def pages(request: Request) -> Answer:
        if json.loads(request.body).get("nextToken") == "next":
            return Answer(200, {"events": second})
        return Answer(200, {"events": [], "nextToken": "next"})

    silent.default = pages
    detect = log_line("/aws/lambda/worker", pattern="accepted", timeout_sec=30)
    assert detect("worker") is True
    second.clear()
    assert not detect("worker")


def test_an_aws_that_cannot_be_reached_is_named(
    silent: Server, notice: Notice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kit_aws, "ATTEMPTS", 1)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    with pytest.raises(AwsError) as error:
        sns(TOPIC, timeout_sec=30)("message", notice())
    assert str(error.value).startswith("sns:Publish failed (us-east-1, http://127.0.0.1:1): ")


DENIALS = {
    'perform: s3:ListBucket on resource: "arn:aws:s3:::reports" because': (
        "missing permission s3:ListBucket on arn:aws:s3:::reports (AccessDenied; us-east-1, "
    ),
    "perform: kms:Decrypt because no identity-based policy": (
        "missing permission kms:Decrypt (AccessDenied; us-east-1, "
    ),
    "Access Denied": "missing permission s3:ListBucket (AccessDenied; us-east-1, ",
}


@pytest.mark.parametrize(("message", "said"), DENIALS.items())
def test_a_permission_that_is_missing_is_named_as_aws_does(
    silent: Server, message: str, said: str
) -> None:
    denied = f"<Error><Code>AccessDenied</Code><Message>{message} …</Message></Error>"
    silent.default = lambda request: Answer(403, denied)
    with pytest.raises(AwsError) as error:
        s3_newer_than("reports", prefix="a", max_age_sec=1)("report")
    assert str(error.value).startswith(said)


def test_without_a_region_the_error_says_so(
    silent: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nowhere")
    with pytest.raises(AwsError, match=r"^lambda:InvokeFunction failed before .*: .* region"):
        invoke("report")("report")
