"""Where the logs of functions go."""

from collections.abc import Sequence

from moto.awslambda.exceptions import UnknownFunctionException
from moto.awslambda.models import lambda_backends
from moto.logs.models import logs_backends

from local_aws.awslambda.function import Function
from local_aws.awslambda.permissions import may_log
from local_aws.awslambda.sandbox import LogLine
from local_aws.iam.authorization import Authorization
from local_aws.request_lock import request_lock


@request_lock
def write_log(
    authorization: Authorization, function: Function, stream: str, lines: Sequence[LogLine]
) -> None:
    """Append `lines` to the log group of a function. Group and stream are created if missing.

    Without the permissions of the execution role, nothing is written and no error reported. The
    group is not created for a function that was deleted while it ran: Terraform deletes a function
    before its log group, and would leave a new one behind.
    """
    account_id = function.arn.split(":")[4]
    backend = logs_backends[account_id][function.region]
    if function.log_group not in backend.groups:
        if _is_deleted(function, account_id):
            return
        if not may_log(authorization, function, "logs:CreateLogGroup", ""):
            return
        backend.ensure_log_group(function.log_group)
    if stream not in backend.groups[function.log_group].streams:
        if not may_log(authorization, function, "logs:CreateLogStream", stream):
            return
        backend.create_log_stream(function.log_group, stream)
    if may_log(authorization, function, "logs:PutLogEvents", stream):
        events = [{"timestamp": line.timestamp, "message": line.message} for line in lines]
        backend.put_log_events(function.log_group, stream, events)


def _is_deleted(function: Function, account_id: str) -> bool:
    try:
        lambda_backends[account_id][function.region].get_function(function.name)
    except UnknownFunctionException:
        return True
    return False
