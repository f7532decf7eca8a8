"""The request lock: it is released while a thread waits, and a reset interrupts that thread."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from local_aws import Interrupted
from local_aws.request_lock import RequestLock

from ..processes import PATIENCE_SEC


@pytest.fixture
def lock() -> RequestLock:
    return RequestLock()


def in_another_thread(
    lock: RequestLock, act: Callable[[], object] = lambda: None
) -> threading.Thread:
    """Start a thread that takes the lock."""

    def take() -> None:
        with lock:
            act()

    thread = threading.Thread(target=take, daemon=True)
    thread.start()
    return thread


def check_others_get(lock: RequestLock, act: Callable[[], object] = lambda: None) -> None:
    thread = in_another_thread(lock, act)
    thread.join(PATIENCE_SEC)
    assert not thread.is_alive()


def test_a_lock_that_is_held_twice_is_released_and_held_twice_again(
    lock: RequestLock,
) -> None:
    entered = threading.Event()
    with lock, lock:
        with lock.released():
            check_others_get(lock)
            with lock:
                pass
            check_others_get(lock)
        other = in_another_thread(lock, entered.set)
        assert not entered.wait(0.2)
        with lock.released():
            other.join(PATIENCE_SEC)
            assert entered.is_set()
    check_others_get(lock)


def test_deferred_actions_run_in_order_after_everything_else(lock: RequestLock) -> None:
    done: list[str] = []

    def first() -> None:
        with lock:
            lock.defer(lambda: done.append("third"))
        with lock.released():
            check_others_get(lock)
        done.append("first")

    with lock:
        with lock:
            lock.defer(first)
            lock.defer(lambda: done.append("second"))
            with lock.released(), lock:
                lock.defer(lambda: done.append("while released"))
        done.append("the rest")
    with lock:
        pass
    assert done == ["while released", "the rest", "first", "second", "third"]


def test_deferred_actions_run_after_an_error_and_may_fail_themselves(
    lock: RequestLock,
) -> None:
    done: list[str] = []

    def fail() -> None:
        done.append("deferred")
        raise LookupError

    def defer_and_fail() -> None:
        with lock:
            lock.defer(fail)
            raise ValueError

    with pytest.raises(LookupError):
        defer_and_fail()
    assert done == ["deferred"]
    check_others_get(lock)


def test_an_interruption_ends_the_threads_that_wait_and_no_others(lock: RequestLock) -> None:
    done: list[str] = []

    def wait() -> None:
        with lock, lock:
            lock.defer(lambda: done.append("deferred"))
            with lock.released():
                check_others_get(lock, lock.interrupt)
            done.append("afterwards")

    with pytest.raises(Interrupted):
        wait()
    assert done == []

    with lock:
        in_time = threading.Event()
        lock.defer(in_time.set)
        lock.interrupt()
        with lock.released():
            check_others_get(lock)
    assert in_time.is_set()


def test_an_interrupted_thread_does_not_get_the_lock_again(
    lock: RequestLock,
) -> None:
    def wait() -> None:
        with lock, lock.released():
            check_others_get(lock, lock.interrupt)
            with pytest.raises(Interrupted), lock:
                pytest.fail("everything has been reset")
            check_others_get(lock)

    with pytest.raises(Interrupted):
        wait()
    with lock:
        pass
    check_others_get(lock)
