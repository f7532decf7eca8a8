"""Web servers on loopback that keep connections, and what goes wrong on them."""

from __future__ import annotations

import json
import ssl
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from ..certificates import HOST
from ..https_server import Answer, Clock, CutOff, NoAnswer

_MISSING = 10


@dataclass(frozen=True, slots=True)
class Request:
    """A request that a server has received whole."""

    method: str
    path: str
    headers: Message
    body: bytes


Respond = Callable[[Request], Answer]
Fault = Callable[[Request, Respond], Answer]
"""What happens to a request instead of an answer of the server, which it is handed."""


@dataclass(slots=True)
class Site:
    """A server, and what goes wrong with the requests that it receives."""

    url: str
    respond: Respond
    faults: deque[Fault] = field(default_factory=deque)
    """The faults of the next requests, one for each."""
    choose: Callable[[Request], Fault | None] = lambda request: None
    """Chooses the fault of a request that none of `faults` is for."""
    requests: list[Request] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)

    def answer(self, request: Request) -> Answer:
        self.requests.append(request)
        try:
            fault: Fault | None = self.faults.popleft()
        except IndexError:
            fault = self.choose(request)
        return fault(request, self.respond) if fault else self.respond(request)

    def silence(self, request: Request, respond: Respond) -> Answer:
        """Give no answer for as long as the server runs."""
        self.ended.wait()
        raise NoAnswer


def status(code: int, **headers: str) -> Fault:
    """Answer with a status instead of doing anything. Headers have underscores for hyphens."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda request, respond: Answer(code, {"message": HTTPStatus(code).phrase}, named)


def passed(request: Request, respond: Respond) -> Answer:
    """Answer as ever."""
    return respond(request)


def hang_up(request: Request, respond: Respond) -> Answer:
    """Close the connection without doing anything."""
    raise NoAnswer


def lose_answer(request: Request, respond: Respond) -> Answer:
    """Do what was asked for, and close the connection without an answer."""
    respond(request)
    raise NoAnswer


def cut_off(request: Request, respond: Respond) -> Answer:
    """Do what was asked for, and break the connection within the answer."""
    whole = respond(request)
    text = whole.body if isinstance(whole.body, str) else json.dumps(whole.body)
    return CutOff(whole.status, text[: len(text) // 2], whole.headers)


def slow(clock: Clock, seconds: float) -> Fault:
    """Answer late."""

    def fault(request: Request, respond: Respond) -> Answer:
        answer = respond(request)
        clock.sleep(seconds)
        return answer

    return fault


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a client that has left, or does not trust the certificate."""


@contextmanager
def site(respond: Respond, tls: ssl.SSLContext | None = None) -> Iterator[Site]:
    """Run a server."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1

        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            try:
                answer = running.answer(Request(self.command, self.path, self.headers, body))
            except NoAnswer:
                self.close_connection = True
                return
            text = answer.body if isinstance(answer.body, str) else json.dumps(answer.body)
            content = text.encode()
            missing = _MISSING if isinstance(answer, CutOff) else 0
            self.close_connection = self.close_connection or bool(missing)
            self.send_response_only(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            if answer.status != HTTPStatus.NO_CONTENT:
                self.send_header("Content-Length", str(len(content) + missing))
            self.end_headers()
            self.wfile.write(content)
            self.wfile.flush()

        do_GET = do_POST = do_DELETE = _answer  # noqa: N815  # http.server calls them so

        def log_message(self, format: str, *args: object) -> None:
            pass

    http = _Server((HOST, 0), Handler)
    scheme = "http"
    if tls:
        scheme = "https"
        http.socket = tls.wrap_socket(http.socket, server_side=True, do_handshake_on_connect=False)
    running = Site(f"{scheme}://{HOST}:{http.server_address[1]}", respond)
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield running
    finally:
        running.ended.set()
        http.shutdown()
        thread.join()
        http.server_close()
