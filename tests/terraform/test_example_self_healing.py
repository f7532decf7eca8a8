"""The self-healing example: the service hangs and is restarted, and then it stays broken."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from cli.common import aws_client
from cli.common.lambda_timeout import LONGEST_SEC
from cli.common.output import Output
from cli.demo import aws_cli
from cli.demo.inbox import ADDRESS
from cli.demo.monitoring import MonitoringDemonstration
from cli.demo.scenarios import SCENARIOS
from cli.demo.service import SOURCE, Service

from ..local_aws.functions import zipped
from ..processes import PATIENCE_SEC
from .examples import Example, applied, period
from .privileges import FunctionUnderTest, Period, unneeded_grants, update

if TYPE_CHECKING:
    from local_aws import LocalAws

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


class System(Service):
    """The service, DIVA, and the people who may be notified."""

    def run(self) -> str:
        """Run a period of DIVA, and return the status of the service."""
        return period(self.aws, self.outputs["eventbridge_rule_name"])["api"]

    def command(self, name: str) -> None:
        """Run a command that is an output of the example."""
        aws_cli.run(self.outputs[name], self.aws.client)

    def mails(self) -> list[Any]:
        """Return the mails that people have got."""
        return list(self.aws.inbox(ADDRESS))

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

    def _state(self) -> dict[str, str]:
        outputs = self.outputs
        return {"Bucket": outputs["state_bucket_name"], "Key": outputs["state_key"]}


@pytest.fixture
def system(aws: LocalAws, example: Example) -> System:
    """The applied example, with no earlier outage."""
    system = System(aws, example.outputs)
    system.forget_state()
    system.forget_actions()
    return system


def test_a_restart_tells_nobody_unless_it_does_not_help(
    aws: LocalAws,
    example: Example,
    system: System,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The story of the demo, of which the table and all below it are read here."""
    monkeypatch.setattr(aws_client, "TIMEOUT_SEC", PATIENCE_SEC)
    scenario, deployments = SCENARIOS["self-healing"], []

    def pass_period(aws: LocalAws, outputs: Mapping[str, Any]) -> Callable[[], None]:
        go_on = scenario.pass_period(aws, outputs)

        def noting() -> None:
            go_on()
            deployments.append(system.deployment())

        return noting

    noted = replace(scenario, pass_period=pass_period)
    watched = MonitoringDemonstration(noted, None, None, None)
    assert watched.run(aws, Output(), example.outputs) is None
    shown = capsys.readouterr().out
    assert re.findall(r"^(\d+) +(?:\S.*)? {2}api +(\S.*)$", shown, re.M) == [
        ("1", "ok"),
        ("2", "injected"),
        ("3", "ok"),
        ("4", "ok"),
        ("5", "injected"),
        ("6", "failed_detection (2/2) alerted"),
        ("7", "failed_detection (3/2)"),
        ("8", "failed_detection (4/2)"),
        ("9", "ok"),
        ("10", "ok"),
    ]
    assert len(set(deployments)) == 3, "two restarts, one for each outage"

    [(number, subject)] = re.findall(r"^period (\d+) +(.*)$", shown, re.M)
    assert number == "6"
    assert "[CRITICAL] Incident api-" in subject
    assert "Title: api is failing" in shown
    assert "injected, and still not detected" in shown
    failing, at_end = shown.split("State after period 8")[1].split("Final state")
    assert re.search(r"^api +failing ", failing, re.M)
    assert re.search(r"^api +healthy ", at_end, re.M)
    listed = re.findall(r"^\d{4}-\S+ \S+  (\w+) +(\w+) +\w+$", shown, re.M)
    assert listed == [
        ("succeeded", "notify_human"),
        ("succeeded", "restart_service"),
        ("succeeded", "restart_service"),
    ]
    diva = example.outputs["lambda_function_name"]
    assert re.findall("requested by (.*)$", shown, re.M) == [diva] * 3
    assert not example.plan(), "a second plan is empty"


def test_people_are_told_once_even_if_diva_sends_the_alert_again(system: System) -> None:
    system.command("break_command")
    for _ in range(2):
        system.pass_period()
        system.run()
    told = len(system.mails())
    system.put_state(json.dumps({"api": {**system.state(), "alerted": False}}))
    assert "alerted" in system.run()
    assert len(system.mails()) == told
    system.command("repair_command")
    system.pass_period()
    assert system.run() == "ok"


def test_people_are_told_why_a_restart_was_refused(system: System) -> None:
    ssm = system.aws.client("ssm")
    switch = {"Name": system.outputs["kill_switch_parameter_name"], "Overwrite": True}
    ssm.put_parameter(**switch, Value="disabled")
    before, told = system.deployment(), len(system.mails())
    system.command("hang_command")
    for _ in range(2):
        system.pass_period()
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
    bucket = system.outputs["service_bucket_name"]
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
        system.outputs["lambda_function_name"],
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
    outputs, functions = system.outputs, aws.client("lambda")
    functions.create_function(
        FunctionName="task",
        Role=f"arn:aws:iam::{aws.account_id}:role/{outputs['task_role_name']}",
        Code={"ZipFile": zipped({"service.py": SOURCE.read_text(), "main.py": STEP})},
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
