"""The pipeline: turns each job file into a report of its kind."""

from __future__ import annotations

import json
import os
from typing import Any
from urllib.parse import unquote_plus

import boto3

KINDS = os.environ["KINDS"].split(",")

s3 = boto3.client("s3")


class UnknownKind(Exception):
    """A job asks for a kind of report that is not made."""


def handler(event: dict[str, Any], context: object) -> None:
    """Turn `jobs/<kind>/<name>` into `reports/<kind>/<name>`, for the files S3 announces."""
    for record in event["Records"]:
        bucket = record["s3"]["bucket"]["name"]
        key = unquote_plus(record["s3"]["object"]["key"])
        _, kind, name = key.split("/", 2)
        if kind not in KINDS:
            raise UnknownKind(f"{key}: reports are made of {', '.join(KINDS)}")
        job = json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
        report = json.dumps({"kind": kind, "job": job["id"]})
        s3.put_object(Bucket=bucket, Key=f"reports/{kind}/{name}", Body=report)
