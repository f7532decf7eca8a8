"""Writes what suppliers deliver as JSON files to the table of what is in stock."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus

import boto3
import fastjsonschema

TABLE = os.environ["TABLE"]

s3 = boto3.client("s3")
dynamodb = boto3.client("dynamodb")

# Compiled once in the life of the process; raises for what is no delivery.
check = fastjsonschema.compile(json.loads(Path(__file__).with_name("schema.json").read_text()))


def lambda_handler(event: dict[str, Any], context: object) -> None:
    """Take the files that S3 announces. One that comes twice is written twice, alike."""
    for record in event["Records"]:
        bucket = record["s3"]["bucket"]["name"]
        take(bucket, unquote_plus(record["s3"]["object"]["key"]))


def take(bucket: str, key: str) -> None:
    """Write the articles of `deliveries/<supplier>.json`, or none if one of them is not valid."""
    delivery = json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
    check(delivery)
    for each in delivery["articles"]:
        item = {
            "supplier": {"S": Path(key).stem},
            "article": {"S": each["article"]},
            "quantity": {"N": str(each["quantity"])},
            "price": {"N": each["price"]},
        }
        dynamodb.put_item(TableName=TABLE, Item=item)
    print(f"{key}: {len(delivery['articles'])} articles")
