"""An HTTPS server that answers as a test says, and the time that its clients measure."""

from __future__ import annotations

import json
import ssl
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from .certificates import HOST, server_context


@dataclass(frozen=True, slots=True)
class Request:
    """A request that the server has received whole."""

    path: str
    headers: Message
    body: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """A status and a body, which is sent as JSON unless it is text."""

    status: int
    body: object = ""
    headers: Mapping[str, str] = field(default_factory=dict)


class CutOff(Answer):
    """An answer whose connection breaks before the end of its body."""


@dataclass(frozen=True, slots=True)
class Trickle(Answer):
    """An answer whose body comes byte by byte."""

    pause: Callable[[], object] = lambda: None
    """Called before each byte."""


class NoAnswer(Exception):
    """Raised by a test's own answer to close the connection instead of answering."""


def hang_up(request: Request) -> Answer:
    """Close the connection without an answer."""
    raise NoAnswer


@dataclass(slots=True)
class Server:
    """What a server has received, and how it answers."""

    url: str
    default: Callable[[Request], Answer]
    """Answers when `answers` is empty."""
    answers: deque[Answer | Callable[[Request], Answer]] = field(default_factory=deque)
    """The next answers, one for each request."""
    requests: list[Request] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)

    def silence(self, request: Request) -> Answer:
        """Give no answer for as long as the server runs."""
        self.ended.wait()
        raise NoAnswer

    def answer(self, request: Request) -> Answer:
        self.requests.append(request)
        answer = self.answers.popleft() if self.answers else self.default
        return answer if isinstance(answer, Answer) else answer(request)


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a client that has left, or does not trust the certificate."""


@contextmanager
def https_server(
    default: Callable[[Request], Answer],
    tls: ssl.SSLContext | None = None,
    is_plain: bool = False,
) -> Iterator[Server]:
    """Run a server on loopback, by default with a certificate that the functions trust.

    If `is_plain`, it speaks HTTP without TLS.
    """

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # http.server calls it so
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            try:
                answer = server.answer(Request(self.path, self.headers, body))
            except NoAnswer:
                return
            text = answer.body if isinstance(answer.body, str) else json.dumps(answer.body)
            content = text.encode()
            missing = 10 if isinstance(answer, CutOff) else 0
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content) + missing))
            self.end_headers()
            if isinstance(answer, Trickle):
                for byte in content:
                    answer.pause()
                    self.wfile.write(bytes([byte]))
            else:
                self.wfile.write(content)

        do_POST = do_GET  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:
            pass

    http = _Server((HOST, 0), Handler)
    # The handshake is left to the thread of each connection.
    if not is_plain:
        http.socket = (tls or server_context()).wrap_socket(
            http.socket, server_side=True, do_handshake_on_connect=False
        )
    scheme = "http" if is_plain else "https"
    server = Server(f"{scheme}://{HOST}:{http.server_address[1]}", default)
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.ended.set()
        http.shutdown()
        thread.join()
        http.server_close()


@dataclass(slots=True)
class Clock:
    """A clock on which time passes only while somebody sleeps."""

    now: float = 1_795_338_000.0
    """Seconds since the epoch: 2026-11-22 09:00:00 UTC."""
    slept: list[float] = field(default_factory=list)

    def time(self) -> float:
        return self.now

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float, /) -> None:
        self.slept.append(seconds)
        self.now += seconds


@dataclass(frozen=True, slots=True)
class Context:
    """Lambda's context object, with the time that a run has left."""

    seconds: float = 60.0

    def get_remaining_time_in_millis(self) -> int:
        return int(self.seconds * 1000)
