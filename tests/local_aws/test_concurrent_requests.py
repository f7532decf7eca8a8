"""The embedded AWS answers requests one at a time, and none blocks the others."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from moto.dynamodb.models import DynamoDBBackend
from moto.iam.models import IAMBackend
from moto.s3.models import S3Backend
from moto.sqs.models import SQSBackend

from local_aws import LocalAws

from ..processes import PATIENCE_SEC
from .calls import Call, observed_poll
from .functions import TRUST, deploy, emptied, permit, waiting_function

CLIENTS = 8
MEETING_SEC = 0.5


@pytest.fixture
def aws(running: LocalAws) -> LocalAws:
    emptied(running)
    running.client("s3").create_bucket(Bucket="crowded")
    running.client("dynamodb").create_table(
        TableName="crowded",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    running.client("sqs").create_queue(QueueName="crowded")
    return running


def make_role(aws: LocalAws, name: str) -> None:
    aws.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)


def put_object(aws: LocalAws, name: str) -> None:
    aws.client("s3").put_object(Bucket="crowded", Key=name, Body=b"", IfNoneMatch="*")


def put_item(aws: LocalAws, name: str) -> None:
    aws.client("dynamodb").put_item(TableName="crowded", Item={"id": {"S": name}})


def send(aws: LocalAws, name: str) -> None:
    sqs = aws.client("sqs")
    sqs.send_message(QueueUrl=sqs.get_queue_url(QueueName="crowded")["QueueUrl"], MessageBody=name)


@pytest.mark.parametrize(
    ("backend", "method", "call"),
    [
        (IAMBackend, "create_role", make_role),
        (S3Backend, "put_object", put_object),
        (DynamoDBBackend, "put_item", put_item),
        (SQSBackend, "send_message", send),
    ],
)
def test_requests_are_answered_one_at_a_time(
    backend: type,
    method: str,
    call: Callable[[LocalAws, str], None],
    aws: LocalAws,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answer = getattr(backend, method)
    meeting = threading.Barrier(2)
    met: list[int] = []

    def wait_for_another(*arguments: Any, **options: Any) -> Any:
        # If nobody comes, the barrier is broken, and does not wait any more.
        with contextlib.suppress(threading.BrokenBarrierError):
            met.append(meeting.wait(MEETING_SEC))
        return answer(*arguments, **options)

    monkeypatch.setattr(backend, method, wait_for_another)
    calls = [Call(call, aws, f"client-{number}") for number in range(CLIENTS)]
    for each in calls:
        each.result()
    assert not met


def test_requests_are_answered_during_a_long_poll(aws: LocalAws) -> None:
    sqs = aws.client("sqs")
    url = sqs.get_queue_url(QueueName="crowded")["QueueUrl"]
    with observed_poll() as polling:
        poll = Call(sqs.receive_message, QueueUrl=url, WaitTimeSeconds=20)
        assert polling.wait(PATIENCE_SEC)
        send(aws, "arrived")
        messages = poll.result()["Messages"]
    assert [message["Body"] for message in messages] == ["arrived"]


def test_an_http_subscriber_may_call_aws_before_it_responds(aws: LocalAws) -> None:
    received: list[str] = []

    class Endpoint(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            received.append(json.loads(body)["Message"])
            send(aws, "from the endpoint")
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Endpoint) as endpoint:
        serving = threading.Thread(target=endpoint.handle_request, daemon=True)
        serving.start()
        sns = aws.client("sns")
        topic = sns.create_topic(Name="topic")["TopicArn"]
        url = f"http://127.0.0.1:{endpoint.server_port}/"
        sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=url)
        published = Call(sns.publish, TopicArn=topic, Message="news")
        published.result()
        serving.join(PATIENCE_SEC)
    assert received == ["news"]


def map_queue(aws: LocalAws, function: str) -> None:
    arn = f"arn:aws:sqs:{aws.region}:{aws.account_id}:crowded"
    aws.client("lambda").create_event_source_mapping(EventSourceArn=arn, FunctionName=function)


def test_a_queue_can_be_mapped_to_another_function_while_one_runs(aws: LocalAws) -> None:
    deploy(aws, "def handler(event, context):\n    pass", FunctionName="other")
    with waiting_function(aws) as listening:
        map_queue(aws, "subject")
        call = Call(send, aws, "message")
        connection, _ = listening.accept()
        map_queue(aws, "other")
        connection.close()
        call.result()


def test_a_log_group_can_get_another_subscriber_while_one_runs(aws: LocalAws) -> None:
    logs = aws.client("logs")
    logs.create_log_group(logGroupName="group")
    logs.create_log_stream(logGroupName="group", logStreamName="stream")
    event = {"timestamp": int(time.time() * 1000), "message": "line"}
    line = {"logGroupName": "group", "logStreamName": "stream", "logEvents": [event]}

    def subscribe(function: str) -> None:
        arn = f"arn:aws:lambda:{aws.region}:{aws.account_id}:function:{function}"
        group = f"arn:aws:logs:{aws.region}:{aws.account_id}:log-group:group:*"
        permit(aws, function, "logs", group)
        logs.put_subscription_filter(
            logGroupName="group", filterName=function, filterPattern="", destinationArn=arn
        )

    deploy(aws, "def handler(event, context):\n    pass", FunctionName="other")
    with waiting_function(aws) as listening:
        subscribe("subject")
        call = Call(logs.put_log_events, **line)
        connection, _ = listening.accept()
        subscribe("other")
        connection.close()
        call.result()


def test_events_reach_all_rules_though_one_is_created_while_a_function_runs(
    aws: LocalAws,
) -> None:
    sqs, events, s3 = aws.client("sqs"), aws.client("events"), aws.client("s3")
    other = sqs.create_queue(QueueName="other")["QueueUrl"]

    def route_objects(rule: str, queue: str) -> None:
        events.put_rule(Name=rule, EventPattern='{"source": ["aws.s3"]}')
        arn = f"arn:aws:sqs:{aws.region}:{aws.account_id}:{queue}"
        events.put_targets(Rule=rule, Targets=[{"Id": "1", "Arn": arn}])
        statement = {
            "Effect": "Allow",
            "Principal": {"Service": "events.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": arn,
        }
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})

    with waiting_function(aws) as listening:
        map_queue(aws, "subject")
        route_objects("first", "crowded")
        route_objects("second", "other")
        notification: dict[str, Any] = {"EventBridgeConfiguration": {}}
        s3.put_bucket_notification_configuration(
            Bucket="crowded", NotificationConfiguration=notification
        )
        call = Call(put_object, aws, "object")
        connection, _ = listening.accept()
        route_objects("third", "other")
        listening.close()  # a second event, for the ACL of the object, need not wait
        connection.close()
        call.result()
    messages = sqs.receive_message(QueueUrl=other, MaxNumberOfMessages=10)["Messages"]
    assert "Object Created" in {json.loads(each["Body"])["detail-type"] for each in messages}
