"""`redrive`, between queues of the embedded AWS."""

from __future__ import annotations

import json
import os
import signal
import sys
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cli.common import aws_client
from cli.redrive import replay
from cli.redrive.__main__ import main
from local_aws import LocalAws

from ..processes import PATIENCE_SEC, finished
from .commands import environ

CAUSE = {
    "cause": {"DataType": "String", "StringValue": "Boom: it broke"},
    "receive_count": {"DataType": "Number", "StringValue": "5"},
    "digest": {"DataType": "Binary", "BinaryValue": b"\x00\xff"},
}


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for the embedded AWS however busy the machine is, but not for further messages."""
    monkeypatch.setattr(aws_client, "TIMEOUT_SEC", PATIENCE_SEC)
    monkeypatch.setattr(replay, "_POLL_SEC", 0)


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue, and what tests do with it."""

    sqs: Any
    url: str

    @property
    def name(self) -> str:
        return self.url.rpartition("/")[2]

    @property
    def arn(self) -> str:
        wanted = self.sqs.get_queue_attributes(QueueUrl=self.url, AttributeNames=["QueueArn"])
        return str(wanted["Attributes"]["QueueArn"])

    def put(self, *bodies: str, **options: Any) -> None:
        for body in bodies:
            self.sqs.send_message(QueueUrl=self.url, MessageBody=body, **options)

    def visible(self) -> list[dict[str, Any]]:
        """Return all messages that can be received now. They stay so."""
        found: list[dict[str, Any]] = []
        while True:
            batch = self.sqs.receive_message(
                QueueUrl=self.url,
                MaxNumberOfMessages=10,
                VisibilityTimeout=600,
                MessageAttributeNames=["All"],
                MessageSystemAttributeNames=["All"],
            ).get("Messages", [])
            if not batch:
                break
            found += batch
        for each in found:
            self.sqs.change_message_visibility(
                QueueUrl=self.url, ReceiptHandle=each["ReceiptHandle"], VisibilityTimeout=0
            )
        return found

    def bodies(self) -> list[str]:
        return sorted(each["Body"] for each in self.visible())

    def count(self) -> int:
        """Return how many messages there are, visible or not."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        found = self.sqs.get_queue_attributes(QueueUrl=self.url, AttributeNames=names)
        return sum(int(found["Attributes"][name]) for name in names)


@pytest.fixture
def queue(aws: LocalAws) -> Callable[..., Queue]:
    """Creates queues."""
    sqs = aws.client("sqs")

    def create(**attributes: str) -> Queue:
        created = sqs.create_queue(QueueName=f"q-{uuid.uuid4()}", Attributes=attributes)
        return Queue(sqs, created["QueueUrl"])

    return create


@pytest.fixture
def letters(queue: Callable[..., Queue]) -> Queue:
    return queue()


@pytest.fixture
def target(queue: Callable[..., Queue]) -> Queue:
    return queue()


def test_messages_are_moved_as_they_are(
    letters: Queue, target: Queue, capsys: pytest.CaptureFixture[str]
) -> None:
    trace = {"AWSTraceHeader": {"DataType": "String", "StringValue": "Root=1-5759e988-bd862e3fe"}}
    body = json.dumps({"detail": {"object": {"key": "ü &<>\n.csv"}}})
    letters.put(body, MessageAttributes=CAUSE, MessageSystemAttributes=trace)
    letters.put("plain")
    assert main([letters.name, target.name]) == 0
    first, second = sorted(target.visible(), key=lambda each: len(each["Body"]), reverse=True)
    assert first["Body"] == body
    assert first["MessageAttributes"] == CAUSE
    assert first["Attributes"]["AWSTraceHeader"] == "Root=1-5759e988-bd862e3fe"
    assert second["Body"] == "plain"
    assert "MessageAttributes" not in second
    assert letters.count() == 0
    assert capsys.readouterr().out.splitlines() == [
        "2 of about 2 sent",
        f"Sent 2 messages from {letters.name} to {target.name}.",
    ]


def test_more_messages_than_a_batch_are_moved(letters: Queue, target: Queue) -> None:
    bodies = [f"{number:02}" for number in range(25)]
    letters.put(*bodies)
    assert main([letters.name, target.name]) == 0
    assert target.bodies() == bodies
    assert letters.count() == 0


@pytest.mark.parametrize("limit", [1, 12, 40])
def test_max_limits_the_number_of_messages(letters: Queue, target: Queue, limit: int) -> None:
    letters.put(*(f"{number:02}" for number in range(15)))
    assert main([letters.name, target.name, "--max", str(limit)]) == 0
    assert len(target.visible()) == min(limit, 15)
    assert len(letters.visible()) == 15 - min(limit, 15)


@pytest.mark.parametrize(("limit", "number"), [([], "2 messages"), (["--max", "1"], "1 message")])
def test_a_dry_run_only_counts(
    letters: Queue,
    target: Queue,
    capsys: pytest.CaptureFixture[str],
    limit: list[str],
    number: str,
) -> None:
    letters.put("one", "two")
    assert main([letters.name, target.name, "--dry-run", *limit]) == 0
    said = f"Would send about {number} from {letters.name} to {target.name}.\n"
    assert capsys.readouterr().out == said
    counts = [each["Attributes"]["ApproximateReceiveCount"] for each in letters.visible()]
    assert counts == ["1", "1"], "a dry run has received messages"
    assert target.count() == 0


def test_queues_can_be_named_by_url_and_arn(letters: Queue, target: Queue) -> None:
    letters.put("one")
    assert main([letters.url, target.arn]) == 0
    assert main([target.arn, letters.url]) == 0
    assert letters.bodies() == ["one"]


@pytest.mark.parametrize(
    ("queue_url", "region"),
    [
        ("https://sqs.eu-central-1.amazonaws.com/123456789012/q", "eu-central-1"),
        ("https://sqs.cn-north-1.amazonaws.com.cn/123456789012/q", "cn-north-1"),
        ("arn:aws-cn:sqs:cn-north-1:123456789012:q", "cn-north-1"),
        ("q", "us-east-1"),
    ],
)
def test_the_region_is_that_of_the_queue(
    aws: LocalAws, calls: Any, queue_url: str, region: str
) -> None:
    seen: list[str] = []

    def before_send(request: Any, **_: object) -> None:
        authorization = request.headers["Authorization"]
        seen.append(authorization.decode().split("/")[2])

    calls.register("before-send.sqs", before_send)
    assert main([queue_url, "q"]) == 1
    assert seen[0] == region


def test_a_request_stays_below_the_limit_of_every_region(
    letters: Queue, target: Queue, calls: Any
) -> None:
    """The embedded AWS has the higher limit that only some regions have."""
    sizes: list[int] = []

    def before_call(params: Any, **_: object) -> None:
        entries = json.loads(params["body"])["Entries"]
        sizes.append(sum(len(each["MessageBody"].encode()) for each in entries))

    calls.register("before-call.sqs.SendMessageBatch", before_call)
    letters.put(*("x" * 100_000 + str(number) for number in range(4)), MessageAttributes=CAUSE)
    letters.put("ü" * 131_072)
    assert main([letters.name, target.name]) == 0
    assert max(sizes) == 262_144
    assert len(sizes) <= 4
    assert len(target.visible()) == 5
    assert letters.count() == 0


def test_messages_that_arrive_meanwhile_are_left(
    letters: Queue,
    target: Queue,
    capsys: pytest.CaptureFixture[str],
    calls: Any,
) -> None:
    """As when the replayed messages fail again, and are buried while the command runs."""

    def bury_again(params: Any, **_: object) -> None:
        for number in range(12):
            letters.put(f"buried again {number}")
        calls.unregister("before-call.sqs.SendMessageBatch", bury_again)

    letters.put("one")
    calls.register("before-call.sqs.SendMessageBatch", bury_again)
    calls.register("after-call.sqs.ReceiveMessage", one_hour_ahead)
    assert main([letters.name, target.name]) == 0
    assert target.bodies() == ["one"]
    assert len(letters.visible()) == 12
    assert "Left 12 messages that arrived meanwhile." in capsys.readouterr().out


def test_messages_behind_those_that_arrive_meanwhile_are_sent(
    letters: Queue, target: Queue, capsys: pytest.CaptureFixture[str], calls: Any
) -> None:
    """SQS returns messages in any order, and the embedded AWS in that of their arrival."""
    letters.put("one", *(f"buried again {number}" for number in range(25)), "two")
    calls.register("after-call.sqs.ReceiveMessage", one_hour_ahead)
    assert main([letters.name, target.name]) == 0
    assert target.bodies() == ["one", "two"]
    assert "Left 25 messages that arrived meanwhile." in capsys.readouterr().out


def test_a_run_ends_although_messages_keep_arriving(
    letters: Queue, target: Queue, calls: Any
) -> None:
    def bury_again(**_: object) -> None:
        letters.put(*(f"buried again {number}" for number in range(10)))

    letters.put("one")
    calls.register("before-call.sqs.ReceiveMessage", bury_again)
    calls.register("after-call.sqs.ReceiveMessage", one_hour_ahead)
    assert main([letters.name, target.name]) == 0
    assert target.bodies() == ["one"]


def test_messages_stay_invisible_while_they_are_sent_and_deleted(capsys: Any) -> None:
    """Ten that are sent one by one, and deleted at the third attempt."""
    call_sec = 3 * (10 + 10) + 1 + 2
    assert 10 * 4 * call_sec <= replay.VISIBILITY_SEC <= 43_200
    with pytest.raises(SystemExit):
        main(["--help"])
    assert f"up to\n{replay.VISIBILITY_SEC // 60} minutes" in capsys.readouterr().out


def one_hour_ahead(parsed: Any, **_: object) -> None:
    for each in parsed.get("Messages", []):
        if each["Body"].startswith("buried again"):
            each["Attributes"]["SentTimestamp"] = str(
                int(each["Attributes"]["SentTimestamp"]) + 3_600_000
            )


def test_a_message_that_cannot_be_sent_stays(
    letters: Queue, target: Queue, capsys: pytest.CaptureFixture[str], calls: Any
) -> None:
    letters.put(*(f"{number:02}" for number in range(12)))

    def fail_one(parsed: Any, **_: object) -> None:
        """Say that the first was not sent, as SQS does when a part of it is unavailable."""
        if len(parsed["Successful"]) > 2:
            failed = parsed["Successful"].pop(0)
            parsed["Failed"] = [
                {"Id": failed["Id"], "Code": "InternalError", "Message": "Try again",
                 "SenderFault": False}
            ]  # fmt: skip

    calls.register("after-call.sqs.SendMessageBatch", fail_one)
    assert main([letters.name, target.name]) == 1
    assert len(letters.visible()) == 1
    output = capsys.readouterr()
    assert f"Sent 11 messages from {letters.name}" in output.out
    (line,) = output.err.splitlines()
    assert line.endswith("was not sent: InternalError Try again")


def test_a_message_that_cannot_be_deleted_is_tried_again(
    letters: Queue, target: Queue, calls: Any
) -> None:
    letters.put("one", "two")
    failures = [1]

    def fail_once(parsed: Any, **_: object) -> None:
        if failures:
            failures.pop()
            failed = parsed["Successful"].pop(0)
            parsed["Failed"] = [{"Id": failed["Id"], "Code": "InternalError", "SenderFault": False}]

    calls.register("after-call.sqs.DeleteMessageBatch", fail_once)
    assert main([letters.name, target.name]) == 0
    assert target.bodies() == ["one", "two"]


def test_a_message_that_was_sent_and_not_deleted_is_reported(
    letters: Queue, target: Queue, capsys: pytest.CaptureFixture[str], calls: Any
) -> None:
    letters.put("one", "two")

    def fail_first(params: Any, **_: object) -> None:
        body = json.loads(params["body"])
        body["Entries"][0]["ReceiptHandle"] = "unknown"
        params["body"] = json.dumps(body).encode()

    calls.register("before-call.sqs.DeleteMessageBatch", fail_first)
    assert main([letters.name, target.name]) == 1
    assert target.bodies() == ["one", "two"]
    assert "was sent, but could not be deleted" in capsys.readouterr().err


def test_nothing_is_deleted_if_nothing_can_be_sent(
    letters: Queue, target: Queue, capsys: pytest.CaptureFixture[str], calls: Any
) -> None:
    letters.put("one", "two")

    def remove(**_: object) -> None:
        target.sqs.delete_queue(QueueUrl=target.url)
        calls.unregister("before-call.sqs.SendMessageBatch", remove)

    calls.register("before-call.sqs.SendMessageBatch", remove)
    assert main([letters.name, target.name]) == 1
    assert letters.bodies() == ["one", "two"]
    output = capsys.readouterr()
    assert "Sent 0 messages" in output.out
    assert f"messages could not be sent to {target.name}" in output.err


@pytest.mark.parametrize("call", ["ReceiveMessage", "SendMessageBatch", "DeleteMessageBatch"])
def test_an_interrupt_loses_and_doubles_nothing(
    letters: Queue,
    target: Queue,
    capsys: pytest.CaptureFixture[str],
    calls: Any,
    call: str,
) -> None:
    bodies = [f"{number:02}" for number in range(25)]
    letters.put(*bodies)

    def interrupt(**_: object) -> None:
        calls.unregister(f"after-call.sqs.{call}", interrupt)
        os.kill(os.getpid(), signal.SIGINT)

    calls.register(f"after-call.sqs.{call}", interrupt)
    assert main([letters.name, target.name]) == 130
    assert "Interrupted. Messages that were not sent are still in the queue." in (
        capsys.readouterr().err
    )
    sent = target.bodies()
    assert len(sent) == (0 if call == "ReceiveMessage" else 10)
    assert letters.count() + len(sent) == 25
    assert not set(letters.bodies()) & set(sent)


def test_an_empty_queue_is_no_error(
    letters: Queue, target: Queue, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([letters.name, target.name]) == 0
    assert capsys.readouterr().out == f"Sent 0 messages from {letters.name} to {target.name}.\n"


def test_queues_that_cannot_be_used_are_one_line(
    letters: Queue, target: Queue, capsys: pytest.CaptureFixture[str]
) -> None:
    letters.put("one")
    for source, to, said in (
        ("no-such-queue", target.name, "queue no-such-queue does not exist"),
        (letters.name, "no-such-queue", "queue no-such-queue does not exist"),
        (letters.url + "-not", target.name, "does not exist"),
        (letters.name, letters.arn, f"must be two queues, but both are {letters.name}"),
        (letters.name, "orders.fifo", "must be standard queues, but orders.fifo is a FIFO queue"),
    ):
        assert main([source, to]) == 1
        (line,) = capsys.readouterr().err.splitlines()
        assert line.startswith("redrive: ")
        assert said in line
    assert letters.bodies() == ["one"]


def test_it_runs_as_a_command(aws: LocalAws, letters: Queue, target: Queue, tmp_path: Path) -> None:
    letters.put("one")
    command = [sys.executable, "-m", "cli.redrive", letters.name, target.name]
    done = finished(command, cwd=tmp_path, env=environ(**aws.environ))
    assert (done.returncode, done.stderr) == (0, "")
    assert target.bodies() == ["one"]
    assert finished([*command, "--max", "0"], cwd=tmp_path, env=environ()).returncode == 2
