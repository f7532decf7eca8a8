"""Lambda functions: run them, and return all of the configuration they were given."""

import base64
import json
import uuid
from collections.abc import Sequence
from typing import Any, ClassVar

from moto.awslambda import models
from moto.awslambda.exceptions import LambdaClientError
from moto.awslambda.responses import LambdaResponse
from moto.awslambda.utils import get_backend
from moto.logs.models import logs_backends

from local_aws.completions.replace import Replace
from local_aws.executor import Executor
from local_aws.function import Function
from local_aws.sandbox import LogLine


def install(replace: Replace, executor: Executor) -> None:
    """Have every function that is created from now on run by `executor`."""
    replace(LocalFunction, "executor", executor)
    replace(models, "LambdaFunction", LocalFunction)

    delete_function = models.LambdaBackend.delete_function

    def delete_and_retire(
        self: models.LambdaBackend, function_name: str, qualifier: str | None = None
    ) -> None:
        arn = self.get_function(function_name, qualifier).function_arn
        delete_function(self, function_name, qualifier)
        executor.retire(arn)

    moto_invoke = LambdaResponse.invoke

    def invoke_qualified(self: LambdaResponse) -> Any:
        # moto looks for the qualifier under a name that no client sends
        qualifier = self.querystring.get("Qualifier")
        if qualifier:
            self.querystring["qualifier"] = qualifier
        return moto_invoke(self)

    put_invoke_config = models.LambdaBackend.put_function_event_invoke_config

    def put_one_invoke_config(
        self: models.LambdaBackend, function_name: str, config: dict[str, Any]
    ) -> dict[str, Any]:
        # moto adds to those there are and answers with the first
        self.get_function(function_name).event_invoke_config = []
        return put_invoke_config(self, function_name, config)

    replace(LambdaResponse, "invoke", invoke_qualified)
    replace(models.LambdaBackend, "delete_function", delete_and_retire)
    replace(models.LambdaBackend, "put_function_event_invoke_config", put_one_invoke_config)


def write_log(function: Function, stream: str, lines: Sequence[LogLine]) -> None:
    """Append `lines` to the function's log group, which is made if it does not exist."""
    account_id = function.arn.split(":")[4]
    backend = logs_backends[account_id][function.region]
    backend.ensure_log_group(function.log_group)
    if stream not in backend.groups[function.log_group].streams:
        backend.create_log_stream(function.log_group, stream)
    events = [{"timestamp": line.timestamp, "message": line.message} for line in lines]
    backend.put_log_events(function.log_group, stream, events)


class LocalFunction(models.LambdaFunction):
    """A function that runs in child processes, and keeps what moto drops."""

    executor: ClassVar[Executor | None] = None

    def __init__(
        self, account_id: str, spec: dict[str, Any], region: str, version: str | int = 1
    ) -> None:
        super().__init__(account_id, spec, region, version)
        self._kept: dict[str, Any] = {}
        self._keep(spec)

    def _keep(self, spec: dict[str, Any]) -> None:
        self.revision_id = str(uuid.uuid4())
        for name in ("DeadLetterConfig", "LoggingConfig"):
            if name in spec:
                self._kept[name] = spec[name]

    @property
    def logging_config(self) -> dict[str, str]:
        """The logging configuration with the defaults AWS fills in."""
        kept = self._kept.get("LoggingConfig", {})
        given = {name: value for name, value in kept.items() if value}
        config = {"LogFormat": "Text", "LogGroup": f"/aws/lambda/{self.function_name}"}
        if given.get("LogFormat") == "JSON":
            config |= {"ApplicationLogLevel": "INFO", "SystemLogLevel": "INFO"}
        return config | given

    def get_configuration(self, on_create: bool = False) -> dict[str, Any]:
        config = super().get_configuration(on_create)
        config["RevisionId"] = self.revision_id
        config["LoggingConfig"] = self.logging_config
        if self._kept.get("DeadLetterConfig", {}).get("TargetArn"):
            config["DeadLetterConfig"] = self._kept["DeadLetterConfig"]
        return config

    def get_code(self) -> dict[str, Any]:
        code = super().get_code()
        if self.reserved_concurrency is not None:  # moto leaves 0 out, which stops the function
            code["Concurrency"] = {"ReservedConcurrentExecutions": self.reserved_concurrency}
        return code

    @property
    def vpc_config(self) -> dict[str, Any] | None:
        config = super().vpc_config
        if config and config["SubnetIds"]:
            # late, for it takes longer to import than all the rest
            from moto.ec2.models import ec2_backends

            backend = ec2_backends[self.account_id][self.region]
            config["VpcId"] = backend.get_subnet(config["SubnetIds"][0]).vpc_id
        return config

    def update_configuration(self, config_updates: dict[str, Any]) -> dict[str, Any]:
        super().update_configuration(config_updates)
        if "KMSKeyArn" in config_updates:
            self.kms_key_arn = config_updates["KMSKeyArn"]
        if "TracingConfig" in config_updates:
            self.tracing_config = config_updates["TracingConfig"]
        if "EphemeralStorage" in config_updates:
            self.ephemeral_storage = config_updates["EphemeralStorage"]["Size"]
        self._keep(config_updates)
        return self.get_configuration()

    def update_function_code(self, updated_spec: dict[str, Any]) -> dict[str, Any]:
        if not updated_spec.get("DryRun"):
            super().update_function_code(updated_spec)
            if "Architectures" in updated_spec:
                self.architectures = updated_spec["Architectures"]
            self._keep({})
        return self.get_configuration()

    def invoke(self, body: Any, request_headers: Any, response_headers: Any) -> bytes:
        assert self.executor is not None
        invocation_type = request_headers.get("X-Amz-Invocation-Type", "RequestResponse")
        if invocation_type == "DryRun":
            return b""
        result = self.executor.invoke(self._as_function(), _event_text(body))
        if invocation_type == "Event":
            return b""
        if result.function_error:
            response_headers["x-amz-function-error"] = result.function_error
        response_headers["x-amz-executed-version"] = str(self.version)
        response_headers["x-amz-log-result"] = base64.b64encode(result.log_tail.encode()).decode()
        return result.payload.encode()

    def _as_function(self) -> Function:
        backend = get_backend(self.account_id, self.region)
        layers = [backend.layers_versions_by_arn(layer["Arn"]) for layer in self.layers]
        logging = self.logging_config
        return Function(
            arn=self.function_arn,
            name=self.function_name,
            version=str(self.version),
            revision=self.revision_id,
            region=self.region,
            runtime=self.run_time or "",
            handler=self.handler or "",
            timeout_sec=int(self.timeout),
            memory_mb=int(self.memory_size),
            environment={name: str(value) for name, value in self.environment_vars.items()},
            code=self.code_bytes,
            layers=tuple(layer.code_bytes for layer in layers if layer),
            log_group=logging["LogGroup"],
            log_format=logging["LogFormat"],
            log_level=logging.get("ApplicationLogLevel"),
        )


def _event_text(body: Any) -> str:
    text = body.decode() if isinstance(body, bytes) else body or "{}"
    try:
        json.loads(text)
    except ValueError as error:
        raise LambdaClientError(
            "InvalidRequestContentException", f"Could not parse request body into json: {error}"
        ) from error
    return text
