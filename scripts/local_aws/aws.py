"""The embedded AWS as a whole."""

import base64
import json
import tempfile
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any

from moto.moto_api._internal.models import moto_api_backend

from local_aws import environ, services
from local_aws.awslambda.executor import Executor
from local_aws.awslambda.function_logs import write_log
from local_aws.awslambda.invocations import Invoker
from local_aws.awslambda.permissions import assume_role
from local_aws.clock import Clock
from local_aws.cloudwatch import alarm_evaluation
from local_aws.errors import AlreadyRunning
from local_aws.events import schedules
from local_aws.iam.authorization import Authorization
from local_aws.request_lock import request_lock
from local_aws.server import HOST, Server
from local_aws.sns.email import Email, Mailboxes
from local_aws.stepfunctions.clients import RoleClients

_running = threading.Lock()


@dataclass(frozen=True, slots=True)
class Invocation:
    """The result of invoking a function.

    `payload` is parsed, and None if there was none. `function_error` is None unless the function
    failed. `payload` then describes the error. `log_tail` is the last 4 KB of the log.
    """

    function_name: str
    payload: Any
    function_error: str | None
    log_tail: str
    status_code: int


class LocalAws:
    """An AWS that runs in this process during a `with` block, one at a time.

    Entering the block raises `PortInUse` or `AlreadyRunning`. Visibility timeouts of queues,
    Wait states and retries of state machines, and the dates of responses go by `clock`.
    """

    region = environ.REGION
    account_id = environ.ACCOUNT_ID
    endpoint: str
    """The URL of all services, which is known in the block."""
    environ: dict[str, str]
    """The environment variables for clients and Terraform, to be merged into `os.environ`."""

    def __init__(self, port: int = 0, clock: Clock | None = None) -> None:
        self._port = port
        self._clock = clock or Clock()
        self._stack = ExitStack()

    def __enter__(self) -> "LocalAws":
        with ExitStack() as stack:
            self._authorization = Authorization(services.REQUIRED_PERMISSIONS)
            server = Server(self._port, self._authorization.check, self._clock)
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
                folder / "code",
                environ.for_functions(self.endpoint),
                partial(write_log, self._authorization),
                partial(assume_role, self._authorization),
            )
            invoker = Invoker(self._executor, self._authorization)
            self._mailboxes = Mailboxes()
            self._role_clients = RoleClients(self.endpoint, self._authorization)
            stack.callback(self._role_clients.close)
            stack.enter_context(
                services.patched(
                    invoker, self._authorization, self._mailboxes, self._role_clients, self._clock
                )
            )
            self.reset()
            stack.callback(server.join)
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
        """Return the boto3 client of a service, the same one at every call."""
        return self._clients.get(service)

    def invoke(self, function_name: str, payload: Any = None) -> Invocation:
        """Invoke a function (name or ARN) by the Lambda API, and wait for the result."""
        response = self.client("lambda").invoke(
            FunctionName=function_name, LogType="Tail", Payload=json.dumps(payload).encode()
        )
        text = response["Payload"].read()
        return Invocation(
            function_name.split(":function:")[-1].split(":")[0],
            json.loads(text) if text else None,
            response.get("FunctionError"),
            base64.b64decode(response.get("LogResult", "")).decode(),
            response["StatusCode"],
        )

    def fire(self, rule_name: str, at: datetime | None = None) -> list[Invocation]:
        """Do what EventBridge does when the schedule of a rule comes up.

        `at`, with a time zone, is the time in the event, by default the current one.

        Invocations are asynchronous. Functions that fail are retried, and their events sent to
        dead-letter queues, as it is configured. This returns the last attempt of each function.
        Executions of state machines are started, and still run when this returns.
        Events that cannot be delivered go to the dead-letter queue of the target. Raises
        `RuleNotFireable` if there is none, or if EventBridge would do nothing.
        """
        events, functions = self.client("events"), self.client("lambda")
        found = schedules.scheduled_events(events, functions, self._authorization, rule_name, at)
        due = list(found)
        with request_lock:
            results = [(each.target_name, schedules.deliver(each)) for each in due]
        return [
            Invocation(
                name, json.loads(result.payload), result.function_error, result.log_tail, 200
            )
            for name, result in results
            if result
        ]

    @request_lock
    def evaluate_alarms(self, at: datetime | None = None) -> list[alarm_evaluation.StateChange]:
        """Give every CloudWatch alarm the state that its metrics show, and do its actions.

        Periods end with the last full minute before `at` (naive: local time), or with the current
        minute if `at` is None. Returns the alarms whose state has changed. Raises `NotEvaluable`,
        before any state changes, if an alarm uses a feature that the embedded AWS lacks.
        """
        return alarm_evaluation.evaluate_all(self.account_id, self.region, at)

    @request_lock
    def inbox(self, address: str) -> list[Email]:
        """Return the e-mail that SNS has sent to an address. No confirmation is needed."""
        return self._mailboxes.of(address)

    def advance(self, seconds: float) -> None:
        """Let time pass at once for queues, and for changes that take time, such as of a database.

        The clock of functions is that of the machine.
        """
        self._clock.advance(seconds)

    def enforcing_iam(self) -> AbstractContextManager[None]:
        """Enforce the policies of execution roles in a `with` block.

        They apply to what functions do, and to what Lambda does for them. All other callers are
        allowed everything.
        """
        return self._authorization.enforced()

    def reset(self) -> None:
        """Delete all resources, and end all execution environments.

        Calls that are waiting, such as for a function, fail with `Interrupted`.
        """
        with request_lock:
            request_lock.interrupt()
            self._authorization.revoke_credentials()
            self._mailboxes.clear()
            self._role_clients.close()
            moto_api_backend.reset()
        self._executor.retire_all()


@contextmanager
def _temporary_folder() -> Iterator[str]:
    # On Windows, the files of a killed child may be in use for a moment.
    with tempfile.TemporaryDirectory(prefix="local-aws-", ignore_cleanup_errors=True) as folder:
        yield folder
