"""What the tests of incident actions share."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from types import ModuleType

import pytest

from incident_actions import clear_cache, notify_human, restart_service, scale_up
from local_aws import LocalAws

from ..embedded_aws import embedded_aws
from .stage import Account, Clock, Function
from .wire import Wire

_clock = Clock()


@pytest.fixture(scope="module")
def aws() -> Iterator[LocalAws]:
    """An embedded AWS by the clock of the functions."""
    with embedded_aws(_clock) as aws:
        yield aws


@pytest.fixture
def clock() -> Clock:
    """The clock of AWS and of the functions.

    It begins at a whole second, whatever tests before have left, since claims are stored with
    milliseconds.
    """
    _clock.sleep(-_clock.time() % 1)
    return _clock


@pytest.fixture
def account(aws: LocalAws) -> Account:
    """An account in which the functions are set up, and nothing else is."""
    account = Account(aws)
    account.set_up()
    return account


@pytest.fixture
def wire(aws: LocalAws, monkeypatch: pytest.MonkeyPatch) -> Wire:
    """What the functions ask AWS for."""
    wire = Wire()
    wire.install(monkeypatch)
    return wire


@pytest.fixture
def restart(
    account: Account, wire: Wire, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Function]:
    """The function that restarts services, set up as the originals are."""
    yield from _function(restart_service, clock, monkeypatch)


@pytest.fixture
def scale(
    account: Account, wire: Wire, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Function]:
    """The function that scales up, set up as the originals are."""
    yield from _function(scale_up, clock, monkeypatch)


@pytest.fixture
def clear(account: Account, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Function]:
    """The function that clears caches, set up as the originals are."""
    yield from _function(clear_cache, clock, monkeypatch)


@pytest.fixture
def notify(account: Account, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Function]:
    """The function that notifies people, set up as the originals are."""
    yield from _function(notify_human, clock, monkeypatch)


def _function(module: ModuleType, clock: Clock, patch: pytest.MonkeyPatch) -> Iterator[Function]:
    patch.setattr(module, "clock", clock)
    # Clients take time to make, and a test that changes the settings needs no others.
    patch.setattr(module, "client", functools.cache(module.client))
    function = Function(module, patch, clock)
    function.configure()
    yield function
    function.module.runtime.cache_clear()
