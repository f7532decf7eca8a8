"""Summarizes CSV files: the number of rows, and the range and mean of every numeric column."""

from __future__ import annotations

import csv
import io
import json
import math
import os
import time
from collections.abc import Mapping
from typing import Any

import boto3

s3 = boto3.client("s3")


class NoTable(Exception):
    """The file is not a table with a header and rows of the same length."""


def lambda_handler(event: Mapping[str, Any], context: object) -> None:
    """Summarize the file of each record, and raise what is wrong with it.

    The key of a summary derives from that of its file. Summarizing a file twice does no harm.
    """
    for record in event["Records"]:
        detail = json.loads(record["body"])["detail"]
        summarize_file(detail["bucket"]["name"], detail["object"])


def summarize_file(bucket: str, stored: Mapping[str, Any]) -> None:
    began = time.monotonic()
    key = stored["key"]
    text = s3.get_object(Bucket=bucket, Key=key)["Body"].read().decode("utf-8-sig")
    summary = summarize(text)
    s3.put_object(
        Bucket=os.environ["RESULTS_BUCKET"],
        Key=f"{key.removesuffix('.csv')}.json",
        Body=json.dumps({"source": key, **summary}, indent=2).encode(),
        ContentType="application/json",
    )
    took = time.monotonic() - began
    metrics = {"process_success": 1, "process_duration": took, "rows_processed": summary["rows"]}
    line = {"action": "process_complete", "bucket": bucket, "key": key, "dt.metrics": metrics}
    print(json.dumps(line))


def summarize(text: str) -> dict[str, Any]:
    """Return the number of rows of a CSV file, and a summary of each numeric column."""
    # The reader returns an empty row for a blank line.
    header, *rows = [row for row in csv.reader(io.StringIO(text)) if row] or [[]]
    if not header or any(len(row) != len(header) for row in rows):
        raise NoTable(f"The file has {len(header)} columns, but not in each of its rows.")
    columns = {name: [row[index] for row in rows] for index, name in enumerate(header)}
    return {
        "rows": len(rows),
        "columns": {
            name: summary for name, values in columns.items() if (summary := of_column(values))
        },
    }


def of_column(values: list[str]) -> dict[str, float] | None:
    """Return the range and mean of a column, None if it is empty or not of finite numbers."""
    try:
        numbers = [float(value) for value in values]
    except ValueError:
        return None
    if not numbers or not all(map(math.isfinite, numbers)):
        return None
    return {"min": min(numbers), "max": max(numbers), "mean": sum(numbers) / len(numbers)}
