"""The pool: what it promises about jobs, limits and threads."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

import diva
from diva.pool import Call, Done, Job, Pool, Reply
from tests.processes import PATIENCE_SEC

from .clocks import ManualClock

SOON = 1.0
LONG = 30.0


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    """What hung calls wait for; opened at the end, so that their threads end with the test."""
    event = threading.Event()
    yield event
    event.set()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


def one_call(function: object, until: float = LONG, key: str = "key") -> Job[Reply]:
    assert callable(function)
    return (yield Call(function, (), until, key))


def run(pool: Pool, *jobs: tuple[str, object], until: float = LONG) -> dict[str, Done[Reply]]:
    """Run a job for each of the functions, which calls it."""
    return pool.run([(name, partial(one_call, function)) for name, function in jobs], until, LONG)


def test_every_job_gets_the_reply_to_its_own_call(clock: ManualClock) -> None:
    jobs = [(f"job {number}", partial(int, number)) for number in range(500)]
    done = run(Pool(8, clock), *jobs)
    assert {name: each.value and each.value.value for name, each in done.items()} == {
        f"job {number}": number for number in range(500)
    }


def test_one_worker_keeps_the_order(clock: ManualClock) -> None:
    seen: list[int] = []
    run(Pool(1, clock), *((str(number), partial(seen.append, number)) for number in range(50)))
    assert seen == list(range(50))


def test_as_many_calls_run_at_once_as_there_are_workers(clock: ManualClock) -> None:
    barrier = threading.Barrier(4, timeout=PATIENCE_SEC)  # breaks unless four wait at once
    done = run(Pool(4, clock), *((str(number), barrier.wait) for number in range(8)))
    assert all(each.value and each.value.error is None for each in done.values())


@pytest.mark.parametrize("error", [ValueError("no"), SystemExit(3), KeyboardInterrupt()])
def test_whatever_a_call_raises_is_its_reply(error: BaseException, clock: ManualClock) -> None:
    def fail() -> None:
        raise error

    assert run(Pool(2, clock), ("job", fail))["job"].value == Reply(error=error)


def test_an_error_of_a_job_itself_ends_that_job_alone(clock: ManualClock) -> None:
    def broken() -> Job[None]:
        yield Call(int, (), LONG)
        raise LookupError("broken")

    done: dict[str, Done[object]] = Pool(1, clock).run(
        [("broken", broken), ("sound", partial(one_call, int))], LONG, LONG
    )
    assert isinstance(done["broken"].error, LookupError)
    assert done["sound"].value == Reply(0)


def test_a_hung_call_times_out_and_its_job_goes_on(
    clock: ManualClock, gate: threading.Event
) -> None:
    def job() -> Job[list[Reply]]:
        first = yield Call(clock.hang(SOON, gate), (), SOON, "hung")
        second = yield Call(int, (), LONG, "other")
        return [first, second]

    done = Pool(1, clock).run([("job", job)], LONG, LONG)
    assert done["job"].value == [Reply(timed_out=True), Reply(0)]


def test_a_hung_call_does_not_take_a_worker_from_the_others(
    clock: ManualClock, gate: threading.Event
) -> None:
    def hung() -> Job[Reply]:
        return one_call(clock.hang(SOON, gate), clock.monotonic() + SOON)

    names = [f"hung {number}" for number in range(5)]
    jobs: list[tuple[str, Callable[[], Job[Reply]]]] = [(name, hung) for name in names]
    jobs.append(("sound", partial(one_call, int)))
    done = Pool(1, clock).run(jobs, LONG, LONG)
    assert done["sound"].value == Reply(0)
    assert all(done[name].value == Reply(timed_out=True) for name in names)


def test_a_hung_call_is_known_by_its_key_until_it_returns(
    clock: ManualClock, gate: threading.Event
) -> None:
    pool = Pool(1, clock)
    pool.run([("job", partial(one_call, clock.hang(SOON, gate), SOON))], LONG, LONG)
    assert pool.is_hung("key")
    assert not pool.is_hung("other")
    gate.set()
    begun = time.monotonic()
    while pool.is_hung("key"):
        assert time.monotonic() < begun + PATIENCE_SEC, "the key is held after the call returned"


def test_the_late_result_of_a_hung_call_is_dropped(
    clock: ManualClock, gate: threading.Event
) -> None:
    replies: list[Reply] = []

    def job() -> Job[None]:
        replies.append((yield Call(clock.hang(SOON, gate), (), SOON, "key")))
        gate.set()
        replies.append((yield Call(int, (), LONG, "key")))

    Pool(2, clock).run([("job", job)], LONG, LONG)
    assert replies == [Reply(timed_out=True), Reply(0)]


def test_at_the_deadline_nothing_more_is_begun(clock: ManualClock, gate: threading.Event) -> None:
    begun: list[str] = []
    hang, begin = clock.hang(SOON, gate), partial(begun.append, "next")
    jobs = [("hung", partial(one_call, hang, SOON)), ("next", partial(one_call, begin))]
    assert Pool(1, clock).run(jobs, SOON, LONG) == {"hung": Done(Reply(timed_out=True))}
    assert not begun


def test_a_call_past_its_limit_is_not_begun(clock: ManualClock) -> None:
    begun: list[str] = []
    job = partial(one_call, partial(begun.append, "begun"), clock.monotonic())
    done = Pool(1, clock).run([("job", job)], LONG, LONG)
    assert done["job"].value == Reply(not_run=True)
    assert not begun


def test_a_job_busy_between_its_calls_is_given_up_at_the_end(
    clock: ManualClock, gate: threading.Event
) -> None:
    def busy() -> Job[None]:
        clock.hang(SOON, gate)()
        yield Call(int, (), 0)

    done = Pool(1, clock).run([("busy", busy)], SOON, SOON)
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
Pool(2).run([("job", job)], now + 60, now + 60)
print("returned")
"""
    ended = subprocess.run(
        [sys.executable, "-c", script],
        env={"PYTHONPATH": str(Path(diva.__file__).parents[1])},
        capture_output=True,
        text=True,
        timeout=PATIENCE_SEC,
        check=True,
    )
    assert ended.stdout == "returned\n"
