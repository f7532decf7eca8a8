"""The process in which a function runs, in the place of the runtime of Lambda.

It is started by path, with the standard library alone (`python -I child.py`). It takes its
standard streams away from the function: requests arrive at what was standard input, responses
leave by what was standard output, and everything that the function prints goes to standard
error, which the other side reads as its log.

Every message is a line of JSON. First comes `{"path": [...]}`, then invocations as
`{"request_id", "arn", "deadline", "event"}` with the event as JSON text and the deadline in
seconds of the epoch. A response is `{"result": text}` or `{"error": {...}}`, with `peak_bytes`.
In a log line, NUL stands for a newline of the same log event.
"""

import importlib
import json
import logging
import os
import queue
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable
from types import TracebackType
from typing import Any, NoReturn

Handler = Callable[[Any, "Context"], Any]

_LOG = 2
_NOT_EXTRA = {*vars(logging.makeLogRecord({})), "asctime", "aws_request_id", "message", "taskName"}


class Fault(Exception):
    """The function cannot be run. Lambda has an error type for the reason."""

    def __init__(self, error_type: str, message: str, stack: list[str] | None = None) -> None:
        super().__init__(message)
        self.error_type = error_type
        self.stack = stack or []


class Context:
    """The second argument of a handler."""

    client_context = None
    identity = None

    def __init__(self, request: dict[str, Any]) -> None:
        self.aws_request_id: str = request["request_id"]
        self.invoked_function_arn: str = request["arn"]
        self.function_name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = os.environ["AWS_LAMBDA_FUNCTION_VERSION"]
        self.memory_limit_in_mb = os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.log_group_name = os.environ["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.log_stream_name = os.environ["AWS_LAMBDA_LOG_STREAM_NAME"]
        self._deadline: float = request["deadline"]

    def get_remaining_time_in_millis(self) -> int:
        return max(0, int((self._deadline - time.time()) * 1000))

    def log(self, message: str) -> None:
        print(message, flush=True)


class _Current:
    """The invocation that log lines belong to."""

    request_id = ""


class _LogHandler(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        record.aws_request_id = _Current.request_id  # a formatter of the function may use it
        try:
            _write_event(self.format(record))
        except Exception:
            self.handleError(record)


class _TextFormatter(logging.Formatter):
    converter = staticmethod(time.gmtime)

    def __init__(self) -> None:
        super().__init__(
            "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s",
            "%Y-%m-%dT%H:%M:%S",
        )


class _JsonFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        # Lambda keeps a message that is an object.
        is_object = isinstance(record.msg, dict) and not record.args
        line = {
            "timestamp": _timestamp(record.created),
            "level": record.levelname,
            "message": record.msg if is_object else record.getMessage(),
            "logger": record.name,
            "requestId": _Current.request_id or None,
        }
        if record.exc_info and record.exc_info[0]:
            line["stackTrace"] = traceback.format_tb(record.exc_info[2])
            line["errorType"] = record.exc_info[0].__name__
            line["errorMessage"] = str(record.exc_info[1])
            line["location"] = f"{record.pathname}:{record.funcName}:{record.lineno}"
        for name, value in vars(record).items():
            if name not in _NOT_EXTRA:
                line.setdefault(name, value)
        kept = {name: value for name, value in line.items() if value is not None}
        return json.dumps(kept, ensure_ascii=False, default=str)


def main() -> None:
    requests, responses = _take_streams()
    incoming: queue.Queue[dict[str, Any]] = queue.Queue()
    threading.Thread(target=_read, args=(requests, incoming), daemon=True).start()
    sys.path[:0] = incoming.get()["path"]
    sys.argv = [""]
    _set_up_logging()
    try:
        handler = _load(os.environ["_HANDLER"])
    except Exception as error:
        _respond(responses, {"error": _report_error(error)})
        return
    _respond(responses, {"result": "null"})
    while True:
        request = incoming.get()
        _Current.request_id = request["request_id"]
        _respond(responses, _invoke(handler, request))


def _take_streams() -> tuple[int, int]:
    """Move requests and responses to descriptors of their own; what is printed is log."""
    requests, responses = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(_LOG, 1)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(  # type: ignore[union-attr]
            encoding="utf-8", errors="backslashreplace", newline="\n", line_buffering=True
        )
    return requests, responses


def _read(requests: int, incoming: "queue.Queue[dict[str, Any]]") -> NoReturn:
    """Queue requests. When the other side is gone, end with everything that was started."""
    pending = b""
    while chunk := os.read(requests, 1 << 16):
        *lines, pending = (pending + chunk).split(b"\n")
        for line in lines:
            incoming.put(json.loads(line))
    if hasattr(os, "killpg"):
        os.killpg(os.getpgrp(), signal.SIGKILL)
    os._exit(0)


def _set_up_logging() -> None:
    as_json = os.environ["AWS_LAMBDA_LOG_FORMAT"] == "JSON"
    handler = _LogHandler()
    handler.setFormatter(_JsonFormatter() if as_json else _TextFormatter())
    root = logging.getLogger()
    root.addHandler(handler)
    level = os.environ.get("AWS_LAMBDA_LOG_LEVEL", "")
    level = {"TRACE": "DEBUG"}.get(level, level)
    if level:
        root.setLevel(level)


def _load(name: str) -> Handler:
    """Import the handler `module.function`. Errors of the module itself pass through."""
    module_name, dot, attribute = name.rpartition(".")
    if not dot:
        raise Fault("Runtime.MalformedHandlerName", f"Bad handler '{name}': no dot in it")
    module_name = module_name.replace("/", ".")
    try:
        module = importlib.import_module(module_name)
    except ImportError as error:
        raise Fault(
            "Runtime.ImportModuleError", f"Unable to import module '{module_name}': {error}"
        ) from error
    except SyntaxError as error:
        where = f'  File "{error.filename}" Line {error.lineno}\n    {error.text}'
        raise Fault(
            "Runtime.UserCodeSyntaxError",
            f"Syntax error in module '{module_name}': {error}",
            [where],
        ) from error
    try:
        handler: Handler = getattr(module, attribute)
    except AttributeError as error:
        raise Fault(
            "Runtime.HandlerNotFound", f"Handler '{attribute}' missing on module '{module_name}'"
        ) from error
    return handler


def _invoke(handler: Handler, request: dict[str, Any]) -> dict[str, Any]:
    try:
        response = handler(json.loads(request["event"]), Context(request))
        try:
            return {"result": json.dumps(response)}
        except Exception as error:
            raise Fault("Runtime.MarshalError", f"Unable to marshal response: {error}") from error
    except Exception as error:
        return {"error": _report_error(error)}


def _report_error(error: Exception) -> dict[str, Any]:
    """Log `error` as Lambda does, and return it as the caller gets it."""
    if isinstance(error, Fault):
        error_type, stack = error.error_type, error.stack
    else:
        error_type, stack = type(error).__name__, _stack_of(error.__traceback__)
    report = {
        "errorMessage": str(error),
        "errorType": error_type,
        "requestId": _Current.request_id,
        "stackTrace": stack,
    }
    if os.environ["AWS_LAMBDA_LOG_FORMAT"] == "JSON":
        line = {"timestamp": _timestamp(time.time()), "level": "ERROR", **report}
        _write_event(json.dumps(line, ensure_ascii=False))
    else:
        text = f"[ERROR] {error_type}: {error}\nTraceback (most recent call last):\n"
        _write_event(text + "".join(stack).rstrip("\n"))
    return report


def _stack_of(trace: TracebackType | None) -> list[str]:
    """Return the frames of the function alone, outermost first."""
    frames = traceback.extract_tb(trace)
    while frames and (frames[0].filename == __file__ or "importlib" in frames[0].filename):
        del frames[0]
    return traceback.format_list(frames)


def _respond(responses: int, message: dict[str, Any]) -> None:
    sys.stdout.flush()
    sys.stderr.flush()
    _write(responses, json.dumps({**message, "peak_bytes": _peak_bytes()}).encode() + b"\n")


def _peak_bytes() -> int:
    """Return the most memory that this process ever held, 0 where the platform does not tell."""
    try:
        # On Linux, the figure of getrusage starts at the peak of the parent process.
        with open("/proc/self/status", encoding="ascii", errors="replace") as status:
            for line in status:
                if line.startswith("VmHWM:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    if sys.platform == "darwin":
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return 0


def _timestamp(seconds: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def _write_event(text: str) -> None:
    _write(_LOG, text.replace("\n", "\0").encode("utf-8", "backslashreplace") + b"\n")


def _write(descriptor: int, data: bytes) -> None:
    while data:
        data = data[os.write(descriptor, data) :]


if __name__ == "__main__":
    main()
