"""What Lambda wants of a function's role before it takes a configuration."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local_aws.iam.policies import Need

_NETWORK_INTERFACES = (
    "ec2:CreateNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DeleteNetworkInterface",
)
_TRACES = ("xray:PutTraceSegments", "xray:PutTelemetryRecords")


def of_configuration(configuration: Mapping[str, Any]) -> list[Need]:
    """Return what the role must be allowed for the parts that `configuration` names."""
    found: list[Need] = []
    if (configuration.get("VpcConfig") or {}).get("SubnetIds"):
        found += [Need(action, "*") for action in _NETWORK_INTERFACES]
    if (configuration.get("TracingConfig") or {}).get("Mode") == "Active":
        found += [Need(action, "*") for action in _TRACES]
    if target := (configuration.get("DeadLetterConfig") or {}).get("TargetArn"):
        is_topic = target.split(":")[2] == "sns"
        found.append(Need("sns:Publish" if is_topic else "sqs:SendMessage", target))
    return found
