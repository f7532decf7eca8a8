"""The pipeline: creates a report for each job file."""

from __future__ import annotations

import json
import os
from typing import Any
from urllib.parse import unquote_plus

import boto3

KINDS = os.environ["KINDS"].split(",")

s3 = boto3.client("s3")


class UnknownKind(Exception):
    """A job requests a kind of report that the pipeline does not create."""


def handler(event: dict[str, Any], context: object) -> None:
    """Write `reports/<kind>/<name>` for each `jobs/<kind>/<name>` in an event from S3."""
    for record in event["Records"]:
        bucket = record["s3"]["bucket"]["name"]
        key = unquote_plus(record["s3"]["object"]["key"])
        _, kind, name = key.split("/", 2)
        if kind not in KINDS:
            raise UnknownKind(f"{key}: the kind must be one of {', '.join(KINDS)}")
        job = json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
        report = json.dumps({"kind": kind, "job": job["id"]})
        s3.put_object(Bucket=bucket, Key=f"reports/{kind}/{name}", Body=report)
