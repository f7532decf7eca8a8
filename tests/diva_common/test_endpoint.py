"""Sending to an HTTPS endpoint: retries in the time left, tokens, and what cannot be trusted."""

from __future__ import annotations

import json
import logging
import socket
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest
import trustme

from diva_common import endpoint
from diva_common.endpoint import Endpoint, Response, Unavailable
from diva_common.secret import InvalidSecret, Secret
from diva_common.tls import tls_context
from local_aws import LocalAws

from ..certificates import HOST, server_context, trusted_pem
from ..https_server import Answer, Clock, CutOff, Request, Server, Trickle, hang_up, https_server
from ..secrets_manager import change, new_secret

TOKEN = "a1b2c3d4-token"  # noqa: S105  # of nothing
BODY = "ü".encode()


def authorize(expected: str) -> Callable[[Request], Answer]:
    """Return an answer of 200 to requests with this token, and of 403 to others."""

    def answer(request: Request) -> Answer:
        known = request.headers["Authorization"] == f"Bearer {expected}"
        return Answer(200, {"text": "Success"}) if known else Answer(403, "Invalid token")

    return answer


@pytest.fixture
def server() -> Iterator[Server]:
    with https_server(authorize(TOKEN)) as server:
        yield server


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def token_arn(aws: LocalAws) -> str:
    return new_secret(aws, TOKEN)


@pytest.fixture
def connect(aws: LocalAws, token_arn: str, clock: Clock) -> Callable[[str], Endpoint]:
    """Returns a new endpoint with a URL, as a new process would."""

    def connect(url: str) -> Endpoint:
        tls = tls_context({"CA_CERTIFICATES_PEM": trusted_pem()})
        secret = Secret(aws.client("secretsmanager"), token_arn)
        return Endpoint(url, "Bearer", secret, tls, clock)

    return connect


def post(endpoint: Endpoint, clock: Clock, seconds: float = 60.0) -> Response:
    return endpoint.post("/ingest", BODY, "text/plain", clock.monotonic() + seconds)


def test_a_request_has_the_token_and_the_body(
    server: Server, clock: Clock, connect: Callable[[str], Endpoint]
) -> None:
    response = post(connect(f"{server.url}/e/1/"), clock)
    assert (response.status, response.text()) == (200, '{"text": "Success"}')
    (request,) = server.requests
    assert (request.path, request.body) == ("/e/1/ingest", BODY)
    assert request.headers["Content-Type"] == "text/plain"
    assert clock.slept == []


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_an_endpoint_that_is_overloaded_is_tried_again(
    server: Server, clock: Clock, connect: Callable[[str], Endpoint], status: int
) -> None:
    server.answers.extend([Answer(status)] * 4)
    assert post(connect(server.url), clock).status == 200
    assert [each.body for each in server.requests] == [BODY] * 5
    for pause, longest in zip(clock.slept, (0.5, 1, 2, 4), strict=True):
        assert longest / 2 <= pause <= longest


@pytest.mark.parametrize("fault", [hang_up, CutOff(200, "not all of "), CutOff(503, "bu")])
def test_an_answer_that_breaks_off_is_asked_for_again(
    server: Server, clock: Clock, connect: Callable[[str], Endpoint], fault: Any
) -> None:
    server.answers.append(fault)
    assert post(connect(server.url), clock).status == 200
    assert len(server.requests) == 2


def test_an_endpoint_that_is_silent_is_tried_again(
    server: Server,
    clock: Clock,
    connect: Callable[[str], Endpoint],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    # It is the timeout of the handshake, too.
    monkeypatch.setattr(endpoint, "TIMEOUT_SEC", 2)
    server.answers.append(server.silence)
    with caplog.at_level(logging.WARNING):
        assert post(connect(server.url), clock, 3600).status == 200
    assert len(server.requests) > 1
    assert "TimeoutError" in caplog.text


def test_an_answer_that_comes_byte_by_byte_ends_with_the_time(
    server: Server, clock: Clock, connect: Callable[[str], Endpoint]
) -> None:
    """Each byte comes before the timeout of a single read."""
    server.default = lambda _: Trickle(200, "x" * 20, pause=lambda: clock.sleep(10))
    with pytest.raises(Unavailable, match="TimeoutError: the time for sending was over"):
        post(connect(server.url), clock)


def test_a_large_body_arrives_whole(
    server: Server, clock: Clock, connect: Callable[[str], Endpoint]
) -> None:
    body = bytes(range(256)) * 1_000
    connect(server.url).post("/ingest", body, "text/plain", clock.monotonic() + 60)
    assert [each.body for each in server.requests] == [body]
    assert server.requests[0].headers.get_all("Content-Length") == [str(len(body))]


def test_an_endpoint_that_asks_to_wait_is_given_that_time(
    server: Server, clock: Clock, connect: Callable[[str], Endpoint]
) -> None:
    server.answers.append(Answer(429, headers={"Retry-After": "17"}))
    server.answers.append(Answer(503, headers={"Retry-After": "Sun, 22 Nov 2026 10:00:00 GMT"}))
    assert post(connect(server.url), clock).status == 200
    assert clock.slept[0] == 17
    assert clock.slept[1] <= 1


def test_an_endpoint_that_asks_for_no_wait_is_given_pauses_that_grow(
    server: Server, clock: Clock, connect: Callable[[str], Endpoint]
) -> None:
    server.default = lambda _: Answer(503, headers={"Retry-After": "0"})
    with pytest.raises(Unavailable, match="503"):
        post(connect(server.url), clock, 30)
    assert clock.slept[0] >= 0.25
    assert len(server.requests) < 15


def test_no_attempt_begins_after_the_end(
    server: Server, clock: Clock, connect: Callable[[str], Endpoint]
) -> None:
    server.default = lambda _: Answer(503, {"text": "Server is busy", "code": 9})
    start = clock.monotonic()
    with pytest.raises(Unavailable, match=r"Last attempt: the response was 503: .*Server is busy"):
        post(connect(server.url), clock, 30)
    assert clock.monotonic() < start + 30
    assert len(server.requests) == len(clock.slept) + 1 > 4


def test_a_longer_wait_than_the_time_left_is_not_begun(
    server: Server, clock: Clock, connect: Callable[[str], Endpoint]
) -> None:
    server.answers.append(Answer(429, headers={"Retry-After": "3600"}))
    with pytest.raises(Unavailable, match="429"):
        post(connect(server.url), clock)
    assert clock.slept == []


def test_nothing_is_sent_without_time(
    server: Server, clock: Clock, connect: Callable[[str], Endpoint]
) -> None:
    with pytest.raises(Unavailable, match="No time was left"):
        post(connect(server.url), clock, 0)
    assert server.requests == []


def test_an_endpoint_that_is_not_there_is_tried_again(
    clock: Clock, connect: Callable[[str], Endpoint]
) -> None:
    with closing(socket.socket()) as free:
        free.bind((HOST, 0))
        port = free.getsockname()[1]
        with pytest.raises(Unavailable, match="ConnectionRefusedError"):
            post(connect(f"https://{HOST}:{port}"), clock, 10)
    assert len(clock.slept) > 1


@pytest.mark.parametrize("status", [204, 301, 400, 404, 413])
def test_any_other_response_is_returned(
    server: Server, clock: Clock, connect: Callable[[str], Endpoint], status: int
) -> None:
    server.answers.append(Answer(status, headers={"Location": f"{server.url}/elsewhere"}))
    assert post(connect(server.url), clock).status == status
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", [401, 403])
def test_a_token_that_was_rotated_is_fetched_again(
    aws: LocalAws,
    server: Server,
    clock: Clock,
    connect: Callable[[str], Endpoint],
    token_arn: str,
    status: int,
) -> None:
    there = connect(server.url)
    assert post(there, clock).status == 200
    server.default = authorize("rotated")
    server.answers.append(Answer(status))
    change(aws, token_arn, json.dumps({"token": "rotated"}))
    assert post(there, clock).status == 200
    assert len(server.requests) == 3
    assert clock.slept == []


def test_a_token_that_stays_the_same_is_not_tried_again(
    server: Server, clock: Clock, connect: Callable[[str], Endpoint]
) -> None:
    server.default = authorize("another")
    assert post(connect(server.url), clock).status == 403
    assert len(server.requests) == 1


def test_the_token_is_fetched_once(
    aws: LocalAws,
    server: Server,
    clock: Clock,
    connect: Callable[[str], Endpoint],
    token_arn: str,
) -> None:
    there = connect(server.url)
    post(there, clock)
    change(aws, token_arn, "not yet used")
    assert post(there, clock).status == 200


def test_no_response_repeats_the_token(
    server: Server, clock: Clock, connect: Callable[[str], Endpoint]
) -> None:
    server.answers.append(Answer(400, f"what is {TOKEN}?"))
    assert post(connect(server.url), clock).text() == "what is ***?"
    server.default = lambda _: Answer(503, f"what is {TOKEN}?")
    with pytest.raises(Unavailable) as raised:
        post(connect(server.url), clock)
    assert TOKEN not in str(raised.value)


@pytest.mark.parametrize(
    "text", ["", "two words", "line\r\nX-Header: 1", "ü", '{"token": 1}', "{}"]
)
def test_a_secret_that_is_no_token_is_an_error_without_its_value(
    aws: LocalAws,
    server: Server,
    clock: Clock,
    connect: Callable[[str], Endpoint],
    token_arn: str,
    text: str,
) -> None:
    change(aws, token_arn, text or " ")
    with pytest.raises(InvalidSecret, match="token") as raised:
        post(connect(server.url), clock)
    assert not text or text not in str(raised.value)
    assert server.requests == []


@pytest.mark.parametrize("text", ["two words", "{}", '{"token": 1}'])
def test_a_secret_that_is_repaired_is_used(
    aws: LocalAws,
    server: Server,
    clock: Clock,
    connect: Callable[[str], Endpoint],
    token_arn: str,
    text: str,
) -> None:
    change(aws, token_arn, text)
    there = connect(server.url)
    with pytest.raises(InvalidSecret):
        post(there, clock)
    change(aws, token_arn, TOKEN)
    assert post(there, clock).status == 200


@pytest.mark.parametrize(
    "tls",
    [lambda: server_context(trustme.CA()), lambda: server_context(host="hec.example.com")],
    ids=["unknown authority", "another host"],
)
def test_an_endpoint_that_cannot_be_verified_is_sent_nothing(
    clock: Clock, connect: Callable[[str], Endpoint], tls: Callable[[], Any]
) -> None:
    with (
        https_server(authorize(TOKEN), tls()) as server,
        pytest.raises(Unavailable, match="certificate that could not be verified"),
    ):
        post(connect(server.url), clock)
    assert server.requests == []
    assert clock.slept == []


@pytest.mark.parametrize("url", ["http://hec.example.com", "hec.example.com", "https://"])
def test_an_endpoint_without_tls_is_refused(url: str, connect: Callable[[str], Endpoint]) -> None:
    with pytest.raises(ValueError, match="must be an HTTPS URL"):
        connect(url)
