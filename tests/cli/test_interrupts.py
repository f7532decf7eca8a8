"""Ctrl-C while something is made or removed: it takes effect afterwards."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cli.common.interrupts import deferred_interrupts, shielded
from cli.common.temporary_folder import temporary_folder


def ctrl_c() -> None:
    signal.raise_signal(signal.SIGINT)


@contextmanager
def made(done: list[str], interrupted_while: str) -> Iterator[None]:
    for step in ("making", "made"):
        if step == interrupted_while:
            ctrl_c()
        done.append(step)
    try:
        yield
    finally:
        for step in ("removing", "removed"):
            if step == interrupted_while:
                ctrl_c()
            done.append(step)


def test_an_interrupt_takes_effect_at_the_end_of_the_block() -> None:
    done = []

    def interrupted() -> None:
        with deferred_interrupts(), deferred_interrupts():
            ctrl_c()
            done.append("all of it")

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert done == ["all of it"]
    with pytest.raises(KeyboardInterrupt):
        ctrl_c()


def test_an_error_that_the_interrupt_caused_is_not_reported() -> None:
    def interrupted() -> None:
        with deferred_interrupts():
            ctrl_c()
            raise OSError("the process that was to answer has been interrupted as well")

    with pytest.raises(KeyboardInterrupt):
        interrupted()


@pytest.mark.parametrize("moment", ["making", "made", "removing", "removed"])
def test_what_is_made_is_removed_whole(moment: str) -> None:
    done: list[str] = []
    with pytest.raises(KeyboardInterrupt), shielded(made(done, interrupted_while=moment)):
        pass
    assert done == ["making", "made", "removing", "removed"]


def test_the_block_itself_is_interrupted_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    def interrupted() -> None:
        with temporary_folder("diva") as folder:
            (folder / "file").touch()
            ctrl_c()
            (tmp_path / "file").touch()

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert list(tmp_path.iterdir()) == []


def test_a_signal_that_is_ignored_stays_ignored() -> None:
    previous = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with deferred_interrupts():
            ctrl_c()
    finally:
        signal.signal(signal.SIGINT, previous)
