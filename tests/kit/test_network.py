"""Detections over the network, against real servers: good ones, and all kinds of bad ones."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
import trustme

from diva.clock import Clock
from diva.kit import dns, http, tcp, tls_valid_days

from ..certificates import HOST, server_context
from ..https_server import Answer, Server, Trickle, hang_up, https_server

NEVER_SEC = 0.2
"""The time limit for a server that never answers."""


@pytest.fixture
def server() -> Iterator[Server]:
    with https_server(lambda request: Answer(200, "42 items are in stock")) as server:
        yield server


def port(server: Server) -> int:
    return int(server.url.rpartition(":")[2])


def test_a_page_is_detected_by_its_status(server: Server) -> None:
    assert http(f"{server.url}/shop?id=7")("shop") is True
    assert [request.path for request in server.requests] == ["/shop?id=7"]
    server.answers.append(Answer(503, "later"))
    answer = http(f"{server.url}/shop?id=7")("shop")
    assert not answer
    assert repr(answer) == f"False: {server.url}/shop answered 503, not 200"


def test_a_status_can_be_expected_and_redirects_are_not_followed(server: Server) -> None:
    moved = Answer(301, "", {"Location": "/elsewhere"})
    server.answers += [moved, moved]
    assert http(server.url, status=301)("shop") is True
    assert not http(server.url)("shop")
    assert len(server.requests) == 2


def test_a_page_is_detected_by_its_text(server: Server) -> None:
    assert http(server.url, contains="in stock")("shop") is True
    answer = http(server.url, contains="sold out")("shop")
    assert repr(answer) == f"False: {server.url} answered without 'sold out'"


def test_a_page_without_tls_is_detected() -> None:
    with https_server(lambda request: Answer(200), is_plain=True) as server:
        assert http(server.url)("shop") is True


class Slow(Clock):
    """A clock on which each look takes a second."""

    def __init__(self) -> None:
        self._now = 0.0

    def monotonic(self) -> float:
        self._now += 1
        return self._now


def test_a_page_that_takes_too_long_is_not_detected(server: Server) -> None:
    assert http(server.url, max_ms=1000, clock=Slow())("shop") is True
    answer = http(server.url, max_ms=999, clock=Slow())("shop")
    assert repr(answer) == f"False: {server.url} took 1000 ms, more than 999 ms"


CERTIFICATES: dict[str, tuple[Callable[[], trustme.CA | None], str, timedelta, str]] = {
    "expired": (lambda: None, HOST, timedelta(days=-1), "certificate has expired"),
    "of another host": (lambda: None, "10.0.0.1", timedelta(days=90), "IP address mismatch"),
    "of another authority": (trustme.CA, HOST, timedelta(days=90), "unable to get local issuer"),
}


@pytest.mark.parametrize(
    ("authority", "host", "left", "why"), CERTIFICATES.values(), ids=CERTIFICATES
)
def test_a_wrong_certificate_is_not_trusted(
    authority: Callable[[], trustme.CA | None], host: str, left: timedelta, why: str
) -> None:
    ends = datetime.now(timezone.utc) + left
    tls = server_context(authority(), host, not_after=ends)
    with https_server(lambda request: Answer(200), tls) as server:
        for detect in (http(server.url), tls_valid_days(HOST, port=port(server))):
            answer = detect("shop")
            assert not answer
            assert "certificate could not be verified" in repr(answer)
            assert why in repr(answer)
        assert not server.requests


def test_a_certificate_has_to_be_valid_for_some_days() -> None:
    ends = datetime.now(timezone.utc).replace(microsecond=0) + timedelta(days=30, hours=1)
    with https_server(lambda request: Answer(200), server_context(not_after=ends)) as server:
        detect = tls_valid_days(HOST, days=14, port=port(server))
        assert replace(detect, clock=At(ends - timedelta(days=14)))("certificate") is True
        answer = replace(detect, clock=At(ends - timedelta(days=13, hours=23)))("certificate")
        assert f"the certificate of {HOST}:{port(server)} ends in 13 days" in repr(answer)
        assert not replace(detect, clock=At(ends + timedelta(days=1)))("certificate")


class At(Clock):
    """A clock that stands still."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now


def test_a_server_that_hangs_up_or_is_not_there_is_not_detected(server: Server) -> None:
    server.default = hang_up
    assert "RemoteDisconnected" in repr(http(server.url)("shop"))
    with socket.create_server((HOST, 0)) as listening:
        free = listening.getsockname()[1]
    for detect in (
        http(f"https://{HOST}:{free}"),
        tcp(HOST, free),
        tls_valid_days(HOST, port=free),
    ):
        assert "ConnectionRefusedError" in repr(detect("shop"))


def test_a_server_that_never_answers_is_left_at_the_time_limit(server: Server) -> None:
    server.default = server.silence
    answer = http(f"{server.url}/shop", timeout_sec=NEVER_SEC)("shop")
    assert repr(answer) == f"False: {server.url}/shop did not answer within 0.2 s"


def test_a_server_that_answers_byte_by_byte_is_left_at_the_time_limit(server: Server) -> None:
    server.default = lambda request: Trickle(200, "slow", pause=server.ended.wait)
    assert "did not answer within 0.2 s" in repr(http(server.url, timeout_sec=NEVER_SEC)("shop"))


def test_a_server_without_a_handshake_is_left_at_the_time_limit() -> None:
    with socket.create_server((HOST, 0)) as listening:
        silent = tls_valid_days(HOST, port=listening.getsockname()[1], timeout_sec=NEVER_SEC)
        assert "did not answer within 0.2 s" in repr(silent("certificate"))


def test_a_port_that_accepts_connections_is_detected(server: Server) -> None:
    assert tcp(HOST, port(server))("database") is True


def test_a_name_is_detected_by_its_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    assert dns("localhost")("name") is True
    assert dns("localhost", address="127.0.0.1")("name") is True
    assert "localhost has the addresses " in repr(dns("localhost", address="192.0.2.1")("name"))

    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert "nowhere.invalid has no address: gaierror" in repr(dns("nowhere.invalid")("name"))


@pytest.mark.parametrize(
    "detect",
    [
        dns("example.com", timeout_sec=NEVER_SEC),
        http("https://example.com", timeout_sec=NEVER_SEC),
        tcp("example.com", 443, timeout_sec=NEVER_SEC),
        tls_valid_days("example.com", timeout_sec=NEVER_SEC),
    ],
    ids=lambda each: type(each).__name__,
)
def test_a_resolver_that_never_answers_is_left_at_the_time_limit(
    detect: Callable[[str], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: ended.wait())
    try:
        assert "did not answer within 0.2 s" in repr(detect("name"))
    finally:
        ended.set()
