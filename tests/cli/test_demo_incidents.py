"""What the demo of the incident actions needs, and what it makes of the example.

The incident itself is in tests/terraform/test_example_incident_actions.py, where the example is
applied.
"""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from cli.common import terraform
from cli.common.output import Output
from cli.common.paths import ROOT
from cli.demo.acting import IncidentDemonstration
from cli.demo.incidents.request_table import RequestTable
from cli.incident.functions import Answer

from .commands import needs_terraform
from .demos import demo


@needs_terraform
def test_without_a_redis_server_the_demo_says_so(tmp_path: Path) -> None:
    variables = {
        "DIVA_TERRAFORM": str(shutil.which(terraform.binary())),
        "DIVA_CACHE_DIR": str(tmp_path / "cache"),
        "PATH": str(tmp_path / "programs"),
        "PIP_INDEX_URL": "http://127.0.0.1:1/",
        "PIP_EXTRA_INDEX_URL": "",
        "PIP_FIND_LINKS": "",
        "PIP_RETRIES": "0",
    }
    done = demo(tmp_path, "--example", "incident-actions", **variables)
    assert (done.returncode, done.stdout) == (1, "Starting Redis ... \n")
    assert re.match(
        "demo: There is no Redis server. Install Redis, so that redis-server is on PATH.",
        " ".join(done.stderr.split()),
    )
    assert "Traceback" not in done.stderr


def test_the_example_connects_to_a_server_without_tls(tmp_path: Path) -> None:
    main = (ROOT / "examples" / "incident-actions" / "main.tf").read_text()
    (tmp_path / "main.tf").write_text(main)
    IncidentDemonstration().prepare(tmp_path)
    changed = (tmp_path / "main.tf").read_text()
    assert [line.split() for line in changed.splitlines() if "tls" in line] == [
        ["tls", "=", "false"]
    ]
    variables = json.loads((tmp_path / "demo.auto.tfvars.json").read_text())
    assert variables.keys() == {"cache_port", "emails"}


def test_an_action_that_fails_is_shown_with_its_error(capsys: pytest.CaptureFixture[str]) -> None:
    table = RequestTable(Output())
    failed = Answer(500, {"message": "Failed", "error": "ECS does not answer", "incidentId": "x"})
    table.add("restart_service", "api", failed, is_repeat=False)
    assert capsys.readouterr().out == "restart_service  api       500     ECS does not answer\n"


def test_commands_to_go_on_name_the_functions_of_the_example() -> None:
    commands = IncidentDemonstration().commands({"function_prefix": "mine-"})
    assert len(commands) == 4
    for command in commands:
        assert re.search(r"/incident (\w+ )+--function-prefix mine-  # ", command)
