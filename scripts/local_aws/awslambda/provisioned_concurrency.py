"""Lambda: provisioned concurrency of aliases and versions, which is there at once."""

import json
from datetime import datetime, timezone
from typing import Any

from moto.awslambda import urls
from moto.awslambda.exceptions import InvalidParameterValueException, LambdaClientError
from moto.awslambda.responses import LambdaResponse

from local_aws.awslambda.functions import LocalFunction
from local_aws.patching import Replace

_PATH = (
    r"{0}/(?P<api_version>[^/]+)/functions/(?P<function_name>[\w_:%-]+)/provisioned-concurrency/?$"
)

Response = tuple[int, dict[str, int], str]


class _NotFound(LambdaClientError):
    """The alias or version has no provisioned concurrency."""

    code = 404

    def __init__(self) -> None:
        super().__init__(
            "ProvisionedConcurrencyConfigNotFoundException",
            "No Provisioned Concurrency Config found for this function",
        )


def install(replace: Replace) -> None:
    """moto knows no such thing."""
    replace(urls, "url_paths", {**urls.url_paths, _PATH: LambdaResponse.dispatch})
    replace(LambdaResponse, "put_provisioned_concurrency_config", _put)
    replace(LambdaResponse, "get_provisioned_concurrency_config", _get)
    replace(LambdaResponse, "delete_provisioned_concurrency_config", _delete)


def _put(response: LambdaResponse) -> Response:
    function, qualifier = _asked(response)
    if qualifier == "$LATEST":
        raise InvalidParameterValueException(
            "Provisioned Concurrency Configs cannot be applied to unpublished function versions."
        )
    count = response.json_body["ProvisionedConcurrentExecutions"]
    function.provisioned[qualifier] = {
        "RequestedProvisionedConcurrentExecutions": count,
        "AvailableProvisionedConcurrentExecutions": count,
        "AllocatedProvisionedConcurrentExecutions": count,
        "Status": "READY",
        "LastModified": datetime.now(timezone.utc).isoformat(timespec="seconds"),
    }
    return 202, {"status": 202}, json.dumps(function.provisioned[qualifier])


def _get(response: LambdaResponse) -> Response:
    return 200, {"status": 200}, json.dumps(_found(response))


def _delete(response: LambdaResponse) -> Response:
    _found(response)
    function, qualifier = _asked(response)
    del function.provisioned[qualifier]
    return 204, {"status": 204}, ""


def _found(response: LambdaResponse) -> dict[str, Any]:
    function, qualifier = _asked(response)
    if qualifier not in function.provisioned:
        raise _NotFound
    return function.provisioned[qualifier]


def _asked(response: LambdaResponse) -> tuple[LocalFunction, str]:
    name, qualifier = response.uri_match["FunctionName"], response._get_param("Qualifier")
    version = response.backend.get_function(name, qualifier)
    function = response.backend.get_function(version.function_name)
    assert isinstance(function, LocalFunction)
    return function, qualifier
