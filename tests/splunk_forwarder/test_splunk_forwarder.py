"""The forwarder, from the event of CloudWatch Logs to what a HEC endpoint has accepted."""

from __future__ import annotations

import json
import logging
import random
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError

from diva_common.endpoint import Unavailable
from local_aws import LocalAws
from splunk_forwarder import handler
from splunk_forwarder.hec import Refused
from splunk_forwarder.subscription import UnknownDestination

from ..certificates import trusted_pem
from ..https_server import Answer, Clock, Context, Server, hang_up, https_server
from ..secrets_manager import new_secret
from .collector import GROUP, STREAM, TOKEN, Hec, events_in, invocation


@pytest.fixture
def hec() -> Hec:
    return Hec()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@dataclass(frozen=True, slots=True)
class Letters:
    """The dead-letter queue."""

    sqs: Any
    url: str

    def take(self) -> list[str]:
        """Return and delete the bodies of all messages."""
        bodies = []
        while messages := self.sqs.receive_message(QueueUrl=self.url).get("Messages"):
            for each in messages:
                self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=each["ReceiptHandle"])
                bodies.append(each["Body"])
        return bodies


@pytest.fixture
def letters(aws: LocalAws) -> Letters:
    sqs = aws.client("sqs")
    return Letters(sqs, sqs.create_queue(QueueName=str(uuid.uuid4()))["QueueUrl"])


@pytest.fixture
def configure(
    aws: LocalAws, clock: Clock, letters: Letters, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., None]]:
    """Sets the environment of the function, which is a new one for each test."""

    def configure(url: str, max_batch_bytes: int = 1_000_000) -> None:
        monkeypatch.setenv("SPLUNK_HEC_URL", url)
        monkeypatch.setenv("SPLUNK_TOKEN_SECRET_ARN", new_secret(aws, TOKEN))
        monkeypatch.setenv("SPLUNK_MAX_BATCH_BYTES", str(max_batch_bytes))
        monkeypatch.setenv("CA_CERTIFICATES_PEM", trusted_pem())
        monkeypatch.setenv("SPLUNK_DEAD_LETTER_QUEUE_URL", letters.url)
        handler.runtime.cache_clear()

    monkeypatch.setattr(handler, "clock", clock)
    yield configure
    handler.runtime.cache_clear()


@pytest.fixture
def server(hec: Hec, configure: Callable[..., None]) -> Iterator[Server]:
    with https_server(hec) as server:
        configure(server.url)
        yield server


def test_log_events_arrive_with_their_metadata(server: Server, hec: Hec) -> None:
    line = '{"action": "done", "n": 1.50, "name": "ü"}\n'
    handler.handler(invocation([line, "START RequestId: 1"]), Context())
    assert hec.kept == [
        {
            "time": 1_795_338_000.123,
            "host": "123456789012",
            "source": GROUP,
            "index": "s3_processor",
            "sourcetype": "_json",
            "fields": {"log_stream": STREAM},
            "event": line,
        },
        {**hec.kept[0], "time": 1_795_338_000.124, "event": "START RequestId: 1"},
    ]
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("name", "index", "sourcetype"),
    [
        ("splunk--main--aws%3Acloudwatchlogs", "main", "aws:cloudwatchlogs"),
        ("splunk--a-b_c--x--y", "a-b_c", "x--y"),
    ],
)
@pytest.mark.usefixtures("server")
def test_the_name_of_the_filter_gives_index_and_sourcetype(
    hec: Hec, name: str, index: str, sourcetype: str
) -> None:
    handler.handler(invocation(["text"], ["another", name]), Context())
    assert (hec.kept[0]["index"], hec.kept[0]["sourcetype"]) == (index, sourcetype)


@pytest.mark.parametrize("name", ["splunk", "splunk--main", "splunk----json", "main--json"])
def test_a_filter_of_another_name_is_an_error(server: Server, name: str) -> None:
    with pytest.raises(UnknownDestination, match=f"but is named {name}"):
        handler.handler(invocation(["text"], [name]), Context())
    assert server.requests == []


def test_control_messages_and_blank_events_are_not_forwarded(server: Server) -> None:
    text = "CWL CONTROL MESSAGE: Checking health of destination Lambda."
    handler.handler(invocation([text], message_type="CONTROL_MESSAGE"), Context())
    handler.handler(invocation(["", " \n"]), Context())
    assert server.requests == []


def test_batches_stay_below_the_limit(
    server: Server, hec: Hec, configure: Callable[..., None]
) -> None:
    configure(server.url, 2_000)
    messages = [str(number) + "x" * (number % 7) * 40 for number in range(60)]
    messages[30] = "y" * 3_000
    handler.handler(invocation(messages), Context())
    assert hec.texts == messages
    too_large = [each for each in server.requests if len(each.body) > 2_000]
    assert [[event["event"] for event in events_in(each)] for each in too_large] == [[messages[30]]]
    assert len(server.requests) < 20


def test_a_busy_collector_gets_the_batch_again(server: Server, hec: Hec, clock: Clock) -> None:
    server.answers.append(Answer(503, {"text": "Server is busy", "code": 9}))
    server.answers.append(Answer(429, {"text": "Too many requests"}))
    server.answers.append(Answer(500, {"text": "Internal server error", "code": 8}))
    server.answers.append(hang_up)
    handler.handler(invocation(["text"]), Context())
    assert hec.texts == ["text"]
    assert len(clock.slept) == 4


def test_what_is_not_accepted_in_time_is_an_error(server: Server, hec: Hec, clock: Clock) -> None:
    server.default = lambda _: Answer(503, {"text": "Server is busy", "code": 9})
    start = clock.monotonic()
    with pytest.raises(Unavailable, match="503"):
        handler.handler(invocation(["text"]), Context(20))
    assert clock.monotonic() <= start + 18
    assert hec.kept == []


@pytest.mark.parametrize("number", [0, 2, 4])
@pytest.mark.parametrize("keeps", [False, True])
def test_an_event_that_is_refused_does_not_hold_back_the_others_and_is_kept(
    server: Server,
    hec: Hec,
    letters: Letters,
    caplog: pytest.LogCaptureFixture,
    number: int,
    keeps: bool,
) -> None:
    messages = ["one", "two", "three", "four", "five"]
    hec.keeps_events_before_an_invalid_one = keeps
    hec.invalid = {messages[number]: (6, "Invalid data format")}
    handler.handler(invocation(messages), Context())
    others = [*messages[:number], *messages[number + 1 :]]
    assert list(dict.fromkeys(hec.texts)) == others  # at least once, in their order
    assert len(server.requests) == 2
    first, second = (each.getMessage() for each in caplog.records if each.levelno == logging.ERROR)
    assert f'"event": "{messages[number]}"' in first
    assert second.startswith("1 of 5 log events were not forwarded")
    assert "Invalid data format" in second
    # Once Splunk accepts it, it arrives as if nothing had happened.
    hec.invalid = {}
    [letter] = letters.take()
    handler.handler(json.loads(letter), Context())
    expected = {**hec.kept[0], "event": messages[number]}
    assert hec.kept[-1] == {**expected, "time": round(1_795_338_000.123 + number / 1000, 3)}
    assert letters.take() == []


def test_events_of_later_batches_are_sent_although_some_are_refused(
    server: Server, hec: Hec, configure: Callable[..., None], letters: Letters
) -> None:
    configure(server.url, 600)
    hec.invalid = {"poison": (12, "Event field is required"), "venom": (15, "Error in handling")}
    server.answers.append(Answer(413, {"text": "Request entity too large", "code": 27}))
    messages = ["a", "x", "y", "poison", "b", "venom", "c", "d"]
    handler.handler(invocation(messages), Context())
    first = [event["event"] for event in events_in(server.requests[0])]
    assert sorted(hec.texts) == sorted({*messages} - {*first, "poison", "venom"})
    [letter] = letters.take()
    hec.invalid = {}
    hec.kept.clear()
    handler.handler(json.loads(letter), Context())
    assert sorted(hec.texts) == sorted({*first, "poison", "venom"})


@pytest.mark.parametrize("status", [503, 403])
def test_events_that_are_not_sent_after_others_are_kept(
    server: Server, hec: Hec, configure: Callable[..., None], letters: Letters, status: int
) -> None:
    """Otherwise, Lambda would repeat the run, and what was accepted would arrive again."""
    configure(server.url, 600)
    messages = [str(number) for number in range(10)]
    server.answers.append(hec)
    server.default = lambda _: Answer(status)
    handler.handler(invocation(messages), Context())
    accepted = len(hec.texts)
    assert 0 < accepted < 10
    server.default = hec
    for letter in letters.take():
        handler.handler(json.loads(letter), Context())
    assert hec.texts == messages


def test_events_that_do_not_fit_into_a_message_are_kept_in_several(
    server: Server, hec: Hec, configure: Callable[..., None], letters: Letters
) -> None:
    configure(server.url, 1_000)
    messages = ["small", *(random.randbytes(50_000).hex() for _ in range(10))]
    server.answers.append(hec)
    server.default = lambda _: Answer(503)
    handler.handler(invocation(messages), Context())
    assert hec.texts == ["small"]
    server.default = hec
    found = letters.take()
    assert max(map(len, found)) <= 262_144
    for letter in found:
        handler.handler(json.loads(letter), Context())
    assert sorted(hec.texts) == sorted(messages)


def test_events_that_cannot_be_kept_are_an_error(
    server: Server, hec: Hec, letters: Letters
) -> None:
    hec.invalid = {"poison": (6, "Invalid data format")}
    letters.sqs.delete_queue(QueueUrl=letters.url)
    with pytest.raises(ClientError, match="queue does not exist"):
        handler.handler(invocation(["one", "poison"]), Context())


def test_a_run_of_which_all_events_are_refused_is_an_error(
    hec: Hec, server: Server, letters: Letters
) -> None:
    hec.invalid = dict.fromkeys("abc", (6, "Invalid data format"))
    with pytest.raises(Refused, match=r"HEC refused an event: 400 .*Invalid data format"):
        handler.handler(invocation(["a", "b", "c"]), Context())
    assert len(server.requests) == 3
    assert letters.take() == []


@pytest.mark.parametrize(
    "answer",
    [
        Answer(400, {"text": "Incorrect index", "code": 7, "invalid-event-number": 0}),
        Answer(400, {"text": "Data channel is missing", "code": 10}),
        Answer(400, {"text": "Out of range", "code": 6, "invalid-event-number": 9}),
        Answer(400, "<html>Bad Request</html>"),
        Answer(404, {"text": "Not found", "invalid-event-number": 0, "code": 6}),
        Answer(413, {"text": "Request entity too large", "code": 27}),
        Answer(301, headers={"Location": "https://elsewhere.example.com"}),
        Answer(403, {"text": "Invalid token", "code": 4}),
    ],
    ids=lambda answer: f"{answer.status} {answer.body}",
)
def test_a_batch_that_is_refused_is_an_error(server: Server, answer: Answer) -> None:
    server.default = lambda _: answer
    with pytest.raises(Refused, match=f"HEC refused 2 events: {answer.status}"):
        handler.handler(invocation(["one", "two"]), Context())
    assert len(server.requests) == 1
