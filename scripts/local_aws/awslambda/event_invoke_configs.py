"""Lambda: a function, its versions and its aliases have a configuration each for events."""

import json
from typing import Any

from moto.awslambda.exceptions import UnknownEventConfig
from moto.awslambda.models import EventInvokeConfig, LambdaBackend
from moto.awslambda.responses import LambdaResponse
from moto.core.responses import ActionResult

from local_aws.patching import Replace


def install(replace: Replace) -> None:
    """moto gives an alias the configuration of the function, and answers with the first of all."""
    replace(LambdaResponse, "put_function_event_invoke_config", _put)
    replace(LambdaResponse, "update_function_event_invoke_config", _update)
    replace(LambdaResponse, "get_function_event_invoke_config", _get)
    replace(LambdaResponse, "delete_function_event_invoke_config", _delete)
    replace(LambdaResponse, "list_function_event_invoke_configs", _list)


def config_of(backend: LambdaBackend, name: str, qualifier: str | None) -> dict[str, Any] | None:
    """Return what is configured for events to the function, alias or version; None if nothing."""
    arn = _arn(backend, name, qualifier)
    for config in backend.get_function(name).event_invoke_config:
        if config.arn == arn:
            return config.config
    return None


def _put(response: LambdaResponse) -> ActionResult:
    return _keep(response, response.json_body)


def _update(response: LambdaResponse) -> ActionResult:
    name, qualifier = _asked(response)
    before = config_of(response.backend, name, qualifier) or {}
    return _keep(response, {**before, **response.json_body})


def _keep(response: LambdaResponse, given: dict[str, Any]) -> ActionResult:
    name, qualifier = _asked(response)
    function = response.backend.get_function(name)
    arn = _arn(response.backend, name, qualifier)
    config = EventInvokeConfig(arn, function.last_modified, given)
    others = [each for each in function.event_invoke_config if each.arn != arn]
    function.event_invoke_config = [*others, config]
    return ActionResult(config.response())


def _get(response: LambdaResponse) -> ActionResult:
    return ActionResult(_found(response).response())


def _delete(response: LambdaResponse) -> tuple[int, dict[str, int], str]:
    gone = _found(response)
    function = response.backend.get_function(_asked(response)[0])
    function.event_invoke_config = [
        each for each in function.event_invoke_config if each is not gone
    ]
    return 204, {"status": 204}, ""


def _list(response: LambdaResponse) -> str:
    name = response.path.rsplit("/", 3)[1]
    configs = response.backend.get_function(name).event_invoke_config
    return json.dumps({"FunctionEventInvokeConfigs": [each.response() for each in configs]})


def _found(response: LambdaResponse) -> EventInvokeConfig:
    name, qualifier = _asked(response)
    arn = _arn(response.backend, name, qualifier)
    for config in response.backend.get_function(name).event_invoke_config:
        if config.arn == arn:
            return config
    raise UnknownEventConfig(arn)


def _asked(response: LambdaResponse) -> tuple[str, str | None]:
    function = response.backend.get_function(response.uri_match["FunctionName"])
    return function.function_name, response._get_param("Qualifier")


def _arn(backend: LambdaBackend, name: str, qualifier: str | None) -> str:
    arn = backend.get_function(name).function_arn
    return arn if qualifier in (None, "$LATEST") else f"{arn}:{qualifier}"
