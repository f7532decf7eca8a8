"""Hosts: their names, their ports and their certificates."""

from __future__ import annotations

import socket
import ssl
from dataclasses import KW_ONLY, dataclass, field
from datetime import timedelta
from ipaddress import ip_address

from ..clock import Clock
from .arguments import refuse, require_text, require_whole
from .callback import Detection, Unhealthy
from .exchange import reason
from .trust import trusting


@dataclass(frozen=True, slots=True)
class tcp(Detection):  # noqa: N801
    """Detects that a host accepts connections at a port.

    IAM actions: none.
    """

    host: str
    port: int

    def __post_init__(self) -> None:
        self.check_timeout()
        require_text(self, "host", self.host, "db.example.com")
        require_whole(self, "port", self.port, 1, 65_535)

    @property
    def subject(self) -> str:
        return f"{self.host}:{self.port}"

    def detect(self, event_name: str) -> bool | Unhealthy:
        try:
            socket.create_connection((self.host, self.port), self.timeout_sec + 1).close()
        except OSError as error:
            return Unhealthy(f"{self.subject} accepts no connection: {reason(error)}")
        return True


@dataclass(frozen=True, slots=True)
class tls_valid_days(Detection):  # noqa: N801
    """Detects that the certificate of a host is trusted, and valid for `days` more days.

    IAM actions: none.
    """

    host: str
    _: KW_ONLY
    days: int = 14
    port: int = 443
    clock: Clock = field(default=Clock(), repr=False, compare=False)

    def __post_init__(self) -> None:
        self.check_timeout()
        require_text(self, "host", self.host, "www.example.com")
        require_whole(self, "days", self.days, 0)
        require_whole(self, "port", self.port, 1, 65_535)

    @property
    def subject(self) -> str:
        return f"{self.host}:{self.port}"

    def detect(self, event_name: str) -> bool | Unhealthy:
        address = (self.host, self.port)
        try:
            with (
                socket.create_connection(address, self.timeout_sec + 1) as plain,
                trusting().wrap_socket(plain, server_hostname=self.host) as connection,
            ):
                certificate = connection.getpeercert() or {}
        except OSError as error:
            return Unhealthy(f"{self.subject} has no valid certificate: {reason(error)}")
        ends = ssl.cert_time_to_seconds(str(certificate["notAfter"]))
        left = timedelta(seconds=ends - self.clock.now().timestamp())
        if left >= timedelta(days=self.days):
            return True
        return Unhealthy(
            f"the certificate of {self.subject} ends in {left.days} days, at "
            f"{certificate['notAfter']}; that must be {self.days} days or more"
        )


@dataclass(frozen=True, slots=True)
class dns(Detection):  # noqa: N801
    """Detects that a name has an address or, with `address`, that it has this one.

    IAM actions: none.
    """

    name: str
    _: KW_ONLY
    address: str | None = None

    def __post_init__(self) -> None:
        self.check_timeout()
        require_text(self, "name", self.name, "www.example.com")
        if self.address is not None:
            try:
                ip_address(self.address)
            except ValueError:
                refuse(self, "address", self.address, "an IP address, for example '192.0.2.1'")

    @property
    def subject(self) -> str:
        return self.name

    def detect(self, event_name: str) -> bool | Unhealthy:
        try:
            answers = socket.getaddrinfo(self.name, None, type=socket.SOCK_STREAM)
        except OSError as error:
            return Unhealthy(f"{self.name} has no address: {reason(error)}")
        found = sorted({str(answer[4][0]) for answer in answers})
        if self.address is None or ip_address(self.address) in map(ip_address, found):
            return True
        return Unhealthy(f"{self.name} has the addresses {', '.join(found)}, not {self.address}")
