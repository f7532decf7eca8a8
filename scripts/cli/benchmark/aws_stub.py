"""A stub of S3, DynamoDB and SNS with the operations that DIVA calls, in a separate process.

Started by path with the standard library alone (`python -I aws_stub.py DELAY_SEC`), so that its
work does not count as work of the measured process. It responds `DELAY_SEC` seconds after a
request arrives, counts the requests by operation, and stores the latest version of each object
and item, which a conditional write must know. It prints its port, and ends at the end of its
standard input. `GET /-/counts` returns the counts and resets them.
"""

import asyncio
import hashlib
import json
import os
import selectors
import sys
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn
from urllib.parse import parse_qs

HOST = "127.0.0.1"
COUNTS = "/-/counts"
PAGE = "/-/page"
"""A page of a web server, which events can look at."""

_ALWAYS = {
    "GetPage": b"42 items are in stock",
    "ListObjectsV2": b"<ListBucketResult/>",
    "Publish": b"<PublishResponse><PublishResult/></PublishResponse>",
}
"""The bodies of responses that are always the same, by operation."""
_END_OF_HEAD = b"\r\n\r\n"
_REASONS = {
    200: "OK",
    202: "Accepted",
    400: "Bad Request",
    404: "Not Found",
    412: "Precondition Failed",
    501: "Not Implemented",
}


@dataclass(frozen=True)
class Request:
    """An HTTP request, with the names of headers in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def operation(self) -> str:
        """The operation, for example `GetItem` or `PutObject`."""
        if target := self.headers.get("x-amz-target"):
            return target.rpartition(".")[2]
        if self.method == "POST":
            return parse_qs(self.body.decode()).get("Action", [""])[0]
        path, _, query = self.path.partition("?")
        if path == PAGE:
            return "GetPage"
        if "list-type=2" in query:
            return "ListObjectsV2"
        return f"{self.method.capitalize()}Object"


@dataclass(frozen=True)
class Response:
    """An HTTP response."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    def encode(self) -> bytes:
        headers = {**self.headers, "Content-Length": str(len(self.body))}
        lines = [f"HTTP/1.1 {self.status} {_REASONS[self.status]}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        return "\r\n".join(lines).encode() + _END_OF_HEAD + self.body


class Aws:
    """The objects, the items, and the number of calls of each operation."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._objects: dict[str, Response] = {}
        self._items: dict[str, dict[str, Any]] = {}

    def respond(self, request: Request) -> Response:
        if request.path == COUNTS:
            counts, self._counts = self._counts, Counter()
            return Response(200, json.dumps(counts).encode())
        self._counts[request.operation] += 1
        if request.operation in _ALWAYS:
            return Response(200, _ALWAYS[request.operation])
        call = {
            "GetObject": self._get_object,
            "PutObject": self._put_object,
            "GetItem": self._get_item,
            "UpdateItem": self._update_item,
        }.get(request.operation)
        return call(request) if call else Response(501)

    def _get_object(self, request: Request) -> Response:
        missing = Response(404, b"<Error><Code>NoSuchKey</Code></Error>")
        return self._objects.get(request.path.partition("?")[0], missing)

    def _put_object(self, request: Request) -> Response:
        etag = f'"{hashlib.md5(request.body, usedforsecurity=False).hexdigest()}"'
        kept = {k: v for k, v in request.headers.items() if k.startswith("x-amz-meta-")}
        path = request.path.partition("?")[0]
        stored = self._objects.get(path)
        if request.headers.get("if-match") != (stored.headers["ETag"] if stored else None):
            return Response(412, b"<Error><Code>PreconditionFailed</Code></Error>")
        self._objects[path] = Response(200, request.body, {**kept, "ETag": etag})
        return Response(200, headers={"ETag": etag})

    def _get_item(self, request: Request) -> Response:
        asked = json.loads(request.body)
        table = asked["TableName"]
        found: dict[str, Any] = {"ConsumedCapacity": {"TableName": table, "CapacityUnits": 1.0}}
        item = self._items.get(json.dumps([table, asked["Key"]]))
        if item is not None:
            found["Item"] = item
        return _json(found)

    def _update_item(self, request: Request) -> Response:
        asked = json.loads(request.body)
        item = self._items.setdefault(
            json.dumps([asked["TableName"], asked["Key"]]), dict(asked["Key"])
        )
        names, values = asked["ExpressionAttributeNames"], asked["ExpressionAttributeValues"]
        if item.get("version") != values.get(":version"):
            failed = "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException"
            return _json({"__type": failed, "Item": item}, 400)
        for assignment in asked["UpdateExpression"].removeprefix("SET ").split(", "):
            name, value = assignment.split(" = ")
            item[names[name]] = values[value]
        return _json({})


def _json(value: object, status: int = 200) -> Response:
    content_type = {"Content-Type": "application/x-amz-json-1.0"}
    return Response(status, json.dumps(value).encode(), content_type)


Respond = Callable[[Request], Response]
Delay = Callable[[Request], float]
"""Returns after how many seconds a request is responded to."""


class Connection(asyncio.Protocol):
    """The connection of a client, with one request at a time."""

    def __init__(self, respond: Respond, delay_sec: Delay) -> None:
        self._respond = respond
        self._delay_sec = delay_sec
        self._loop = asyncio.get_running_loop()
        self._received = b""
        self._is_told_to_continue = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        arrived = self._loop.time()
        self._received += data
        head, end, body = self._received.partition(_END_OF_HEAD)
        if not end:
            return
        request = _request(head.decode("latin-1"), body)
        if len(body) < int(request.headers.get("content-length", "0")):
            if "expect" in request.headers and not self._is_told_to_continue:
                self._is_told_to_continue = True
                self._transport.write(b"HTTP/1.1 100 Continue" + _END_OF_HEAD)
            return
        self._received, self._is_told_to_continue = b"", False
        response = self._respond(request).encode()
        self._loop.call_at(arrived + self._delay_sec(request), self._transport.write, response)


def _request(head: str, body: bytes) -> Request:
    first, *lines = head.split("\r\n")
    method, path, _ = first.split(" ")
    pairs = (line.partition(":") for line in lines)
    return Request(method, path, {name.lower(): value.strip() for name, _, value in pairs}, body)


async def _serve(respond: Respond, delay_sec: Delay) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(respond, delay_sec), HOST, 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def _end_with_stdin() -> NoReturn:
    sys.stdin.read()
    os._exit(0)


def serve(respond: Respond, delay_sec: Delay) -> None:
    """Serve requests until the process ends."""
    threading.Thread(target=_end_with_stdin, daemon=True).start()
    # The default selector, epoll, rounds waits up to whole milliseconds.
    loop = asyncio.SelectorEventLoop(selectors.SelectSelector())
    loop.run_until_complete(_serve(respond, delay_sec))


if __name__ == "__main__":
    seconds = float(sys.argv[1])
    serve(Aws().respond, lambda request: 0 if request.path == COUNTS else seconds)
