"""Patches of Step Functions: executions run, and calls of Terraform that moto lacks."""

from __future__ import annotations

from functools import cache
from typing import Any

from moto.core.responses import ActionResult
from moto.stepfunctions import responses
from moto.stepfunctions.models import StepFunctionBackend
from moto.stepfunctions.responses import StepFunctionResponse

from local_aws.clock import Clock
from local_aws.patching import Patch
from local_aws.stepfunctions.clients import RoleClients


def install(patch: Patch, clients: RoleClients, clock: Clock) -> None:
    """moto runs executions only if it is configured to."""

    @cache
    def backends() -> Any:
        # The interpreter takes seconds to import, and few need it.
        from local_aws.stepfunctions import interpreter

        interpreter.install(patch, clients, clock)
        return interpreter.stepfunctions_parser_backends

    def get_backend(account_id: str, region: str) -> StepFunctionBackend:
        backend: StepFunctionBackend = backends()[account_id][region]
        return backend

    patch(responses, "get_backend", get_backend)
    patch(StepFunctionResponse, "validate_state_machine_definition", _validate)
    patch(StepFunctionResponse, "list_state_machine_versions", _list_versions)


def _validate(response: StepFunctionResponse) -> ActionResult:
    """Answer ValidateStateMachineDefinition. Creating a state machine reports what is wrong."""
    return ActionResult({"result": "OK", "diagnostics": [], "truncated": False})


def _list_versions(response: StepFunctionResponse) -> ActionResult:
    """Answer ListStateMachineVersions."""
    arn = response._get_param("stateMachineArn")
    versions = response.stepfunction_backend.describe_state_machine(arn).versions.values()
    listed = [
        {"stateMachineVersionArn": each.arn, "creationDate": each.creation_date}
        for each in versions
    ]
    return ActionResult({"stateMachineVersions": listed})
