"""The functions of incident actions, deployed to the embedded AWS."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from cli.common import aws_client
from cli.common.paths import ROOT
from local_aws import LocalAws

from ...incident_actions.stage import CLUSTER, SETTINGS, Account
from ...local_aws.functions import ROLE, TRUST, zipped
from ...processes import PATIENCE_SEC

ADDRESS = "on-call@example.com"
PREFIX = "incident-"
TARGETS: Mapping[str, Any] = {
    "restart_service": {"api": {"cluster": CLUSTER, "service": "production-api-service"}},
    "scale_up": {
        "api": {
            "cluster": CLUSTER,
            "service": "production-api-service",
            "step": 1,
            "max_count": 3,
        }
    },
}


@dataclass(frozen=True, slots=True)
class Deployed:
    """The functions of an account, and what they act on."""

    aws: LocalAws
    account: Account

    def function(self, action: str, prefix: str = PREFIX, **changed: str | None) -> str:
        """Create the function of an action, and return its name."""
        values = {**SETTINGS, "TARGETS": json.dumps(TARGETS.get(action)), **changed}
        name = f"{prefix}{action.replace('_', '-')}"
        self.aws.client("lambda").create_function(
            FunctionName=name,
            Role=f"arn:aws:iam::{self.aws.account_id}:role/{ROLE}",
            Code={"ZipFile": zipped(_files())},
            Runtime="python3.13",
            Handler=f"incident_actions.{action}.handler",
            Timeout=PATIENCE_SEC,
            Environment={"Variables": {key: x for key, x in values.items() if x is not None}},
        )
        return name

    def notify_human(self) -> str:
        """Create the function that notifies people, of whom one has an address."""
        sns = self.aws.client("sns")
        topic = sns.create_topic(Name="people")["TopicArn"]
        sns.subscribe(TopicArn=topic, Protocol="email", Endpoint=ADDRESS)
        return self.function("notify_human", SNS_TOPIC_ARN=topic, TARGETS=None)


def _files() -> dict[str, str]:
    code = ROOT / "lambda"
    return {
        str(file.relative_to(code)): file.read_text()
        for package in ("diva_common", "incident_actions")
        for file in (code / package).glob("*.py")
    }


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for the embedded AWS however busy the machine is."""
    monkeypatch.setattr(aws_client, "TIMEOUT_SEC", PATIENCE_SEC)


@pytest.fixture
def deployed(aws: LocalAws) -> Deployed:
    """An account with a service of two tasks, and no function yet."""
    account = Account(aws)
    account.set_up()
    account.service()
    aws.client("iam").create_role(RoleName=ROLE, AssumeRolePolicyDocument=TRUST)
    return Deployed(aws, account)


@pytest.fixture
def person(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], str]], None]:
    """Puts a person at the terminal, who answers questions."""

    def sit_down(answer: Callable[[], str]) -> None:
        monkeypatch.setattr("sys.stdin.isatty", lambda: True)
        monkeypatch.setattr("builtins.input", lambda question: answer())

    return sit_down
