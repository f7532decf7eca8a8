"""What the tests of incident actions share."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType

import pytest

from incident_actions import restart_service, scale_up
from local_aws import LocalAws

from ..https_server import Clock
from .stage import Account, Function


@pytest.fixture
def account(aws: LocalAws) -> Account:
    """An account in which the functions are set up, and nothing else is."""
    account = Account(aws)
    account.set_up()
    return account


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def restart(
    account: Account, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Function]:
    """The function that restarts services, set up as the originals are."""
    yield from _function(restart_service, clock, monkeypatch)


@pytest.fixture
def scale(account: Account, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Function]:
    """The function that scales up, set up as the originals are."""
    yield from _function(scale_up, clock, monkeypatch)


def _function(module: ModuleType, clock: Clock, patch: pytest.MonkeyPatch) -> Iterator[Function]:
    patch.setattr(module, "clock", clock)
    function = Function(module, patch, clock)
    function.configure()
    yield function
    function.module.runtime.cache_clear()
