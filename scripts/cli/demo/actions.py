"""What the incident actions of an example have done."""

from __future__ import annotations

import argparse

from ..common.output import Output
from ..incident.history import history
from .title import show_title

_MOST = 20


def show_history(output: Output, function_prefix: str) -> None:
    """Print the history as `scripts/incident` does. Raises IncidentError."""
    show_title(output, f"$ scripts/incident history --function-prefix {function_prefix}")
    history(argparse.Namespace(function_prefix=function_prefix, max=_MOST), output)
