"""`diva new`: what it writes is valid, and nothing is overwritten. It is applied elsewhere."""

from __future__ import annotations

import json
from pathlib import Path

import hcl2
import pytest

from cli.common.paths import ROOT

from .commands import diva

TOPIC = "arn:aws:sns:eu-central-1:123456789012:alerts"


def test_a_first_event_is_written(tmp_path: Path) -> None:
    done = diva(tmp_path, "new", "deep/My Shop")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Wrote deep/My Shop/event_logic.py and deep/My Shop/main.tf." in done.stdout
    assert "/demo --event-logic 'deep/My Shop/event_logic.py'\n" in done.stdout
    chdir = "terraform '-chdir=deep/My Shop'"
    assert f"{chdir} init && {chdir} apply\n" in done.stdout
    folder = tmp_path / "deep" / "My Shop"
    (variables, *_) = hcl2.loads((folder / "main.tf").read_text())["variable"]
    assert variables['"name"']["default"] == '"my-shop-diva"'
    (module,) = hcl2.loads((folder / "main.tf").read_text())["module"]
    source = json.loads(module['"diva"']["source"])
    assert source.startswith("../")
    assert (folder / source).resolve() == ROOT
    valid = diva(folder, "validate", "event_logic.py", ALERT_TOPIC_ARN=TOPIC)
    assert valid.returncode == 0
    assert "1 event, no problems" in valid.stdout
    policy = diva(folder, "policy", "event_logic.py", ALERT_TOPIC_ARN=TOPIC)
    (statement,) = json.loads(policy.stdout)["Statement"]
    assert (statement["Action"], statement["Resource"]) == (["sns:Publish"], [TOPIC])


@pytest.mark.parametrize(
    ("folder", "name"),
    [("shop", "shop-diva"), ("shop-diva", "shop-diva"), ("diva", "diva"), ("ß", "diva")],
)
def test_the_function_has_the_name_of_the_folder(tmp_path: Path, folder: str, name: str) -> None:
    assert diva(tmp_path, "new", folder).returncode == 0
    (variables, *_) = hcl2.loads((tmp_path / folder / "main.tf").read_text())["variable"]
    assert variables['"name"']["default"] == f'"{name}"'


@pytest.mark.parametrize("existing", ["event_logic.py", "main.tf"])
def test_nothing_is_overwritten(tmp_path: Path, existing: str) -> None:
    (tmp_path / existing).write_text("mine")
    done = diva(tmp_path, "new", ".")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"diva: . has {existing} already. Nothing was written.\n"
    assert [each.name for each in tmp_path.iterdir()] == [existing]
    assert (tmp_path / existing).read_text() == "mine"


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    assert diva(tmp_path, "new", "file").stderr == "diva: file is not a folder\n"
    done = diva(tmp_path, "new", "file/below")
    assert done.returncode == 1
    assert done.stderr.startswith("diva: ")
