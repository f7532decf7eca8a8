"""Event logic with the makers of the kit: a page, a report, and an alert by SNS."""

from __future__ import annotations

import os

from diva.kit import http, s3_newer_than, sns

PAGE = f"{os.environ['AWS_ENDPOINT_URL']}/-/page"
TOPIC_ARN = f"arn:aws:sns:{os.environ['AWS_REGION']}:123456789012:alerts"


def get_events() -> dict[str, dict[str, object]]:
    return {
        "page": {"detect": http(PAGE, contains="in stock"), "role": "detect"},
        # Events of another process: this one has not alerted yet.
        f"report-{os.getpid()}": {
            "detect": s3_newer_than("reports", prefix="daily/", max_age_sec=3600),
            "role": "detect",
            "max_failed_detections": 1,
            "alert": sns(TOPIC_ARN),
        },
    }
