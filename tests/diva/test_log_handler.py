"""Log lines of many threads: all of them, each once, and no thread waits for another."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator

import pytest

from diva.log_handler import OneWriter
from tests.processes import PATIENCE_SEC


class Collector(logging.Handler):
    """Keeps lines, once `gate` is open."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self.entered = threading.Event()
        self.gate = threading.Event()
        self.gate.set()

    def emit(self, record: logging.LogRecord) -> None:
        self.entered.set()
        assert self.gate.wait(PATIENCE_SEC)
        self.lines.append(record.getMessage())


@pytest.fixture
def collector() -> Iterator[Collector]:
    collector = Collector()
    logging.getLogger().addHandler(collector)
    yield collector
    logging.getLogger().removeHandler(collector)


@pytest.fixture
def log() -> logging.Logger:
    log = logging.Logger("writer", logging.INFO)
    log.addHandler(OneWriter())
    return log


def started(target: object, *arguments: object) -> threading.Thread:
    assert callable(target)
    thread = threading.Thread(target=target, args=arguments)
    thread.start()
    return thread


def test_every_line_is_written_once_and_those_of_a_thread_in_order(
    log: logging.Logger, collector: Collector
) -> None:
    def many(thread: int) -> None:
        for number in range(200):
            log.info("%d %d", thread, number)

    threads = [started(many, thread) for thread in range(8)]
    for thread in threads:
        thread.join(PATIENCE_SEC)
    expected = [f"{thread} {number}" for thread in range(8) for number in range(200)]
    assert sorted(collector.lines, key=lambda line: int(line.split()[0])) == expected


def test_a_thread_goes_on_while_another_writes(log: logging.Logger, collector: Collector) -> None:
    collector.gate.clear()
    writing = started(log.info, "first")
    assert collector.entered.wait(PATIENCE_SEC)
    others = [started(log.info, text) for text in ("second", "third")]
    for thread in others:
        thread.join(PATIENCE_SEC)
    assert not any(thread.is_alive() for thread in others)
    assert collector.lines == []
    collector.gate.set()
    log.handlers[0].flush()
    assert collector.lines[0] == "first"
    assert sorted(collector.lines[1:]) == ["second", "third"]
    writing.join(PATIENCE_SEC)


def test_a_handler_gets_lines_of_its_level_only(log: logging.Logger, collector: Collector) -> None:
    collector.setLevel(logging.ERROR)
    log.info("quiet")
    log.error("loud")
    assert collector.lines == ["loud"]


def test_a_handler_that_fails_does_not_keep_later_lines(
    log: logging.Logger, collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    def emit(record: logging.LogRecord) -> None:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(collector, "emit", emit)
        with pytest.raises(SystemExit):
            log.info("lost")
    log.info("written")
    assert collector.lines == ["written"]
