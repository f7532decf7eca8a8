"""Turns orders into invoices, with the prices of a list."""

from __future__ import annotations

import json
import logging
import os
import time
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import boto3
from botocore.exceptions import ClientError

log = logging.getLogger()
log.setLevel(os.environ["LOG_LEVEL"])

s3 = boto3.client("s3")


class NoPriceList(Exception):
    """The price list does not exist."""


class InvalidOrder(Exception):
    """The file is not an order, or contains an article that is not in the price list."""


def lambda_handler(event: Mapping[str, Any], context: object) -> None:
    """Write the invoice for the order of each record, and raise what is wrong with it."""
    for record in event["Records"]:
        detail = json.loads(record["body"])["detail"]
        process(detail["bucket"]["name"], detail["object"])


def process(bucket: str, stored: Mapping[str, Any]) -> None:
    """Write the invoice for an order.

    Each version of an order has an invoice of its own, whose key derives from both. Therefore, it
    does no harm to process an order twice, or its versions in another order.
    """
    began = time.monotonic()
    key, version = stored["key"], stored["version-id"]
    text = content(bucket, key, VersionId=version)
    if text is None:
        log.info(json.dumps({"action": "order_deleted", "bucket": bucket, "key": key}))
        return
    prices = content(bucket, os.environ["PRICES_KEY"])
    if prices is None:
        raise NoPriceList(f"{os.environ['PRICES_KEY']} does not exist in {bucket}.")
    invoice = invoice_for(key, text, json.loads(prices))
    s3.put_object(
        Bucket=bucket,
        Key=f"invoices/{key.removeprefix('orders/').removesuffix('.json')}/{version}.json",
        Body=json.dumps({"order": key, "version": version, **invoice}, indent=2).encode(),
        ContentType="application/json",
    )
    # Dynatrace gets dt.metrics, Splunk the whole line.
    metrics = {
        "process_success": 1,
        "process_duration": time.monotonic() - began,
        "positions": len(invoice["positions"]),
    }
    line = {"action": "process_complete", "bucket": bucket, "key": key, "dt.metrics": metrics}
    log.info(json.dumps(line))


def content(bucket: str, key: str, **version: str) -> bytes | None:
    """Return the content of an object, None if it does not exist."""
    try:
        body: bytes = s3.get_object(Bucket=bucket, Key=key, **version)["Body"].read()
    except ClientError as error:
        if error.response["Error"]["Code"] in ("NoSuchKey", "NoSuchVersion"):
            return None
        raise
    return body


def invoice_for(key: str, text: bytes, prices: Mapping[str, str]) -> dict[str, Any]:
    """Return positions and total. Raises InvalidOrder."""
    try:
        ordered = {str(name): int(count) for name, count in json.loads(text)["articles"].items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InvalidOrder(f"{key} must be JSON with articles and their counts.") from error
    if unknown := sorted(ordered.keys() - prices.keys()):
        raise InvalidOrder(f"{key} contains {', '.join(unknown)}, which have no price.")
    amounts = {name: Decimal(prices[name]) * count for name, count in ordered.items()}
    positions = [
        {"article": name, "count": ordered[name], "amount": str(amount)}
        for name, amount in amounts.items()
    ]
    return {"positions": positions, "total": str(sum(amounts.values(), Decimal(0)))}
