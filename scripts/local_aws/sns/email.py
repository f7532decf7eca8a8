"""The e-mail that SNS sends. It is used with the request lock held."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Email:
    """An e-mail, as its reader sees it."""

    subject: str
    body: str


class Mailboxes:
    """The e-mail that has arrived."""

    def __init__(self) -> None:
        self._arrived: list[tuple[str, Email]] = []

    def deliver(self, address: str, email: Email) -> None:
        self._arrived.append((address, email))

    def of(self, address: str) -> list[Email]:
        """Return the e-mail to an address, in the order in which it arrived."""
        return [email for to, email in self._arrived if to == address]

    def clear(self) -> None:
        self._arrived.clear()
