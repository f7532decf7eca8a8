"""Mails, with the headers that mail systems expect."""

from __future__ import annotations

import re
from collections.abc import Sequence
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import localtime

from .text import one_line

_LONGEST_SUBJECT = 200


def mail(
    subject: str, text: str, sender: Address, recipients: Sequence[Address], message_id: str
) -> EmailMessage:
    """Return a mail for people. The subject may be any text.

    `message_id` identifies what the mail is about: a mail that is sent again has the same
    Message-ID, by which many mail systems recognize it.
    """
    message = EmailMessage(policy=SMTP)
    message["Subject"] = one_line(subject, _LONGEST_SUBJECT)
    message["From"] = sender
    message["To"] = tuple(recipients)
    message["Date"] = localtime()
    message["Message-ID"] = f"<{re.sub(r'[^A-Za-z0-9-]', '', message_id)}@{sender.domain}>"
    # Keeps automatic replies, such as out-of-office notices, from being sent.
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text, charset="utf-8")
    return message
