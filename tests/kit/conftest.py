"""What the tests of the kit share: an AWS account, and the notices that are delivered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import boto3
import pytest

from diva.kit import aws as kit_aws
from diva.kit import combined, secret
from diva.kit.callback import Started
from diva.notification import NotificationContext
from local_aws import LocalAws

from ..certificates import trusted_pem
from ..local_aws.functions import deploy, emptied
from ..processes import PATIENCE_SEC

CREDENTIALS = """
import os
def handler(event, context):
    names = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
    return {name: os.environ[name] for name in names}
"""
SINCE = datetime(2026, 11, 22, 3, 5, tzinfo=timezone.utc)

Notice = Callable[..., NotificationContext]


@pytest.fixture(scope="module")
def account() -> Iterator[LocalAws]:
    """An embedded AWS that this process calls with the execution role of a function."""
    with LocalAws() as aws, pytest.MonkeyPatch.context() as patch:
        emptied(aws)
        deploy(aws, CREDENTIALS, FunctionName="credentials")
        for name, value in {**aws.environ, **aws.invoke("credentials").payload}.items():
            patch.setenv(name, value)
        # A session remembers the configuration that it was made under, and so do clients.
        patch.setattr(boto3, "DEFAULT_SESSION", None)
        kit_aws._client.cache_clear()
        yield aws
        kit_aws._client.cache_clear()


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for what works, however slow the machine is. Tests of time limits have shorter ones."""
    wait = Started.result

    def result(started: Started[Any], limit_sec: float) -> Any:
        return wait(started, limit_sec if limit_sec < 1 else PATIENCE_SEC)

    monkeypatch.setattr(Started, "result", result)
    monkeypatch.setattr(kit_aws, "READ_SEC", PATIENCE_SEC)


@pytest.fixture(autouse=True)
def cold_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget what a process remembers, but clients."""
    monkeypatch.setattr(secret, "_fetched", {})
    monkeypatch.setattr(combined, "_progress", {})


@pytest.fixture(autouse=True)
def trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Trust the authority of the tests."""
    file = tmp_path / "authority.pem"
    file.write_text(trusted_pem())
    monkeypatch.setenv("SSL_CERT_FILE", str(file))


@pytest.fixture
def notice() -> Notice:
    """Makes contexts of notifications, by default of an alert for the event `orders`."""

    def make(kind: str = "alert", event: str = "orders", **more: Any) -> NotificationContext:
        values: dict[str, Any] = {
            "detection_failures": 3,
            "max_failed_detections": 3,
            "injection_failures": 0,
            "max_failed_injections": 1,
            "injected": False,
            "failing_since": SINCE,
            "last_error": "detect returned False",
            "function_name": "shop-diva",
            "run_id": "5f1c-1",
        }
        return NotificationContext(event=event, kind=kind, **{**values, **more})

    return make
