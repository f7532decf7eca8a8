"""Sending mail through an SMTP server."""

from __future__ import annotations

import logging
import smtplib
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage

from .secret import Secret

log = logging.getLogger(__name__)

TIMEOUT_SEC = 15.0
"""For connecting, and for each response."""
SMTPS_PORT = 465
"""The port at which TLS begins with the connection."""


class NotSent(Exception):
    """The server did not accept a mail, or not for every recipient."""


@dataclass(frozen=True, slots=True)
class Server:
    """An SMTP server, and how to connect to it."""

    host: str
    port: int
    starttls: bool
    tls: ssl.SSLContext


@dataclass(frozen=True, slots=True)
class Sender:
    """Sends mails from one address to all recipients."""

    server: Server
    sender: Address
    recipients: Sequence[Address]
    secret: Secret | None
    """Has the values `username` and `password`. None sends without a login."""

    def __call__(self, message: EmailMessage) -> None:
        """Send `message`.

        A recipient that the server refuses for good is logged, as long as there are others.
        Raises NotSent, OSError and InvalidSecret.
        """
        try:
            with self._session() as smtp:
                self._log_in(smtp)
                refused = smtp.send_message(
                    message, self.sender.addr_spec, [each.addr_spec for each in self.recipients]
                )
        except smtplib.SMTPRecipientsRefused as error:
            raise NotSent(f"{self.server.host} refused {_listed(error.recipients)}") from error
        except smtplib.SMTPException as error:
            raise NotSent(f"{self.server.host}: {type(error).__name__}: {error}") from error
        if refused:
            # The others have the mail, and would get it again if Lambda retried the event. That
            # helps only if the refusal is for now (4xx).
            if any(code < 500 for code, _ in refused.values()):
                raise NotSent(f"{self.server.host} refused {_listed(refused)} for now")
            log.error("%s refused %s.", self.server.host, _listed(refused))

    @contextmanager
    def _session(self) -> Iterator[smtplib.SMTP]:
        smtp = self._connection()
        try:
            yield smtp
        finally:
            # The response to QUIT changes nothing: the server has answered for the mail before.
            with suppress(smtplib.SMTPException, OSError):
                smtp.quit()
            smtp.close()

    def _connection(self) -> smtplib.SMTP:
        server = self.server
        if not server.starttls and server.port == SMTPS_PORT:
            return smtplib.SMTP_SSL(
                server.host, server.port, timeout=TIMEOUT_SEC, context=server.tls
            )
        smtp = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT_SEC)
        if server.starttls:
            try:
                smtp.starttls(context=server.tls)
            except BaseException:
                smtp.close()
                raise
        return smtp

    def _log_in(self, smtp: smtplib.SMTP) -> None:
        if self.secret is None:
            return
        if not isinstance(smtp.sock, ssl.SSLSocket):
            raise NotSent(
                f"The login at {self.server.host} requires TLS: set starttls, or the port to "
                f"{SMTPS_PORT}."
            )
        try:
            smtp.login(*self.secret.values(("username", "password")))
        except smtplib.SMTPAuthenticationError:
            if not self.secret.refetch():
                raise
            smtp.login(*self.secret.values(("username", "password")))


def _listed(refused: dict[str, tuple[int, bytes]]) -> str:
    return ", ".join(
        f"{address} ({code} {text.decode('utf-8', 'replace')})"
        for address, (code, text) in refused.items()
    )
