"""The examples as a user runs them: applied, with periods, and destroyed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cli.common.terraform import Terraform, working_copy
from cli.demo.scenarios import keep_old_versions

if TYPE_CHECKING:
    from local_aws import LocalAws

WITH_EXPIRY = ("monolithic", "self-healing", "vpc-kms")


@dataclass(frozen=True, slots=True)
class Example:
    """An applied example and its outputs."""

    terraform: Terraform
    outputs: Mapping[str, Any]
    variables: Mapping[str, Any]

    def plan(self) -> bool:
        """Return whether a plan has changes."""
        return self.terraform.plan(dict(self.variables))


@contextmanager
def applied(
    aws: LocalAws, folder: Path, name: str, variables: Mapping[str, Any] | None = None
) -> Iterator[Example]:
    """Apply a copy of an example, and assert that the destroy at the end leaves nothing."""
    root = working_copy(folder / "project") / "examples" / name
    if name in WITH_EXPIRY:
        keep_old_versions(root)
    terraform = Terraform(root)
    terraform.init()
    given = dict(variables or {})
    before = everything(aws)
    terraform.apply(given)
    yield Example(terraform, terraform.output(), given)
    terraform.destroy(given)
    assert everything(aws) == before


def period(aws: LocalAws, rule_name: str) -> dict[str, str]:
    """Run a period and return the status of each event."""
    [invocation] = aws.fire(rule_name)
    assert invocation.function_error is None, invocation.log_tail
    results: dict[str, str] = invocation.payload["results"]
    return results


def subjects(aws: LocalAws, example: Example) -> list[str]:
    """Return the subjects of the notifications in the example's inbox."""
    answer = aws.client("sqs").receive_message(
        QueueUrl=example.outputs["inbox_queue_url"], MaxNumberOfMessages=10
    )
    return [json.loads(message["Body"])["Subject"] for message in answer.get("Messages", [])]


def everything(aws: LocalAws) -> set[str]:
    """Return the names of all resources that an example could leave behind."""
    vpcs = aws.client("ec2").describe_vpcs()["Vpcs"]
    alarms = aws.client("cloudwatch").describe_alarms()["MetricAlarms"]
    return {
        *(each["FunctionName"] for each in aws.client("lambda").list_functions()["Functions"]),
        *(each["Name"] for each in aws.client("s3").list_buckets()["Buckets"]),
        *(each["TopicArn"] for each in aws.client("sns").list_topics()["Topics"]),
        *aws.client("sqs").list_queues().get("QueueUrls", []),
        *aws.client("dynamodb").list_tables()["TableNames"],
        *(each["Name"] for each in aws.client("events").list_rules()["Rules"]),
        *(each["logGroupName"] for each in aws.client("logs").describe_log_groups()["logGroups"]),
        *(each["Arn"] for each in aws.client("iam").list_roles()["Roles"]),
        *(each["Arn"] for each in aws.client("iam").list_policies(Scope="Local")["Policies"]),
        *(each["AlarmArn"] for each in alarms),
        *(vpc["VpcId"] for vpc in vpcs),
        *(each["ARN"] for each in aws.client("secretsmanager").list_secrets()["SecretList"]),
    }
