"""What Lambda does with the execution role of a function, and the permissions that it requires."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from moto.awslambda.exceptions import InvalidParameterValueException, LambdaClientError

from local_aws.awslambda.function import Function
from local_aws.iam.api_requests import arn
from local_aws.iam.authorization import Authorization, RoleSession
from local_aws.iam.policies import Permission
from local_aws.kms.permissions import to_use_key
from local_aws.request_lock import request_lock
from local_aws.sns.permissions import to_publish
from local_aws.sqs.permissions import to_send

_NETWORK_INTERFACES = (
    "ec2:CreateNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DeleteNetworkInterface",
)
_TRACING = ("xray:PutTraceSegments", "xray:PutTelemetryRecords")


class KmsAccessDenied(LambdaClientError):
    """The execution role may not decrypt the environment variables of its function."""

    code = 502

    def __init__(self, message: str) -> None:
        super().__init__(
            "KMSAccessDeniedException",
            "Lambda was unable to decrypt the environment variables because KMS access was "
            "denied. Please check the function's KMS key settings. KMS Exception: "
            f"AccessDeniedException KMS Message: {message}",
        )


@request_lock
def assume_role(authorization: Authorization, function: Function) -> dict[str, str]:
    """Return credentials of the execution role for an environment that starts.

    Raises KmsAccessDenied if the role may not decrypt the environment variables.
    """
    session = _session(function)
    key = function.kms_key_arn if function.environment else None
    if denied := authorization.denied(session, to_use_key(function.region, key, "Decrypt")):
        raise KmsAccessDenied(denied.message)
    return authorization.credentials(session)


def may_log(authorization: Authorization, function: Function, action: str, stream: str) -> bool:
    """Return whether the execution role may do `action` with a log stream of its function."""
    group = f"log-group:{function.log_group}:log-stream:{stream}"
    permission = Permission(action, arn("logs", function.region, group))
    return authorization.denied(_session(function), [permission]) is None


def may_send(authorization: Authorization, function: Function, target_arn: str) -> bool:
    """Return whether the execution role may send to a dead-letter queue or destination."""
    return authorization.denied(_session(function), _to_send(target_arn)) is None


def check_configuration(
    authorization: Authorization, role_arn: str, name: str, configuration: Mapping[str, Any]
) -> None:
    """Raise the error of Lambda if the execution role lacks what a configuration requires."""
    required: list[Permission] = []
    if (configuration.get("VpcConfig") or {}).get("SubnetIds"):
        required += [Permission(action, "*") for action in _NETWORK_INTERFACES]
    if (configuration.get("TracingConfig") or {}).get("Mode") == "Active":
        required += [Permission(action, "*") for action in _TRACING]
    if target := (configuration.get("DeadLetterConfig") or {}).get("TargetArn"):
        is_topic = target.split(":")[2] == "sns"
        required.append(Permission("sns:Publish" if is_topic else "sqs:SendMessage", target))
    if denied := authorization.denied(RoleSession(role_arn, name), required):
        service, action = denied.permission.action.split(":")
        raise InvalidParameterValueException(
            "The provided execution role does not have permissions to call "
            f"{action} on {service.upper()}"
        )


def check_destinations(
    authorization: Authorization, role_arn: str, name: str, settings: Mapping[str, Any]
) -> None:
    """Raise the error of Lambda if the execution role may not send to a destination."""
    for destination in (settings.get("DestinationConfig") or {}).values():
        if not (target := destination.get("Destination")):
            continue
        if denied := authorization.denied(RoleSession(role_arn, name), _to_send(target)):
            action = denied.permission.action.split(":")[1]
            raise InvalidParameterValueException(
                f"The function's execution role does not have permissions to call {action} on "
                f"{target}"
            )


def _session(function: Function) -> RoleSession:
    return RoleSession(function.role, function.name)


def _to_send(target_arn: str) -> list[Permission]:
    service = target_arn.split(":")[2]
    if service == "sqs":
        return to_send(target_arn)
    if service == "sns":
        return to_publish(target_arn)
    if service == "s3":
        actions = {"s3:PutObject": f"{target_arn}/*", "s3:ListBucket": target_arn}
        return [Permission(action, resource) for action, resource in actions.items()]
    action = "events:PutEvents" if service == "events" else "lambda:InvokeFunction"
    return [Permission(action, target_arn)]
