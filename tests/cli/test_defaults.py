"""The commands' defaults are those of the Terraform module."""

from __future__ import annotations

from typing import Any

import hcl2

from cli.common import defaults
from cli.common.paths import ROOT


def test_the_commands_have_the_defaults_of_the_module() -> None:
    with (ROOT / "variables.tf").open(encoding="utf-8") as file:
        blocks: list[dict[str, Any]] = hcl2.load(file)["variable"]
    variables = {name.strip('"'): body for block in blocks for name, body in block.items()}
    assert variables["max_workers"]["default"] == defaults.MAX_WORKERS
    assert variables["lambda_timeout_sec"]["default"] == defaults.TIMEOUT_SEC
