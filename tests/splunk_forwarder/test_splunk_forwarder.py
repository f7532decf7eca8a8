"""The forwarder, from the event of CloudWatch Logs to what a HEC endpoint has accepted."""

from __future__ import annotations

import base64
import gzip
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from diva_common.endpoint import Unavailable
from local_aws import LocalAws
from splunk_forwarder import handler
from splunk_forwarder.hec import Refused
from splunk_forwarder.subscription import UnknownDestination

from ..certificates import trusted_pem
from ..https_server import Answer, Clock, Context, Server, hang_up, https_server
from ..secrets_manager import new_secret
from .collector import TOKEN, Hec, events_in

GROUP = "/aws/lambda/uploads"
STREAM = "2026/11/22/[$LATEST]0123456789abcdef"


@pytest.fixture
def hec() -> Hec:
    return Hec()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def configure(
    aws: LocalAws, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., None]]:
    """Sets the environment of the function, which is a new one for each test."""

    def configure(url: str, max_batch_bytes: int = 1_000_000) -> None:
        monkeypatch.setenv("SPLUNK_HEC_URL", url)
        monkeypatch.setenv("SPLUNK_TOKEN_SECRET_ARN", new_secret(aws, TOKEN))
        monkeypatch.setenv("SPLUNK_MAX_BATCH_BYTES", str(max_batch_bytes))
        monkeypatch.setenv("CA_CERTIFICATES_PEM", trusted_pem())
        handler.collector.cache_clear()

    monkeypatch.setattr(handler, "clock", clock)
    yield configure
    handler.collector.cache_clear()


@pytest.fixture
def server(hec: Hec, configure: Callable[..., None]) -> Iterator[Server]:
    with https_server(hec) as server:
        configure(server.url)
        yield server


def invocation(
    messages: list[str],
    filters: list[str] | None = None,
    message_type: str = "DATA_MESSAGE",
    timestamp: int = 1_795_338_000_123,
) -> dict[str, Any]:
    """Return the event that CloudWatch Logs invokes a function with."""
    data = {
        "messageType": message_type,
        "owner": "123456789012",
        "logGroup": GROUP,
        "logStream": STREAM,
        "subscriptionFilters": filters or ["splunk--s3_processor--_json"],
        "logEvents": [
            {"id": str(number), "timestamp": timestamp + number, "message": message}
            for number, message in enumerate(messages)
        ],
    }
    packed = gzip.compress(json.dumps(data).encode())
    return {"awslogs": {"data": base64.b64encode(packed).decode()}}


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
def test_an_event_that_is_refused_does_not_keep_back_the_others(
    server: Server, hec: Hec, caplog: pytest.LogCaptureFixture, number: int
) -> None:
    messages = ["one", "two", "three", "four", "five"]
    hec.invalid = {messages[number]: (6, "Invalid data format")}
    with pytest.raises(Refused, match=r"refused 1 of 5 events: 400 .*Invalid data format"):
        handler.handler(invocation(messages), Context())
    assert hec.texts == [*messages[:number], *messages[number + 1 :]]
    assert len(server.requests) == 2
    (record,) = [each for each in caplog.records if each.levelno == logging.ERROR]
    assert f'"event": "{messages[number]}"' in record.getMessage()


def test_events_of_later_batches_are_sent_before_a_refusal_is_an_error(
    server: Server, hec: Hec, configure: Callable[..., None]
) -> None:
    configure(server.url, 600)
    hec.invalid = {"poison": (12, "Event field is required"), "venom": (15, "Error in handling")}
    with pytest.raises(Refused, match="HEC refused 2 of 6 events"):
        handler.handler(invocation(["a", "poison", "b", "venom", "c", "d"]), Context())
    assert sorted(hec.texts) == ["a", "b", "c", "d"]


def test_a_batch_of_which_all_events_are_refused_ends(hec: Hec, server: Server) -> None:
    hec.invalid = dict.fromkeys("abc", (6, "Invalid data format"))
    with pytest.raises(Refused, match="HEC refused 3 of 3 events"):
        handler.handler(invocation(["a", "b", "c"]), Context())
    assert len(server.requests) == 3


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
