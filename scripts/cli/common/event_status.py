"""The status of an event in a period, shortened and coloured for a table."""

from __future__ import annotations

import re

from rich.text import Text

_STATUS = re.compile(r"(?P<word>\w+)(?: \((?P<of>.*)\))?(?:,? (?P<then>\w.*))?")
_WORDS = {
    "failed_detection": "failed",
    "failed_injection": "inject failed",
    "not_run": "not run",
}
_GOOD = ("✓", "green")
_CHANGING = ("•", "yellow")
_BAD = ("✗", "red")
_LOOKS = {
    "ok": _GOOD,
    "verified": _GOOD,
    "skipped": ("–", "dim"),
    "failed_detection": _BAD,
    "failed_injection": _BAD,
    "timeout": _BAD,
    "not_run": _BAD,
    "invalid": _BAD,
}
_THEN = {"alerted": "bold white on red", "resolved": "bold green"}
_ORDER = (_BAD, _CHANGING, _GOOD)


class Status:
    """The status of an event in a period, made from the text in the engine's result."""

    def __init__(self, status: str) -> None:
        match = _STATUS.fullmatch(status)
        word = match["word"] if match else status
        of = f" {match['of']}" if match and match["of"] else ""
        self._look = _LOOKS.get(word, _CHANGING)
        self._main = f"{self._look[0]} {_WORDS.get(word, word)}{of}"
        self._then = match["then"].split(", ") if match and match["then"] else []
        self.is_plain_success = self._look == _GOOD and not self._then
        """Whether "ok" says it all."""

    @property
    def rank(self) -> int:
        """The order of statuses: the worst first, skipped events last."""
        return _ORDER.index(self._look) if self._look in _ORDER else len(_ORDER)

    def cell(self) -> Text:
        """Return the status, with each notification that was sent on a line of its own."""
        return self._joined("\n  ")

    def line(self) -> Text:
        """Return the status and the notifications on one line."""
        return self._joined(" ")

    def _joined(self, separator: str) -> Text:
        text = Text(self._main, style=self._look[1])
        for then in self._then:
            text.append(separator)
            text.append(then, style=_THEN.get(then, "bold yellow"))
        return text
