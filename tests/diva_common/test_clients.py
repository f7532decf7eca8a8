"""How long calls of AWS take at most."""

from __future__ import annotations

import re

import pytest

from cli.common.paths import ROOT
from diva_common.clients import client
from diva_common.runs import RESERVE_SEC

MODULES = ROOT / "modules"
SMALLEST_TIMEOUTS = {
    "splunk-forwarder/variables.tf": r"var\.timeout_sec >= (\d+)",
    "dynatrace-sync/variables.tf": r"var\.timeout_sec >= (\d+)",
    "s3-event-processor/smtp.tf": r"timeout_sec += (\d+)",
}
"""Where the smallest timeout of each function is."""


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize("path", SMALLEST_TIMEOUTS)
def test_a_call_of_aws_gives_up_before_the_function_times_out(path: str) -> None:
    text = (MODULES / path).read_text(encoding="utf-8")
    [smallest] = re.findall(SMALLEST_TIMEOUTS[path], text)
    config = client("secretsmanager").meta.config
    attempts = config.retries["total_max_attempts"]
    pauses = [min(2.0**number, 20) for number in range(attempts - 1)]  # the longest of botocore
    longest = attempts * (config.connect_timeout + config.read_timeout) + sum(pauses)
    assert longest + RESERVE_SEC < int(smallest)
