"""CloudWatch Logs: a log group keeps its class, and its key can be changed."""

from typing import Any

from moto.logs import models
from moto.logs.responses import LogsResponse

from local_aws.patching import Replace


class LocalLogGroup(models.LogGroup):
    """A log group with its class."""

    log_group_class = "STANDARD"

    def to_describe_dict(self) -> dict[str, Any]:
        return {**super().to_describe_dict(), "logGroupClass": self.log_group_class}


def install(replace: Replace) -> None:
    """A class that does not come back makes Terraform replace the group in every plan."""
    moto_create = LogsResponse.create_log_group

    def named_group(response: LogsResponse) -> LocalLogGroup:
        group = response.logs_backend.groups[response._get_param("logGroupName")]
        assert isinstance(group, LocalLogGroup)
        return group

    def create_log_group(response: LogsResponse) -> str:
        answer = moto_create(response)
        log_group_class = response._get_param("logGroupClass")
        if log_group_class:
            named_group(response).log_group_class = log_group_class
        return answer

    def associate_kms_key(response: LogsResponse) -> str:
        named_group(response).kms_key_id = response._get_param("kmsKeyId")
        return ""

    replace(models, "LogGroup", LocalLogGroup)
    # without a key in the request, the same call takes the key away
    replace(LogsResponse, "associate_kms_key", associate_kms_key)
    replace(LogsResponse, "disassociate_kms_key", associate_kms_key)
    replace(LogsResponse, "create_log_group", create_log_group)
