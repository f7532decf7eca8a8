"""Writes an invoice for each order, and then deletes the order."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

import boto3

BUCKET = os.environ["BUCKET"]
CENT = Decimal("0.01")

s3 = boto3.client("s3")


class InvalidSetting(Exception):
    """An environment variable has an invalid value."""


class NotInvoiced(Exception):
    """Orders could not be invoiced. The message contains each of them with its error."""


def lambda_handler(event: object, context: object) -> dict[str, int]:
    """Write an invoice for every order. Raise NotInvoiced at the end if any of them failed."""
    rate = tax_rate(os.environ["VAT_PERCENT"])
    done = 0
    problems = []
    for key in orders():
        # An invalid order must not delay the others.
        try:
            invoice(key, rate)
        except Exception as error:
            problems.append(f"{key}: {error!r}")
        else:
            done += 1
    print(f"{done} invoices")
    if problems:
        raise NotInvoiced("; ".join(problems))
    return {"invoices": done}


def tax_rate(percent: str) -> Decimal:
    """Return the tax rate, for example 0.2 for 20 percent."""
    try:
        return Decimal(percent) / 100
    except InvalidOperation as error:
        raise InvalidSetting(f"VAT_PERCENT must be a number, but is {percent}") from error


def orders() -> Iterator[str]:
    """Return the keys of all orders that are not invoiced yet."""
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix="orders/"):
        for each in page.get("Contents", []):
            yield each["Key"]


def invoice(key: str, rate: Decimal) -> None:
    """Write `invoices/<name>` and delete `orders/<name>`. Doing so again gives the same invoice."""
    order = json.loads(s3.get_object(Bucket=BUCKET, Key=key)["Body"].read())
    net = Decimal(order["net"])
    tax = (net * rate).quantize(CENT)
    body = {**order, "tax": str(tax), "gross": str(net + tax)}
    invoice_key = f"invoices/{key.removeprefix('orders/')}"
    s3.put_object(Bucket=BUCKET, Key=invoice_key, Body=json.dumps(body))
    s3.delete_object(Bucket=BUCKET, Key=key)
