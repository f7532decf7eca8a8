"""The example s3-event-processor-complete, with servers for Splunk, Dynatrace and mail."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

import pytest

from cli.common import aws_client
from cli.demo import aws_cli
from cli.redrive import replay
from cli.redrive.__main__ import main as redrive

from ..alert_mailer.server import Mailbox, smtp_server
from ..certificates import HOST, trusted_pem
from ..dynatrace_sync import environment
from ..https_server import https_server
from ..processes import PATIENCE_SEC
from ..splunk_forwarder import collector
from ..splunk_forwarder.collector import invocation
from .examples import Example, applied
from .monitored_functions import MINUTE, receive
from .privileges import error_of_run, role_of, unneeded_grants
from .processor_privileges import unneeded_of_schedule, unneeded_of_state_machine
from .processors import Processor

if TYPE_CHECKING:
    from local_aws import LocalAws

NAME = "example-orders"
FUNCTION, MAILER = f"{NAME}-invoice", f"{NAME}-alert-mailer"
FORWARDER, SYNC = f"{NAME}-splunk-forwarder", f"{NAME}-dynatrace-sync"
ADDRESS = "on-call@example.com"
ORDER = json.dumps({"articles": {"bolt": 100, "nut": 50}})
INVALID = json.dumps({"articles": {"gold": 1}})
INTERVAL_SEC = LAG_SEC = 300


@dataclass(frozen=True, slots=True)
class Systems:
    """What the example is connected to."""

    hec: collector.Hec
    environment: environment.Environment
    mailbox: Mailbox

    def logged(self, source_type: str, text: str) -> list[dict[str, Any]]:
        """Return the events of one source type in Splunk that contain `text`."""
        kept = [each for each in self.hec.kept if each["sourcetype"] == source_type]
        return [each for each in kept if text in each["event"]]

    def total(self, metric: str) -> float:
        """Return what a metric of the processor in Dynatrace adds up to."""
        lines = [line for line in self.environment.lines if f'processor="{NAME}"' in line]
        pattern = re.compile(rf"s3_event_processor\.{metric},.*[,:](?:delta|sum)=([\d.]+)[, ].*")
        return sum(float(found[1]) for line in lines if (found := pattern.fullmatch(line)))

    def subjects(self) -> set[str]:
        """Return the subjects of all mails since the last call."""
        subjects = {str(each.mail["Subject"]) for each in self.mailbox.received}
        self.mailbox.received.clear()
        return subjects


@dataclass(frozen=True, slots=True)
class Connected:
    """The applied example, and the systems that it is connected to."""

    example: Example
    systems: Systems


@pytest.fixture(scope="module")
def connected(aws: LocalAws, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connected]:
    hec, metrics = collector.Hec(), environment.Environment()
    with (
        https_server(hec) as hec_server,
        https_server(metrics) as metrics_server,
        smtp_server() as mailbox,
    ):
        variables = {
            "hec_url": hec_server.url,
            "dynatrace_url": f"{metrics_server.url}/e/abc",
            "smtp_host": HOST,
            "smtp_port": mailbox.port,
            "smtp_from": "Alarms <alarms@example.com>",
            "alarm_email": ADDRESS,
            "ca_certificates_pem": trusted_pem(),
        }
        folder = tmp_path_factory.mktemp("example")
        with applied(aws, folder, "s3-event-processor-complete", variables) as example:
            user, password = mailbox.login
            secrets = {
                "splunk": collector.TOKEN,
                "dynatrace": json.dumps({"token": environment.TOKEN}),
                "smtp": json.dumps({"username": user, "password": password}),
            }
            for name, text in secrets.items():
                aws.client("secretsmanager").put_secret_value(
                    SecretId=example.outputs["secret_arns"][name], SecretString=text
                )
            yield Connected(example, Systems(hec, metrics, mailbox))
    assert aws.client("secretsmanager").list_secrets()["SecretList"] == []
    assert aws.client("stepfunctions").list_state_machines()["stateMachines"] == []
    assert aws.client("cloudwatch").list_dashboards()["DashboardEntries"] == []
    targets = aws.client("application-autoscaling").describe_scalable_targets
    assert targets(ServiceNamespace="lambda")["ScalableTargets"] == []


@pytest.fixture
def example(connected: Connected) -> Example:
    return connected.example


@pytest.fixture
def systems(connected: Connected) -> Systems:
    return connected.systems


@pytest.fixture
def processor(aws: LocalAws, example: Example) -> Processor:
    return Processor(aws, example.outputs)


def eventually(condition: Callable[[], object]) -> None:
    """Wait for what takes several executions, or happens after one has ended."""
    until = time.monotonic() + PATIENCE_SEC
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.05)


def invoices(processor: Processor) -> dict[str, str]:
    """Return the total of each invoice, by the key of the order."""
    s3, bucket = processor.aws.client("s3"), processor.outputs["bucket_id"]
    listed = s3.list_objects_v2(Bucket=bucket, Prefix="invoices/").get("Contents", [])
    bodies = [s3.get_object(Bucket=bucket, Key=each["Key"])["Body"].read() for each in listed]
    return {invoice["order"]: invoice["total"] for invoice in map(json.loads, bodies)}


def sync_event(aws: LocalAws, at: float) -> Any:
    """Return the event of the schedule whose run copies the metrics of a time."""
    [target] = aws.client("events").list_targets_by_rule(Rule=SYNC)["Targets"]
    later = at // INTERVAL_SEC * INTERVAL_SEC + INTERVAL_SEC + LAG_SEC
    text = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(later))
    template = str(target["InputTransformer"]["InputTemplate"])
    return json.loads(template.replace("<time>", json.dumps(text)))


def copy_metrics(aws: LocalAws, since: float) -> None:
    """Copy all metrics since a time, each window once."""
    for at in range(int(since) // INTERVAL_SEC * INTERVAL_SEC, int(time.time()) + 1, INTERVAL_SEC):
        run = aws.invoke(SYNC, sync_event(aws, at))
        assert run.function_error is None, run.payload


def last_minute_with_errors(aws: LocalAws) -> datetime:
    """Return the start of the last minute in which the function has failed."""
    now = datetime.now(timezone.utc).replace(second=0, microsecond=0)
    found = aws.client("cloudwatch").get_metric_statistics(
        Namespace="AWS/Lambda",
        MetricName="Errors",
        Dimensions=[{"Name": "FunctionName", "Value": FUNCTION}],
        StartTime=now - 60 * MINUTE,
        EndTime=now + MINUTE,
        Period=60,
        Statistics=["Sum"],
    )
    minute: datetime = max(each["Timestamp"] for each in found["Datapoints"] if each["Sum"])
    return minute


def put_depth(aws: LocalAws, queue: str, depth: int, at: datetime) -> None:
    """Put the metric with the number of messages in a queue, which SQS would."""
    datum = {
        "MetricName": "ApproximateNumberOfMessagesVisible",
        "Dimensions": [{"Name": "QueueName", "Value": queue}],
        "Timestamp": at,
        "Value": depth,
    }
    aws.client("cloudwatch").put_metric_data(Namespace="AWS/SQS", MetricData=[datum])


def test_orders_become_invoices_and_are_seen_in_splunk_and_dynatrace(
    aws: LocalAws, processor: Processor, systems: Systems
) -> None:
    began = time.time()
    with aws.enforcing_iam():
        processor.put({"orders/1.json": ORDER, "orders/2.json": ORDER, "notes.txt": "hello"})
        execution = processor.run()
        assert execution["status"] == "SUCCEEDED", execution
        assert invoices(processor) == {"orders/1.json": "11.00", "orders/2.json": "11.00"}
        assert processor.depth() == (0, 0)
        [run] = aws.fire(SYNC)
        assert run.function_error is None, run.payload
        copy_metrics(aws, began)
    [event, _] = systems.logged("aws:lambda", "process_complete")
    assert (event["index"], event["source"]) == ("orders", f"/aws/lambda/{FUNCTION}")
    assert systems.total("function.invocations") == 2
    assert systems.total("state_machine.executions_succeeded") == 1
    assert systems.total("log.positions") == 4


def test_it_is_broken_repaired_and_replayed(
    aws: LocalAws,
    example: Example,
    systems: Systems,
    processor: Processor,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(aws_client, "TIMEOUT_SEC", PATIENCE_SEC)
    monkeypatch.setattr(replay, "_POLL_SEC", 0)
    outputs = example.outputs
    letters_url = outputs["dead_letter_queue_urls"]["function"]
    letters = letters_url.rpartition("/")[2]
    source, target = outputs["redrive_command"].split()[1:]
    orders = {"orders/3.json": ORDER, "orders/4.json": ORDER}

    def in_dlq() -> int:
        name = "ApproximateNumberOfMessages"
        found = aws.client("sqs").get_queue_attributes(QueueUrl=letters_url, AttributeNames=[name])
        return int(found["Attributes"][name])

    aws.evaluate_alarms()  # every alarm now has a state, and has sent its first notification
    assert f"OK: {NAME}-function-errors" in systems.subjects()
    with aws.enforcing_iam():
        aws_cli.run(outputs["break_command"], aws.client)
        processor.put(orders)
        eventually(lambda: processor.run()["status"] == "SUCCEEDED" and in_dlq() == len(orders))
        assert not orders.keys() & invoices(processor).keys()
        eventually(lambda: systems.logged("aws:states", "NoPriceList"))
        assert systems.logged("aws:lambda", "config/prices.json does not exist")

        minute = last_minute_with_errors(aws)
        put_depth(aws, letters, len(orders), minute)
        aws.evaluate_alarms(at=minute + MINUTE)
        fired = {f"ALARM: {NAME}-function-{which}" for which in ("errors", "dead-letters")}
        mail = systems.mailbox.received[-1]
        assert (mail.sender, mail.recipients) == ("alarms@example.com", (ADDRESS,))
        assert systems.mailbox.encrypted[-1]
        assert systems.mailbox.logins[-1] == systems.mailbox.login
        assert systems.subjects() == fired
        second_way = [each.subject for each in aws.inbox(ADDRESS) if "ALARM" in each.subject]
        assert len(second_way) == len(fired)

        aws_cli.run(outputs["repair_command"], aws.client)
        for options in (["--dry-run"], ["--max", "1"], []):
            assert redrive([source, target, *options]) == 0
        printed = capsys.readouterr().out
        assert f"Would send about 2 messages from {letters} to {NAME}-events." in printed
        assert printed.count(f"Sent 1 message from {letters} to {NAME}-events.") == 2
        eventually(lambda: processor.run() and orders.keys() <= invoices(processor).keys())
        assert (in_dlq(), processor.depth()) == (0, (0, 0))

        put_depth(aws, letters, 0, minute + 9 * MINUTE)
        aws.evaluate_alarms(at=minute + 10 * MINUTE)
        assert systems.subjects() == {subject.replace("ALARM", "OK") for subject in fired}


def test_an_alert_that_the_server_refuses_is_kept(
    aws: LocalAws, example: Example, systems: Systems
) -> None:
    url = aws.client("sqs").get_queue_url(QueueName=f"{MAILER}-dlq")["QueueUrl"]
    systems.mailbox.response = "554 Refused"
    with aws.enforcing_iam():
        aws.client("sns").publish(TopicArn=example.outputs["alarm_topic_arn"], Message="news")
    systems.mailbox.response = "250 OK"
    [kept] = receive(aws, url)
    assert json.loads(kept["Body"])["Records"][0]["Sns"]["Message"] == "news"


def test_a_second_plan_is_empty_even_after_scaling(aws: LocalAws, example: Example) -> None:
    scaling = aws.client("application-autoscaling")
    [target] = scaling.describe_scalable_targets(ServiceNamespace="lambda")["ScalableTargets"]
    assert target["ResourceId"] == f"function:{FUNCTION}:live"
    aws.client("lambda").put_provisioned_concurrency_config(
        FunctionName=FUNCTION,
        Qualifier="live",
        ProvisionedConcurrentExecutions=target["MaxCapacity"],
    )
    assert not example.plan()


def test_the_dashboards_exist(aws: LocalAws, example: Example) -> None:
    dashboard = aws.client("cloudwatch").get_dashboard(DashboardName=NAME)
    assert FUNCTION in dashboard["DashboardBody"]
    path = example.terraform.folder / example.outputs["dynatrace_dashboard_path"]
    assert NAME in path.read_text(encoding="utf-8")


def order_event(aws: LocalAws, bucket: str, *keys: str) -> dict[str, Any]:
    """Return the event of the function for new orders. The last one is deleted again."""
    s3 = aws.client("s3")
    records = []
    for key in keys:
        version = s3.put_object(Bucket=bucket, Key=key, Body=ORDER.encode())["VersionId"]
        stored = {"key": key, "version-id": version}
        detail = {"bucket": {"name": bucket}, "object": stored}
        records.append({"body": json.dumps({"detail": detail})})
    s3.delete_object(Bucket=bucket, Key=keys[-1], VersionId=version)
    return {"Records": records}


def run_event(aws: LocalAws, function: str, outputs: Mapping[str, Any]) -> object:
    """Return an event with which a function uses all of its permissions."""
    if function == FUNCTION:
        return order_event(aws, outputs["bucket_id"], "probes/5.json", "probes/6.json")
    if function == FORWARDER:
        return invocation(["probe"])
    if function == MAILER:
        return {"Records": [{"Sns": {"MessageId": "1", "Subject": "Probe", "Message": "probe"}}]}
    metric = {
        "MetricName": "Invocations",
        "Dimensions": [{"Name": "FunctionName", "Value": FUNCTION}],
        "Value": 1,
    }
    aws.client("cloudwatch").put_metric_data(Namespace="AWS/Lambda", MetricData=[metric])
    return sync_event(aws, time.time())


@pytest.mark.parametrize("function", [FUNCTION, MAILER, FORWARDER, SYNC])
def test_every_permission_of_a_function_is_needed(
    aws: LocalAws, example: Example, function: str
) -> None:
    event = run_event(aws, function, example.outputs)
    unneeded = unneeded_grants(
        aws, role_of(aws, function), lambda: error_of_run(aws, function, event)
    )
    assert not unneeded, unneeded


def test_every_permission_of_the_state_machine_is_needed(processor: Processor) -> None:
    unneeded = unneeded_of_state_machine(processor, ORDER, INVALID, "orders/{}.json")
    assert not unneeded, unneeded


def test_every_permission_of_the_schedule_is_needed(processor: Processor) -> None:
    unneeded = unneeded_of_schedule(processor)
    assert not unneeded, unneeded
