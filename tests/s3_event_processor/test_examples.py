"""The functions of the examples, where AWS does not matter."""

from __future__ import annotations

import json
import runpy
from pathlib import Path
from typing import Any

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture
def summarizer(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the function of the example s3-event-processor defines."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    return runpy.run_path(str(EXAMPLES / "s3-event-processor" / "functions" / "summarize.py"))


def test_blank_lines_of_a_table_do_not_count(summarizer: dict[str, Any]) -> None:
    summary = summarizer["summarize"]("city,temperature\n\nOslo,4\nRome,18\n\n")
    assert summary == {"rows": 2, "columns": {"temperature": {"min": 4, "max": 18, "mean": 11}}}


@pytest.mark.parametrize("cell", ["nan", "inf", "-Infinity", "1e999"])
def test_a_column_that_is_not_finite_is_not_summarized(
    summarizer: dict[str, Any], cell: str
) -> None:
    summary = summarizer["summarize"](f"city,temperature\nOslo,4\nRome,{cell}\n")
    assert summary["columns"] == {}
    json.dumps(summary, allow_nan=False)


@pytest.mark.parametrize("text", ["", "\n", "a,b\n1\n"])
def test_what_is_not_a_table_is_refused(summarizer: dict[str, Any], text: str) -> None:
    with pytest.raises(summarizer["NoTable"]):
        summarizer["summarize"](text)
