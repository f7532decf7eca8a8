"""The order system: replies to orders from the queue, and writes a receipt for each order file."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import unquote_plus

import boto3

s3 = boto3.client("s3")
sqs = boto3.client("sqs")


def handler(event: dict[str, Any], context: object) -> None:
    """Process the orders in an event from SQS or S3."""
    for record in event["Records"]:
        if record["eventSource"] == "aws:sqs":
            answer(json.loads(record["body"]))
        else:
            write_receipt(
                record["s3"]["bucket"]["name"], unquote_plus(record["s3"]["object"]["key"])
            )


def answer(order: dict[str, Any]) -> None:
    """Send a reply, if the order asks for one."""
    if "reply_to" in order:
        reply = {"order": order["id"], "done": True}
        sqs.send_message(QueueUrl=order["reply_to"], MessageBody=json.dumps(reply))


def write_receipt(bucket: str, key: str) -> None:
    """Write `receipts/<name>` for `orders/<name>`."""
    order = json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
    receipt = {"order": order["id"], "done": True}
    s3.put_object(
        Bucket=bucket, Key=f"receipts/{key.removeprefix('orders/')}", Body=json.dumps(receipt)
    )
