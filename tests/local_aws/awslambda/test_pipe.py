"""A pipe from a child process knows when it has read everything, however slow the reader is."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import closing

import pytest

from local_aws.awslambda.pipe import LinePipe

from ...processes import PATIENCE_SEC


class Reader:
    """Receives lines when the test lets it."""

    def __init__(self) -> None:
        self.lines: list[bytes] = []
        self.may_read = threading.Event()

    def __call__(self, line: bytes) -> None:
        assert self.may_read.wait(PATIENCE_SEC)
        self.lines.append(line)


@pytest.fixture
def reader() -> Reader:
    return Reader()


@pytest.fixture
def pipe(reader: Reader) -> Iterator[LinePipe]:
    with closing(LinePipe(reader)) as pipe:
        yield pipe
        reader.may_read.set()


def test_draining_waits_for_a_slow_reader(pipe: LinePipe, reader: Reader) -> None:
    drained = threading.Event()

    def drain() -> None:
        pipe.drain()
        drained.set()

    os.write(pipe.fileno(), b"one\ntwo\n")
    thread = threading.Thread(target=drain, daemon=True)
    thread.start()
    assert not drained.wait(0.2)
    reader.may_read.set()
    thread.join(PATIENCE_SEC)
    assert drained.is_set()
    assert reader.lines == [b"one", b"two"]


def test_lines_may_be_unfinished_or_empty(pipe: LinePipe, reader: Reader) -> None:
    reader.may_read.set()
    os.write(pipe.fileno(), b"whole\nthe child was kil")
    pipe.drain()
    assert reader.lines == [b"whole", b"the child was kil"]
    os.write(pipe.fileno(), b"\n\r\nlast\r\n")
    pipe.drain()
    assert reader.lines[2:] == [b"", b"", b"last"]
    pipe.drain()
    assert len(reader.lines) == 5


def test_draining_does_not_wait_for_a_process_that_keeps_the_pipe_open(
    pipe: LinePipe, reader: Reader
) -> None:
    reader.may_read.set()
    kept = os.dup(pipe.fileno())
    try:
        os.write(kept, b"line\n")
        pipe.drain()
        assert reader.lines == [b"line"]
    finally:
        os.close(kept)
