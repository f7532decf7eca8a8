"""The GitHub workflows against what the project requires and supports."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
WORKFLOW = (ROOT / ".github" / "workflows" / "test.yml").read_text(encoding="utf-8")


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_every_action_is_pinned_to_a_commit_and_its_version_named(workflow: Path) -> None:
    actions = re.findall(r"uses: (.*)", workflow.read_text(encoding="utf-8"))
    assert actions
    pinned = re.compile(r"[a-z-]+/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")
    assert [action for action in actions if not pinned.fullmatch(action)] == []


@pytest.mark.parametrize("newest", ["latest", r"~> 6\.0"])
def test_the_oldest_and_the_newest_versions_are_tested(newest: str) -> None:
    versions = (ROOT / "versions.tf").read_text(encoding="utf-8")
    [terraform] = re.findall(r'required_version = ">= ([\d.]+)"', versions)
    [provider] = re.findall(r'version = ">= ([\d.]+), < 7\.0"', versions)
    assert re.search(rf'version: "{terraform}\.0", provider: "{provider}\.0"', WORKFLOW)
    for binary in ("terraform", "tofu"):
        assert re.search(rf'binary: {binary}, .*"?{newest}"?', WORKFLOW)


def test_every_supported_python_is_tested() -> None:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    [(oldest, above)] = re.findall(r'requires-python = ">=3\.(\d+),<3\.(\d+)"', project)
    pythons = [f'"3.{minor}"' for minor in range(int(oldest), int(above))]
    assert f"python: [{', '.join(pythons)}]" in WORKFLOW
