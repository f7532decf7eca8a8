"""A relay before a server: it speaks TLS, and cuts connections as a test says."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from ..certificates import HOST

_CHUNK = 16 * 1024


@dataclass(slots=True)
class Relay:
    """What has passed a relay, and when it cuts connections."""

    port: int
    cut_after: list[int] = field(default_factory=list)
    """For each of the next connections, how many bytes of the server's answers pass."""
    connections: int = 0
    sockets: list[socket.socket] = field(default_factory=list)


@contextmanager
def relay(server_port: int, tls: ssl.SSLContext | None = None) -> Iterator[Relay]:
    """Run a relay to a server on loopback. With `tls`, its clients have to speak TLS."""
    with socket.create_server((HOST, 0)) as listening:
        relay = Relay(listening.getsockname()[1])
        accepting = threading.Thread(target=_accept, args=(relay, listening, server_port, tls))
        accepting.start()
        try:
            yield relay
        finally:
            # Closing alone does not wake the thread that accepts.
            with contextlib.suppress(OSError):
                listening.shutdown(socket.SHUT_RDWR)
            accepting.join()
            for each in relay.sockets:
                _close(each)


def _accept(
    relay: Relay, listening: socket.socket, server_port: int, tls: ssl.SSLContext | None
) -> None:
    while True:
        try:
            client, _ = listening.accept()
        except OSError:
            return
        relay.connections += 1
        left = relay.cut_after.pop(0) if relay.cut_after else None
        threading.Thread(
            target=_serve, args=(relay, client, server_port, tls, left), daemon=True
        ).start()


def _serve(
    relay: Relay,
    client: socket.socket,
    server_port: int,
    tls: ssl.SSLContext | None,
    left: int | None,
) -> None:
    try:
        if tls:
            client = tls.wrap_socket(client, server_side=True)
    except OSError:
        client.close()
        return
    server = socket.create_connection((HOST, server_port))
    relay.sockets += [client, server]
    threading.Thread(target=_pass_on, args=(client, server, None), daemon=True).start()
    _pass_on(server, client, left)


def _pass_on(source: socket.socket, target: socket.socket, left: int | None) -> None:
    with contextlib.suppress(OSError):
        while left is None or left > 0:
            data = source.recv(_CHUNK if left is None else min(_CHUNK, left))
            if not data:
                break
            target.sendall(data)
            left = left and left - len(data)
    _close(source)
    _close(target)


def _close(closed: socket.socket) -> None:
    with contextlib.suppress(OSError):
        closed.shutdown(socket.SHUT_RDWR)
    closed.close()
