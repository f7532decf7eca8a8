"""One message to several receivers: nobody gets it twice, and it is delivered if all have it."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from diva.kit import all_of, combined, sns
from diva.kit.callback import NotDone

from ..processes import PATIENCE_SEC
from .conftest import SINCE, Notice

MESSAGE = "Event 'orders' is failing."
TOPIC = "arn:aws:sns:eu-central-1:123456789012:alerts"


class Receiver:
    """A callback that can be broken, and what it was told."""

    def __init__(self) -> None:
        self.received: list[str] = []
        self.is_broken = False

    def __call__(self, message: str) -> None:
        if self.is_broken:
            raise OSError("the line is down")
        self.received.append(message)


@pytest.fixture
def first() -> Receiver:
    return Receiver()


@pytest.fixture
def second() -> Receiver:
    return Receiver()


def test_all_receive_a_message(first: Receiver, second: Receiver, notice: Notice) -> None:
    told = []
    all_of(first, second, lambda message, context: told.append(context.event))("one", notice())
    assert (first.received, second.received, told) == (["one"], ["one"], ["orders"])


def test_who_has_a_message_does_not_get_it_again(
    first: Receiver, second: Receiver, notice: Notice
) -> None:
    second.is_broken = True
    for _ in range(2):
        with pytest.raises(NotDone) as error:
            all_of(first, second)(MESSAGE, notice())  # as get_events makes it in each period
        assert str(error.value) == (
            "1 of 2 callbacks failed to deliver: Receiver: OSError: the line is down"
        )
    second.is_broken = False
    all_of(first, second)(MESSAGE, notice())
    assert (first.received, second.received) == ([MESSAGE], [MESSAGE])


@pytest.mark.parametrize("change", ["kind", "incident", "event", "function", "cold start"])
def test_another_message_is_for_everyone(
    first: Receiver, second: Receiver, notice: Notice, change: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    second.is_broken = True
    with pytest.raises(NotDone):
        all_of(first, second)(MESSAGE, notice())
    later = {
        "kind": notice("reminder"),
        "incident": notice(failing_since=SINCE + timedelta(days=1)),
        "event": notice(event="invoices"),
        "function": notice(function_name="other"),
        "cold start": notice(),
    }[change]
    if change == "cold start":
        monkeypatch.setattr(combined, "_progress", {})
    with pytest.raises(NotDone):
        all_of(first, second)("another", later)
    assert first.received == [MESSAGE, "another"]


def test_a_message_that_all_have_is_new_the_next_time(
    first: Receiver, second: Receiver, notice: Notice
) -> None:
    for _ in range(2):  # two reminders of one incident
        all_of(first, second)(MESSAGE, notice("reminder"))
    assert first.received == [MESSAGE, MESSAGE]


def test_a_resolution_that_is_sent_again_is_recognized(
    first: Receiver, second: Receiver, notice: Notice
) -> None:
    resolve = all_of(first, second)
    second.is_broken = True
    with pytest.raises(NotDone):
        resolve("healthy", notice("resolution"))
    with pytest.raises(NotDone):
        resolve("healthy", notice("resolution", failing_since=None))
    assert first.received == ["healthy"]
    with pytest.raises(NotDone):
        resolve("again", notice("resolution", failing_since=SINCE + timedelta(days=1)))
    assert first.received == ["healthy", "again"]


def test_who_takes_too_long_is_not_waited_for_and_not_told_again_if_it_has_worked(
    first: Receiver, notice: Notice
) -> None:
    go_on = threading.Event()
    told: list[str] = []

    def slow(message: str) -> None:
        go_on.wait(PATIENCE_SEC)
        told.append(message)

    def noted(message: str) -> None:
        slow(message)

    before = set(threading.enumerate())
    send = all_of(first, noted, timeout_sec=0.2)
    with pytest.raises(NotDone, match=r"noted did not return within 0\.2 s"):
        send(MESSAGE, notice())
    go_on.set()
    for thread in set(threading.enumerate()) - before:
        thread.join(PATIENCE_SEC)
    send(MESSAGE, notice())
    assert (first.received, told) == ([MESSAGE], [MESSAGE])


def test_equal_ones_are_equal_and_limits_are_handed_down(first: Receiver) -> None:
    assert all_of(sns(TOPIC), first) == all_of(sns(TOPIC), first) != all_of(sns(TOPIC))
    assert all_of(sns(TOPIC)).within_event_timeout(5).timeout_sec == 4.5
    assert [each.action for each in all_of(sns(TOPIC), first).permissions] == ["sns:Publish"]


@pytest.mark.parametrize(
    ("callbacks", "said"),
    [((), "all_of: callbacks is ()"), (("sns",), "all_of: a callback is 'sns'; it must be")],
)
def test_what_cannot_be_called_is_refused(callbacks: tuple[str, ...], said: str) -> None:
    with pytest.raises(ValueError, match=said.replace("(", r"\(").replace(")", r"\)")):
        all_of(*callbacks)  # type: ignore[arg-type]
