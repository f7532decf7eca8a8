"""Writes the deliveries of suppliers, which are JSON files, to the table of the stock."""

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

# Compiled once in each execution environment. Raises for an invalid delivery.
validate = fastjsonschema.compile(json.loads(Path(__file__).with_name("schema.json").read_text()))


def lambda_handler(event: dict[str, Any], context: object) -> None:
    """Import the files in an event from S3. Importing a file again gives the same items."""
    for record in event["Records"]:
        bucket = record["s3"]["bucket"]["name"]
        import_delivery(bucket, unquote_plus(record["s3"]["object"]["key"]))


def import_delivery(bucket: str, key: str) -> None:
    """Write the articles of `deliveries/<supplier>.json`, or none if any of them is invalid."""
    delivery = json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
    validate(delivery)
    for each in delivery["articles"]:
        item = {
            "supplier": {"S": Path(key).stem},
            "article": {"S": each["article"]},
            "quantity": {"N": str(each["quantity"])},
            "price": {"N": each["price"]},
        }
        dynamodb.put_item(TableName=TABLE, Item=item)
    print(f"{key}: {len(delivery['articles'])} articles")
