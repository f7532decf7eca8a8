"""Clearing the keys of a prefix from a real Redis, and for how long that keeps it from others."""

from __future__ import annotations

import json
import math
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..common import redis_server
from ..common.interrupts import shielded
from .harness import BenchmarkError
from .result import Result

KEYS = 1_000_000
CLEARED = 100_000
LIMIT = 0.5
LONGEST_MS = 5.0

_PINGER = Path(__file__).with_name("redis_pinger.py")
_PREFIX = "session"
_VALUE_BYTES = 10
_MOST_COMMANDS = 100_000
# The server records every command, and how long it took.
_LOGGING = ("--slowlog-log-slower-than", "0", "--slowlog-max-len", str(_MOST_COMMANDS))


def measure(repeat: int) -> list[Result]:
    """Compare the fastest clearings. Other work of the machine only adds to a time.

    The longest wait and the longest command are therefore those of the run in which they are the
    shortest. Commands are compared one by one, since all runs have the same.
    """
    # Both take a fraction of a second to import, which other figures need not wait for.
    import redis

    from incident_actions.prefixes import clear

    def clear_all(client: redis.Redis) -> None:
        clear(client, [f"{_PREFIX}:"], KEYS, math.inf, time)

    def clear_one_by_one(client: redis.Redis) -> None:
        for key in client.scan_iter(f"{_PREFIX}:*", 1_000):
            client.unlink(key)

    pipelined: list[float] = []
    one_by_one: list[float] = []
    waits: list[float] = []
    commands: list[list[float]] = []
    with (
        shielded(redis_server.redis_server(*_LOGGING)) as port,
        redis.Redis(redis_server.HOST, port, protocol=2) as client,
    ):
        _populate(client, "page", KEYS - CLEARED)
        idle = max(_waits(port, lambda: time.sleep(1.0)))
        for _ in range(repeat):
            pipelined.append(_seconds(client, lambda: clear_all(client)))
            commands.append(_commands(client))
            one_by_one.append(_seconds(client, lambda: clear_one_by_one(client)))
            _populate(client, _PREFIX, CLEARED)
            waits.append(max(_waits(port, lambda: clear_all(client))))
    longest = [min(durations) for durations in zip(*commands, strict=False)]
    return [
        Result(
            f"clearing {CLEARED:,} of {KEYS:,} keys, relative to one by one",
            min(pipelined) / min(one_by_one),
            LIMIT,
            "×",
            notes=[f"pipelined: {min(pipelined):.2f} s, one by one: {min(one_by_one):.2f} s"],
            samples={"pipelined": pipelined, "one by one": one_by_one},
        ),
        Result(
            "longest command while keys are cleared, as the server records it",
            max(longest) * 1000,
            LONGEST_MS,
            "ms",
            samples={"commands": longest},
        ),
        Result(
            "longest wait of another client's PING while keys are cleared",
            min(waits) * 1000,
            LONGEST_MS,
            "ms",
            notes=[f"while nothing else happens: {idle * 1000:.1f} ms"],
            samples={"waits": waits, "idle": [idle]},
        ),
    ]


def _populate(client: Any, prefix: str, count: int) -> None:
    client.execute_command("DEBUG", "POPULATE", count, prefix, _VALUE_BYTES)


def _seconds(client: Any, clear: Callable[[], None]) -> float:
    """Return how long a clearing takes."""
    _populate(client, _PREFIX, CLEARED)
    client.slowlog_reset()
    began = time.perf_counter()
    clear()
    seconds = time.perf_counter() - began
    keys = client.dbsize()
    if keys != KEYS - CLEARED:
        raise BenchmarkError(f"{keys:,} keys are left, not {KEYS - CLEARED:,}")
    return seconds


def _commands(client: Any) -> list[float]:
    """Return how long each command of the latest clearing took, in seconds, by the server."""
    found = client.slowlog_get(_MOST_COMMANDS)
    names = (b"SCAN", b"UNLINK")
    return [each["duration"] / 1e6 for each in found if each["command"].startswith(names)]


def _waits(port: int, meanwhile: Callable[[], object]) -> list[float]:
    """Return how long the PINGs of another client wait, in seconds, during a call."""
    with subprocess.Popen(
        [sys.executable, "-I", str(_PINGER), str(port)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,  # Ctrl-C interrupts this process only, which ends the pinger
    ) as process:
        try:
            assert process.stdout is not None
            if not process.stdout.readline():
                raise BenchmarkError("the client that measures waits did not start")
            meanwhile()
            output, _ = process.communicate()
        finally:
            process.kill()
    waits: list[float] = json.loads(output)
    return waits
