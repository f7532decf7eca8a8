"""The kit in events: what DIVA says of a failure, time limits, and what is read once."""

from __future__ import annotations

from collections.abc import Mapping

from cli.common.memory_store import MemoryStore
from diva.clock import Clock
from diva.engine import Engine
from diva.kit import all_of, sns, sqs_send, tcp
from diva.period import Invocation
from diva.policy import read_policies
from diva.pool import Pool
from diva.reader import PolicyReader
from diva.redact import Redactor

TOPIC = "arn:aws:sns:eu-central-1:123456789012:alerts"
QUEUE = "arn:aws:sqs:eu-central-1:123456789012:orders"


def get_events(port: int = 1, **options: object) -> Mapping[str, Mapping[str, object]]:
    notify = all_of(sns(TOPIC), print)
    return {
        "database": {
            "detect": tcp("127.0.0.1", port),
            "inject": sqs_send(QUEUE, body={"probe": True}),
            "alert": notify,
            "resolve": notify,
            **options,
        }
    }


def test_the_reason_of_a_failed_detection_is_in_the_state() -> None:
    store = MemoryStore()
    policies = read_policies(get_events(role="detect"))
    engine = Engine(Pool(1, Clock()), Redactor({}))
    period = engine.run_shared(policies, store, Invocation("run", "diva", 60))
    seen = period.runs["database"].seen
    assert seen.detection is not None
    assert seen.detection.value == "failed"
    assert seen.error == (
        "detect returned False: 127.0.0.1:1 accepts no connection: "
        "ConnectionRefusedError: [Errno 111] Connection refused"
    )


def test_callbacks_end_before_the_time_limit_of_their_event() -> None:
    policy = read_policies(get_events(timeout_sec=2)).valid["database"]
    for callback in (policy.detect, policy.inject, policy.alert, policy.resolve):
        assert getattr(callback, "timeout_sec", None) == 1.8
    by_default = read_policies(get_events(), default_timeout_sec=2).valid["database"]
    assert getattr(by_default.detect, "timeout_sec", None) == 1.8
    assert read_policies(get_events()).valid["database"].detect == tcp("127.0.0.1", 1)


def test_callbacks_that_are_made_alike_in_each_period_are_read_once() -> None:
    reader = PolicyReader(None, None, ())
    policies = reader.read(get_events())
    assert reader.read(get_events()) is policies
    assert reader.read(get_events(port=2)) is not policies
