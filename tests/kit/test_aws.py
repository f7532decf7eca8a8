"""Makers that call AWS: what they do, and exactly which permissions they need for it."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from diva.clock import Clock
from diva.kit import (
    dynamodb_item,
    email,
    incident_action,
    invoke,
    log_line,
    metric,
    pagerduty,
    put_events,
    s3_newer_than,
    s3_put,
    slack,
    sns,
    sns_publish,
    sqs_below,
    sqs_reply,
    sqs_send,
    start_execution,
    teams,
    webhook,
)
from diva.kit.aws import AwsError
from diva.kit.callback import NotDone, Unhealthy
from diva.kit.permission import Permission
from local_aws import LocalAws

from ..local_aws.functions import ROLE, deploy
from ..local_aws.roles import HERE, allow, new_table
from ..secrets_manager import new_secret
from .conftest import Notice

QUEUE, TOPIC = f"arn:aws:sqs:{HERE}:replies", f"arn:aws:sns:{HERE}:alerts"
INBOX = f"arn:aws:sqs:{HERE}:inbox"
MACHINE = f"arn:aws:states:{HERE}:stateMachine:nightly"
BUS = f"arn:aws:events:{HERE}:event-bus/orders"
MESSAGE = "Event 'orders' (shop-diva) is failing."
ANSWERING = """
import json
asked = []
def handler(event, context):
    if event == "asked":
        return asked
    if event.get("crash"):
        raise ValueError("no such report")
    asked.append(event)
    return event.get("answer") or {"statusCode": 200, "body": json.dumps({"message": "done"})}
"""
DOES_NOTHING = {"StartAt": "End", "States": {"End": {"Type": "Succeed"}}}


@dataclass(frozen=True, slots=True)
class Stage:
    """The account, and what the callbacks have done in it."""

    aws: LocalAws

    def received(self, name: str = "replies") -> list[str]:
        """Take the messages out of a queue."""
        sqs = self.aws.client("sqs")
        url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
        found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
        for each in found:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=each["ReceiptHandle"])
        return [each["Body"] for each in found]

    def send(self, *bodies: str) -> None:
        """Send messages to the queue of replies."""
        sqs = self.aws.client("sqs")
        url = sqs.get_queue_url(QueueName="replies")["QueueUrl"]
        for body in bodies:
            sqs.send_message(QueueUrl=url, MessageBody=body)

    def asked(self) -> list[dict[str, Any]]:
        """Return the payloads that the function has got."""
        payloads: list[dict[str, Any]] = self.aws.invoke("report", "asked").payload
        return payloads


@pytest.fixture(scope="module")
def prepared(account: LocalAws) -> Stage:
    aws = account
    aws.client("s3").create_bucket(Bucket="reports")
    sqs, sns_client = aws.client("sqs"), aws.client("sns")
    for name in ("replies", "inbox"):
        sqs.create_queue(QueueName=name)
    for name in ("replies.fifo", "inbox.fifo"):
        sqs.create_queue(QueueName=name, Attributes={"FifoQueue": "true"})
    sns_client.create_topic(Name="alerts")
    sns_client.create_topic(Name="alerts.fifo", Attributes={"FifoTopic": "true"})
    for end in ("", ".fifo"):
        arns = {"TopicArn": f"{TOPIC}{end}", "Endpoint": f"{INBOX}{end}"}
        sns_client.subscribe(**arns, Protocol="sqs", Attributes={"RawMessageDelivery": "true"})
    deploy(aws, ANSWERING, FunctionName="report", MemorySize=256)
    aws.client("stepfunctions").create_state_machine(
        name="nightly",
        definition=json.dumps(DOES_NOTHING),
        roleArn=f"arn:aws:iam::{aws.account_id}:role/{ROLE}",
    )
    aws.client("events").create_event_bus(Name="orders")
    aws.client("logs").create_log_group(logGroupName="/aws/lambda/worker")
    aws.client("logs").create_log_stream(logGroupName="/aws/lambda/worker", logStreamName="one")
    aws.client("ses").verify_domain_identity(Domain="example.com")
    new_table(aws, "orders")
    return Stage(aws)


@pytest.fixture
def stage(prepared: Stage) -> Iterator[Stage]:
    """The account with IAM enforced, for a role that allows nothing."""
    allow(prepared.aws)
    with prepared.aws.enforcing_iam():
        yield prepared
    for name in ("replies", "inbox"):
        prepared.received(name)


def statement(permission: Permission) -> dict[str, Any]:
    """Return the statement that allows it."""
    found: dict[str, Any] = {
        "Effect": "Allow",
        "Action": permission.action,
        "Resource": permission.resource,
    }
    if permission.condition:
        found["Condition"] = {"StringEquals": dict([permission.condition])}
    return found


def grant(stage: Stage, callback: Any, *more: str) -> None:
    """Allow the role what a callback needs, and `more` actions on every resource."""
    others = [Permission(action, "*") for action in more]
    allow(stage.aws, *map(statement, (*callback.permissions, *others)))


def documented(maker: Any) -> tuple[set[str], set[str]]:
    """Return the IAM actions in the docstring of a maker: of each call, and those of keys."""
    text = maker.__doc__.split("IAM actions:")[1]
    actions = set(re.findall(r"`(\w+:\w+)`", text))
    keys = {each for each in actions if each.startswith("kms:")}
    return actions - keys, keys


Prepare = Callable[[Stage], None]


def put_report(stage: Stage) -> None:
    stage.aws.client("s3").put_object(Bucket="reports", Key="daily/1.csv", Body="x")


def put_item(stage: Stage) -> None:
    item = {"event_id": {"S": "probe"}, "state": {"S": "done"}, "count": {"N": "1.0"}}
    stage.aws.client("dynamodb").put_item(TableName="orders", Item=item)


def log(stage: Stage) -> None:
    now_ms = round(datetime.now(timezone.utc).timestamp() * 1000)
    stage.aws.client("logs").put_log_events(
        logGroupName="/aws/lambda/worker",
        logStreamName="one",
        logEvents=[{"timestamp": now_ms, "message": "order accepted"}],
    )


def nothing(stage: Stage) -> None: ...


CALLBACKS: dict[str, tuple[Any, Prepare]] = {
    "s3_newer_than": (s3_newer_than("reports", prefix="daily/", max_age_sec=600), put_report),
    "sqs_below": (sqs_below(QUEUE, messages=1), nothing),
    "sqs_reply": (sqs_reply(QUEUE), lambda stage: stage.send("a reply", "another")),
    "metric": (metric("Shop", "Orders", at_most=5), nothing),
    "log_line": (log_line("/aws/lambda/worker", pattern='"order accepted"'), log),
    "dynamodb_item": (dynamodb_item("orders", key={"event_id": "probe"}), put_item),
    "sqs_send": (sqs_send(QUEUE, body={"id": 1}), nothing),
    "sns_publish": (sns_publish(TOPIC, body="order"), nothing),
    "s3_put": (s3_put("reports", key="orders/probe.json", body={"id": 1}), nothing),
    "invoke": (invoke("report", wait=True), nothing),
    "put_events": (put_events(BUS, source="shop", detail_type="order", detail={}), nothing),
    "start_execution": (start_execution(MACHINE), nothing),
    "incident_action": (incident_action("report", action="restart_service"), nothing),
}
NOTIFYING: dict[str, Any] = {
    "sns": sns(TOPIC),
    "email": email("DIVA <diva@example.com>", recipients=["ops@example.com"]),
    "incident_action": incident_action("report", action="notify_human"),
}


@pytest.mark.parametrize(("callback", "prepare"), CALLBACKS.values(), ids=CALLBACKS)
def test_a_callback_needs_the_permissions_that_it_documents(
    stage: Stage, callback: Any, prepare: Prepare
) -> None:
    def run() -> None:
        prepare(stage)
        answer = callback("orders")
        assert answer is True, answer

    assert_needs_what_it_documents(stage, callback, run)


@pytest.mark.parametrize("callback", NOTIFYING.values(), ids=NOTIFYING)
def test_an_alert_needs_the_permissions_that_it_documents(
    stage: Stage, callback: Any, notice: Notice
) -> None:
    assert_needs_what_it_documents(stage, callback, lambda: callback(MESSAGE, notice()))


def assert_needs_what_it_documents(stage: Stage, callback: Any, run: Callable[[], None]) -> None:
    actions = {each.action for each in callback.permissions}
    assert actions == documented(type(callback))[0]
    grant(stage, callback)
    run()
    for missing in actions:
        left = [each for each in callback.permissions if each.action != missing]
        allow(stage.aws, *map(statement, left))
        with pytest.raises(AwsError) as error:
            run()
        assert f"missing permission {missing} on " in str(error.value)
        assert f"us-east-1, {stage.aws.endpoint}" in str(error.value)


SECRETS: dict[str, Callable[[str], Any]] = {
    "slack": slack,
    "teams": teams,
    "pagerduty": pagerduty,
    "webhook": lambda arn: webhook("https://127.0.0.1:1", token_arn=arn),
}


@pytest.mark.parametrize("make", SECRETS.values(), ids=SECRETS)
@pytest.mark.parametrize("service", ["secretsmanager", "ssm"])
def test_a_secret_needs_the_permission_for_the_service_that_has_it(
    stage: Stage, service: str, make: Callable[[str], Any], notice: Notice
) -> None:
    arn = new_parameter(stage.aws) if service == "ssm" else new_secret(stage.aws, "https://[")
    callback = make(arn)
    (permission,) = callback.permissions
    assert permission.action in documented(type(callback))[0]
    assert documented(type(callback))[1] == {"kms:Decrypt"}
    with pytest.raises(
        AwsError, match=f"missing permission {permission.action} on {re.escape(arn)}"
    ):
        callback(MESSAGE, notice())
    grant(stage, callback)
    with pytest.raises(Exception, match=r"not usable|did not answer|answered") as error:
        callback(MESSAGE, notice())
    assert not isinstance(error.value, AwsError)


def new_parameter(aws: LocalAws) -> str:
    aws.client("ssm").put_parameter(
        Name="/diva/webhook", Value="https://[", Type="SecureString", Overwrite=True
    )
    return f"arn:aws:ssm:{HERE}:parameter/diva/webhook"


def key(aws: LocalAws) -> str:
    return str(aws.client("kms").create_key()["KeyMetadata"]["Arn"])


def encrypted_queue(aws: LocalAws) -> str:
    sqs = aws.client("sqs")
    name = f"secret-{uuid.uuid4()}"
    url = sqs.create_queue(QueueName=name, Attributes={"KmsMasterKeyId": key(aws)})["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="text")
    return f"arn:aws:sqs:{HERE}:{name}"


def encrypted_topic(aws: LocalAws) -> str:
    attributes = {"KmsMasterKeyId": key(aws)}
    return str(aws.client("sns").create_topic(Name="secret", Attributes=attributes)["TopicArn"])


def encrypted_bucket(aws: LocalAws) -> str:
    default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key(aws)}
    aws.client("s3").create_bucket(Bucket="secret")
    aws.client("s3").put_bucket_encryption(
        Bucket="secret",
        ServerSideEncryptionConfiguration={
            "Rules": [{"ApplyServerSideEncryptionByDefault": default}]
        },
    )
    return "secret"


def encrypted_table(aws: LocalAws) -> str:
    specification = {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": key(aws)}
    new_table(aws, "secret", SSESpecification=specification)
    item = {"event_id": {"S": "probe"}}
    aws.client("dynamodb").put_item(TableName="secret", Item=item)
    return "secret"


ENCRYPTED: dict[str, tuple[Callable[[LocalAws], str], Callable[[str], Any]]] = {
    "sqs_reply": (encrypted_queue, sqs_reply),
    "sqs_send": (encrypted_queue, lambda arn: sqs_send(arn, body="text")),
    "sns_publish": (encrypted_topic, lambda arn: sns_publish(arn, body="text")),
    "s3_put": (encrypted_bucket, lambda name: s3_put(name, key="a", body="text")),
    "dynamodb_item": (
        encrypted_table,
        lambda name: dynamodb_item(name, key={"event_id": "probe"}),
    ),
}


@pytest.mark.parametrize(("create", "make"), ENCRYPTED.values(), ids=ENCRYPTED)
def test_what_a_key_of_your_own_encrypts_needs_the_permissions_that_are_documented(
    stage: Stage, create: Callable[[LocalAws], str], make: Callable[[str], Any]
) -> None:
    callback = make(create(stage.aws))
    actions = documented(type(callback))[1]
    grant(stage, callback, *actions)
    callback("orders")
    for missing in actions:
        grant(stage, callback, *(actions - {missing}))
        with pytest.raises(AwsError, match=f"missing permission {missing} on arn:aws:kms:"):
            callback("orders")


def allowing_all(stage: Stage) -> None:
    allow(stage.aws, statement(Permission("*", "*")))


class In(Clock):
    """A clock that is ahead of the system's."""

    def __init__(self, **ahead: float) -> None:
        self._ahead = timedelta(**ahead)

    def now(self) -> datetime:
        return datetime.now(timezone.utc) + self._ahead


def test_objects_are_detected_while_they_are_new(stage: Stage) -> None:
    allowing_all(stage)
    put_report(stage)
    detect = s3_newer_than("reports", prefix="daily/", max_age_sec=3600)
    assert detect("report") is True
    assert replace(detect, clock=In(minutes=59))("report") is True
    answer = replace(detect, clock=In(minutes=61))("report")
    assert isinstance(answer, Unhealthy)
    assert "the newest object of s3://reports/daily/ is of 20" in repr(answer)
    assert "older than 3600 s" in repr(answer)
    answer = replace(detect, prefix="weekly/")("report")
    assert repr(answer) == "False: no object begins with s3://reports/weekly/"


def test_waiting_messages_are_counted(stage: Stage) -> None:
    allowing_all(stage)
    stage.send("one", "two")
    assert sqs_below(QUEUE, messages=3)("queue") is True
    answer = sqs_below(QUEUE, messages=2)("queue")
    assert repr(answer) == "False: 2 messages wait in queue replies, not below 2"


def test_replies_are_taken(stage: Stage) -> None:
    allowing_all(stage)
    stage.send("order 1 accepted", "order 2 rejected")
    assert sqs_reply(QUEUE, contains="accepted")("orders") is True
    answer = sqs_reply(QUEUE, contains="accepted")("orders")
    assert repr(answer) == "False: no message with 'accepted' has arrived in queue replies"
    assert stage.received() == []


def test_a_message_is_sent_and_a_function_can_make_each(stage: Stage) -> None:
    allowing_all(stage)
    assert sqs_send(QUEUE, body=lambda event: {"order": event})("probe") is True
    assert sqs_send(QUEUE, body="text")("probe") is True
    assert sorted(stage.received()) == ["text", '{"order": "probe"}']


def test_fifo_queues_and_topics_get_what_they_need(stage: Stage, notice: Notice) -> None:
    allowing_all(stage)
    for _ in range(2):  # the same message twice is no duplicate
        sqs_send(f"{QUEUE}.fifo", body="same")("probe")
        sns_publish(f"{TOPIC}.fifo", body="same")("probe")
    assert stage.received("replies.fifo") == ["same", "same"]
    assert stage.received("inbox.fifo") == ["same", "same"]
    sns(f"{TOPIC}.fifo")(MESSAGE, notice())
    assert len(stage.received("inbox.fifo")) == 1


def test_statistics_are_compared_with_their_limits(stage: Stage) -> None:
    allowing_all(stage)
    now = datetime.now(timezone.utc)
    for value in (1.0, 4.0):
        data = {"MetricName": "Accepted", "Value": value, "Timestamp": now - timedelta(minutes=2)}
        data["Dimensions"] = [{"Name": "Queue", "Value": "orders"}]
        stage.aws.client("cloudwatch").put_metric_data(Namespace="Shop", MetricData=[data])
    of_queue = metric("Shop", "Accepted", dimensions={"Queue": "orders"}, at_least=5)
    assert of_queue("orders") is True
    assert repr(replace(of_queue, at_least=6)("orders")) == (
        "False: Sum of the metric Shop Accepted was 5 in the last 300 s; it must be at least 6"
    )
    assert "it must be at most 3" in repr(
        replace(of_queue, statistic="Maximum", at_least=1, at_most=3)("orders")
    )
    assert replace(of_queue, statistic="Average", at_least=2.5, at_most=2.5)("orders") is True


def test_no_data_is_0_where_values_are_added_and_nothing_otherwise(stage: Stage) -> None:
    allowing_all(stage)
    assert metric("Shop", "Errors", at_most=0)("orders") is True
    assert "was 0 in the last 300 s" in repr(metric("Shop", "Errors", at_least=1)("orders"))
    answer = metric("Shop", "Errors", statistic="Average", at_most=0)("orders")
    assert repr(answer) == "False: the metric Shop Errors has no data in the last 300 s"


def test_a_line_is_detected_while_it_is_new(stage: Stage) -> None:
    allowing_all(stage)
    log(stage)
    detect = log_line("/aws/lambda/worker", pattern='"order accepted"', window_sec=600)
    assert detect("worker") is True
    assert replace(detect, clock=In(minutes=9))("worker") is True
    old, other = replace(detect, clock=In(minutes=11)), replace(detect, pattern='"rejected"')
    for answer in (old("worker"), other("worker")):
        assert "no line in /aws/lambda/worker matches " in repr(answer)


def test_an_item_is_detected_by_its_attributes(stage: Stage) -> None:
    allowing_all(stage)
    put_item(stage)
    detect = dynamodb_item("orders", key={"event_id": "probe"})
    assert detect("item") is True
    assert replace(detect, equals={"state": "done", "count": 1})("item") is True
    assert replace(detect, equals={"count": Decimal("1.00")})("item") is True
    arn = f"arn:aws:dynamodb:{HERE}:table/orders"
    assert replace(detect, table=arn)("item") is True
    answer = replace(detect, equals={"state": "open"})("item")
    what = "the item {'event_id': 'probe'} of orders"
    assert repr(answer) == f"False: state of {what} is not 'open'"
    answer = replace(detect, key={"event_id": "other"})("item")
    assert repr(answer) == f"False: {what.replace('probe', 'other')} does not exist"


def test_an_object_is_written(stage: Stage) -> None:
    allowing_all(stage)
    s3_put("reports", key="orders/probe.json", body=lambda event: {"id": event})("probe")
    found = stage.aws.client("s3").get_object(Bucket="reports", Key="orders/probe.json")
    assert json.load(found["Body"]) == {"id": "probe"}


def test_a_function_is_invoked_and_can_be_waited_for(stage: Stage) -> None:
    allowing_all(stage)
    assert invoke("report", payload={"kind": "daily"}, wait=True)("report") is True
    assert stage.asked()[-1] == {"kind": "daily"}
    crash = invoke("report", payload={"crash": True}, wait=True)
    with pytest.raises(NotDone, match=r"^report failed: ValueError: no such report$"):
        crash("report")
    assert replace(crash, wait=False)("report") is True
    with pytest.raises(AwsError, match=r"^lambda:InvokeFunction failed \(us-east-1, .*NotFound"):
        invoke("nowhere")("report")


def test_an_event_is_put_on_a_bus(stage: Stage) -> None:
    allowing_all(stage)
    events = stage.aws.client("events")
    pattern = json.dumps({"source": ["shop"]})
    rule = events.put_rule(Name="all", EventBusName="orders", EventPattern=pattern)["RuleArn"]
    assert rule
    target = {"Id": "1", "Arn": QUEUE}
    events.put_targets(Rule="all", EventBusName="orders", Targets=[target])
    put = put_events("orders", source="shop", detail_type="order placed", detail={"id": 7})
    assert put("orders") is True
    (event,) = map(json.loads, stage.received())
    assert (event["detail-type"], event["detail"]) == ("order placed", {"id": 7})
    with pytest.raises(NotDone, match="orders refused the event: MalformedDetail"):
        replace(put, detail="no JSON")("orders")


def test_an_execution_is_started(stage: Stage) -> None:
    allowing_all(stage)
    assert start_execution(MACHINE, input={"day": "today"})("nightly") is True
    found = stage.aws.client("stepfunctions").list_executions(stateMachineArn=MACHINE)
    inputs = [
        stage.aws.client("stepfunctions").describe_execution(executionArn=each["executionArn"])
        for each in found["executions"]
    ]
    assert '{"day": "today"}' in [each["input"] for each in inputs]


def test_an_alert_is_published_with_a_subject(stage: Stage, notice: Notice) -> None:
    allowing_all(stage)
    arns = {"TopicArn": TOPIC, "Endpoint": "people@example.com"}
    stage.aws.client("sns").subscribe(**arns, Protocol="email")
    for kind in ("alert", "reminder", "resolution"):
        sns(TOPIC)(MESSAGE, notice(kind))
    sns(TOPIC)(MESSAGE, notice(event="Größe\n" + "x" * 200))
    mails = stage.aws.inbox("people@example.com")
    subjects = [each.subject for each in mails]
    assert subjects[:3] == [
        f"DIVA: orders is {how}" for how in ("failing", "still failing", "healthy")
    ]
    assert subjects[3].startswith("DIVA: Gr??e xxx")
    assert stage.received("inbox")[0] == f"{MESSAGE}\n\nRun 5f1c-1 in shop-diva"


def test_a_mail_is_sent(stage: Stage, notice: Notice) -> None:
    allowing_all(stage)
    send = email("DIVA <diva@example.com>", recipients=["ops@example.com", "b@example.com"])
    before = sent(stage)
    send(MESSAGE, notice())
    assert sent(stage) == before + 2
    with pytest.raises(AwsError, match=r"^ses:SendEmail failed .*MessageRejected"):
        replace(send, sender="diva@elsewhere.example")(MESSAGE, notice())


def sent(stage: Stage) -> float:
    """Return to how many recipients mail was sent."""
    quota = stage.aws.client("ses").get_send_quota()
    return float(quota["SentLast24Hours"])
