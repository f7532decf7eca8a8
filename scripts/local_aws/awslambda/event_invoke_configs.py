"""Configurations for asynchronous invocation: of a function, and of its aliases and versions."""

import json
from typing import Any

from moto.awslambda.exceptions import UnknownEventConfig
from moto.awslambda.models import EventInvokeConfig, LambdaBackend
from moto.awslambda.responses import LambdaResponse
from moto.core.responses import ActionResult

from local_aws.awslambda.permissions import check_destinations
from local_aws.iam.authorization import Authorization


def settings_of(backend: LambdaBackend, name: str, qualifier: str | None) -> dict[str, Any]:
    """Return the settings of a function, or of one of its aliases or versions; empty if none."""
    config = _find(backend, name, qualifier)
    return config.config if config else {}


def put(authorization: Authorization, response: LambdaResponse) -> ActionResult:
    """Answer PutFunctionEventInvokeConfig."""
    return _store(authorization, response, response.json_body)


def update(authorization: Authorization, response: LambdaResponse) -> ActionResult:
    """Answer UpdateFunctionEventInvokeConfig."""
    before = settings_of(response.backend, *_target(response))
    return _store(authorization, response, {**before, **response.json_body})


def get(response: LambdaResponse) -> ActionResult:
    """Answer GetFunctionEventInvokeConfig."""
    return ActionResult(_existing(response).response())


def delete(response: LambdaResponse) -> tuple[int, dict[str, int], str]:
    """Answer DeleteFunctionEventInvokeConfig."""
    deleted = _existing(response)
    function = response.backend.get_function(_target(response)[0])
    function.event_invoke_config = [
        config for config in function.event_invoke_config if config is not deleted
    ]
    return 204, {"status": 204}, ""


def list_(response: LambdaResponse) -> str:
    """Answer ListFunctionEventInvokeConfigs."""
    name = response.path.rsplit("/", 3)[1]
    configs = response.backend.get_function(name).event_invoke_config
    return json.dumps({"FunctionEventInvokeConfigs": [config.response() for config in configs]})


def _store(
    authorization: Authorization, response: LambdaResponse, settings: dict[str, Any]
) -> ActionResult:
    name, qualifier = _target(response)
    function = response.backend.get_function(name)
    check_destinations(authorization, function.role, name, settings)
    arn = _arn(response.backend, name, qualifier)
    config = EventInvokeConfig(arn, function.last_modified, settings)
    others = [each for each in function.event_invoke_config if each.arn != arn]
    function.event_invoke_config = [*others, config]
    return ActionResult(config.response())


def _existing(response: LambdaResponse) -> EventInvokeConfig:
    name, qualifier = _target(response)
    config = _find(response.backend, name, qualifier)
    if config is None:
        raise UnknownEventConfig(_arn(response.backend, name, qualifier))
    return config


def _find(backend: LambdaBackend, name: str, qualifier: str | None) -> EventInvokeConfig | None:
    arn = _arn(backend, name, qualifier)
    configs = backend.get_function(name).event_invoke_config
    return next((config for config in configs if config.arn == arn), None)


def _target(response: LambdaResponse) -> tuple[str, str | None]:
    """Return the name of the function in the request, and the qualifier if there is one."""
    function = response.backend.get_function(response.uri_match["FunctionName"])
    return function.function_name, response._get_param("Qualifier")


def _arn(backend: LambdaBackend, name: str, qualifier: str | None) -> str:
    arn = backend.get_function(name).function_arn
    return arn if qualifier in (None, "$LATEST") else f"{arn}:{qualifier}"
