"""The queues that a user names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from ..common.aws_client import client, explained

_ARN = re.compile(r"arn:[a-z0-9-]+:sqs:(?P<region>[a-z0-9-]+):(?P<account>\d{12}):(?P<name>[^:]+)")
_URL = re.compile(r"https?://(?P<host>[^/]+)/(?P<account>\d{12})/(?P<name>[^/]+)/?")
_HOST_IN_REGION = re.compile(r"sqs(?:-fips)?\.(?P<region>[a-z0-9-]+)\.(?:amazonaws|api)\..+")


class RedriveError(Exception):
    """Messages could not be replayed. The message is one line."""


@dataclass(frozen=True, slots=True)
class Queue:
    """A standard queue of SQS, and a client for its region."""

    name: str
    url: str
    arn: str
    count: int
    """About how many messages it had when it was found."""
    client: Any


def find(text: str) -> Queue:
    """Return the queue with this name, URL or ARN. Raises RedriveError."""
    by_arn, by_url = _ARN.fullmatch(text), _URL.fullmatch(text)
    named = by_arn or by_url
    name = named["name"] if named else text
    region = by_arn["region"] if by_arn else _region(by_url["host"]) if by_url else None
    absent = f"queue {name} does not exist, or you have no access to it"
    codes = ("AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist")
    if name.endswith(".fifo"):
        raise RedriveError(f"FROM and TO must be standard queues, but {name} is a FIFO queue")
    with explained(f"queue {name} could not be found", dict.fromkeys(codes, absent), RedriveError):
        sqs = client("sqs", region)
        if by_url:
            url = text
        else:
            owner = {"QueueOwnerAWSAccountId": by_arn["account"]} if by_arn else {}
            url = sqs.get_queue_url(QueueName=name, **owner)["QueueUrl"]
        wanted = ["QueueArn", "ApproximateNumberOfMessages"]
        found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=wanted)["Attributes"]
    return Queue(name, url, found["QueueArn"], int(found["ApproximateNumberOfMessages"]), sqs)


def _region(host: str) -> str | None:
    found = _HOST_IN_REGION.fullmatch(host)
    return found["region"] if found else None
