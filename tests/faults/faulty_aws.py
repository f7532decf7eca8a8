"""The embedded AWS behind a proxy that spoils the exchanges a test names.

What goes wrong between Lambda and the real AWS – answers that get lost, connections that
hang or break, statuses that the embedded AWS never gives – happens here on real connections.
"""

from __future__ import annotations

import json
import threading
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from unittest.mock import patch
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from botocore.retries.standard import ExponentialBackoff

from diva.handler import ATTEMPTS
from tests.processes import PATIENCE_SEC

HOST = "127.0.0.1"
_OF_ONE_CONNECTION = {"connection", "transfer-encoding", "date", "server", "content-length"}


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer; `headers` without those of the one connection it came over."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


Fault = Callable[["Exchange"], None]


class FaultyAws:
    """A proxy to `endpoint` for as long as the `with` block runs; retries do not wait there."""

    def __init__(self, endpoint: str) -> None:
        self.requests: list[str] = []
        self._behind = urlsplit(endpoint)
        self._lock = threading.Lock()
        self._next: defaultdict[str, deque[Fault]] = defaultdict(deque)
        self._always: dict[str, Fault] = {}
        self._ended = threading.Event()
        self._open = True
        self._under_way = 0
        self._arrived = threading.Condition()
        self._no_wait = patch.object(ExponentialBackoff, "delay_amount", return_value=0)

    def __enter__(self) -> FaultyAws:
        self._no_wait.start()
        handler = type("Handler", (Exchange,), {"faulty": self})
        self._server = _Server((HOST, 0), handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ended.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self._no_wait.stop()

    @property
    def endpoint(self) -> str:
        return f"http://{HOST}:{self._server.server_port}"

    def client(self, service: str, read_timeout: float = 60) -> Any:
        """Return a client that goes through this proxy and retries as the function's do."""
        config = Config(
            connect_timeout=read_timeout,
            read_timeout=read_timeout,
            retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
            proxies={},
        )
        return boto3.client(
            service,
            endpoint_url=self.endpoint,
            region_name="us-east-1",
            aws_access_key_id="testing",
            aws_secret_access_key="testing",  # noqa: S106
            config=config,
        )

    def next(self, operation: str, *faults: Fault) -> None:
        """Let the next requests of `operation`, such as `PutObject`, meet one fault each."""
        self._next[operation].extend(faults)

    def always(self, operation: str, fault: Fault) -> None:
        """Let every request of `operation` meet `fault` that does not meet another one."""
        self._always[operation] = fault

    def mend(self) -> None:
        """Let no request meet a fault any more."""
        with self._lock:
            self._next.clear()
            self._always.clear()

    def take(self, operation: str) -> Fault:
        """Note a request and return what is to happen to it."""
        with self._lock:
            self.requests.append(operation)
            waiting = self._next[operation]
            return waiting.popleft() if waiting else self._always.get(operation, passed)

    def forward(self, request: BaseHTTPRequestHandler, body: bytes) -> Answer:
        """Send `request` on to the embedded AWS. Raises ConnectionError after `close`."""
        assert self._behind.hostname, "an endpoint has a host"
        with self._arrived:
            if not self._open:
                raise ConnectionError("the way is closed")
            self._under_way += 1
        connection = HTTPConnection(self._behind.hostname, self._behind.port, timeout=PATIENCE_SEC)
        try:
            headers = {name: value for name, value in request.headers.items() if name != "Expect"}
            connection.request(request.command, request.path, body, headers)
            answer = connection.getresponse()
            kept = [
                each for each in answer.getheaders() if each[0].lower() not in _OF_ONE_CONNECTION
            ]
            return Answer(answer.status, tuple(kept), answer.read())
        finally:
            connection.close()
            with self._arrived:
                self._under_way -= 1
                self._arrived.notify_all()

    def close(self) -> None:
        """Let nothing through from here on; return when what is under way has its effect."""
        with self._arrived:
            self._open = False
            self._arrived.wait_for(lambda: not self._under_way)

    def wait_until_quiet(self) -> None:
        """Return when no request is under way."""
        with self._arrived:
            self._arrived.wait_for(lambda: not self._under_way)

    def wait_for_end(self) -> None:
        """Return when the `with` block ends."""
        self._ended.wait()


class Exchange(BaseHTTPRequestHandler):
    """One request on its way; faults decide how it ends."""

    faulty: FaultyAws
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        self.request_body = self.rfile.read(length)
        if len(self.request_body) < length:  # the client has died half-way
            self.hang_up()
            return
        target = self.headers.get("X-Amz-Target", "")
        invoke = "Invoke" if self.path.endswith("/invocations") else ""
        named = target.rpartition(".")[2] or invoke
        self.operation = named or f"{self.command.capitalize()}Object"
        self.faulty.take(self.operation)(self)

    do_PUT = do_POST = do_GET  # noqa: N815

    def forward(self) -> Answer:
        return self.faulty.forward(self, self.request_body)

    def send(self, answer: Answer, length: int | None = None) -> None:
        """Answer the client, with only `length` bytes of the body if that is given."""
        self.send_response(answer.status)
        for name, value in answer.headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body[:length])

    def hang_up(self) -> None:
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass  # a client that has given up is what some tests are about


def event_of(exchange: Exchange) -> str:
    """Return the event whose item a request is about; empty where it is about all of them."""
    if "X-Amz-Target" not in exchange.headers:
        return ""
    event: str = json.loads(exchange.request_body)["Key"]["event_id"]["S"]
    return event


def passed(exchange: Exchange) -> None:
    """Nothing goes wrong."""
    exchange.send(exchange.forward())


def lost_request(exchange: Exchange) -> None:
    """The connection breaks before the request has any effect."""
    exchange.hang_up()


def lost_answer(exchange: Exchange) -> None:
    """The request has its effect; the connection breaks before the answer arrives."""
    exchange.forward()
    exchange.hang_up()


def cut_off(exchange: Exchange) -> None:
    """The connection breaks half-way through the body of the answer."""
    answer = exchange.forward()
    exchange.send(answer, length=len(answer.body) // 2)
    exchange.hang_up()


def silence(exchange: Exchange) -> None:
    """Nothing ever comes back."""
    exchange.faulty.wait_for_end()
    exchange.hang_up()


def after(interference: Callable[[], object]) -> Fault:
    """Somebody else does something just before the request arrives."""

    def fault(exchange: Exchange) -> None:
        interference()
        passed(exchange)

    return fault


def s3_error(status: int, code: str) -> Fault:
    """S3 refuses, as it does in XML."""
    body = f"<Error><Code>{code}</Code><Message>{code} (test)</Message></Error>".encode()
    answer = Answer(status, (("Content-Type", "application/xml"),), body)
    return lambda exchange: exchange.send(answer)


def dynamodb_error(status: int, code: str, **more: object) -> Fault:
    """DynamoDB refuses, as it does in JSON; some refusals tell `more`."""
    kind = f"com.amazon.coral.service#{code}"
    body = json.dumps({"__type": kind, "message": f"{code} (test)", **more}).encode()
    answer = Answer(status, (("Content-Type", "application/x-amz-json-1.0"),), body)
    return lambda exchange: exchange.send(answer)


access_denied = s3_error(403, "AccessDenied")


def no_list_bucket(exchange: Exchange) -> None:
    """S3 tells nobody without s3:ListBucket that a key is missing: it says 403, not 404."""
    answer = exchange.forward()
    if answer.status == 404:
        access_denied(exchange)
    else:
        exchange.send(answer)
