"""The events that DIVA monitors. The README of DIVA lists what else `diva.kit` can do."""

from __future__ import annotations

import os

from diva.kit import http, sns


def get_events() -> dict[str, dict[str, object]]:
    """Return the options of each event, by name."""
    notify = sns(os.environ["ALERT_TOPIC_ARN"])
    return {
        "website": {
            "detect": http("https://www.example.com"),
            "role": "detect",  # there is nothing to inject
            "retry": {"attempts": 2, "delay_sec": 1},  # a single failed request is not an outage
            "timeout_sec": 5,
            "alert": notify,
            "resolve": notify,
        },
    }
