"""E-mail."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass
from email.utils import parseaddr
from typing import TYPE_CHECKING

from .arguments import require
from .aws import call
from .callback import Delivery
from .notice import text, title
from .permission import Permission, arn

if TYPE_CHECKING:
    from ..notification import NotificationContext

_ADDRESS = re.compile(r"[!-?A-~]+@[\w-]+(?:\.[\w-]+)+", re.ASCII)
_MOST_RECIPIENTS = 50


@dataclass(frozen=True, slots=True)
class email(Delivery):  # noqa: N801
    """Sends the message by Amazon SES, from a verified address or an address of a verified domain.

    IAM actions: `ses:SendEmail` on the identity, which is the domain or the address.
    """

    sender: str
    _: KW_ONLY
    recipients: Sequence[str]

    def __post_init__(self) -> None:
        self.check_timeout()
        right = "an address, for example 'DIVA <diva@example.com>'"
        require(_is_address(self.sender), self, "sender", self.sender, right)
        is_several = isinstance(self.recipients, (list, tuple))
        right = f"a list of 1 to {_MOST_RECIPIENTS} addresses, for example ['ops@example.com']"
        is_right = is_several and all(_is_address(each) for each in self.recipients)
        is_right = is_right and 0 < len(self.recipients) <= _MOST_RECIPIENTS
        require(is_right, self, "recipients", self.recipients, right)

    @property
    def subject(self) -> str:
        return "Amazon SES"

    @property
    def permissions(self) -> tuple[Permission, ...]:
        address = parseaddr(self.sender)[1]
        identities = (address.rpartition("@")[2], address)
        return tuple(Permission("ses:SendEmail", arn("ses", f"identity/{e}")) for e in identities)

    def deliver(self, message: str, context: NotificationContext) -> None:
        line = "".join(each if each.isprintable() else " " for each in title(context))
        content = {
            "Subject": {"Data": line, "Charset": "UTF-8"},
            "Body": {"Text": {"Data": text(message, context), "Charset": "UTF-8"}},
        }
        call(
            "ses",
            "send_email",
            "ses:SendEmail",
            Source=self.sender,
            Destination={"ToAddresses": list(self.recipients)},
            Message=content,
        )


def _is_address(value: object) -> bool:
    if not isinstance(value, str) or not value.isprintable():
        return False
    return bool(_ADDRESS.fullmatch(parseaddr(value)[1]))
