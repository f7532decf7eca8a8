"""The error of a page that cannot be written."""

from __future__ import annotations


class ReportError(Exception):
    """The page cannot be written; the text says why."""
