"""Provisioned concurrency of aliases and versions. It is allocated at once."""

import json
from datetime import datetime, timezone
from typing import Any

from moto.awslambda.exceptions import InvalidParameterValueException, LambdaClientError
from moto.awslambda.responses import LambdaResponse

from local_aws.awslambda.local_function import LocalFunction

PATH = (
    r"{0}/(?P<api_version>[^/]+)/functions/(?P<function_name>[\w_:%-]+)/provisioned-concurrency/?$"
)

Response = tuple[int, dict[str, int], str]


class _ConfigNotFound(LambdaClientError):
    """The alias or version has no provisioned concurrency."""

    code = 404

    def __init__(self) -> None:
        super().__init__(
            "ProvisionedConcurrencyConfigNotFoundException",
            "No Provisioned Concurrency Config found for this function",
        )


def put(response: LambdaResponse) -> Response:
    """Answer PutProvisionedConcurrencyConfig."""
    function, qualifier = _target(response)
    if qualifier == "$LATEST":
        raise InvalidParameterValueException(
            "Provisioned Concurrency Configs cannot be applied to unpublished function versions."
        )
    count = response.json_body["ProvisionedConcurrentExecutions"]
    function.provisioned_concurrency[qualifier] = {
        "RequestedProvisionedConcurrentExecutions": count,
        "AvailableProvisionedConcurrentExecutions": count,
        "AllocatedProvisionedConcurrentExecutions": count,
        "Status": "READY",
        "LastModified": datetime.now(timezone.utc).isoformat(timespec="seconds"),
    }
    return 202, {"status": 202}, json.dumps(function.provisioned_concurrency[qualifier])


def get(response: LambdaResponse) -> Response:
    """Answer GetProvisionedConcurrencyConfig."""
    configs, qualifier = _existing(response)
    return 200, {"status": 200}, json.dumps(configs[qualifier])


def delete(response: LambdaResponse) -> Response:
    """Answer DeleteProvisionedConcurrencyConfig."""
    configs, qualifier = _existing(response)
    del configs[qualifier]
    return 204, {"status": 204}, ""


def _existing(response: LambdaResponse) -> tuple[dict[str, Any], str]:
    function, qualifier = _target(response)
    if qualifier not in function.provisioned_concurrency:
        raise _ConfigNotFound
    return function.provisioned_concurrency, qualifier


def _target(response: LambdaResponse) -> tuple[LocalFunction, str]:
    """Return the function and the qualifier in the request. Raises if one does not exist."""
    name, qualifier = response.uri_match["FunctionName"], response._get_param("Qualifier")
    version = response.backend.get_function(name, qualifier)
    function = response.backend.get_function(version.function_name)
    assert isinstance(function, LocalFunction)
    return function, qualifier
