"""The demo of the scheduled digest, from its table to what it leaves behind."""

from __future__ import annotations

import re
from pathlib import Path

from .commands import needs_terraform
from .demos import demo, project_files


@needs_terraform
def test_a_week_of_digests_is_shown(temporary: Path) -> None:
    before = project_files()
    done = demo(temporary, "--example", "scheduled-digest")
    assert (done.returncode, done.stderr) == (0, "")
    assert "\x1b" not in done.stdout, "colours are for terminals"
    table = [
        line.split()
        for line in done.stdout.splitlines()
        if re.match(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun) +(daily|weekly) ", line)
    ]
    assert table == [
        ["Mon", "weekly", "·", "·", "digested", "·", "·", "·", "·"],
        ["Mon", "daily", "digested", "digested", "·", "·", "·", "·", "purged"],
        ["Tue", "daily", "digested", "retried", "·", "·", "·", "·"],
        ["Wed", "daily", "digested", "digested", "·", "·", "·", "purged"],
        ["Wed", "daily", "skipped", "skipped", "·", "·", "·"],
        ["Thu", "daily", "digested", "digested", "·", "·", "·"],
        ["Fri", "daily", "retried", "digested", "·", "·", "·"],
        ["Sat", "daily", "digested", "digested", "·", "·", "digested"],
        ["Sun", "daily", "digested", "digested", "·", "·", "digested"],
        ["Mon", "weekly", "·", "·", "digested", "·", "·"],
        ["Mon", "daily", "digested", "digested", "·", "·", "digested"],
    ]
    for repo, digests in {"api": "8 daily", "docs": "2 weekly", "trial": "3 daily"}.items():
        assert re.search(rf"^{repo} +{digests}$", done.stdout, re.M)
    assert "\napi, web, docs, labs, trial\n" in done.stdout
    assert "Nothing is left behind." in done.stdout
    assert list(temporary.iterdir()) == []
    assert project_files() == before
