"""A Dynatrace environment: keeps valid lines and refuses the others, as Dynatrace documents it."""

from __future__ import annotations

import re

from ..https_server import Answer, Request

TOKEN = "dt0c01.PUBLIC.SECRET"  # noqa: S105  # of nothing

_NUMBER = r"-?\d+(\.\d+)?(e[+-]?\d+)?"
_KEY = r"[A-Za-z_][A-Za-z0-9_-]*(\.[A-Za-z0-9_][A-Za-z0-9_-]*)*"
_DIMENSION = r'[a-z_][a-z0-9_.:-]{0,99}="(?:[^"\\\n]|\\["\\]){1,255}"'
_GAUGE = rf"gauge,min={_NUMBER},max={_NUMBER},sum={_NUMBER},count=\d+"
_LINE = re.compile(rf"{_KEY}(,{_DIMENSION}){{0,50}} ({_GAUGE}|count,delta={_NUMBER}) \d{{13}}")


class Environment:
    """Answers as the metrics ingest API."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.status_of_refusals = 400

    def __call__(self, request: Request) -> Answer:
        assert request.path == "/e/abc/api/v2/metrics/ingest"
        assert request.headers["Content-Type"] == "text/plain; charset=utf-8"
        if request.headers["Authorization"] != f"Api-Token {TOKEN}":
            error = {"code": 403, "message": "Token is missing required scope."}
            return Answer(403, {"error": error})
        if len(request.body) > 1_000_000:
            return Answer(413, {"error": {"code": 413, "message": "Payload is too large."}})
        lines = request.body.decode().split("\n")
        assert len(lines) <= 1_000
        invalid = [
            {"line": number, "error": f"invalid line {line.split()[0]}"}
            for number, line in enumerate(lines, 1)
            if not self.takes(line)
        ]
        self.lines += [line for line in lines if self.takes(line)]
        counts = {"linesOk": len(lines) - len(invalid), "linesInvalid": len(invalid)}
        if not invalid:
            return Answer(202, {**counts, "error": None, "warnings": None})
        message = f"{len(invalid)} invalid lines"
        error = {"code": 400, "message": message, "invalidLines": invalid}
        return Answer(self.status_of_refusals, {**counts, "error": error})

    def takes(self, line: str) -> bool:
        """Return whether a line is valid."""
        reserved = line.startswith("dt.") or "refused" in line
        return not reserved and len(line) <= 50_000 and bool(_LINE.fullmatch(line))
