"""Patches of CloudWatch Logs: what log groups are like, and what becomes of log events."""

from typing import Any

from moto.cloudwatch.models import cloudwatch_backends
from moto.logs import models
from moto.logs.exceptions import InvalidParameterException
from moto.logs.models import LogsBackend
from moto.logs.responses import LogsResponse

from local_aws.awslambda.resource_policies import may_invoke
from local_aws.cloudwatch.embedded_metrics import extract_metrics
from local_aws.patching import Patch

_NOT_PERMITTED = (
    "Could not execute the lambda function. Make sure you have given CloudWatch Logs permission to "
    "execute your function."
)


class LocalLogGroup(models.LogGroup):
    """A log group that keeps its class."""

    log_group_class = "STANDARD"

    def to_describe_dict(self) -> dict[str, Any]:
        return {**super().to_describe_dict(), "logGroupClass": self.log_group_class}


def install(patch: Patch) -> None:
    """moto forgets the class, so that every plan of Terraform would replace the group.

    It also subscribes functions that CloudWatch Logs may not invoke.
    """
    moto_create, moto_put = LogsResponse.create_log_group, LogsBackend.put_log_events
    moto_subscribe = LogsBackend.put_subscription_filter

    def log_group(response: LogsResponse) -> LocalLogGroup:
        group = response.logs_backend.groups[response._get_param("logGroupName")]
        assert isinstance(group, LocalLogGroup)
        return group

    def create_log_group(response: LogsResponse) -> str:
        body = moto_create(response)
        log_group_class = response._get_param("logGroupClass")
        if log_group_class:
            log_group(response).log_group_class = log_group_class
        return body

    def change_kms_key(response: LogsResponse) -> str:
        # DisassociateKmsKey has no such parameter, and leaves the group without a key.
        log_group(response).kms_key_id = response._get_param("kmsKeyId")
        return ""

    def put_subscription_filter(
        backend: LogsBackend,
        group: str,
        name: str,
        pattern: str,
        destination_arn: str,
        role_arn: str,
    ) -> None:
        groups = f"arn:aws:logs:{backend.region_name}:{backend.account_id}:log-group"
        if ":function:" in destination_arn and not may_invoke(
            destination_arn, "logs.amazonaws.com", f"{groups}:{group}:*"
        ):
            raise InvalidParameterException(_NOT_PERMITTED)
        moto_subscribe(backend, group, name, pattern, destination_arn, role_arn)

    def put_log_events(
        backend: LogsBackend,
        log_group_name: str,
        log_stream_name: str,
        log_events: list[dict[str, Any]],
    ) -> tuple[str, dict[str, Any]]:
        result = moto_put(backend, log_group_name, log_stream_name, log_events)
        metrics = cloudwatch_backends[backend.account_id][backend.region_name]
        for event in log_events:
            for namespace, datum in extract_metrics(event["message"]):
                metrics.put_metric_data(namespace, [datum])
        return result

    patch(models, "LogGroup", LocalLogGroup)
    patch(LogsResponse, "create_log_group", create_log_group)
    patch(LogsResponse, "associate_kms_key", change_kms_key)
    patch(LogsResponse, "disassociate_kms_key", change_kms_key)
    patch(LogsBackend, "put_log_events", put_log_events)
    patch(LogsBackend, "put_subscription_filter", put_subscription_filter)
