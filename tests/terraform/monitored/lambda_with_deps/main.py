"""A function that needs compiled code."""

from __future__ import annotations

import os

# The compiled part by its name: where it does not load, markupsafe does without it.
from markupsafe import _speedups, escape


def lambda_handler(event: dict[str, str], context: object) -> dict[str, str]:
    compiled = os.path.relpath(_speedups.__file__, os.environ["LAMBDA_TASK_ROOT"])
    return {"escaped": str(escape(event["text"])), "compiled": compiled}
