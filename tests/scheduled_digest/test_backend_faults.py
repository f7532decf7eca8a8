"""What goes wrong between the function and the backend."""

from __future__ import annotations

import re
import threading
from typing import Any

import pytest

from cli.demo.digests.web import Answer, Request, Respond
from diva_common.runs import RESERVE_SEC
from scheduled_digest import backend
from scheduled_digest.continuation import MAX_DEPTH
from scheduled_digest.lambda_function import SETTLE_SEC, RunFailed

from ..https_server import Clock
from .conftest import AT, World
from .service import THREADS, TIMEOUT_SEC
from .web import Fault, cut_off, hang_up, lose_answer, passed, slow, status

DAILY = {"frequency": "daily"}
KEY = "daily#2026-11-23#1"
SLOW_MONITORS = 100
"""More than three runs can process where each takes 20 s of the clock that all threads share."""


@pytest.mark.parametrize("code", [200, 202])
def test_a_digest_that_is_accepted_is_a_success(world: World, code: int) -> None:
    world.database.add([{}])
    world.site.choose = lambda request: status(code)
    assert world.service.call(DAILY)["DigestsTriggered"] == 1
    assert world.service.call(DAILY)["DigestsSkipped"] == 1
    assert len(world.site.requests) == 1


@pytest.mark.parametrize("code", [201, 204, 302, 400, 401, 404, 409, 422])
def test_a_digest_that_is_refused_is_a_failure_and_asked_for_again_by_the_next_run(
    world: World, code: int
) -> None:
    world.database.add([{}, {}])
    world.site.choose = lambda request: (
        status(code) if request.headers["Idempotency-Key"] == KEY else None
    )
    with pytest.raises(RunFailed, match=r"^1 digests could not be triggered\.$"):
        world.service.call(DAILY)
    assert len(world.site.requests) == 2
    messages = world.messages()
    assert f"ERROR - Failed to trigger digest for owner/repo-0 - Status: {code}" in messages
    assert "INFO - Digest processing complete - Success: 1, Failed: 1" in messages
    assert messages[-1].startswith("ERROR - Lambda execution failed: 1 digests could")
    world.site.choose = lambda request: None
    world.service.call(DAILY)
    assert world.backend.asked == {KEY: 1, "daily#2026-11-23#2": 1}


@pytest.mark.parametrize(
    "fault", [status(500), status(502), status(429), hang_up, status(408), status(503)]
)
def test_a_backend_that_fails_is_asked_again(world: World, fault: Fault) -> None:
    world.database.add([{}])
    world.site.faults.extend([fault] * (backend.ATTEMPTS - 1))
    world.service.call(DAILY)
    assert world.backend.asked == {KEY: 1}
    assert 0 < sum(world.clock.slept) < 0.5 + 1 + 2


def test_a_digest_whose_answer_was_lost_is_asked_for_with_the_same_key(world: World) -> None:
    world.database.add([{}])
    world.site.faults.append(lose_answer)
    world.service.call(DAILY)
    assert world.backend.asked == {KEY: 2}
    assert len(world.backend.digests) == 1


def test_an_answer_that_is_cut_off_is_asked_for_with_the_same_key(world: World) -> None:
    world.database.add([{}])
    world.site.faults.append(cut_off)
    world.service.call(DAILY)
    assert world.backend.digests.keys() == {KEY}


def test_a_silent_backend_is_asked_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backend, "TIMEOUT_SEC", 0.2)
    world.database.add([{}])
    world.site.faults.append(world.site.silence)
    world.service.call(DAILY)
    assert world.backend.asked == {KEY: 1}


def test_attempts_end_and_others_go_on(world: World) -> None:
    world.database.add([{}, {}])
    world.site.choose = lambda request: (
        status(500) if request.headers["Idempotency-Key"] == KEY else None
    )
    with pytest.raises(RunFailed, match=r"^1 digests could not be triggered\.$"):
        world.service.call(DAILY)
    assert world.backend.asked == {"daily#2026-11-23#2": 1}
    assert len(world.site.requests) == backend.ATTEMPTS + 1


@pytest.mark.parametrize("code", [429, 503])
def test_the_wait_that_the_backend_asks_for_is_kept_for_all(
    world: World, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    monkeypatch.setenv("MAX_CONCURRENCY", "1")
    world.database.add([{}] * 3)
    asked_at: list[float] = []

    def noted(request: Request) -> None:
        asked_at.append(world.clock.now - AT)

    world.site.choose = noted
    world.site.faults.append(status(code, Retry_After="25"))
    world.service.call(DAILY)
    assert len(world.backend.asked) == 3
    assert min(asked_at) >= 25


def test_a_request_that_waits_for_its_turn_keeps_the_wait_as_well(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAX_CONCURRENCY", "1")
    world.database.add([{}] * 2)
    claimed, paused = threading.Semaphore(0), threading.Barrier(2)
    put, sleep = world.tables.put_item, type(world.clock).sleep

    def claim(**given: Any) -> None:
        put(**given)
        claimed.release()

    def sleep_together(clock: Clock, seconds: float) -> None:
        paused.wait(30)  # time does not pass before both requests wait
        sleep(clock, seconds)

    def limited(request: Request, respond: Respond) -> Answer:
        for _ in range(2):
            assert claimed.acquire(timeout=30)
        return status(429, Retry_After="25")(request, respond)

    monkeypatch.setattr(world.tables, "put_item", claim)
    monkeypatch.setattr(type(world.clock), "sleep", sleep_together)
    world.site.faults.append(limited)
    asked_at: list[float] = []
    world.site.choose = lambda request: asked_at.append(world.clock.now - AT)
    world.service.call(DAILY)
    assert len(asked_at) == 2
    assert min(asked_at) >= 25


@pytest.mark.parametrize("after", ["9" * 99, f"Mon, 23 Nov {'9' * 99} 13:00:30 GMT", "-1", "1.5"])
def test_a_wait_that_is_no_time_fails_no_run(world: World, after: str) -> None:
    world.database.add([{}])
    world.site.faults.append(status(429, Retry_After=after))
    assert world.service.call(DAILY)["DigestsFailed"] == 0


def test_a_limited_rate_does_not_count_as_an_attempt(world: World) -> None:
    world.database.add([{}])
    world.site.faults.extend([status(429)] * 9)
    world.service.call(DAILY)
    assert world.backend.asked == {KEY: 1}


def test_a_backend_that_is_limited_for_longer_than_a_run_is_asked_by_a_later_one(
    world: World,
) -> None:
    world.database.add([{}] * 9)
    limited_until = AT + 3 * TIMEOUT_SEC

    def limited(request: Request, respond: Respond) -> Answer:
        left = limited_until - world.clock.now
        return status(429, Retry_After=str(int(left)))(request, respond)

    world.site.choose = lambda request: limited if world.clock.now < limited_until else None
    world.service.run(DAILY)
    assert world.backend.asked == {f"daily#2026-11-23#{each}": 1 for each in range(1, 10)}
    assert not world.service.dead
    assert world.service.runs <= 5


def test_a_backend_that_wants_no_requests_in_this_run_costs_no_leases(world: World) -> None:
    world.database.add([{}] * 100)
    world.site.choose = lambda request: status(429, Retry_After="3600")
    assert world.service.call(DAILY)["DigestsLeft"] == 100
    assert len(world.tables.items) <= THREADS + 1  # and one for the continuation


def test_a_slow_backend_is_continued_in_further_runs(world: World) -> None:
    world.database.add([{}] * SLOW_MONITORS)
    world.site.choose = lambda request: slow(world.clock, 20)
    world.service.run(DAILY)
    assert world.backend.asked == {
        f"daily#2026-11-23#{each}": 1 for each in range(1, SLOW_MONITORS + 1)
    }
    first, second, third, *_ = world.service.events
    assert first == DAILY
    assert second == {
        "frequency": "daily",
        "cleanup": False,
        "time": "2026-11-23T13:00:00+00:00",
        "continuation": {
            "run": "request-0",
            "depth": 1,
            "after": second["continuation"]["after"],
        },
    }
    assert second["continuation"]["after"] > 0
    assert third["continuation"]["depth"] == 2
    assert third["continuation"]["after"] > second["continuation"]["after"]
    assert "INFO - Continuing with" in "\n".join(world.messages())


def test_no_digest_is_begun_that_may_not_end_within_the_run(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAX_CONCURRENCY", "1")  # so that time passes within a request only
    world.database.add([{}] * SLOW_MONITORS)
    begun_at: list[float] = []

    def slow_and_noted(request: Request) -> Fault:
        begun_at.append(world.clock.now - AT)
        return slow(world.clock, 20)

    world.site.choose = slow_and_noted
    world.service.call(DAILY)
    kept_sec = backend.TIMEOUT_SEC + RESERVE_SEC + SETTLE_SEC
    assert TIMEOUT_SEC - kept_sec - 20 <= max(begun_at) < TIMEOUT_SEC - kept_sec


def test_a_digest_that_is_left_is_free_for_the_next_run_at_once(world: World) -> None:
    world.database.add([{}])
    world.site.choose = lambda request: status(429)
    assert world.service.call(DAILY)["DigestsLeft"] == 1
    world.site.choose = lambda request: None
    before = world.clock.now
    assert world.service.call(DAILY)["DigestsTriggered"] == 1
    assert world.clock.now == before


def test_a_run_that_ends_after_midnight_stays_in_its_period(world: World) -> None:
    world.database.add([{}] * SLOW_MONITORS)
    world.clock.now = AT + 11 * 3600 - 60  # a minute before midnight
    world.site.choose = lambda request: slow(world.clock, 20)
    world.service.run({})
    assert world.backend.asked == {
        f"daily#2026-11-23#{each}": 1 for each in range(1, SLOW_MONITORS + 1)
    }
    assert all("frequency" not in each for each in world.service.events)


def test_continuations_end(world: World) -> None:
    world.database.add([{}] * 5)
    world.site.choose = lambda request: status(429)
    world.service.run(DAILY)
    assert len(world.service.events) == 1 + MAX_DEPTH
    [dead] = world.service.dead
    assert dead.event["continuation"]["depth"] == MAX_DEPTH
    reason = f"5 monitors are left after {MAX_DEPTH} continuations."
    assert any(reason in each for each in world.messages())
    world.site.choose = lambda request: None
    world.service.redrive()
    assert len(world.backend.asked) == 5


def test_a_run_that_lambda_retries_is_continued_once(world: World) -> None:
    world.database.add([{}] * SLOW_MONITORS)

    def slow_or_refused(request: Request) -> Fault:
        is_first = request.headers["Idempotency-Key"] == KEY
        return status(400) if is_first else slow(world.clock, 20)

    world.site.choose = slow_or_refused
    for _ in range(3):
        with pytest.raises(RunFailed, match=r"^1 digests could not be triggered\.$"):
            world.service.call(DAILY, "of-lambda")
    assert "monitors are left to the run that continues this one" in "\n".join(world.messages())
    [event] = world.service.events
    assert event["continuation"]["run"] == "of-lambda"
    world.site.choose = lambda request: None
    world.service.work()
    world.service.run(DAILY)
    assert world.backend.asked == {
        f"daily#2026-11-23#{each}": 1 for each in range(1, SLOW_MONITORS + 1)
    }


def test_monitors_that_the_continuation_does_not_reach_are_not_forgotten(world: World) -> None:
    world.database.add([{}] * SLOW_MONITORS)
    first = status(400)

    def slow_or_first(request: Request) -> Fault:
        is_first = request.headers["Idempotency-Key"] == KEY
        return first if is_first else slow(world.clock, 20)

    world.site.choose = slow_or_first
    with pytest.raises(RunFailed, match=r"^1 digests could not be triggered\.$"):
        world.service.call(DAILY, "of-lambda")
    first = status(429, Retry_After="3600")
    reason = r"^Continuing failed: NotContinued: \d+ monitors are left, and the run was continued"
    with pytest.raises(RunFailed, match=reason):
        world.service.call(DAILY, "of-lambda")
    assert len(world.service.events) == 1


def test_a_continuation_that_cannot_be_invoked_is_an_error(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.database.add([{}] * SLOW_MONITORS)
    world.site.choose = lambda request: slow(world.clock, 20)

    def denied(**_: object) -> None:
        raise PermissionError("lambda:InvokeFunction is not allowed")

    monkeypatch.setattr(type(world.service), "invoke", lambda self, **_: denied())
    reason = "Continuing failed: PermissionError: lambda:InvokeFunction is not allowed"
    with pytest.raises(RunFailed, match=re.escape(reason)):
        world.service.call(DAILY)


def test_a_digest_that_could_not_be_recorded_is_asked_for_with_the_same_key(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.database.add([{}, {}])
    update = world.tables.update_item

    def unavailable(**given: object) -> None:
        raise ConnectionError

    monkeypatch.setattr(world.tables, "update_item", unavailable)
    with pytest.raises(RunFailed, match=r"^2 digests could not be triggered\.$"):
        world.service.call(DAILY)
    reason = "ERROR - Failed to trigger digest for owner/repo-0 - Triggered, but not recorded: "
    assert f"{reason}ConnectionError" in world.messages()
    monkeypatch.setattr(world.tables, "update_item", update)
    world.clock.now += TIMEOUT_SEC  # of the run that holds the leases
    world.service.call(DAILY)
    assert world.backend.asked == {KEY: 2, "daily#2026-11-23#2": 2}
    assert len(world.backend.digests) == 2


def test_a_lease_that_could_not_be_released_expires(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.database.add([{}])
    world.site.faults.append(status(400))
    update = world.tables.update_item

    def unavailable(**given: object) -> None:
        raise ConnectionError

    monkeypatch.setattr(world.tables, "update_item", unavailable)
    with pytest.raises(RunFailed, match=r"^1 digests could not be triggered\.$"):
        world.service.call(DAILY)
    assert "WARNING - A lease could not be released: ConnectionError" in world.messages()
    monkeypatch.setattr(world.tables, "update_item", update)
    world.service.run(DAILY)
    assert world.backend.asked == {KEY: 1}
    assert world.clock.now >= AT + TIMEOUT_SEC


def test_passing_a_request_on_changes_nothing(world: World) -> None:
    world.database.add([{}])
    world.site.faults.append(passed)
    world.service.call(DAILY)
    assert world.backend.asked == {KEY: 1}
