"""The idempotent handler that the README of the module shows."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import boto3
import pytest

README = Path(__file__).parents[2] / "modules" / "s3-event-processor" / "README.md"
EVENT = {"bucket": {"name": "in"}, "object": {"key": "a.csv", "sequencer": "1"}}


class Killed(BaseException):
    """The function ends without running any further code."""


class Table:
    """A table of DynamoDB whose items have the key `id`."""

    def __init__(self) -> None:
        self._items: dict[str, Any] = {}

    def get_item(self, **request: Any) -> dict[str, Any]:
        assert request["ConsistentRead"]
        found = self._items.get(request["Key"]["id"])
        return {"Item": found} if found else {}

    def put_item(self, **request: Any) -> None:
        self._items[request["Item"]["id"]] = request["Item"]


@pytest.fixture
def sample(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the code of the README defines."""
    resource = Mock(return_value=Mock(Table=Mock(return_value=Table())))
    monkeypatch.setattr(boto3, "resource", resource)
    samples = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    [code] = [each for each in samples if "process_once" in each]
    namespace: dict[str, Any] = {}
    exec(code, namespace)  # noqa: S102  # our own README
    return namespace


def test_an_object_is_processed_once(sample: dict[str, Any]) -> None:
    sample["process"] = process = Mock()
    once: Callable[[Any], None] = sample["process_once"]
    once(EVENT)
    once(EVENT)
    process.assert_called_once_with(EVENT)
    once({**EVENT, "object": {"key": "a.csv", "sequencer": "2"}})
    assert process.call_count == 2


@pytest.mark.parametrize("end", [Killed, ValueError])
def test_an_object_is_processed_again_if_the_function_did_not_finish(
    sample: dict[str, Any], end: type[BaseException]
) -> None:
    sample["process"] = process = Mock(side_effect=[end, None])
    with pytest.raises(end):
        sample["process_once"](EVENT)
    sample["process_once"](EVENT)
    assert process.call_count == 2
