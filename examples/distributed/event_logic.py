"""Events of the report pipeline: how to detect and inject them, and where to send alerts.

The detect worker calls `detect`, and the inject worker calls `inject`. Both load all events, and
either of them can send an alert that is due.
"""

from __future__ import annotations

import os
import uuid

from diva.kit import s3_newer_than, s3_put, sns

FILES = os.environ["FILES_BUCKET"]
REPORT_MAX_AGE_SEC = int(os.environ["REPORT_MAX_AGE_SEC"])


def get_events() -> dict[str, dict[str, object]]:
    """Return an event for each kind of report."""
    notify = sns(os.environ["ALERT_TOPIC_ARN"])
    return {
        kind: {
            "detect": s3_newer_than(
                FILES, prefix=f"reports/{kind}/", max_age_sec=REPORT_MAX_AGE_SEC
            ),
            # Always the same name, so that probes do not accumulate.
            "inject": s3_put(FILES, key=f"jobs/{kind}/probe.json", body=new_job),
            "inject_each_period": True,
            "max_failed_detections": 2,
            # There are no reports until the first injection. An hour of periods is enough for one.
            "warmup": {"enabled": True, "success_threshold": 1, "max_periods": 12},
            "timeout_sec": 15,
            "alert": notify,
            "resolve": notify,
        }
        for kind in ("invoices", "shipments")
    }


def new_job(kind: str) -> dict[str, str]:
    """Return a request for a report."""
    return {"id": f"probe-{uuid.uuid4()}"}
