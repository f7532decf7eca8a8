"""The pool: what it promises about jobs, limits and threads."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

import diva
from diva.pool import Call, Done, Job, Pool, Reply

SOON = 0.05
LONG = 30.0


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    """What hung calls wait for; opened at the end, so that their threads end with the test."""
    event = threading.Event()
    yield event
    event.set()


def one_call(function: object, until: float | None = None, key: str = "key") -> Job[Reply]:
    assert callable(function)
    return (yield Call(function, (), time.monotonic() + LONG if until is None else until, key))


def run(pool: Pool, *jobs: tuple[str, object], until: float = LONG) -> dict[str, Done[Reply]]:
    now = time.monotonic()
    return pool.run(
        [(name, partial(one_call, function)) for name, function in jobs], now + until, now + LONG
    )


def in_limit(function: object, limit: float = SOON) -> Job[Reply]:
    return one_call(function, time.monotonic() + limit)


def test_every_job_gets_the_reply_to_its_own_call() -> None:
    jobs = [(f"job {number}", partial(int, number)) for number in range(500)]
    done = run(Pool(8), *jobs)
    assert {name: each.value and each.value.value for name, each in done.items()} == {
        f"job {number}": number for number in range(500)
    }


def test_one_worker_keeps_the_order() -> None:
    seen: list[int] = []
    run(Pool(1), *((str(number), partial(seen.append, number)) for number in range(50)))
    assert seen == list(range(50))


def test_as_many_calls_run_at_once_as_there_are_workers() -> None:
    barrier = threading.Barrier(4, timeout=LONG)  # breaks unless four wait at the same time
    done = run(Pool(4), *((str(number), barrier.wait) for number in range(8)))
    assert all(each.value and each.value.error is None for each in done.values())


@pytest.mark.parametrize("error", [ValueError("no"), SystemExit(3), KeyboardInterrupt()])
def test_whatever_a_call_raises_is_its_reply(error: BaseException) -> None:
    def fail() -> None:
        raise error

    assert run(Pool(2), ("job", fail))["job"].value == Reply(error=error)


def test_an_error_of_a_job_itself_ends_that_job_alone() -> None:
    def broken() -> Job[None]:
        yield Call(int, (), time.monotonic() + LONG)
        raise LookupError("broken")

    now = time.monotonic()
    done: dict[str, Done[object]] = Pool(1).run(
        [("broken", broken), ("sound", partial(one_call, int))], now + LONG, now + LONG
    )
    assert isinstance(done["broken"].error, LookupError)
    assert done["sound"].value == Reply(0)


def test_a_hung_call_times_out_and_its_job_goes_on(gate: threading.Event) -> None:
    def job() -> Job[list[Reply]]:
        first = yield Call(gate.wait, (), time.monotonic() + SOON, "hung")
        second = yield Call(int, (), time.monotonic() + LONG, "other")
        return [first, second]

    pool, now = Pool(1), time.monotonic()
    done = pool.run([("job", job)], now + LONG, now + LONG)
    assert done["job"].value == [Reply(timed_out=True), Reply(0)]
    assert time.monotonic() - now < LONG / 2


def test_a_hung_call_does_not_take_a_worker_from_the_others(gate: threading.Event) -> None:
    now = time.monotonic()
    jobs = [(f"hung {number}", partial(in_limit, gate.wait)) for number in range(5)]
    done = Pool(1).run([*jobs, ("sound", partial(one_call, int))], now + LONG, now + LONG)
    assert done["sound"].value == Reply(0)
    assert all(done[name].value == Reply(timed_out=True) for name, _ in jobs)


def test_a_hung_call_is_known_by_its_key_until_it_returns(gate: threading.Event) -> None:
    returned = threading.Event()

    def hang() -> None:
        gate.wait()
        returned.set()

    pool, now = Pool(1), time.monotonic()
    pool.run([("job", partial(in_limit, hang))], now + LONG, now + LONG)
    assert pool.is_hung("key")
    assert not pool.is_hung("other")
    gate.set()
    assert returned.wait(LONG)
    while pool.is_hung("key"):
        assert time.monotonic() < now + LONG, "the key is still held after the call returned"


def test_the_late_result_of_a_hung_call_is_dropped(gate: threading.Event) -> None:
    replies: list[Reply] = []

    def job() -> Job[None]:
        replies.append((yield Call(gate.wait, (), time.monotonic() + SOON, "key")))
        gate.set()
        replies.append((yield Call(int, (), time.monotonic() + LONG, "key")))

    pool, now = Pool(2), time.monotonic()
    pool.run([("job", job)], now + LONG, now + LONG)
    assert replies == [Reply(timed_out=True), Reply(0)]


def test_at_the_deadline_nothing_more_is_begun(gate: threading.Event) -> None:
    begun: list[str] = []
    now = time.monotonic()
    done = Pool(1).run(
        [
            ("hung", partial(one_call, gate.wait, now + SOON)),
            ("next", partial(one_call, partial(begun.append, "next"))),
        ],
        now + SOON,
        now + LONG,
    )
    assert done == {"hung": Done(Reply(timed_out=True))}
    assert not begun


def test_a_call_past_its_limit_is_not_begun() -> None:
    begun: list[str] = []
    reply = in_limit(partial(begun.append, "begun"), -1)
    now = time.monotonic()
    done = Pool(1).run([("job", lambda: reply)], now + LONG, now + LONG)
    assert done["job"].value == Reply(not_run=True)
    assert not begun


def test_a_job_busy_between_its_calls_is_given_up_at_the_end(gate: threading.Event) -> None:
    def busy() -> Job[None]:
        gate.wait()
        yield Call(int, (), 0)

    now = time.monotonic()
    done = Pool(1).run([("busy", busy)], now + SOON, now + SOON)
    assert isinstance(done["busy"].error, TimeoutError)


def test_no_jobs_is_no_work() -> None:
    assert run(Pool(8)) == {}


def test_a_hung_call_does_not_keep_the_process_from_ending() -> None:
    script = """
import threading, time
from diva.pool import Call, Pool

def job():
    yield Call(threading.Event().wait, (), time.monotonic() + 0.05)

now = time.monotonic()
Pool(2).run([("job", job)], now + 9, now + 9)
print("returned")
"""
    ended = subprocess.run(
        [sys.executable, "-c", script],
        env={"PYTHONPATH": str(Path(diva.__file__).parents[1])},
        capture_output=True,
        text=True,
        timeout=LONG,
        check=True,
    )
    assert ended.stdout == "returned\n"
