"""Functions of moto that run, and keep all of their configuration."""

import base64
import json
import uuid
from functools import partial
from typing import Any, ClassVar

from moto.awslambda import models
from moto.awslambda.exceptions import LambdaClientError
from moto.awslambda.utils import get_backend

from local_aws.awslambda.event_invoke_configs import settings_of
from local_aws.awslambda.executor import Result
from local_aws.awslambda.function import Function
from local_aws.awslambda.invocations import Invoker, InvokeRequest
from local_aws.awslambda.permissions import check_configuration
from local_aws.iam.authorization import Authorization
from local_aws.request_lock import request_lock

# The default of Lambda.
_RETRIES = 2
# Lambda polls these sources itself, and reports to them whether the function succeeded.
_POLLED_SOURCES = ("aws:sqs", "aws:kinesis", "aws:dynamodb")


class LocalFunction(models.LambdaFunction):
    """A function that runs in child processes and keeps what moto drops."""

    invoker: ClassVar[Invoker | None] = None
    authorization: ClassVar[Authorization | None] = None

    def __init__(
        self, account_id: str, spec: dict[str, Any], region: str, version: str | int = 1
    ) -> None:
        super().__init__(account_id, spec, region, version)
        self._check_role(spec)
        self._kept: dict[str, Any] = {}
        self._keep(spec)
        self.provisioned_concurrency: dict[str, dict[str, Any]] = {}

    def _keep(self, spec: dict[str, Any]) -> None:
        self.revision_id = str(uuid.uuid4())
        for name in ("DeadLetterConfig", "FileSystemConfigs", "LoggingConfig", "SnapStart"):
            if name in spec:
                # A new dict, since published versions share the old one.
                self._kept = {**self._kept, name: spec[name]}

    @property
    def logging_config(self) -> dict[str, str]:
        """The logging configuration, with the defaults of Lambda."""
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
        if self._kept.get("FileSystemConfigs"):
            config["FileSystemConfigs"] = self._kept["FileSystemConfigs"]
        if "SnapStart" in self._kept:
            snapshots = self._kept["SnapStart"]["ApplyOn"] == "PublishedVersions"
            published = str(self.version) != "$LATEST"
            config["SnapStart"] = {
                **self._kept["SnapStart"],
                "OptimizationStatus": "On" if snapshots and published else "Off",
            }
        image = config.get("ImageConfigResponse", {}).get("ImageConfig", {})
        if not any(image.values()):  # moto adds one to each image
            config.pop("ImageConfigResponse", None)
        return config

    def get_code(self) -> dict[str, Any]:
        code = super().get_code()
        if self.reserved_concurrency is not None:  # moto omits 0
            code["Concurrency"] = {"ReservedConcurrentExecutions": self.reserved_concurrency}
        return code

    @property
    def vpc_config(self) -> dict[str, Any] | None:
        config = super().vpc_config
        if config and config["SubnetIds"]:
            # Imported late because it takes longer than all the rest.
            from moto.ec2.models import ec2_backends

            backend = ec2_backends[self.account_id][self.region]
            config["VpcId"] = backend.get_subnet(config["SubnetIds"][0]).vpc_id
        return config

    def _check_role(self, spec: dict[str, Any]) -> None:
        assert self.authorization is not None
        role = spec.get("Role", self.role)
        check_configuration(self.authorization, role, self.function_name, spec)

    def update_configuration(self, config_updates: dict[str, Any]) -> dict[str, Any]:
        self._check_role(config_updates)
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

    def invoke(
        self, body: Any, request_headers: Any, response_headers: Any, qualifier: str | None = None
    ) -> bytes:
        """Invoke the function as the headers say.

        Other services of moto send no headers, whether they wait for the result or not.
        """
        assert self.invoker is not None
        invocation_type = request_headers.get("X-Amz-Invocation-Type", "RequestResponse")
        if invocation_type == "DryRun":
            return b""
        event = _event_text(body)
        if invocation_type == "Event":
            self.invoke_async(event, qualifier)
            return b""
        if not request_headers and not _is_polled(event):
            request_lock.defer(partial(self.invoke_async, event, qualifier))
            return b""
        result = self.invoker.invoke(self._request(event, qualifier))
        if result.function_error:
            response_headers["x-amz-function-error"] = result.function_error
        response_headers["x-amz-executed-version"] = str(self.version)
        response_headers["x-amz-log-result"] = base64.b64encode(result.log_tail.encode()).decode()
        return result.payload.encode()

    def invoke_async(self, event: str, qualifier: str | None) -> Result | None:
        """Invoke the function asynchronously, and return the result of the last attempt."""
        assert self.invoker is not None
        return self.invoker.invoke_async(self._request(event, qualifier))

    def _request(self, event: str, qualifier: str | None) -> InvokeRequest:
        backend = get_backend(self.account_id, self.region)
        reserved = backend.get_function(self.function_name).reserved_concurrency
        settings = settings_of(backend, self.function_name, qualifier)
        destinations = settings.get("DestinationConfig", {})
        return InvokeRequest(
            function=self._as_function(),
            event=event,
            qualifier=qualifier,
            reserved_concurrency=None if reserved is None else int(reserved),
            retries=settings.get("MaximumRetryAttempts", _RETRIES),
            dead_letter_arn=self._kept.get("DeadLetterConfig", {}).get("TargetArn") or None,
            on_failure_arn=destinations.get("OnFailure", {}).get("Destination") or None,
            on_success_arn=destinations.get("OnSuccess", {}).get("Destination") or None,
        )

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
            role=self.role,
            kms_key_arn=self.kms_key_arn,
        )


def _is_polled(event: str) -> bool:
    content = json.loads(event)
    records = content.get("Records", []) if isinstance(content, dict) else []
    return any(record.get("eventSource") in _POLLED_SOURCES for record in records)


def _event_text(body: Any) -> str:
    text = body.decode() if isinstance(body, bytes) else body or "{}"
    try:
        json.loads(text)
    except ValueError as error:
        raise LambdaClientError(
            "InvalidRequestContentException", f"Could not parse request body into json: {error}"
        ) from error
    return text
