"""Reading `get_events()`: defaults, and a clear word on everything that is wrong."""

from __future__ import annotations

import functools
from collections.abc import AsyncIterator, Iterator

import pytest

from diva.policy import Policies, Policy, Reset, Retry, Warmup, read_policies


def callback(argument: object) -> bool:
    return bool(argument)


def with_facts(message: object, facts: object) -> None: ...


def no_arguments() -> None: ...


async def asynchronous(name: str) -> bool:
    return bool(name)


async def asynchronous_generator(name: str) -> AsyncIterator[bool]:
    yield bool(name)


def generator(name: str) -> Iterator[bool]:
    yield bool(name)


class AsynchronousObject:
    async def __call__(self, name: str) -> bool:
        return bool(name)


def read(**options: object) -> Policies:
    return read_policies({"orders": {"detect": callback, "inject": callback, **options}})


def test_the_documented_defaults() -> None:
    assert read().valid["orders"] == Policy(
        name="orders",
        role="both",
        detect=callback,
        inject=callback,
        alert=None,
        resolve=None,
        max_failed_detections=3,
        max_failed_injections=1,
        inject_each_period=False,
        reset=Reset("fast", 3),
        warmup=Warmup(False, 2, None),
        timeout_sec=None,
        retry=Retry(0, 1),
        verify=Retry(0, 5),
        reminder_sec=0,
        maintenance=(),
        depends_on=(),
    )


def test_every_option_is_taken() -> None:
    policy = read(
        role="both",
        alert=with_facts,
        resolve=callback,
        max_failed_detections=5,
        max_failed_injections=4,
        inject_each_period=True,
        reset={"mode": "cooldown", "success_threshold": 2},
        warmup={"enabled": True, "success_threshold": 1, "max_periods": 9},
        timeout_sec=2.5,
        retry={"attempts": 2, "delay_sec": 0},
        verify={"attempts": 3, "delay_sec": 0.5},
        reminder_sec=3600,
    ).valid["orders"]
    assert policy == Policy(
        "orders", "both", callback, callback, with_facts, callback, 5, 4, True,
        Reset("cooldown", 2), Warmup(True, 1, 9), 2.5, Retry(2, 0), Retry(3, 0.5), 3600,
    )  # fmt: skip


def test_the_default_timeout_is_for_events_without_their_own() -> None:
    events = {
        "own": {"detect": callback, "inject": callback, "timeout_sec": 3},
        "none": {"detect": callback, "inject": callback},
    }
    valid = read_policies(events, default_timeout_sec=9).valid
    assert (valid["own"].timeout_sec, valid["none"].timeout_sec) == (3, 9)


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (
            {"max_failed_detection": 3},
            "'max_failed_detection' is not an option; did you mean 'max_failed_detections'?",
        ),
        ({"colour": "red"}, "'colour' is not an option"),
        (
            {"reset": {"mod": "fast"}},
            "'reset.mod' is not an option; did you mean 'mode'?",
        ),
        (
            {"role": "dtect"},
            "role is 'dtect'; it must be one of 'both', 'detect', 'inject'; did you mean 'detect'?",
        ),
        ({"role": ["detect"]}, "role is ['detect']; it must be one of"),
        ({"detect": None}, "role 'both' needs a 'detect' function"),
        ({"inject": None}, "role 'both' needs an 'inject' function"),
        ({"detect": "check"}, "detect is 'check'; it must be a function"),
        ({"detect": no_arguments}, "detect must be callable with the event's name"),
        ({"detect": with_facts}, "detect must be callable with the event's name"),
        ({"alert": no_arguments}, "alert must be callable with the message"),
        ({"detect": asynchronous}, "detect is asynchronous or a generator"),
        ({"inject": functools.partial(asynchronous)}, "inject is asynchronous or a generator"),
        ({"inject": asynchronous_generator}, "inject is asynchronous or a generator"),
        ({"alert": AsynchronousObject()}, "alert is asynchronous or a generator"),
        ({"detect": generator}, "detect is asynchronous or a generator"),
        (
            {"max_failed_detections": 0},
            "max_failed_detections is 0; it must be a whole number of at least 1",
        ),
        ({"max_failed_injections": True}, "max_failed_injections is True; it must be a whole"),
        ({"max_failed_injections": 1.5}, "max_failed_injections is 1.5; it must be a whole"),
        ({"inject_each_period": "yes"}, "inject_each_period is 'yes'; it must be True or False"),
        ({"reset": "fast"}, "reset is 'fast'; it must be a dict with 'mode', 'success_threshold'"),
        ({"reset": {"mode": "slow"}}, "reset.mode is 'slow'; it must be one of 'fast', 'cooldown'"),
        ({"reset": {"success_threshold": 0}}, "reset.success_threshold is 0; it must be"),
        ({"warmup": {"enabled": 1}}, "warmup.enabled is 1; it must be True or False"),
        ({"warmup": {"max_periods": 0}}, "warmup.max_periods is 0; it must be"),
        ({"timeout_sec": 0}, "timeout_sec is 0; it must be a number above 0"),
        ({"timeout_sec": float("nan")}, "timeout_sec is nan; it must be a number above 0"),
        ({"timeout_sec": "9"}, "timeout_sec is '9'; it must be a number above 0"),
        ({"retry": {"attempts": -1}}, "retry.attempts is -1; it must be a whole number"),
        ({"verify": {"delay_sec": -1}}, "verify.delay_sec is -1; it must be a number of at least"),
        ({"reminder_sec": 60}, "reminder_sec is 60; it must be 0 (no reminders) or at least 300"),
    ],
)
def test_a_wrong_option_is_named_with_what_would_be_right(
    options: dict[str, object], problem: str
) -> None:
    policies = read(**options)
    assert len(policies.problems) == 1
    assert policies.problems[0].startswith(f"event 'orders': {problem}")
    assert policies.invalid == {"orders"}
    assert not policies.valid


@pytest.mark.parametrize(
    ("name", "given", "problem"),
    [
        (7, {"detect": callback, "inject": callback}, "its name must be a string of 1 to 2048"),
        ("", {"detect": callback, "inject": callback}, "its name must be a string of 1 to 2048"),
        ("é" * 1025, {"detect": callback, "inject": callback}, "its name must be a string"),
        ("\udcff", {"detect": callback, "inject": callback}, "its name must be a string"),
        ("orders", callback, "it must be a dict of options"),
        ("orders", None, "it must be a dict of options, not None"),
    ],
)
def test_a_wrong_event_is_named(name: object, given: object, problem: str) -> None:
    policies = read_policies({name: given})
    assert not policies.valid
    assert len(policies.problems) == 1
    assert policies.problems[0].startswith("event ")
    assert f": {problem}" in policies.problems[0]


@pytest.mark.parametrize(
    ("role", "needed", "spare"), [("detect", "detect", "inject"), ("inject", "inject", "detect")]
)
def test_a_role_needs_its_own_function_only(role: str, needed: str, spare: str) -> None:
    assert not read_policies({"orders": {"role": role, needed: callback}}).problems
    problems = read_policies({"orders": {"role": role, spare: callback}}).problems
    article = "an" if needed == "inject" else "a"
    assert problems == (f"event 'orders': role {role!r} needs {article} {needed!r} function",)


def test_every_problem_of_every_event_is_found_and_the_others_stay_valid() -> None:
    policies = read_policies(
        {
            "first": {"role": "detect", "max_failed_detections": 0, "colour": 1},
            "sound": {"role": "detect", "detect": callback},
            "last": {"role": "injct"},
        }
    )
    assert list(policies.valid) == ["sound"]
    text = "\n".join(policies.problems)
    assert text.count("event 'first'") == 3
    assert text.count("event 'last'") == 1
    assert "sound" not in text


@pytest.mark.parametrize(
    ("role", "worker_role", "detects", "injects"),
    [
        ("both", None, True, True),
        ("both", "detect", True, False),
        ("both", "inject", False, True),
        ("detect", "detect", True, False),
        ("detect", "inject", False, False),
        ("inject", "detect", False, False),
        ("inject", "inject", False, True),
    ],
)
def test_a_worker_does_its_part_of_each_role(
    role: str, worker_role: str | None, detects: bool, injects: bool
) -> None:
    events = {"orders": {"detect": callback, "inject": callback, "role": role}}
    policy = read_policies(events, worker_role=worker_role).valid["orders"]
    assert (policy.detects, policy.injects) == (detects, injects)
