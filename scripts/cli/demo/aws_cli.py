"""Running commands of the AWS CLI without installing it."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from typing import Any

from botocore import xform_name
from botocore.model import Shape

PROGRAM = "aws"
_SERVICES = {"s3api": "s3"}
"""Services with one name in the CLI and another in boto3."""


def run(command: str, client: Callable[[str], Any]) -> dict[str, Any]:
    """Run `aws <service> <operation> --<parameter> <value> ...` and return the response.

    `client` returns the boto3 client of a service. Raises ValueError if the command is not one of
    the AWS CLI, and the errors of the client.
    """
    program, service, operation, *options = shlex.split(command)
    if program != PROGRAM:
        raise ValueError(f"not a command of the AWS CLI: {command}")
    caller = client(_SERVICES.get(service, service))
    method = operation.replace("-", "_")
    api_name = caller.meta.method_to_api_mapping.get(method)
    if api_name is None:
        raise ValueError(f"{service} has no operation {operation}: {command}")
    members = caller.meta.service_model.operation_model(api_name).input_shape.members
    parameters = {xform_name(name, "-"): (name, shape) for name, shape in members.items()}
    given: dict[str, Any] = {}
    while options:
        option = options.pop(0).removeprefix("--")
        positive = option if option in parameters else option.removeprefix("no-")
        if positive not in parameters:
            raise ValueError(f"{operation} has no parameter {option}: {command}")
        name, shape = parameters[positive]
        values = []
        while options and not options[0].startswith("--"):
            values.append(options.pop(0))
        given[name] = positive == option if shape.type_name == "boolean" else _value(shape, values)
    answer: dict[str, Any] = getattr(caller, method)(**given)
    return answer


def _value(shape: Shape, values: list[str]) -> Any:
    if shape.type_name == "list":
        return values
    [value] = values
    return json.loads(value) if shape.type_name in ("structure", "map", "integer") else value
