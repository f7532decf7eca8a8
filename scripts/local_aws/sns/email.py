"""The e-mails that SNS would have sent. Touched with the request lock held."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Email:
    """One message as its reader finds it."""

    subject: str
    body: str


class Mailboxes:
    """What has arrived, by address."""

    def __init__(self) -> None:
        self._arrived: list[tuple[str, Email]] = []

    def deliver(self, address: str, email: Email) -> None:
        self._arrived.append((address, email))

    def of(self, address: str) -> list[Email]:
        """Return the messages for an address, in the order in which they arrived."""
        return [email for to, email in self._arrived if to == address]

    def clear(self) -> None:
        self._arrived.clear()
