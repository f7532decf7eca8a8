"""A backend that makes a digest once for each idempotency key, and what it was asked for."""

from __future__ import annotations

import json
import threading
from collections import Counter
from typing import Any

from ..https_server import Answer
from .web import Request


class Backend:
    """Answers as the endpoint `/digest` does."""

    def __init__(self) -> None:
        self.digests: dict[str, dict[str, Any]] = {}
        """What each digest was asked for with, by idempotency key."""
        self.asked: Counter[str] = Counter()
        """How often each digest was asked for."""
        self._lock = threading.Lock()

    def __call__(self, request: Request) -> Answer:
        assert (request.method, request.path) == ("POST", "/api/v1/digest")
        assert request.headers["Content-Type"] == "application/json"
        key = request.headers["Idempotency-Key"]
        asked = json.loads(request.body)
        with self._lock:
            self.asked[key] += 1
            # Whoever asks again asks for the same.
            assert self.digests.setdefault(key, asked) == asked
        return Answer(200, {"success": True, "message": "Digest generated and delivered"})
