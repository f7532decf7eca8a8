"""What the tests of commands share."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The event system of a session that a command uses, to interfere with its calls."""
    session = boto3.Session()
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", session)
    return session.events


@pytest.fixture
def temporary() -> Iterator[Path]:
    """A folder with a short path, for the sockets in it on which providers of Terraform listen."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)
