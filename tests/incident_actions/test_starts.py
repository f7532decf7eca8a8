"""What functions import when they start."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping

import pytest

from cli.common.paths import ROOT

from .stage import SETTINGS

START = """
import json, sys
from importlib import import_module
import_module("incident_actions." + sys.argv[1]).runtime()
print(json.dumps(list(sys.modules)))
"""
ACCOUNT = {
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "PYTHONPATH": str(ROOT / "lambda"),
}
TOPIC = {"SNS_TOPIC_ARN": "arn:aws:sns:us-east-1:123456789012:people"}
MAIL = {"SMTP_HOST": "localhost", "SMTP_FROM": "a@example.com", "SMTP_TO": '["b@example.com"]'}
REBOOT = {"cache": {"reboot": True, "cache_cluster_id": "sessions"}}
CLEAR = {"cache": {"host": "localhost", "prefixes": ["page:"]}}


def imported(action: str, settings: Mapping[str, str]) -> set[str]:
    """Return the modules that a function has imported when it is ready."""
    environ = {name: x for name, x in os.environ.items() if not name.startswith(("AWS_", "SMTP_"))}
    started = subprocess.run(
        [sys.executable, "-c", START, action],
        env={**environ, **ACCOUNT, **SETTINGS, **settings},
        stdout=subprocess.PIPE,
        check=True,
    )
    return set(json.loads(started.stdout))


@pytest.mark.parametrize(
    ("action", "without", "with_it", "module"),
    [
        ("notify_human", TOPIC, {**TOPIC, **MAIL}, "diva_common.smtp"),
        ("clear_cache", {"TARGETS": json.dumps(REBOOT)}, {"TARGETS": json.dumps(CLEAR)}, "redis"),
    ],
)
def test_a_function_imports_what_its_settings_need(
    action: str, without: Mapping[str, str], with_it: Mapping[str, str], module: str
) -> None:
    assert module not in imported(action, without)
    assert module in imported(action, with_it)
