"""A function that requires compiled code."""

from __future__ import annotations

import os

# Imported by name, since markupsafe works without its compiled module.
from markupsafe import _speedups, escape


def lambda_handler(event: dict[str, str], context: object) -> dict[str, str]:
    compiled = os.path.relpath(_speedups.__file__, os.environ["LAMBDA_TASK_ROOT"])
    return {"escaped": str(escape(event["text"])), "compiled": compiled}
