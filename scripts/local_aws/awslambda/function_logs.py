"""Where the logs of functions go."""

from collections.abc import Sequence

from moto.logs.models import logs_backends

from local_aws.awslambda.function import Function
from local_aws.awslambda.sandbox import LogLine
from local_aws.iam.authorization import Permissions
from local_aws.request_lock import request_lock


@request_lock
def write_log(
    permissions: Permissions, function: Function, stream: str, lines: Sequence[LogLine]
) -> None:
    """Append `lines` to the function's log group; group and stream are made if need be.

    Nothing is written, and nobody told, where the function's role may not do that.
    """
    account_id = function.arn.split(":")[4]
    backend = logs_backends[account_id][function.region]
    if function.log_group not in backend.groups:
        if not permissions.may_log("logs:CreateLogGroup", function, ""):
            return
        backend.ensure_log_group(function.log_group)
    if stream not in backend.groups[function.log_group].streams:
        if not permissions.may_log("logs:CreateLogStream", function, stream):
            return
        backend.create_log_stream(function.log_group, stream)
    if not permissions.may_log("logs:PutLogEvents", function, stream):
        return
    events = [{"timestamp": line.timestamp, "message": line.message} for line in lines]
    backend.put_log_events(function.log_group, stream, events)
