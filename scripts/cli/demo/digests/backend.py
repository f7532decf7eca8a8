"""A backend that makes a digest once for each idempotency key."""

from __future__ import annotations

import json
import threading
from collections import Counter, deque
from typing import Any

from .web import Answer, Request

PATH = "/api/v1/digest"


class Backend:
    """Answers as the endpoint `/digest` does, and keeps what it was asked for."""

    def __init__(self) -> None:
        self.digests: dict[str, dict[str, Any]] = {}
        """What each digest was asked for with, by idempotency key."""
        self.asked: Counter[str] = Counter()
        """How often each digest was asked for."""
        self.unavailable: deque[str] = deque()
        """Repositories whose next requests are answered 503, one request for each."""
        self._lock = threading.Lock()

    def __call__(self, request: Request) -> Answer:
        if (request.method, request.path) != ("POST", PATH):
            return Answer(404, {"detail": "Not Found"})
        if request.headers["Content-Type"] != "application/json":
            return Answer(415, {"detail": "Unsupported Media Type"})
        key = request.headers["Idempotency-Key"]
        asked = json.loads(request.body)
        with self._lock:
            self.asked[key] += 1
            if asked["repo"] in self.unavailable:
                self.unavailable.remove(asked["repo"])
                return Answer(503, {"detail": "Service Unavailable"})
            # Whoever asks again must ask for the same.
            if self.digests.setdefault(key, asked) != asked:
                return Answer(422, {"detail": "The idempotency key belongs to another request"})
        return Answer(200, {"success": True, "message": "Digest generated and delivered"})
