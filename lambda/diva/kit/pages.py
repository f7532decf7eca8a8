"""Pages that are requested."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass, field
from http.client import HTTPException

from ..clock import Clock
from .arguments import require_text, require_url, require_whole
from .callback import Detection, Unhealthy
from .exchange import exchange, reason, without_query


@dataclass(frozen=True, slots=True)
class http(Detection):  # noqa: N801
    """Detects that a GET request is answered with `status`.

    With `contains`, the first megabyte of the body must contain that text; with `max_ms`, the
    response must be complete within that many milliseconds. Redirects are not followed.

    IAM actions: none.
    """

    url: str
    _: KW_ONLY
    status: int = 200
    contains: str | None = None
    max_ms: int | None = None
    clock: Clock = field(default=Clock(), repr=False, compare=False)

    def __post_init__(self) -> None:
        self.check_timeout()
        require_url(self, "url", self.url, ("https", "http"))
        require_whole(self, "status", self.status, 100, 599)
        if self.contains is not None:
            require_text(self, "contains", self.contains, "in stock")
        if self.max_ms is not None:
            require_whole(self, "max_ms", self.max_ms, 1)

    @property
    def subject(self) -> str:
        return without_query(self.url)

    def detect(self, event_name: str) -> bool | Unhealthy:
        begun = self.clock.monotonic()
        try:
            response = exchange("GET", self.url, self.timeout_sec + 1)
        except (OSError, HTTPException) as error:
            return Unhealthy(f"{self.subject} did not answer: {reason(error)}")
        took_ms = (self.clock.monotonic() - begun) * 1000
        if response.status != self.status:
            return Unhealthy(f"{self.subject} answered {response.status}, not {self.status}")
        if self.contains is not None and self.contains.encode() not in response.body:
            return Unhealthy(f"{self.subject} answered without {self.contains!r}")
        if self.max_ms is not None and took_ms > self.max_ms:
            return Unhealthy(f"{self.subject} took {took_ms:.0f} ms, more than {self.max_ms} ms")
        return True
