"""What the tests of commands share."""

from __future__ import annotations

from typing import Any

import boto3
import pytest


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The event system of a session that a command uses, to interfere with its calls."""
    session = boto3.Session()
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", session)
    return session.events
