"""A Lambda function as the executor needs it."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Function:
    """The code and configuration of a function.

    `revision` changes with either of them. `code` and `layers` are zip files. Files of later
    layers take precedence.
    """

    arn: str
    name: str
    version: str
    revision: str
    region: str
    runtime: str
    handler: str
    timeout_sec: int
    memory_mb: int
    environment: Mapping[str, str]
    code: bytes
    layers: tuple[bytes, ...]
    log_group: str
    log_format: str
    log_level: str | None
    role: str = ""
    kms_key_arn: str | None = None


def environ_of(function: Function, task_root: str, log_stream: str) -> dict[str, str]:
    """Return the environment variables that Lambda reserves."""
    reserved = {
        "_HANDLER": function.handler,
        "AWS_DEFAULT_REGION": function.region,
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{function.runtime}",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory_mb),
        "AWS_LAMBDA_FUNCTION_NAME": function.name,
        "AWS_LAMBDA_FUNCTION_VERSION": function.version,
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_FORMAT": function.log_format,
        "AWS_LAMBDA_LOG_GROUP_NAME": function.log_group,
        "AWS_LAMBDA_LOG_STREAM_NAME": log_stream,
        "AWS_REGION": function.region,
        "LAMBDA_TASK_ROOT": task_root,
    }
    if function.log_level:
        reserved["AWS_LAMBDA_LOG_LEVEL"] = function.log_level
    return reserved


def qualifier_in(name_or_arn: str) -> str | None:
    """Return the alias or version in a name or ARN of a function.

    That is None without one, and for `$LATEST`, which is the function itself.
    """
    _, _, qualifier = name_or_arn.split(":function:")[-1].partition(":")
    return None if qualifier in ("", "$LATEST") else qualifier


def unqualified(function_arn: str) -> str:
    """Return the ARN of the function without alias or version."""
    return ":".join(function_arn.split(":")[:7])
