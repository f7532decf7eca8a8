"""What makes an invocation fail, and what has been done all the same when it does."""

from __future__ import annotations

import pytest

from diva.handler import PeriodFailed
from diva.logic import InvalidEventLogic
from diva.settings import InvalidSettings
from diva.stores import StoreError
from tests.faults.faulty_aws import Exchange, FaultyAws, access_denied, dynamodb_error, passed

from .lambda_process import THREE, Process


@pytest.fixture
def faulty(faulty: FaultyAws, process: Process) -> FaultyAws:
    """What the process reaches AWS through."""
    process.environ["AWS_ENDPOINT_URL"] = faulty.endpoint
    return faulty


def test_every_wrong_setting_is_named_at_once(process: Process) -> None:
    process.start(DIVA_MODE="both", DIVA_MAX_WORKERS="0", DIVA_LOG_LEVEL="LOUD")
    for _ in range(2):  # a process that cannot start says so each time
        with pytest.raises(InvalidSettings) as caught:
            process.invoke()
        assert "DIVA_MODE is 'both'; it must be one of monolithic, distributed" in str(caught.value)
        assert "DIVA_MAX_WORKERS is '0'" in str(caught.value)
        assert "DIVA_LOG_LEVEL is 'LOUD'" in str(caught.value)
    assert not process.logic.calls


@pytest.mark.parametrize(
    ("event_logic", "told"),
    [
        (None, "No module named 'event_logic'"),
        ("def get_events(:\n    pass\n", r"SyntaxError: .*event_logic\.py, line 1"),
        ("import nothing_like_it\n", r"'nothing_like_it' \(.*event_logic\.py, line 1"),
        ("events = {}\n", r"event_logic\.py has no function get_events"),
        ("def get_events():\n    return 1 / 0\n", r"division by zero \(.*event_logic\.py, line 2"),
        ("def get_events():\n    return []\n", r"returned list, not .*event_logic\.py, line 1"),
    ],
)
def test_event_logic_that_gives_no_events_fails_with_file_and_line(
    process: Process, event_logic: str | None, told: str
) -> None:
    process.start(event_logic)
    with pytest.raises(InvalidEventLogic, match=told):
        process.invoke()
    assert process.requests == []


def test_invalid_events_do_not_stop_the_others_and_are_all_named_at_the_end(
    process: Process, caplog: pytest.LogCaptureFixture
) -> None:
    text = THREE.replace(
        " for name in ('one', 'two', 'three')}\n",
        " for name in ('one', 'two')} | {\n"
        "        'typo': {'detect': detect, 'role': 'dtect', 'allert': alert},\n"
        "        'empty': {}}\n",
    )
    process.start(text).logic.answers["detect two"] = False
    with pytest.raises(PeriodFailed) as caught:
        process.invoke()
    problems = str(caught.value).splitlines()
    assert [each.split(":")[0] for each in problems] == ["event 'typo'"] * 2 + ["event 'empty'"] * 2
    assert "did you mean 'alert'?" in str(caught.value)
    assert "did you mean 'detect'?" in str(caught.value)
    assert sorted(process.logic.calls) == ["alert two", "detect one", "detect two"]
    assert process.state("one")["healthy"] is True
    assert process.state("two")["alerted"] is True
    assert ": 4 events, 1 healthy, 1 failing, 1 alerted, 0 not_run" in caplog.text


ODD = (
    THREE
    + """
class Odd:
    def __init__(self, truth=False, shown="odd"):
        self.truth, self.shown = truth, shown
    def __bool__(self):
        return self._answer(self.truth)
    def __repr__(self):
        return self._answer(self.shown)
    def _answer(self, value):
        if isinstance(value, BaseException):
            raise value
        return value() if callable(value) else value
"""
)


@pytest.mark.parametrize(
    "answer",
    [
        "Odd(shown=ValueError('odd'))",
        "Odd(truth=SystemExit('odd'))",
        "Odd(truth=hang)",
    ],
)
def test_whatever_a_callback_gives_back_is_a_failure_of_its_event_alone(
    process: Process, answer: str
) -> None:
    limit = "'timeout_sec': 1 if name == 'two' else None, "
    process.start(ODD.replace("'max_failed", f"{limit}'max_failed"))
    odd = eval(answer, {**vars(process.logic), "hang": process.hang(seconds=1)})  # noqa: S307
    process.logic.answers["detect two"] = lambda: odd
    result = process.results()
    assert (result["one"], result["three"]) == ("ok", "ok")
    assert result["two"] in {"failed_detection (1/1) alerted", "timeout alerted"}
    assert process.state("two")["detection_failures"] == 1


def test_an_invalid_event_that_cannot_even_be_shown_does_not_stop_the_others(
    process: Process,
) -> None:
    bad = "'bad': {'role': Odd(shown=ValueError('odd'))}"
    process.start(ODD.replace("'three')}", f"'three')}} | {{{bad}}}"))
    with pytest.raises(PeriodFailed, match="event 'bad': role is "):
        process.invoke()
    assert sorted(process.logic.calls) == ["detect one", "detect three", "detect two"]
    assert process.state("one")["healthy"] is True


def test_the_state_of_an_event_that_became_invalid_is_kept(process: Process) -> None:
    process.start(THREE).logic.answers["detect two"] = False
    process.invoke()
    before = process.state("two")
    process.start(THREE.replace("'three')}", "'three')} | {'two': {'role': 'dtect'}}"))
    process.logic.answers["detect one"] = False  # so that something is written
    with pytest.raises(PeriodFailed):
        process.invoke()
    assert process.state("two") == before


def test_state_that_cannot_be_read_stops_the_run_before_any_callback(
    process: Process, faulty: FaultyAws
) -> None:
    process.start(THREE).invoke()
    before = process.state("one")
    faulty.always("GetObject", access_denied)
    faulty.always("GetItem", dynamodb_error(400, "AccessDeniedException"))
    process.start(THREE)
    with pytest.raises((StoreError, PeriodFailed), match="could not be read"):
        process.invoke()
    assert process.logic.calls == []
    assert process.state("one") == before


def test_a_failing_save_fails_the_invocation_and_sends_nothing(
    process: Process, faulty: FaultyAws
) -> None:
    process.start(THREE).invoke()
    faulty.always("PutObject", access_denied)
    faulty.always("UpdateItem", dynamodb_error(400, "AccessDeniedException"))
    process.start(THREE).logic.answers["detect two"] = False
    with pytest.raises((StoreError, PeriodFailed), match="could not be written"):
        process.invoke()
    assert "alert two" not in process.logic.calls
    assert process.state("two")["detection_failures"] == 0


@pytest.mark.parametrize("mode", ["distributed"], indirect=True)
@pytest.mark.parametrize("operation", ["GetItem", "UpdateItem"])
def test_an_item_that_fails_does_not_stop_the_others(
    process: Process, faulty: FaultyAws, operation: str
) -> None:
    def broken(exchange: Exchange) -> None:
        denied = dynamodb_error(400, "AccessDeniedException")
        (denied if b'"two"' in exchange.request_body else passed)(exchange)

    faulty.always(operation, broken)
    process.start(THREE).logic.answers |= {"detect one": False, "detect two": False}
    with pytest.raises(PeriodFailed) as caught:
        process.invoke()
    assert str(caught.value).startswith("event 'two': state of event 'two'")
    assert len(str(caught.value).splitlines()) == 1
    assert process.state("one")["alerted"] is True
    assert process.state("three")["healthy"] is True
    assert process.state("two") == {}
    assert "alert two" not in process.logic.calls


def test_a_failing_save_does_not_hide_what_is_wrong_with_invalid_events(
    process: Process, faulty: FaultyAws
) -> None:
    process.start(THREE).invoke()
    faulty.always("PutObject", access_denied)
    faulty.always("UpdateItem", dynamodb_error(400, "AccessDeniedException"))
    process.start(THREE.replace("'three')}", "'three')} | {'typo': {'role': 'dtect'}}"))
    process.logic.answers["detect two"] = False
    with pytest.raises((StoreError, PeriodFailed)) as caught:
        process.invoke()
    assert "could not be written" in str(caught.value)
    assert "event 'typo': role is 'dtect'" in str(caught.value)
