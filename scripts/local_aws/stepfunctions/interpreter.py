"""Patches of moto's interpreter of state machines, which takes seconds to import."""

from __future__ import annotations

import json
import logging
import re
import time
import uuid
from datetime import datetime, timezone
from functools import cache, lru_cache
from typing import Any

import botocore.session
from botocore.exceptions import HTTPClientError
from jsonpath_ng.ext.parser import parse as parse_json_path
from moto.stepfunctions.parser.api import (
    ExecutionStatus,
    HistoryEventType,
    TaskFailedEventDetails,
)
from moto.stepfunctions.parser.asl.component.common.error_name.custom_error_name import (
    CustomErrorName,
)
from moto.stepfunctions.parser.asl.component.common.error_name.error_equals_decl import (
    ErrorEqualsDecl,
)
from moto.stepfunctions.parser.asl.component.common.error_name.failure_event import FailureEvent
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name_type import (
    StatesErrorNameType,
)
from moto.stepfunctions.parser.asl.component.common.retry.jitter_strategy_decl import (
    JitterStrategyDecl,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_task import lambda_eval_utils
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import (
    state_task_service_aws_sdk,
    state_task_service_lambda,
)
from moto.stepfunctions.parser.asl.component.state.wait.wait_function.wait_function import (
    WaitFunction,
)
from moto.stepfunctions.parser.asl.eval.environment import Environment
from moto.stepfunctions.parser.asl.eval.event.event_detail import EventDetails
from moto.stepfunctions.parser.asl.eval.program_state import ProgramStopped, ProgramTimedOut
from moto.stepfunctions.parser.asl.parse.asl_parser import AmazonStateLanguageParser
from moto.stepfunctions.parser.asl.utils import json_path
from moto.stepfunctions.parser.asl.utils.encoding import to_json_str
from moto.stepfunctions.parser.backend.execution import (
    BaseExecutionWorkerCommunication,
    Execution,
)
from moto.stepfunctions.parser.backend.execution_worker import ExecutionWorker
from moto.stepfunctions.parser.models import (
    StepFunctionsParserBackend,
    stepfunctions_parser_backends,
)

from local_aws.clock import Clock
from local_aws.patching import Patch
from local_aws.request_lock import request_lock
from local_aws.stepfunctions import executions
from local_aws.stepfunctions.clients import RoleClients

__all__ = ["install", "stepfunctions_parser_backends"]

_AwsSdkTask = state_task_service_aws_sdk.StateTaskServiceAwsSdk
_LambdaTask = state_task_service_lambda.StateTaskServiceLambda

# Errors that end an execution, whatever it catches with States.ALL.
_TERMINAL = (StatesErrorNameType.StatesRuntime, StatesErrorNameType.StatesStatesDataLimitExceeded)

# A JSONPath that may match several values, which is why matching none is no error.
_INDEFINITE = re.compile(r"\.\.|\[\*\]|\[\?|\[-?\d*:-?\d*\]")

# In the cause of an error.
_MOST_CHARACTERS = 32_768

# How soon a waiting execution notices at the latest that it was stopped.
_POLL_SEC = 0.5


def install(patch: Patch, clients: RoleClients, clock: Clock) -> None:
    """moto deviates from Step Functions where a state machine reports errors, waits and stops."""
    # It logs what a state machine catches, too.
    logging.getLogger("moto.stepfunctions").setLevel(logging.CRITICAL)
    _install_tasks(patch, clients)
    _install_language(patch)
    _install_waits(patch, clock)
    _install_executions(patch)


def _install_tasks(patch: Patch, clients: RoleClients) -> None:
    """moto calls services without the role, and AWS SDK tasks in the spelling of botocore."""

    def client_for(region: str, service: str, state_credentials: Any = None) -> Any:
        return clients.get(state_credentials.role_arn, service, region)

    for module in (lambda_eval_utils, state_task_service_aws_sdk):
        patch(module, "boto_client_for", client_for)
    names = {"sqs": "Sqs", "lambda": "Lambda"}
    before = state_task_service_aws_sdk._SERVICE_ERROR_NAMES
    patch(state_task_service_aws_sdk, "_SERVICE_ERROR_NAMES", {**before, **names})
    patch(_AwsSdkTask, "_normalise_parameters", _to_botocore)
    patch(_AwsSdkTask, "_normalise_response", _from_botocore)
    for kind in (_AwsSdkTask, _LambdaTask):
        _install_task_errors(patch, kind)


def _install_task_errors(patch: Patch, kind: Any) -> None:
    """moto has no error for a connection that breaks, and no limit on the length of causes."""
    moto_from_error = kind._from_error

    def from_error(task: Any, env: Environment, ex: Exception) -> FailureEvent:
        if isinstance(ex, HTTPClientError):
            return connection_error(task, env, str(ex))
        failure: FailureEvent = moto_from_error(task, env, ex)
        details: Any = failure.event_details
        for each in details.values():
            each["cause"] = each.get("cause", "")[:_MOST_CHARACTERS]
        return failure

    def connection_error(task: Any, env: Environment, cause: str) -> FailureEvent:
        service = "Lambda" if kind is _LambdaTask else task.resource.api_name
        error = f"{_AwsSdkTask._normalise_service_error_name(service)}.SdkClientException"
        details = TaskFailedEventDetails(
            resource=task._get_sfn_resource(),
            resourceType=task._get_sfn_resource_type(),
            error=error,
            cause=cause,
        )
        return FailureEvent(
            env=env,
            error_name=CustomErrorName(error),
            event_type=HistoryEventType.TaskFailed,
            event_details=EventDetails(taskFailedEventDetails=details),  # type: ignore[typeddict-item]
        )

    patch(kind, "_from_error", from_error)


def _to_botocore(task: Any, parameters: dict[str, Any], *_: Any) -> None:
    if shape := _operation(task).input_shape:
        task._to_boto_request(parameters, shape)


def _from_botocore(task: Any, response: Any, *_: Any) -> None:
    if shape := _operation(task).output_shape:
        task._from_boto_response(response, shape)
        response.update(json.loads(to_json_str(response)))  # times become text


def _operation(task: Any) -> Any:
    model = _service_model(task._get_boto_service_name())
    # The name has a lower-case first letter in state machines.
    action = task.resource.api_action
    return model.operation_model(action[0].upper() + action[1:])


@cache
def _service_model(service: str) -> Any:
    return botocore.session.get_session().get_service_model(service)


def _install_language(patch: Patch) -> None:
    """moto catches what cannot be caught, and compiles paths and definitions again and again."""
    moto_eval = ErrorEqualsDecl._eval_body

    def match_error(declared: ErrorEqualsDecl, env: Environment) -> None:
        error = env.stack[-1]
        moto_eval(declared, env)
        if getattr(error, "typ", None) in _TERMINAL and error not in declared.error_names:
            env.stack[-1] = False

    patch(ErrorEqualsDecl, "_eval_body", match_error)
    patch(json_path, "_contains_slice_or_wildcard_array", _is_indefinite)
    # Both take long, and are done again for every execution and every path.
    patch(json_path, "parse", cache(parse_json_path))
    parse = lru_cache(maxsize=100)(AmazonStateLanguageParser.parse)
    patch(AmazonStateLanguageParser, "parse", staticmethod(parse))


def _install_waits(patch: Patch, clock: Clock) -> None:
    """moto may wait a second too long, and between retries even if the execution was stopped."""
    moto_jitter = JitterStrategyDecl._eval_body

    def wait(env: Environment, seconds: float) -> None:
        until = clock.monotonic() + seconds
        while env.is_running() and (left := until - clock.monotonic()) > 0:
            clock.wait(env.program_state_event, min(left, _POLL_SEC))

    def wait_in_state(_: WaitFunction, env: Environment, wait_seconds: int) -> None:
        wait(env, wait_seconds)

    def wait_for_retry(declared: JitterStrategyDecl, env: Environment) -> None:
        moto_jitter(declared, env)
        wait(env, env.stack.pop())
        env.stack.append(0)  # what is left for moto to wait

    patch(WaitFunction, "_wait_interval", wait_in_state)
    patch(JitterStrategyDecl, "_eval_body", wait_for_retry)


def _is_indefinite(path: str) -> bool:
    return _INDEFINITE.search(path) is not None


def _install_executions(patch: Patch) -> None:
    """moto stops executions late and with another status, and keeps their logs to itself."""
    moto_start, moto_reset = (
        StepFunctionsParserBackend.start_execution,
        StepFunctionsParserBackend.reset,
    )
    moto_stop, moto_set_error = Execution.stop, Environment.set_error
    moto_terminated = BaseExecutionWorkerCommunication.terminated

    def start_execution(
        backend: StepFunctionsParserBackend,
        state_machine_arn: str,
        name: str | None = None,
        *arguments: Any,
    ) -> Execution:
        name = name or str(uuid.uuid4())
        return moto_start(backend, state_machine_arn, name, *arguments)

    def stop(execution: Execution, stop_date: Any, error: str | None, cause: str | None) -> None:
        with request_lock:
            if execution.status == "RUNNING":
                _wait_until_begun(execution)
            if execution.status == "RUNNING":
                moto_stop(execution, stop_date, error, cause)
                execution.exec_status = ExecutionStatus.ABORTED
                execution.stop_date = stop_date

    def set_error(env: Environment, error: Any) -> None:
        # What a stopped execution was waiting for may fail.
        if not isinstance(env._program_state, (ProgramStopped, ProgramTimedOut)):
            moto_set_error(env, error)

    def terminated(worker: BaseExecutionWorkerCommunication) -> None:
        # Nobody may see that it has ended before its metrics and its log.
        with request_lock:
            if worker.execution.status == "RUNNING":
                moto_terminated(worker)
            executions.report(worker.execution)

    def reset(backend: StepFunctionsParserBackend) -> None:
        for machine in getattr(backend, "state_machines", []):
            for execution in machine.executions:
                execution.stop(None, None, None)
        moto_reset(backend)

    patch(StepFunctionsParserBackend, "start_execution", start_execution)
    patch(StepFunctionsParserBackend, "reset", reset)
    patch(Execution, "stop", stop)
    patch(Environment, "set_error", set_error)
    patch(BaseExecutionWorkerCommunication, "terminated", terminated)
    _install_failures(patch)


def _install_failures(patch: Patch) -> None:
    """An execution whose thread ends with an error would run forever."""
    moto_run: Any = ExecutionWorker._execution_logic

    def run(worker: ExecutionWorker) -> None:
        try:
            moto_run(worker)
        except Exception as error:
            execution = worker._execution_communication.execution  # type: ignore[attr-defined]
            execution.error, execution.cause = "States.Runtime", repr(error)
            execution.stop_date = datetime.now(timezone.utc)
            execution.exec_status = ExecutionStatus.FAILED

    patch(ExecutionWorker, "_execution_logic", run)


def _wait_until_begun(execution: Execution) -> None:
    """Wait until an execution has entered a state, or failed. moto cannot stop it before."""
    worker = execution.exec_worker
    assert worker
    # The first event is that of the execution itself.
    while execution.status == "RUNNING" and (
        worker.env is None or len(worker.env.event_manager.get_event_history()) < 2
    ):
        time.sleep(0.001)
