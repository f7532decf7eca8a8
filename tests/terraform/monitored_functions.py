"""Instances of modules/monitored-lambda, their metrics and their notifications."""

from __future__ import annotations

import hashlib
import json
import zipfile
from base64 import b64encode
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cli.common.terraform import Terraform, working_copy

from .roots import write_modules

if TYPE_CHECKING:
    from local_aws import LocalAws

FIXTURES = Path(__file__).parent / "monitored"
MODULE = "../modules/monitored-lambda"
MINUTE = timedelta(minutes=1)

# Namespace and dimension of the metrics that are not in AWS/Lambda.
SOURCES = {"memory_utilization": ("LambdaInsights", "function_name")}

Data = Mapping[str, float]
"""The value of each metric in a minute."""


def given(name: str, **variables: Any) -> dict[str, Any]:
    """Return the variables of an instance: the required ones, and `variables`."""
    required = {
        "function_name": name,
        "lambda_source_dir": str(FIXTURES / "simple_lambda"),
        "alarm_emails": [address(name)],
    }
    return {**required, **variables}


def address(name: str) -> str:
    """Return the address that the alarms of a function notify."""
    return f"{name}@example.com"


def root(folder: Path, functions: Mapping[str, Mapping[str, Any]]) -> Terraform:
    """Write a root module with an instance for each function, and initialize Terraform there."""
    modules = {name: given(name, **variables) for name, variables in functions.items()}
    terraform = Terraform(write_modules(working_copy(folder), MODULE, modules))
    terraform.init()
    return terraform


def bucket_for_packages(aws: LocalAws) -> str:
    """Create a bucket and return its name.

    Without one, the provider uploads packages to Lambda one after the other, and waits five
    seconds for each.
    """
    bucket = "monitored-packages"
    aws.client("s3").create_bucket(Bucket=bucket)
    return bucket


def built(terraform: Terraform, name: str) -> Path:
    """Return the path of the only package that was built for a function."""
    [path] = (terraform.folder / ".build").glob(f"{name}-*.zip")
    return path


def contents(package: Path) -> dict[str, bytes]:
    """Return the files of a package, by name."""
    with zipfile.ZipFile(package) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def code_hash(package: Path) -> str:
    """Return the CodeSha256 of a function with this package."""
    return b64encode(hashlib.sha256(package.read_bytes()).digest()).decode()


def put(aws: LocalAws, name: str, time: datetime, data: Data) -> None:
    """Put metrics of a function's runs at that time."""
    for metric, value in data.items():
        namespace, dimension = SOURCES.get(metric, ("AWS/Lambda", "FunctionName"))
        datum = {
            "MetricName": metric,
            "Dimensions": [{"Name": dimension, "Value": name}],
            "Timestamp": time,
            "Value": value,
        }
        aws.client("cloudwatch").put_metric_data(Namespace=namespace, MetricData=[datum])


def alarms(aws: LocalAws, name: str) -> dict[str, dict[str, Any]]:
    """Return the alarms of a function, by type."""
    prefix = f"{name}-"
    found = aws.client("cloudwatch").describe_alarms(AlarmNamePrefix=prefix)["MetricAlarms"]
    return {alarm["AlarmName"].removeprefix(prefix): alarm for alarm in found}


def full_minute(days_ago: int) -> datetime:
    """Return the start of a minute that is long enough ago to be far from other tests' data."""
    now = datetime.now(timezone.utc).replace(second=0, microsecond=0)
    return now - timedelta(days=days_ago)


def subject(state: str, name: str, about: str) -> str:
    """Return the subject of the notification that an alarm has changed to a state."""
    return f'{state}: "{name}-{about}" in US East (N. Virginia)'[:100]


class Mail:
    """The emails to an address."""

    def __init__(self, aws: LocalAws, address: str) -> None:
        self._aws = aws
        self._address = address
        self._read = len(aws.inbox(address))

    def news(self) -> list[str]:
        """Return the subjects of the emails since the last call."""
        arrived = self._aws.inbox(self._address)
        subjects = [email.subject for email in arrived[self._read :]]
        self._read = len(arrived)
        return subjects


class Subscribers:
    """The subscribers of a function's topic: its email address, and a queue."""

    def __init__(self, aws: LocalAws, name: str, topic_arn: str) -> None:
        self._aws = aws
        self._mail = Mail(aws, address(name))
        queue = f"{name}-subscriber"
        self._url: str = aws.client("sqs").create_queue(QueueName=queue)["QueueUrl"]
        arn = f"arn:aws:sqs:{aws.region}:{aws.account_id}:{queue}"
        aws.client("sns").subscribe(TopicArn=topic_arn, Protocol="sqs", Endpoint=arn)

    def news(self) -> list[str]:
        """Return the subjects since the last call, which must be the same in both places."""
        messages = receive(self._aws, self._url)
        news = self._mail.news()
        assert news == [json.loads(message["Body"])["Subject"] for message in messages]
        return news


def receive(aws: LocalAws, queue_url: str) -> list[dict[str, Any]]:
    """Return and delete all messages in a queue."""
    sqs = aws.client("sqs")
    found: list[dict[str, Any]] = []
    while messages := sqs.receive_message(
        QueueUrl=queue_url, MaxNumberOfMessages=10, MessageAttributeNames=["All"]
    ).get("Messages"):
        for message in messages:
            sqs.delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])
        found += messages
    return found
