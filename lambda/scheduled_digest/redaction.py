"""Texts of others in log lines and errors: short, in one line, without URLs and keys."""

from __future__ import annotations

import re

LONGEST = 200
_KEYS = re.compile(r"\bsb_(?:secret|publishable)_\w+|\beyJ[\w-]+(?:\.[\w-]+)*")
_URLS = re.compile(r"\b[a-z][a-z0-9+.-]*://\S*", re.IGNORECASE)
_HOOKS = re.compile(r"\S*(?:hooks\.slack\.com|discord(?:app)?\.com/api/webhooks)\S*", re.IGNORECASE)


def redacted(text: object) -> str:
    """Return `text` as a part of a line that may be logged."""
    line = "".join(each if each.isprintable() else " " for each in str(text))
    line = " ".join(line.split())
    for pattern, name in ((_URLS, "[URL]"), (_HOOKS, "[URL]"), (_KEYS, "[key]")):
        line = pattern.sub(name, line)
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"
