"""An SMTP server with STARTTLS and login, and what it has received."""

from __future__ import annotations

import errno
import socket
import ssl
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from ..certificates import HOST, server_context
from ..processes import PATIENCE_SEC


@dataclass(frozen=True, slots=True)
class Received:
    """A mail, with its envelope."""

    sender: str
    recipients: tuple[str, ...]
    mail: EmailMessage

    @property
    def text(self) -> str:
        return str(self.mail.get_content()).replace("\r\n", "\n")


@dataclass(slots=True)
class Mailbox:
    """What a server has received, and what it refuses."""

    port: int = 0
    login: tuple[str, str] = ("mailer", "correct")
    refused: dict[str, str] = field(default_factory=dict)
    """The response to RCPT for these addresses."""
    response: str = "250 OK"
    """The response to the content of a mail."""
    farewell: str = "221 Bye"
    """The response to QUIT."""
    received: list[Received] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    logins: list[tuple[str, str]] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802  # aiosmtpd calls it so
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, server: Any, session: Any, envelope: Any
    ) -> str:
        if self.response.startswith("250"):
            mail = message_from_bytes(envelope.content, policy=policy.default)
            assert isinstance(mail, EmailMessage)
            recipients = tuple(envelope.rcpt_tos)
            self.received.append(Received(envelope.mail_from, recipients, mail))
            self.encrypted.append(session.ssl is not None)
        return self.response

    async def handle_QUIT(  # noqa: N802
        self, server: Any, session: Any, envelope: Any
    ) -> str:
        return self.farewell

    def authenticate(
        self, server: Any, session: Any, envelope: Any, mechanism: str, data: LoginPassword
    ) -> AuthResult:
        login = (data.login.decode(), data.password.decode())
        self.logins.append(login)
        return AuthResult(success=login == self.login, handled=False)


@contextmanager
def smtp_server(tls: ssl.SSLContext | None = None, /, **options: Any) -> Iterator[Mailbox]:
    """Run a server that wants STARTTLS and a login, unless `options` of aiosmtpd say otherwise."""
    mailbox = Mailbox()
    wanted: dict[str, Any] = {
        "tls_context": tls or server_context(),
        "require_starttls": True,
        "auth_required": True,
        **options,
    }
    controller = _started(mailbox, {"authenticator": mailbox.authenticate, **wanted})
    try:
        yield mailbox
    finally:
        controller.stop()


def _started(mailbox: Mailbox, options: dict[str, Any]) -> Controller:
    """Start a server at a free port. aiosmtpd cannot let the system choose one."""
    while True:
        with closing(socket.socket()) as free:
            free.bind((HOST, 0))
            mailbox.port = free.getsockname()[1]
        controller = Controller(mailbox, HOST, mailbox.port, ready_timeout=PATIENCE_SEC, **options)
        try:
            controller.start()
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
        else:
            return controller
