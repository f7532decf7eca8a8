"""Whole periods: what is called, stored and told, for events that share a document or do not."""

from __future__ import annotations

import sys
from dataclasses import fields
from pathlib import Path

import pytest

from cli.diva.file_store import FileStore
from diva.notice import Facts
from diva.notification import NotificationContext
from diva.state import State
from diva.stores import Changes, Snapshot, StoreError

from .world import FUNCTION, World


@pytest.fixture(params=[False, True], ids=["shared", "separate"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> World:
    return World(tmp_path, separate=request.param)


def test_detect_inject_alert_recover(world: World) -> None:
    world.add("orders", max_failed_detections=2, resolve=world.told("resolve", "orders"))
    assert world.period() == {"orders": "ok"}
    world.answers["detect orders"] = False
    assert world.period() == {"orders": "injected"}
    assert world.period() == {"orders": "failed_detection (2/2) alerted"}
    assert world.period() == {"orders": "failed_detection (3/2)"}
    world.answers["detect orders"] = True
    assert world.period() == {"orders": "ok resolved"}
    assert world.period() == {"orders": "ok"}
    assert [call for call in world.calls if not call.startswith("detect")] == [
        "inject orders",
        "alert orders",
        "resolve orders",
    ]
    assert world.messages == [
        "Event 'orders' (diva-orders) is failing: injected, and still not detected since "
        "2026-01-01 00:10:00 UTC. Consecutive failed detections: 2 (limit 2). "
        "Last error: detect returned False.",
        "Event 'orders' (diva-orders) is healthy again. "
        "It had been failing since 2026-01-01 00:10:00 UTC.",
    ]


def test_the_state_has_the_documented_fields(world: World) -> None:
    world.add("orders")
    world.period()
    documented = {each.name for each in fields(State)}
    assert set(world.state("orders")) == documented - {"incidents"}
    assert world.state("orders")["healthy"] is True
    world.answers["detect orders"] = False
    world.period()
    assert set(world.state("orders")) == documented


def test_an_inject_only_event_injects(world: World) -> None:
    world.add("orders", role="inject")
    assert world.period() == {"orders": "injected"}
    assert world.calls == ["inject orders"]
    assert world.period() == {"orders": "skipped"}


def test_an_event_that_nothing_detects_is_healthy_only_while_it_is_injected(world: World) -> None:
    world.add("once", role="inject")
    world.add("often", role="inject", inject_each_period=True)
    first, second = world.result(), world.result()
    assert (first["healthy"], first["failing"]) == (2, 0)
    assert second["results"] == {"once": "skipped", "often": "injected"}
    assert (second["healthy"], second["failing"]) == (1, 0)


@pytest.mark.parametrize(
    ("role", "answers", "reason"),
    [
        ("both", {"detect orders": False}, "injected, and still not detected"),
        (
            "both",
            {"detect orders": False, "inject orders": False},
            "not detected, and could not be injected",
        ),
        ("detect", {"detect orders": False}, "not detected"),
        ("inject", {"inject orders": False}, "could not be injected"),
    ],
)
def test_a_message_says_what_fails_and_which_function_says_so(
    world: World, role: str, answers: dict[str, bool], reason: str
) -> None:
    world.add("orders", role=role, max_failed_detections=2, reminder_sec=300)
    world.answers |= answers
    for _ in range(3):
        world.period()
    alert, reminder = world.messages[:2]
    assert alert.startswith(f"Event 'orders' (diva-orders) is failing: {reason} since 2026-01-01")
    assert reminder.startswith(f"Event 'orders' (diva-orders) is still failing: {reason} since ")


def test_a_failing_alert_callback_is_retried_next_period(world: World) -> None:
    world.add("orders", role="detect", max_failed_detections=1)
    world.answers = {"detect orders": False, "alert orders": ConnectionError("refused")}
    assert world.period() == {"orders": "failed_detection (1/1)"}
    assert world.state("orders")["alerted"] is False
    assert world.state("orders")["alert_claim"] is None
    world.answers["alert orders"] = None
    assert world.period() == {"orders": "failed_detection (2/1) alerted"}
    assert world.state("orders")["alerted"] is True
    assert world.calls.count("alert orders") == 2


def test_an_alert_is_delivered_whatever_its_callback_returns(world: World) -> None:
    world.add("orders", role="detect", max_failed_detections=1)
    world.answers = {"detect orders": False, "alert orders": False}
    world.period()
    assert world.state("orders")["alerted"] is True


def test_an_event_without_alert_is_told_in_the_log(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.add("orders", role="detect", max_failed_detections=1, alert=None)
    world.answers["detect orders"] = False
    assert world.period() == {"orders": "failed_detection (1/1) alerted"}
    errors = [each.getMessage() for each in caplog.records if each.levelname == "ERROR"]
    assert errors == [
        "ALERT: Event 'orders' (diva-orders) is failing: not detected since "
        "2026-01-01 00:05:00 UTC. Consecutive failed detections: 1 (limit 1). "
        "Last error: detect returned False."
    ]


@pytest.mark.parametrize("error", [SystemExit(1), KeyboardInterrupt(), MemoryError(), OSError("x")])
def test_whatever_a_callback_raises_is_its_event_s_failure(
    world: World, error: BaseException
) -> None:
    world.add("broken", role="detect")
    world.add("sound")
    world.answers["detect broken"] = error
    assert world.period() == {"broken": "failed_detection (1/3)", "sound": "ok"}
    assert f"detect raised {type(error).__name__}" in str(world.state("broken")["last_error"])


def test_an_exception_that_cannot_be_shown_is_its_event_s_failure_alone(world: World) -> None:
    class Hidden(Exception):
        def __str__(self) -> str:
            raise SystemExit("hidden")

    world.add("broken", role="detect")
    world.add("sound")
    world.answers["detect broken"] = Hidden()
    assert world.period() == {"broken": "failed_detection (1/3)", "sound": "ok"}


def test_sys_exit_in_a_callback_does_not_end_the_process(world: World) -> None:
    world.add("orders", role="detect")
    world.answers["detect orders"] = lambda: sys.exit(0)
    assert world.period() == {"orders": "failed_detection (1/3)"}


@pytest.mark.parametrize(
    ("answer", "status", "said"),
    [
        (1, "ok", None),
        ("text", "ok", None),
        (0, "failed_detection (1/3)", "detect returned 0"),
        ([], "failed_detection (1/3)", "detect returned []"),
        (
            None,
            "failed_detection (1/3)",
            "detect returned None; is a return statement missing?",
        ),
        (
            (False, "why"),
            "failed_detection (1/3)",
            "detect returned a tuple; it must return True or False",
        ),
    ],
)
def test_a_result_is_judged_by_its_truth(
    world: World, answer: object, status: str, said: str | None
) -> None:
    world.add("orders", role="detect")
    world.answers["detect orders"] = answer
    assert world.period() == {"orders": status}
    assert world.state("orders")["last_error"] == said


def test_a_result_whose_truth_cannot_be_told_is_an_error(world: World) -> None:
    class Array:
        def __bool__(self) -> bool:
            raise ValueError("ambiguous")

    world.add("orders", role="detect")
    world.answers["detect orders"] = Array()
    assert world.period() == {"orders": "failed_detection (1/3)"}
    assert "detect returned a Array: ValueError: ambiguous" in str(
        world.state("orders")["last_error"]
    )


def test_one_misspelt_role_does_not_stop_healthy_events(world: World) -> None:
    world.add("sound")
    world.add("broken", role="detect")
    world.period()
    world.events["broken"]["role"] = "dtect"
    world.answers["detect sound"] = False
    assert world.period() == {"sound": "injected", "broken": "invalid"}
    assert len(world.problems) == 1
    assert world.state("sound")["detection_failures"] == 1
    assert world.state("broken")["healthy"] is True, "its state is kept until it is mended"


def test_a_failure_counts_once_however_often_it_is_retried(world: World) -> None:
    world.add("orders", role="detect", retry={"attempts": 2, "delay_sec": 0})
    world.answers["detect orders"] = False
    assert world.period() == {"orders": "failed_detection (1/3)"}
    assert world.calls == ["detect orders"] * 3


def test_a_retry_that_succeeds_is_a_success(world: World) -> None:
    answers = iter([False, True])
    world.add("orders", retry={"attempts": 5, "delay_sec": 0})
    world.answers["detect orders"] = lambda: next(answers)
    assert world.period() == {"orders": "ok"}
    assert world.calls == ["detect orders"] * 2


def test_verify_detects_again_after_an_injection(world: World) -> None:
    answers = iter([False, False, True])
    world.add("orders", verify={"attempts": 3, "delay_sec": 0})
    world.answers["detect orders"] = lambda: next(answers)
    assert world.period() == {"orders": "verified"}
    assert world.calls == ["detect orders", "inject orders", "detect orders", "detect orders"]
    assert world.state("orders")["detection_failures"] == 0


def test_a_verification_that_fails_leaves_one_failed_detection(world: World) -> None:
    world.add("orders", verify={"attempts": 2, "delay_sec": 0})
    world.answers["detect orders"] = False
    assert world.period() == {"orders": "injected"}
    assert world.state("orders")["detection_failures"] == 1


def test_a_wait_that_does_not_fit_into_the_time_left_is_not_begun(world: World) -> None:
    world.add("orders", retry={"attempts": 1, "delay_sec": 3600})
    world.answers["detect orders"] = False
    assert world.period() == {"orders": "injected"}
    assert world.calls == ["detect orders", "inject orders"]


def test_statuses_of_warmup_and_cooldown(world: World) -> None:
    world.add(
        "orders",
        role="detect",
        max_failed_detections=1,
        warmup={"enabled": True},
        reset={"mode": "cooldown", "success_threshold": 2},
    )
    seen = []
    for answer in (False, False, True, True, False, True, True):
        world.answers["detect orders"] = answer
        seen.append(world.period()["orders"])
    assert seen == [
        "waiting (1×)",
        "waiting (2×)",
        "warmup (1/2)",
        "warmup (2/2)",
        "failed_detection (1/1) alerted",
        "cooldown (1/2)",
        "cooldown (2/2)",
    ]


def test_an_injection_that_fails_in_warmup_alerts_nobody(world: World) -> None:
    world.add("orders", warmup={"enabled": True})
    world.answers = {"detect orders": False, "inject orders": False}
    assert world.period() == {"orders": "waiting (1×)"}
    assert world.period() == {"orders": "waiting (2×)"}
    assert "alert orders" not in world.calls


def test_a_callback_of_two_parameters_gets_the_context(world: World) -> None:
    told: list[NotificationContext] = []
    world.add(
        "orders", max_failed_detections=9, alert=lambda message, context: told.append(context)
    )
    world.answers = {"detect orders": False, "inject orders": OSError("no route")}
    world.period("run 7")
    assert told == [
        NotificationContext(
            event="orders",
            kind="alert",
            detection_failures=1,
            max_failed_detections=9,
            injection_failures=1,
            max_failed_injections=1,
            injected=False,
            failing_since=world.clock.time,
            last_error=told[0].last_error,
            function_name=FUNCTION,
            run_id="run 7",
        )
    ]
    assert (told[0].last_error or "").startswith(
        "detect returned False; inject raised OSError: no route (world.py, line "
    )


def test_no_value_of_the_environment_is_stored_or_told(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.environ = {"DATABASE_URL": "postgres://app:hunter2@db", "AWS_REGION": "eu-west-1"}
    world.new_process()
    caplog.set_level("DEBUG", "diva")
    world.add("orders", role="detect", max_failed_detections=1)
    world.answers["detect orders"] = OSError("eu-west-1: no route to postgres://app:hunter2@db")
    world.period()
    said = str(world.state("orders")) + caplog.text + "".join(world.messages)
    assert "hunter2" not in said
    assert "OSError: eu-west-1: no route to ${DATABASE_URL}" in said


def test_state_that_cannot_be_read_stops_the_run_before_any_callback(world: World) -> None:
    (world.folder / ("orders.json" if world.separate else "all.json")).mkdir()
    world.add("orders")
    if world.separate:
        assert world.period() == {"orders": "not_run"}
    else:
        with pytest.raises(StoreError, match="could not be read"):
            world.period()
    assert world.calls == []


def test_a_healthy_period_writes_nothing(world: World) -> None:
    world.add("orders")
    world.add("feed", role="inject")
    world.period()

    class Unwritable(FileStore):
        def write(self, snapshot: Snapshot, changes: Changes) -> Snapshot:
            raise StoreError(f"nothing was to be written, but {changes} was")

    world.make_store = Unwritable
    assert world.result()["results"] == {"orders": "ok", "feed": "skipped"}
    assert world.errors == {}


def test_a_stored_field_of_the_wrong_type_starts_that_event_anew(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.add("orders", role="detect")
    world.add("sound", role="detect")
    world.answers = {"detect orders": False, "detect sound": False}
    world.period()
    file = world.folder / ("orders.json" if world.separate else "all.json")
    text = file.read_text()
    file.write_text(text.replace('"detection_failures":1', '"detection_failures":"one"', 1))
    statuses = world.period()
    assert statuses == {"orders": "failed_detection (1/3)", "sound": "failed_detection (2/3)"}
    assert "detection_failures is 'one'" in caplog.text
    assert world.state("orders")["detection_failures"] == 1


def test_the_former_name_of_the_context_can_still_be_imported() -> None:
    assert Facts is NotificationContext
