"""Writes an invoice for each order. An order stays until its invoice is there."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

import boto3

BUCKET = os.environ["BUCKET"]
CENT = Decimal("0.01")

s3 = boto3.client("s3")


class WrongSetting(Exception):
    """An environment variable has a value that cannot be used."""


class NotInvoiced(Exception):
    """There are orders without an invoice; the text names them and says why."""


def lambda_handler(event: object, context: object) -> dict[str, int]:
    """Invoice every order, and fail if there is one for which that cannot be done."""
    rate = tax_rate(os.environ["VAT_PERCENT"])
    done = 0
    problems = []
    for key in orders():
        # One bad order does not hold up the others.
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
    """Return the rate, 0.2 for 20 percent."""
    try:
        return Decimal(percent) / 100
    except InvalidOperation as error:
        raise WrongSetting(f"VAT_PERCENT is no number: {percent}") from error


def orders() -> Iterator[str]:
    """Return the keys of the orders that wait."""
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix="orders/"):
        for each in page.get("Contents", []):
            yield each["Key"]


def invoice(key: str, rate: Decimal) -> None:
    """Turn `orders/<name>` into `invoices/<name>`; done twice, it is the same invoice."""
    order = json.loads(s3.get_object(Bucket=BUCKET, Key=key)["Body"].read())
    net = Decimal(order["net"])
    tax = (net * rate).quantize(CENT)
    body = {**order, "tax": str(tax), "gross": str(net + tax)}
    invoice_key = f"invoices/{key.removeprefix('orders/')}"
    s3.put_object(Bucket=BUCKET, Key=invoice_key, Body=json.dumps(body))
    s3.delete_object(Bucket=BUCKET, Key=key)
