"""Logs what it gets."""

from __future__ import annotations

import json


def handler(event: object, context: object) -> None:
    print("received " + json.dumps(event))
