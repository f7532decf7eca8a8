"""The embedded AWS as a whole: server, executor, and what a person or a test asks of them."""

import base64
import json
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from moto.moto_api._internal.models import moto_api_backend

from local_aws import completions, environ, schedule
from local_aws.completions.functions import write_log
from local_aws.errors import AlreadyRunning
from local_aws.executor import Executor
from local_aws.server import HOST, Server

_running = threading.Lock()


@dataclass(frozen=True, slots=True)
class Invocation:
    """What one invocation of a function came to.

    `payload` is the parsed answer, None where there was none. `function_error` is None unless
    the function failed, and `payload` then says how. `log_tail` is the last 4 KB of its log.
    """

    function_name: str
    payload: Any
    function_error: str | None
    log_tail: str
    status_code: int


class LocalAws:
    """moto's server and a Lambda executor in this process, for as long as the `with` block runs.

    One at a time in a process. Raises `PortInUse` or `AlreadyRunning` on entering the block.
    """

    region = environ.REGION
    account_id = environ.ACCOUNT_ID
    endpoint: str
    """The address every service answers at, known inside the block."""
    environ: dict[str, str]
    """What leads a client or the Terraform provider here, to be laid over `os.environ`."""

    def __init__(self, port: int = 0) -> None:
        self._port = port
        self._stack = ExitStack()

    def __enter__(self) -> "LocalAws":
        with ExitStack() as stack:
            server = Server(self._port)
            stack.callback(server.close)
            if not _running.acquire(blocking=False):
                raise AlreadyRunning("This process already runs an embedded AWS.")
            stack.callback(_running.release)
            folder = Path(stack.enter_context(_temporary_folder()))
            self.endpoint = f"http://{HOST}:{server.port}"
            self.environ = environ.for_clients(self.endpoint, folder)
            self._clients = environ.Clients(self.endpoint)
            stack.callback(self._clients.close)
            self._executor = Executor(
                folder / "code", environ.for_functions(self.endpoint), write_log
            )
            stack.enter_context(completions.installed(self._executor))
            self.reset()
            stack.callback(self.reset)
            stack.callback(server.close)
            server.start()
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    def client(self, service: str) -> Any:
        """Return a boto3 client; the same one for every call."""
        return self._clients.get(service)

    def invoke(self, function_name: str, payload: Any = None) -> Invocation:
        """Invoke a function (name or ARN) through the Lambda API and wait for its answer."""
        answer = self.client("lambda").invoke(
            FunctionName=function_name, LogType="Tail", Payload=json.dumps(payload).encode()
        )
        text = answer["Payload"].read()
        return Invocation(
            function_name.split(":function:")[-1].split(":")[0],
            json.loads(text) if text else None,
            answer.get("FunctionError"),
            base64.b64decode(answer.get("LogResult", "")).decode(),
            answer["StatusCode"],
        )

    def fire(self, rule_name: str) -> list[Invocation]:
        """Do what EventBridge does when the rule's schedule comes up.

        Raises `RuleNotFireable` where EventBridge would invoke nothing.
        """
        events, functions = self.client("events"), self.client("lambda")
        due = list(schedule.due_invocations(events, functions, rule_name))
        return [self.invoke(arn, event) for arn, event in due]

    def reset(self) -> None:
        """Forget every resource and end every execution environment."""
        self._executor.retire_all()
        moto_api_backend.reset()


@contextmanager
def _temporary_folder() -> Iterator[str]:
    # a killed child's files may outlast it for a moment on Windows
    with tempfile.TemporaryDirectory(prefix="local-aws-", ignore_cleanup_errors=True) as folder:
        yield folder
