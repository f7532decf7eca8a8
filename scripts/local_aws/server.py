"""The server of moto, in threads of this process and on loopback only."""

import contextlib
import json
import socket
import sys
import threading
import traceback
import uuid
from collections.abc import Callable, Iterable
from io import BytesIO
from typing import Any

from moto.moto_server import werkzeug_app
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler
from werkzeug.serving import ThreadedWSGIServer
from werkzeug.wrappers import Request, Response
from werkzeug.wsgi import get_input_stream

from local_aws.clock import Clock
from local_aws.errors import Interrupted, PortInUse
from local_aws.request_lock import request_lock

HOST = "127.0.0.1"

Check = Callable[[Request], Response | None]
"""Returns the response to a request that is refused, None for one that moto is to answer."""

# All that a request waits for is interrupted before; what still hangs must not hang the user.
_PATIENCE_SEC = 60


class Server:
    """An HTTP server that answers for every AWS service that moto knows."""

    def __init__(self, port: int, check: Check, clock: Clock) -> None:
        """Listen on `port`, 0 for any free one. Raises `PortInUse`.

        Responses have the date of `clock`.
        """
        with _listen(port) as listening:
            self.port: int = listening.getsockname()[1]
            self._server = _HttpServer(
                clock, HOST, self.port, _App(check), _Handler, fd=listening.fileno()
            )
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        """Close the port and all connections, whether started or not."""
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()
        self._server.close_connections()

    def join(self) -> None:
        """Wait until no request is being answered any more. Call `close` before."""
        self._server.join()


class _App:
    """moto, with an error that clients do not retry for what it cannot do.

    They retry a request that got the status 500, the Terraform provider for minutes.
    """

    def __init__(self, check: Check) -> None:
        self._check = check
        # Looked up for every service, since it may be patched.
        self._moto = DomainDispatcherApplication(lambda name: werkzeug_app.create_backend_app(name))

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        # Read before the lock is taken, which a client that sends slowly must not hold.
        body = get_input_stream(environ).read()
        try:
            with request_lock:
                response = self._respond({**environ, "wsgi.input": BytesIO(body)}, body)
        except Exception as error:
            if not isinstance(error, (NotImplementedError, Interrupted)):
                traceback.print_exc()
            response = _not_implemented(error)
        response.headers.setdefault("x-amzn-RequestId", str(uuid.uuid4()))
        return response(environ, start_response)

    def _respond(self, environ: dict[str, Any], body: bytes) -> Response:
        refusal = self._check(Request({**environ, "wsgi.input": BytesIO(body)}))
        return refusal or Response.from_app(self._moto, environ, buffered=True)


def _not_implemented(error: Exception) -> Response:
    message = f"The embedded AWS cannot answer this: {error or type(error).__name__}"
    body = json.dumps({"__type": "NotImplemented", "message": message})
    return Response(body, 501, content_type="application/json")


class _HttpServer(ThreadedWSGIServer):
    def __init__(self, clock: Clock, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.clock = clock
        self._connections: set[socket.socket] = set()
        self._answering: set[threading.Thread] = set()
        self._lock = threading.Lock()

    def process_request(self, request: Any, client_address: Any) -> None:
        thread = threading.Thread(
            target=self.process_request_thread, args=(request, client_address), daemon=True
        )
        with self._lock:
            self._answering = {each for each in self._answering if each.is_alive()} | {thread}
            self._connections.add(request)
            thread.start()

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._connections.discard(request)
        super().shutdown_request(request)

    def close_connections(self) -> None:
        with self._lock:
            for connection in self._connections:
                with contextlib.suppress(OSError):  # the client closed it first
                    connection.shutdown(socket.SHUT_RDWR)

    def join(self) -> None:
        # Also threads whose connection is closed: they may not have ended yet.
        for thread in self._answering:
            thread.join(_PATIENCE_SEC)


class _Handler(MotoRequestHandler):
    server: _HttpServer
    # The head and the body of a response are sent apart. With Nagle's algorithm, the second would
    # wait for the client's delayed acknowledgement of the first.
    disable_nagle_algorithm = True

    def date_time_string(self, timestamp: float | None = None) -> str:
        now = self.server.clock.time()
        return super().date_time_string(now if timestamp is None else timestamp)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


def _listen(port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        if sys.platform == "win32":
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((HOST, port))
        listening.listen(128)
    except OSError as error:
        listening.close()
        raise PortInUse(f"Port {port} on {HOST} cannot be used: {error.strerror}.") from error
    return listening
