"""Texts of others in log lines and errors: short, in one line, without secrets."""

from __future__ import annotations

import re

LONGEST = 200
_SEARCHED = 1_000
"""Characters that are searched for secrets, in a time that grows with their square."""
_KEYS = re.compile(r"\bsb_(?:secret|publishable)_\w+|\beyJ[\w-]+(?:\.[\w-]+)*")
_URLS = re.compile(r"\b[a-z][a-z0-9+.-]*://\S*", re.IGNORECASE)
_HOOKS = re.compile(r"\S*(?:hooks\.slack\.com|discord(?:app)?\.com/api/webhooks)\S*", re.IGNORECASE)
_EMAILS = re.compile(r"[^\s@<>\"'(),;:]+@[^\s@<>\"'(),;:]+\.[^\s@<>\"'(),;:]+")
_SECRETS = ((_URLS, "[URL]"), (_HOOKS, "[URL]"), (_KEYS, "[key]"), (_EMAILS, "[email]"))


def redacted(text: object) -> str:
    """Return `text` as a part of a line that may be logged: without URLs, keys and emails."""
    line = "".join(each if each.isprintable() else " " for each in str(text))
    line = " ".join(line.split())
    if len(line) > _SEARCHED:
        # Half a secret may not be recognized.
        line = (line[:_SEARCHED].rpartition(" ")[0] or line[:_SEARCHED]) + " …"
    for pattern, name in _SECRETS:
        line = pattern.sub(name, line)
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"
