"""Notifying people by e-mail."""

from __future__ import annotations

from dataclasses import dataclass

from diva_common.mail import mail
from diva_common.smtp import Sender

from .notification import Notification


@dataclass(frozen=True, slots=True)
class Email:
    """Mails to all recipients."""

    sender: Sender

    def send(self, notification: Notification, until: float) -> str:
        send = self.sender
        # With the same ID, mail systems recognize a mail that is sent twice.
        message_id = f"incident-{notification.incident_id.encode().hex()}"
        message = mail(
            notification.subject, notification.text, send.sender, send.recipients, message_id
        )
        send(message)
        return str(message["Message-ID"])
