"""What `diva new` writes, applied as it is but for the URL: a page fails, and recovers."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from cli.common.output import Output
from cli.common.terraform import Terraform
from cli.demo.scenarios import keep_old_versions
from cli.diva.new import new

from ..https_server import Answer, https_server
from .examples import everything, period

if TYPE_CHECKING:
    from local_aws import LocalAws

ADDRESS = "on-call@example.com"


def test_the_first_event_alerts_and_recovers(aws: LocalAws, tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    assert new(argparse.Namespace(folder=folder), Output()) == 0
    before = everything(aws)
    terraform = Terraform(folder)
    with https_server(lambda request: Answer(200, "in stock"), is_plain=True) as page:
        event_logic = folder / "event_logic.py"
        text = event_logic.read_text()
        assert "https://www.example.com" in text
        event_logic.write_text(text.replace("https://www.example.com", f"{page.url}/shop"))
        keep_old_versions(folder)  # the provider would wait 55 seconds for S3
        terraform.init()
        terraform.apply({"alert_email": ADDRESS})
        outputs = terraform.output()
        with aws.enforcing_iam():
            seen = [period(aws, outputs["eventbridge_rule_name"])["website"]]
            page.default = lambda request: Answer(503)
            seen += [period(aws, outputs["eventbridge_rule_name"])["website"] for _ in range(3)]
            page.default = lambda request: Answer(200)
            seen += [period(aws, outputs["eventbridge_rule_name"])["website"]]
    assert seen == [
        "ok",
        "failed_detection (1/3)",
        "failed_detection (2/3)",
        "failed_detection (3/3) alerted",
        "ok resolved",
    ]
    alert, resolution = aws.inbox(ADDRESS)
    assert alert.subject == "DIVA: website is failing"
    assert f"detect returned False: {page.url}/shop answered 503, not 200" in alert.body
    assert resolution.subject == "DIVA: website is healthy"
    assert not terraform.plan({"alert_email": ADDRESS}), "a second plan is empty"
    terraform.destroy({"alert_email": ADDRESS})
    assert everything(aws) == before
