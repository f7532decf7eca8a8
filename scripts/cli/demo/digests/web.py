"""A web server on loopback that keeps connections."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

HOST = "127.0.0.1"
_MISSING = 10


@dataclass(frozen=True, slots=True)
class Request:
    """A request that a server has received whole."""

    method: str
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


class NoAnswer(Exception):
    """Raised to close the connection instead of answering."""


Respond = Callable[[Request], Answer]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a client that has left, or does not trust the certificate."""


@contextmanager
def serving(respond: Respond, tls: ssl.SSLContext | None = None) -> Iterator[str]:
    """Run a server on several threads, and yield its URL."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1

        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            try:
                answer = respond(Request(self.command, self.path, self.headers, body))
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
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"{scheme}://{HOST}:{http.server_address[1]}"
    finally:
        http.shutdown()
        thread.join()
        http.server_close()
