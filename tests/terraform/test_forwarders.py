"""The modules that forward logs and metrics: applied, used, and without each permission."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cli.common import paths
from cli.common.terraform import Terraform, working_copy

from .. import https_server
from ..certificates import trusted_pem
from ..dynatrace_sync import environment
from ..https_server import Answer
from ..local_aws.metrics import statistics
from ..splunk_forwarder import collector
from ..splunk_forwarder.collector import invocation
from .monitored_functions import receive
from .privileges import error_of_run, grants, role_of, unneeded_grants

if TYPE_CHECKING:
    from local_aws import LocalAws

ROOT = Path(__file__).parent / "forwarders"
GROUP = "/aws/lambda/source"
SPLUNK, DYNATRACE = "splunk-forwarder", "dynatrace-sync"


@dataclass(frozen=True, slots=True)
class Forwarders:
    """The applied root module, and what it sends to."""

    terraform: Terraform
    variables: dict[str, str]
    outputs: dict[str, Any]
    hec: collector.Hec
    hec_server: https_server.Server
    environment: environment.Environment


@pytest.fixture(scope="module")
def forwarders(aws: LocalAws, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forwarders]:
    hec, metrics = collector.Hec(), environment.Environment()
    with (
        https_server.https_server(hec) as hec_server,
        https_server.https_server(metrics) as metrics_server,
    ):
        variables = {
            "hec_url": hec_server.url,
            "dynatrace_url": f"{metrics_server.url}/e/abc",
            "ca_certificates_pem": trusted_pem(),
            "tokens": json.dumps({"hec": collector.TOKEN, "dynatrace": environment.TOKEN}),
        }
        project = working_copy(tmp_path_factory.mktemp("forwarders") / "project")
        folder = project / ROOT.relative_to(paths.ROOT)
        shutil.copytree(ROOT, folder)
        terraform = Terraform(folder)
        terraform.init()
        terraform.apply(variables)
        yield Forwarders(terraform, variables, terraform.output(), hec, hec_server, metrics)


def write_log(aws: LocalAws, stream: str) -> dict[str, Any]:
    """Write metrics to the log group, and return the event for a run that copies them."""
    logs = aws.client("logs")
    logs.create_log_stream(logGroupName=GROUP, logStreamName=stream)
    now = int(time.time() * 1000)
    message = json.dumps({"dt.metrics": {stream: 2}})
    logs.put_log_events(
        logGroupName=GROUP,
        logStreamName=stream,
        logEvents=[{"timestamp": now, "message": message}],
    )
    # The minute of the log event is over, and the lag has passed.
    later = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now / 1000 + 360))
    return {
        "time": later,
        "interval_sec": 60,
        "function_name": "source",
        "log_group_name": GROUP,
    }


def test_a_second_plan_is_empty(forwarders: Forwarders) -> None:
    assert not forwarders.terraform.plan(forwarders.variables)


def test_the_arns_are_those_of_the_functions(aws: LocalAws, forwarders: Forwarders) -> None:
    for module, name in (("splunk", SPLUNK), ("dynatrace", DYNATRACE)):
        function = aws.client("lambda").get_function(FunctionName=name)["Configuration"]
        assert forwarders.outputs[module]["lambda_arn"] == function["FunctionArn"]


def test_log_events_of_a_subscribed_group_arrive_in_splunk(
    aws: LocalAws, forwarders: Forwarders
) -> None:
    request = write_log(aws, "rows")
    [event] = [each for each in forwarders.hec.kept if "rows" in each["event"]]
    assert (event["source"], event["index"], event["sourcetype"]) == (GROUP, "main", "aws:lambda")
    assert aws.invoke(DYNATRACE, request).function_error is None
    [line] = [each for each in forwarders.environment.lines if "log.rows" in each]
    place = 'aws.account.id="123456789012",aws.region="us-east-1",function="source"'
    assert line.startswith(f"s3_event_processor.log.rows,{place} gauge,min=2,max=2,sum=2,count=1 ")


def errors_of(aws: LocalAws, name: str) -> float:
    """Return how many runs of a function have failed."""
    found = statistics(aws, "AWS/Lambda", "Errors", FunctionName=name)
    return float(found.get("Sum", 0))


def test_a_log_event_that_splunk_refuses_is_kept_alone(
    aws: LocalAws, forwarders: Forwarders
) -> None:
    forwarders.hec.invalid = {"refused": (6, "Invalid data format")}
    with aws.enforcing_iam():
        run = aws.invoke(SPLUNK, invocation(["accepted", "refused"]))
    forwarders.hec.invalid = {}
    assert run.function_error is None, run.payload
    assert forwarders.hec.texts.count("accepted") == 1
    [letter] = receive(aws, forwarders.outputs["splunk"]["dead_letter_queue_url"])
    assert aws.invoke(SPLUNK, json.loads(letter["Body"])).function_error is None
    assert forwarders.hec.texts.count("accepted") == 1
    assert forwarders.hec.texts.count("refused") == 1


@pytest.mark.parametrize(
    ("module", "name", "attempts"), [("splunk", SPLUNK, 3), ("dynatrace", DYNATRACE, 1)]
)
def test_an_event_that_fails_is_kept(
    aws: LocalAws, forwarders: Forwarders, module: str, name: str, attempts: int
) -> None:
    """After as many attempts as the module allows."""
    forwarders.hec_server.answers.extend([Answer(400, {"text": "Incorrect index", "code": 7})] * 9)
    event = invocation(["text"]) if module == "splunk" else {"interval_sec": 90}
    before = errors_of(aws, name)
    aws.client("lambda").invoke(
        FunctionName=name, InvocationType="Event", Payload=json.dumps(event).encode()
    )
    assert len(forwarders.hec_server.answers) == 9 - (attempts if module == "splunk" else 0)
    forwarders.hec_server.answers.clear()
    url = forwarders.outputs[module]["dead_letter_queue_url"]
    [letter] = aws.client("sqs").receive_message(QueueUrl=url)["Messages"]
    assert json.loads(letter["Body"]) == event
    assert errors_of(aws, name) - before == attempts
    groups = aws.client("logs").filter_log_events(logGroupName=f"/aws/lambda/{name}")["events"]
    assert any(
        "Incorrect index" in each["message"] or "must be a multiple" in each["message"]
        for each in groups
    )


@pytest.mark.parametrize("name", [SPLUNK, DYNATRACE])
def test_dead_letters_fire_an_alarm(aws: LocalAws, forwarders: Forwarders, name: str) -> None:
    cloudwatch = aws.client("cloudwatch")
    [alarm] = cloudwatch.describe_alarms(AlarmNames=[f"{name}-dead-letters"])["MetricAlarms"]
    topics = {output["sns_topic_arn"] for output in forwarders.outputs.values()}
    assert set(alarm["AlarmActions"]) == set(alarm["OKActions"]) < topics
    assert alarm["Dimensions"] == [{"Name": "QueueName", "Value": f"{name}-dlq"}]


@pytest.mark.usefixtures("forwarders")
@pytest.mark.parametrize("name", [SPLUNK, DYNATRACE])
def test_every_permission_is_needed(aws: LocalAws, name: str) -> None:
    role = role_of(aws, name)
    assert {grant.sid for grant in grants(aws, role)} >= {"Log", "DeadLetters", "Token"}
    event = invocation(["text"]) if name == SPLUNK else write_log(aws, "permissions")
    unneeded = unneeded_grants(aws, role, lambda: error_of_run(aws, name, event))
    assert not unneeded, unneeded
