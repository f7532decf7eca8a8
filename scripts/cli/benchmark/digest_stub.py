"""A stub of what the scheduled digest calls: DynamoDB, Lambda, Supabase and the backend.

Started as a module, in a separate process like `aws_stub`. Supabase has as many monitors as the
first part of the path says, such as `/1000/rest/v1/monitors`. The backend responds to `/digest`
after `DELAY_SEC` seconds, the others at once. Every lease is granted.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from urllib.parse import parse_qs, urlsplit

from .aws_stub import COUNTS, Request, Response, serve

BACKEND = "/digest"
_PAGE = 1_000
_JSON = {"Content-Type": "application/json"}


class Stub:
    """The stub, and the number of requests by operation: a path or an operation of AWS."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()

    def respond(self, request: Request) -> Response:
        url = urlsplit(request.path)
        if url.path == COUNTS:
            counts, self._counts = self._counts, Counter()
            return Response(200, json.dumps(counts).encode())
        if url.path.endswith("/rest/v1/monitors"):
            self._counts["monitors"] += 1
            return Response(200, _page(int(url.path.split("/")[1]), url.query), _JSON)
        if url.path == BACKEND:
            self._counts["digest"] += 1
            return Response(200, b'{"success": true}', _JSON)
        if "x-amz-target" in request.headers:
            self._counts[request.operation] += 1
            return Response(200, b"{}", {"Content-Type": "application/x-amz-json-1.0"})
        self._counts["Invoke"] += 1
        return Response(202)


def _page(monitors: int, query: str) -> bytes:
    given = parse_qs(query)
    after = int(given["id"][0].removeprefix("gt.")) if "id" in given else 0
    last = min(after + min(_PAGE, int(given["limit"][0])), monitors)
    return json.dumps([_monitor(number) for number in range(after + 1, last + 1)]).encode()


def _monitor(number: int) -> dict[str, object]:
    return {
        "id": number,
        "repo": f"organization-{number % 97}/repository-{number}",
        "frequency": "daily",
        "delivery_method": "slack",
        "webhook_url": f"https://hooks.slack.com/services/T{number:010}/B{number:010}/{number:024}",
        "created_at": "2026-01-31T12:00:00.123456+00:00",
        "deleted": False,
        "deleted_at": None,
    }


if __name__ == "__main__":
    seconds = float(sys.argv[1])
    serve(Stub().respond, lambda request: seconds if request.path == BACKEND else 0)
