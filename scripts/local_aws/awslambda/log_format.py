"""The lines that Lambda adds to the log of a function, as text or JSON."""

import json
import math
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from local_aws.awslambda.sandbox import Failure

TAIL_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Report:
    """The figures of an invocation. `init_ms` is None in a warm environment."""

    request_id: str
    duration_ms: float
    memory_mb: int
    peak_mb: int
    init_ms: float | None
    failure: Failure | None
    failed: bool


class TextFormat:
    """The text format of Lambda."""

    @staticmethod
    def start(request_id: str, version: str) -> list[str]:
        return [f"START RequestId: {request_id} Version: {version}"]

    @staticmethod
    def end(report: Report) -> list[str]:
        request_id, failure = report.request_id, report.failure
        lines = [f"END RequestId: {request_id}", _report_line(report)]
        if failure and failure.error_type == "Sandbox.Timedout":
            return [f"{_now()} {request_id} {failure.reason}", *lines]
        if failure:
            return [*lines, f"RequestId: {request_id} Error: {failure.reason}", failure.error_type]
        return lines


class JsonFormat:
    """The JSON format of Lambda, which reports platform events."""

    @staticmethod
    def start(request_id: str, version: str) -> list[str]:
        return [_event("platform.start", {"requestId": request_id, "version": version})]

    @staticmethod
    def end(report: Report) -> list[str]:
        metrics: dict[str, Any] = {
            "durationMs": round(report.duration_ms, 3),
            "billedDurationMs": math.ceil(report.duration_ms),
            "memorySizeMB": report.memory_mb,
            "maxMemoryUsedMB": report.peak_mb,
        }
        if report.init_ms is not None:
            metrics["initDurationMs"] = round(report.init_ms, 3)
        record: dict[str, Any] = {
            "requestId": report.request_id,
            "metrics": metrics,
            "status": _status(report),
        }
        if report.failure:
            record["errorType"] = report.failure.error_type
        return [_event("platform.report", record)]


def tail(lines: list[str]) -> str:
    """Return the last 4 KB of a log, which callers of a function may ask for."""
    data = "".join(f"{line}\n" for line in lines).encode()
    return data[-TAIL_BYTES:].decode("utf-8", "ignore")


def _report_line(report: Report) -> str:
    parts = [
        f"REPORT RequestId: {report.request_id}",
        f"Duration: {report.duration_ms:.2f} ms",
        f"Billed Duration: {math.ceil(report.duration_ms)} ms",
        f"Memory Size: {report.memory_mb} MB",
        f"Max Memory Used: {report.peak_mb} MB",
    ]
    if report.init_ms is not None:
        parts.append(f"Init Duration: {report.init_ms:.2f} ms")
    if report.failure:
        parts.append(f"Status: {_status(report)}")
        if _status(report) == "error":
            parts.append(f"Error Type: {report.failure.error_type}")
    return "\t".join(parts) + "\t"


def _status(report: Report) -> str:
    if report.failure:
        return "timeout" if report.failure.error_type == "Sandbox.Timedout" else "error"
    return "error" if report.failed else "success"


def _event(kind: str, record: dict[str, Any]) -> str:
    return json.dumps({"time": _now(), "type": kind, "record": record})


def _now() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
