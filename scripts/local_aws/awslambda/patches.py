"""Patches of Lambda: functions run, and keep the configuration that moto drops."""

from typing import Any

from moto.awslambda import models, urls
from moto.awslambda.responses import LambdaResponse
from moto.core.responses import ActionResult

from local_aws.awslambda import event_invoke_configs, provisioned_concurrency
from local_aws.awslambda.function import qualifier_in
from local_aws.awslambda.invocations import Invoker
from local_aws.awslambda.local_function import LocalFunction
from local_aws.iam.authorization import Authorization
from local_aws.patching import Patch


def install(patch: Patch, invoker: Invoker, authorization: Authorization) -> None:
    """moto needs Docker to run functions; from now on, `invoker` runs those that are created."""
    moto_delete, moto_invoke = models.LambdaBackend.delete_function, LambdaResponse.invoke

    def delete_function(
        backend: models.LambdaBackend, function_name: str, qualifier: str | None = None
    ) -> None:
        arn = backend.get_function(function_name, qualifier).function_arn
        moto_delete(backend, function_name, qualifier)
        invoker.executor.retire(arn)

    def invoke_qualified(response: LambdaResponse) -> Any:
        # moto reads the qualifier from a parameter that no client sends.
        qualifier = response.querystring.get("Qualifier")
        if qualifier:
            response.querystring["qualifier"] = qualifier
        return moto_invoke(response)

    configs = event_invoke_configs

    def put_invoke_config(response: LambdaResponse) -> ActionResult:
        return configs.put(authorization, response)

    def update_invoke_config(response: LambdaResponse) -> ActionResult:
        return configs.update(authorization, response)

    patch(LocalFunction, "invoker", invoker)
    patch(LocalFunction, "authorization", authorization)
    patch(models, "LambdaFunction", LocalFunction)
    patch(models.LambdaBackend, "invoke", _invoke)
    patch(models.LambdaBackend, "delete_function", delete_function)
    patch(LambdaResponse, "invoke", invoke_qualified)

    # moto applies the configuration of a function to its aliases, and answers with the first.
    patch(LambdaResponse, "put_function_event_invoke_config", put_invoke_config)
    patch(LambdaResponse, "update_function_event_invoke_config", update_invoke_config)
    patch(LambdaResponse, "get_function_event_invoke_config", configs.get)
    patch(LambdaResponse, "delete_function_event_invoke_config", configs.delete)
    patch(LambdaResponse, "list_function_event_invoke_configs", configs.list_)

    # moto has no provisioned concurrency.
    path = {provisioned_concurrency.PATH: LambdaResponse.dispatch}
    patch(urls, "url_paths", {**urls.url_paths, **path})
    patch(LambdaResponse, "put_provisioned_concurrency_config", provisioned_concurrency.put)
    patch(LambdaResponse, "get_provisioned_concurrency_config", provisioned_concurrency.get)
    patch(LambdaResponse, "delete_provisioned_concurrency_config", provisioned_concurrency.delete)


def _invoke(
    backend: models.LambdaBackend,
    function_name: str,
    qualifier: str | None,
    body: Any,
    headers: Any,
    response_headers: Any,
) -> bytes:
    function = backend.get_function(function_name, qualifier)
    assert isinstance(function, LocalFunction)
    invoked = qualifier_in(f"{function_name}:{qualifier}" if qualifier else function_name)
    payload = function.invoke(body, headers, response_headers, invoked)
    response_headers["Content-Length"] = str(len(payload))
    return payload
