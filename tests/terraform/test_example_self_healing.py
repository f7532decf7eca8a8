"""The self-healing example: the service hangs and is restarted, and then it stays broken."""

from __future__ import annotations

import json
import runpy
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

from cli.common import paths
from cli.common.lambda_timeout import LONGEST_SEC
from cli.demo import aws_cli

from ..local_aws.functions import zipped
from .examples import Example, applied, period
from .privileges import FunctionUnderTest, Period, unneeded_grants, update

if TYPE_CHECKING:
    from local_aws import LocalAws

ADDRESS = "on-call@example.com"
SERVICE = paths.ROOT / "examples" / "self-healing" / "service.py"

# The command before a period, the status of the service, and how many mails people have got so far.
STORY = [
    (None,             "ok",                             0),
    ("hang_command",   "injected",                       0),
    (None,             "ok",                             0),
    (None,             "ok",                             0),
    ("break_command",  "injected",                       0),
    (None,             "failed_detection (2/2) alerted", 1),
    (None,             "failed_detection (3/2)",         1),
    (None,             "failed_detection (4/2)",         1),
    ("repair_command", "ok",                             1),
    (None,             "ok",                             1),
]  # fmt: skip

STEP = """
from datetime import datetime, timezone
from service import Task

def handler(event, context):
    Task().step(datetime.now(timezone.utc))
"""


@pytest.fixture(scope="module")
def example(aws: LocalAws, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Example]:
    folder = tmp_path_factory.mktemp("example")
    with applied(aws, folder, "self-healing", {"emails": [ADDRESS]}) as example:
        yield example
    assert aws.client("ssm").describe_parameters()["Parameters"] == []


@dataclass(slots=True)
class System:
    """The service, whose tasks run here, and the people who may be notified."""

    aws: LocalAws
    example: Example
    _tasks: dict[str, Any] = field(default_factory=dict)
    _minutes: Iterator[int] = field(default_factory=lambda: count(-1000))

    def deployment(self) -> str:
        """Return the ID of the deployment that the tasks belong to."""
        found = self.aws.client("ecs").describe_services(
            cluster=self.example.outputs["cluster_name"],
            services=[self.example.outputs["service_name"]],
        )
        return str(found["services"][0]["deployments"][0]["id"])

    def wait(self) -> None:
        """Let a period pass, in which the service does what it does, and cooldowns end."""
        self.last_heartbeat(min(self.heartbeat(), self.long_ago()))
        deployment = self.deployment()
        if deployment not in self._tasks:
            self._tasks = {deployment: runpy.run_path(str(SERVICE))["Task"]()}
        self._tasks[deployment].step(datetime.now(timezone.utc))
        self.forget_actions("target#")

    def run(self) -> str:
        """Run a period of DIVA, and return the status of the service."""
        return period(self.aws, self.example.outputs["eventbridge_rule_name"])["api"]

    def command(self, name: str) -> None:
        """Run a command that is an output of the example."""
        aws_cli.run(self.example.outputs[name], self.aws.client)

    def mails(self) -> list[Any]:
        """Return the mails that people have got."""
        return list(self.aws.inbox(ADDRESS))

    def heartbeat(self) -> datetime:
        """Return the time of the latest heartbeat."""
        body = self.aws.client("s3").get_object(**self._heartbeat())["Body"].read()
        return datetime.fromisoformat(body.decode())

    def long_ago(self) -> datetime:
        """Return a time that is later each time by more than a minute, so that outages differ."""
        return datetime.now(timezone.utc) + timedelta(minutes=next(self._minutes))

    def last_heartbeat(self, at: datetime) -> None:
        """Let the latest heartbeat be of this time."""
        self.aws.client("s3").put_object(**self._heartbeat(), Body=at.isoformat())

    def state(self) -> dict[str, Any]:
        """Return what DIVA knows of the service."""
        stored = self.aws.client("s3").get_object(**self._state())["Body"].read()
        return dict(json.loads(stored)["api"])

    def put_state(self, body: str) -> None:
        """Replace what DIVA knows."""
        self.aws.client("s3").put_object(**self._state(), Body=body)

    def forget_state(self) -> None:
        """Delete what DIVA knows."""
        self.aws.client("s3").delete_object(**self._state())

    def forget_actions(self, kind: str = "") -> None:
        """Delete records of the actions whose key begins with `kind`."""
        dynamodb, table = self.aws.client("dynamodb"), self.example.outputs["table_name"]
        for item in dynamodb.scan(TableName=table)["Items"]:
            if item["pk"]["S"].startswith(kind):
                key = {name: item[name] for name in ("pk", "sk")}
                dynamodb.delete_item(TableName=table, Key=key)

    def audit(self) -> list[tuple[str, str, str]]:
        """Return (action, outcome, who asked) of each attempt."""
        items = self.aws.client("dynamodb").scan(TableName=self.example.outputs["table_name"])
        found = sorted(
            (each["sk"]["S"], json.loads(each["record"]["S"]))
            for each in items["Items"]
            if each["pk"]["S"].startswith("audit#")
        )
        return [(each["action"], each["outcome"], each["requestedBy"]) for _, each in found]

    def _state(self) -> dict[str, str]:
        outputs = self.example.outputs
        return {"Bucket": outputs["state_bucket_name"], "Key": outputs["state_key"]}

    def _heartbeat(self) -> dict[str, str]:
        return {"Bucket": self.example.outputs["service_bucket_name"], "Key": "heartbeat"}


@pytest.fixture
def system(aws: LocalAws, example: Example, monkeypatch: pytest.MonkeyPatch) -> System:
    """The applied example, in whose environment the tasks run here, and no earlier outage."""
    monkeypatch.setenv("BUCKET", example.outputs["service_bucket_name"])
    monkeypatch.setenv("HEARTBEAT", "heartbeat")
    system = System(aws, example)
    system.forget_state()
    system.forget_actions()
    return system


def test_a_restart_tells_nobody_unless_it_does_not_help(system: System) -> None:
    seen, deployments = [], []
    for command, *_ in STORY:
        if command:
            system.command(command)
        system.wait()
        status = system.run()
        seen.append((command, status, len(system.mails())))
        deployments.append(system.deployment())
    assert seen == STORY
    assert len(set(deployments)) == 3, "two restarts, one for each outage"

    (mail,) = system.mails()
    assert "[CRITICAL] Incident api-" in mail.subject
    assert "Title: api is failing" in mail.body
    assert "injected, and still not detected" in mail.body
    diva = system.example.outputs["lambda_function_name"]
    assert system.audit() == [
        ("restart_service", "succeeded", diva),
        ("restart_service", "succeeded", diva),
        ("notify_human", "succeeded", diva),
    ]
    assert not system.example.plan(), "a second plan is empty"


def test_people_are_told_once_even_if_diva_sends_the_alert_again(system: System) -> None:
    system.command("break_command")
    for _ in range(2):
        system.wait()
        system.run()
    told = len(system.mails())
    system.put_state(json.dumps({"api": {**system.state(), "alerted": False}}))
    assert "alerted" in system.run()
    assert len(system.mails()) == told
    system.command("repair_command")
    system.wait()
    assert system.run() == "ok"


def test_people_are_told_why_a_restart_was_refused(system: System) -> None:
    ssm = system.aws.client("ssm")
    switch = {"Name": system.example.outputs["kill_switch_parameter_name"], "Overwrite": True}
    ssm.put_parameter(**switch, Value="disabled")
    before, told = system.deployment(), len(system.mails())
    system.command("hang_command")
    for _ in range(2):
        system.wait()
        system.run()
    assert system.deployment() == before
    (mail,) = system.mails()[told:]
    assert "answered 423: Actions are disabled by the kill switch" in mail.body
    ssm.put_parameter(**switch, Value="enabled")
    system.forget_state()
    assert system.run() == "injected"
    assert system.deployment() != before


def test_a_service_whose_heartbeat_cannot_be_read_is_not_restarted(system: System) -> None:
    before, heartbeat, told = system.deployment(), system.heartbeat(), len(system.mails())
    bucket = system.example.outputs["service_bucket_name"]
    system.aws.client("s3").delete_object(Bucket=bucket, Key="heartbeat")
    assert [system.run() for _ in range(3)] == [
        "failed_injection (1/2)",
        "failed_injection (2/2) alerted",
        "failed_detection (3/2)",
    ]
    assert system.deployment() == before
    (mail,) = system.mails()[told:]
    assert "NoSuchKey" in mail.body
    system.last_heartbeat(heartbeat)


def test_the_role_of_diva_has_the_permissions_that_it_needs_and_no_others(system: System) -> None:
    def prepare() -> None:
        system.last_heartbeat(system.long_ago())
        system.forget_actions("target#")

    def fail_again() -> None:
        prepare()
        since = system.heartbeat().isoformat()
        state = {"detection_failures": 1, "healthy": False, "injected": True}
        system.put_state(json.dumps({"api": {**state, "failing_since": since}}))

    def lose_state() -> None:
        prepare()
        system.put_state("half of it")

    def start_anew() -> None:
        prepare()
        system.forget_state()

    under_test = FunctionUnderTest(
        system.aws,
        system.example.outputs["lambda_function_name"],
        [
            Period(fail_again, {"api": "failed_detection (2/2) alerted"}),
            Period(lose_state, {"api": "injected"}),
            Period(start_anew, {"api": "injected"}),
        ],
    )
    unneeded = under_test.unneeded_grants()
    assert not unneeded, unneeded


def test_the_role_of_the_tasks_has_the_permissions_that_they_need_and_no_others(
    aws: LocalAws, system: System
) -> None:
    """They run as a function here, since the embedded AWS enforces the policies of functions."""
    outputs, functions = system.example.outputs, aws.client("lambda")
    functions.create_function(
        FunctionName="task",
        Role=f"arn:aws:iam::{aws.account_id}:role/{outputs['task_role_name']}",
        Code={"ZipFile": zipped({"service.py": SERVICE.read_text(), "main.py": STEP})},
        Runtime="python3.13",
        Handler="main.handler",
        Timeout=LONGEST_SEC,
        Environment={
            "Variables": {"BUCKET": outputs["service_bucket_name"], "HEARTBEAT": "heartbeat"}
        },
    )

    def first_error() -> str:
        system.command("hang_command")
        for _ in range(2):  # takes the fault, and writes a heartbeat
            update(aws, "task")
            run = aws.invoke("task")
            if run.function_error:
                return str(run.payload["errorMessage"])
        return ""

    unneeded = unneeded_grants(aws, outputs["task_role_name"], first_error)
    functions.delete_function(FunctionName="task")
    assert not unneeded, unneeded
