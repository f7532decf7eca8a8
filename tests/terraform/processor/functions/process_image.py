"""Reads the objects that it is told of, and refuses those that contain "poison".

An object that contains "wait" is read again until it contains something else.
"""

from __future__ import annotations

import json
import time
from typing import Any

import boto3

s3 = boto3.client("s3")


def lambda_handler(event: dict[str, Any], context: object) -> None:
    for record in event["Records"]:
        detail = json.loads(record["body"])["detail"]
        bucket, key = detail["bucket"]["name"], detail["object"]["key"]
        while (content := read(bucket, key)) == "wait":
            time.sleep(0.1)
        if content == "poison":
            raise ValueError(f"{key} is no image")
        print(json.dumps({"action": "process_complete", "key": key}))


def read(bucket: str, key: str) -> str:
    content: bytes = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    return content.decode()
