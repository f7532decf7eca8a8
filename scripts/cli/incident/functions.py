"""The functions of `modules/incident-actions`, and what they answer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from ..common import aws_client
from ..common.aws_client import client, explained

ACTIONS = ("restart_service", "scale_up", "clear_cache", "notify_human")

_OK = 200
_FIRST_FAILURE = 500


class IncidentError(Exception):
    """Nothing can be shown or done. The message is one line."""


class Missing(IncidentError):
    """A function does not exist."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a function answers."""

    status: int
    body: Mapping[str, Any]

    @property
    def problem(self) -> str | None:
        """Why the action was refused or failed, and when to try again. None if it was not."""
        if self.status == _OK:
            return None
        kind = "failed" if self.status >= _FIRST_FAILURE else "was refused"
        text = f"{kind} ({self.status}). {self.body['error']}"
        if "retryAfterSec" in self.body:
            text += (
                f" Try again in {self.body['retryAfterSec']} seconds, "
                f"with --incident {self.body['incidentId']}"
            )
        return text

    @property
    def is_dry(self) -> bool:
        """Whether nothing was changed because the run was dry."""
        return bool(self.body.get("dryRun"))


@dataclass(frozen=True, slots=True)
class Function:
    """A function that does one action."""

    name: str
    timeout_sec: int
    table: str | None
    """The table with the audit. None if it is not allowed to decrypt the configuration."""

    def send(self, request: Mapping[str, Any]) -> Answer:
        """Invoke the function and return its answer. Raises IncidentError."""
        with explained_for(f"function {self.name} could not be invoked", "lambda:InvokeFunction"):
            # The start of the function, and the way to it, add to its timeout.
            patient = client("lambda", timeout_sec=self.timeout_sec + 2 * aws_client.TIMEOUT_SEC)
            response = patient.invoke(FunctionName=self.name, Payload=json.dumps(request))
            payload = json.loads(response["Payload"].read())
        if "FunctionError" in response:
            raise IncidentError(f"function {self.name} crashed: {payload.get('errorMessage')}")
        return Answer(payload["statusCode"], json.loads(payload["body"]))


def find(prefix: str, action: str) -> Function:
    """Return the function that does `action`. Raises IncidentError, which is Missing if absent."""
    name = f"{prefix}{action.replace('_', '-')}"
    problem = f"function {name} could not be found"
    with explained_for(problem, "lambda:GetFunctionConfiguration"):
        functions = client("lambda")
        try:
            found = functions.get_function_configuration(FunctionName=name)
        except functions.exceptions.ResourceNotFoundException as error:
            raise Missing(
                f"function {name} does not exist in {functions.meta.region_name}. If the module "
                "has another function_name_prefix, set --function-prefix"
            ) from error
    handler = f"incident_actions.{action}.handler"
    if found["Handler"] != handler:
        # Functions that do not know dry runs would act.
        raise IncidentError(
            f"function {name} is not one of modules/incident-actions: its handler is "
            f"{found['Handler']}, not {handler}"
        )
    table = found.get("Environment", {}).get("Variables", {}).get("TABLE_NAME")
    return Function(name, found["Timeout"], table)


def explained_for(problem: str, permission: str) -> AbstractContextManager[None]:
    """Return a context that raises errors of AWS and its client as an IncidentError."""
    denied = f"{problem}: you need the permission {permission}"
    codes = ("AccessDeniedException", "AccessDenied")
    return explained(problem, dict.fromkeys(codes, denied), IncidentError)
