"""The dashboard of the S3 event processor shows metrics that the function sends."""

from __future__ import annotations

import re

from cli.common.paths import ROOT
from dynatrace_sync.cloudwatch import _FUNCTION, _QUEUE, _STATE_MACHINE
from dynatrace_sync.lines import PREFIX

DASHBOARD = ROOT / "modules" / "s3-event-processor" / "dynatrace.tf"


def test_the_tiles_show_metrics_that_are_sent() -> None:
    text = DASHBOARD.read_text(encoding="utf-8")
    [prefix] = re.findall(r'^ +metrics += "(.+)"$', text, re.MULTILINE)
    assert prefix + "." == PREFIX
    shown = set(re.findall(r"\$\{local\.metrics\}\.([a-z_.]+)", text))
    # Dynatrace adds the suffix to metrics that are counted.
    sent = {
        metric.key + (".count" if metric.statistics == ("Sum",) else "")
        for metric in (*_QUEUE, *_STATE_MACHINE, *_FUNCTION)
    }
    assert shown
    assert shown <= sent
