"""Whether the role of a state machine may set up its log, which Step Functions checks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from moto.core.exceptions import AWSError
from moto.core.responses import ActionResult
from moto.stepfunctions.responses import StepFunctionResponse

from local_aws.iam.authorization import Authorization, RoleSession
from local_aws.iam.policies import Permission
from local_aws.patching import Patch

_OPERATIONS = (
    "CreateLogDelivery",
    "DeleteLogDelivery",
    "DescribeLogGroups",
    "DescribeResourcePolicies",
    "GetLogDelivery",
    "ListLogDeliveries",
    "PutResourcePolicy",
    "UpdateLogDelivery",
)


class LogDestinationDenied(AWSError):
    """The role of a state machine may not set up its log."""

    TYPE = "AccessDeniedException"
    STATUS = 400

    def __init__(self) -> None:
        super().__init__(
            "The state machine IAM Role is not authorized to access the Log Destination"
        )


def install(patch: Patch, authorization: Authorization) -> None:
    """moto does not check the role of a state machine that is created or updated."""
    moto_create, moto_update = (
        StepFunctionResponse.create_state_machine,
        StepFunctionResponse.update_state_machine,
    )

    def check(role_arn: str, name: str, logging: Mapping[str, Any]) -> None:
        if logging.get("level", "OFF") != "OFF":
            required = [Permission(f"logs:{operation}", "*") for operation in _OPERATIONS]
            if authorization.denied(RoleSession(role_arn, name), required):
                raise LogDestinationDenied

    def create_state_machine(response: StepFunctionResponse) -> ActionResult:
        role_arn, name = response._get_param("roleArn"), response._get_param("name")
        check(role_arn, name, response._get_param("loggingConfiguration") or {})
        return moto_create(response)

    def update_state_machine(response: StepFunctionResponse) -> ActionResult:
        arn = response._get_param("stateMachineArn")
        machine = response.stepfunction_backend.describe_state_machine(arn)
        role_arn = response._get_param("roleArn") or machine.roleArn
        logging = response._get_param("loggingConfiguration") or machine.loggingConfiguration
        check(role_arn, machine.name, logging)
        return moto_update(response)

    patch(StepFunctionResponse, "create_state_machine", create_state_machine)
    patch(StepFunctionResponse, "update_state_machine", update_state_machine)
