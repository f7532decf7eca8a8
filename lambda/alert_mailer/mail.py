"""Mails: a notification with the headers that mail systems expect."""

from __future__ import annotations

import re
from collections.abc import Sequence
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import localtime

from .notification import Notification

_LONGEST_SUBJECT = 200


def mail(
    notification: Notification, sender: Address, recipients: Sequence[Address], message_id: str
) -> EmailMessage:
    """Return the mail for a notification.

    `message_id` is the ID that SNS gave the notification: a mail that is sent again has the same
    Message-ID, by which many mail systems recognize it.
    """
    message = EmailMessage(policy=SMTP)
    message["Subject"] = _one_line(notification.subject)
    message["From"] = sender
    message["To"] = tuple(recipients)
    message["Date"] = localtime()
    message["Message-ID"] = f"<{re.sub(r'[^A-Za-z0-9-]', '', message_id)}@{sender.domain}>"
    # Keeps automatic replies, such as out-of-office notices, from being sent.
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(notification.text, charset="utf-8")
    return message


def _one_line(subject: str) -> str:
    """Return `subject` without line breaks, which would start a new header, and shortened."""
    line = " ".join("".join(each if each.isprintable() else " " for each in subject).split())
    return line if len(line) <= _LONGEST_SUBJECT else line[: _LONGEST_SUBJECT - 1] + "…"
