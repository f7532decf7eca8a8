"""Reads the objects that it is told of, and refuses those that contain "poison"."""

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
        began = time.time()
        content = s3.get_object(Bucket=bucket, Key=key)["Body"].read().decode()
        if content == "poison":
            raise ValueError(f"{key} is no image")
        time.sleep(float(content or 0))
        line = {"action": "process_complete", "key": key, "began": began, "ended": time.time()}
        print(json.dumps(line))
