"""Services that refuse requests, lose them or their answers, and functions that fail."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from ..faults.faulty_aws import Exchange, Fault, lost_answer, lost_request
from .definition import ATTEMPTS
from .deployment import impatient
from .faults import denied, lambda_unavailable, listed_late, throttled, unavailable
from .trial import MAX_RECEIVES, SINGLE, Counted, Outcome, Trial

THROTTLED = {"Lambda.TooManyRequestsException"}
POISONED = {"ValueError"}


@dataclass(frozen=True, slots=True)
class Case:
    """So many requests in a row that meet a fault, and what becomes of an object then."""

    operation: str
    fault: Fault
    requests: int
    way: str
    outcome: Outcome
    after: int = 0
    """How many requests meet none before."""

    def __str__(self) -> str:
        return f"{self.way}, {self.operation} {self.fault.__name__} {self.after}+{self.requests}"


def processed(*attempts: int, times: int = 1) -> Outcome:
    return Outcome([*attempts], processed=times)


def buried(*receives: int, attempts: tuple[int, ...], causes: set[str] = POISONED) -> Outcome:
    return Outcome([*attempts], buried=[*receives], causes=causes)


def unanswered(*attempts: int) -> Outcome:
    return Outcome([*attempts], unanswered=1)


LAST = MAX_RECEIVES
CASES = [
    # Nothing has happened yet.
    Case("GetQueueAttributes", unavailable, 2, "good", processed(1)),
    Case("GetQueueAttributes", unavailable, ATTEMPTS, "good", processed(1)),
    Case("GetQueueAttributes", lost_request, ATTEMPTS, "good", processed(1)),
    Case("ListExecutions", throttled, 2, "good", processed(1)),
    Case("ListExecutions", throttled, ATTEMPTS, "good", processed(1)),
    Case("ListExecutions", listed_late, 1, "good", processed(1)),
    Case("ReceiveMessage", unavailable, 2, "good", processed(1)),
    Case("ReceiveMessage", unavailable, ATTEMPTS, "good", processed(1)),
    Case("ReceiveMessage", denied, ATTEMPTS, "poison", buried(3, attempts=(1, 2, 3))),
    Case("ReceiveMessage", lost_request, 1, "good", processed(1)),
    # Errors of Lambda itself are retried. They bury an object that no function has refused.
    Case("Invoke", throttled, 2, "good", processed(1)),
    Case("Invoke", throttled, ATTEMPTS, "good", processed(2)),
    Case("Invoke", throttled, ATTEMPTS * LAST - 1, "good", processed(3)),
    Case("Invoke", throttled, ATTEMPTS * LAST, "good", buried(3, attempts=(), causes=THROTTLED)),
    Case("Invoke", lambda_unavailable, ATTEMPTS, "poison", buried(3, attempts=(2, 3))),
    Case("Invoke", denied, 1, "good", processed(2)),
    Case("Invoke", lost_request, 1, "good", processed(1)),
    Case("Invoke", lost_answer, 1, "good", processed(1, 1, times=2)),
    Case("Invoke", lost_answer, ATTEMPTS, "good", processed(1, 1, 1, 2, times=4)),
    # Deleting twice does no harm, not deleting does.
    Case("DeleteMessage", unavailable, 2, "good", processed(1)),
    Case("DeleteMessage", unavailable, ATTEMPTS, "good", processed(1, 2, times=2)),
    Case("DeleteMessage", denied, ATTEMPTS, "poison", buried(3, 4, attempts=(1, 2, 3, 4))),
    Case("DeleteMessage", lost_answer, 1, "good", processed(1)),
    Case("DeleteMessage", lost_answer, ATTEMPTS, "good", processed(1)),
    # A message that is not given back is visible after its visibility timeout.
    Case("ChangeMessageVisibility", unavailable, 2, "once", processed(1, 2)),
    Case("ChangeMessageVisibility", unavailable, ATTEMPTS, "once", processed(1, 2)),
    Case("ChangeMessageVisibility", denied, 99, "poison", buried(3, attempts=(1, 2, 3))),
    Case("ChangeMessageVisibility", lost_answer, ATTEMPTS, "once", processed(1, 2)),
    # A message that cannot be buried is tried once more, and then left to the queue.
    Case("SendMessage", unavailable, 2, "poison", buried(3, attempts=(1, 2, 3))),
    Case("SendMessage", unavailable, ATTEMPTS, "poison", buried(4, attempts=(1, 2, 3, 4))),
    Case("SendMessage", denied, 2 * ATTEMPTS, "poison", unanswered(1, 2, 3, 4)),
    Case("SendMessage", lost_answer, 1, "poison", buried(3, 3, attempts=(1, 2, 3))),
    Case("SendMessage", lost_request, 1, "poison", buried(3, attempts=(1, 2, 3))),
]
# A receipt whose answer is lost counts as one.
LOST_RECEIPTS = [
    Case("ReceiveMessage", lost_answer, 1, "good", processed(2)),
    Case("ReceiveMessage", lost_answer, 1, "poison", buried(3, attempts=(2, 3))),
    Case("ReceiveMessage", lost_answer, 1, "poison", buried(4, attempts=(1, 2, 4)), after=2),
]
EACH = tuple(range(1, LAST + 1))


@pytest.mark.parametrize("case", CASES, ids=str)
def test_requests_meet_a_fault(trial: Trial, case: Case, counted: Counted) -> None:
    counted("executions")
    trial.spoil(case.operation, case.fault, case.requests, case.after)
    [key] = trial.put(case.way)
    assert trial.settle()[key] == case.outcome


@SINGLE  # of two lanes, another one could lose the answer
@pytest.mark.parametrize("case", LOST_RECEIPTS, ids=str)
def test_the_answer_with_a_message_is_lost(trial: Trial, case: Case, counted: Counted) -> None:
    test_requests_meet_a_fault(trial, case, counted)


@SINGLE
@pytest.mark.parametrize(
    ("way", "error"),
    [
        ("poison", "ValueError"),
        ("poison-much", "ValueError"),
        ("poison-exit", "Runtime.ExitError"),
        ("poison-reported", "BatchItemFailures"),
    ],
)
def test_a_function_fails(trial: Trial, way: str, error: str, counted: Counted) -> None:
    counted("executions")
    [key] = trial.put(way)
    assert trial.settle()[key] == buried(LAST, attempts=EACH, causes={error})


@SINGLE
def test_a_function_reports_a_failure_in_its_response(trial: Trial, counted: Counted) -> None:
    counted("executions")
    [key] = trial.put("reported-once")
    assert trial.settle()[key] == processed(1, 2)


@SINGLE
def test_a_function_hangs(trial: Trial, counted: Counted) -> None:
    counted("executions")
    [key] = trial.put("poison-hang")
    with impatient(trial.aws):
        outcome = trial.settle()[key]
    # On a busy machine, it may time out before it writes of an attempt.
    assert set(outcome.attempts) <= {*EACH}
    assert (outcome.buried, outcome.causes) == ([LAST], {"Sandbox.Timedout"})
    assert outcome.processed + outcome.unanswered == 0


@SINGLE
def test_a_function_answers_too_much(trial: Trial, counted: Counted) -> None:
    counted("executions")
    [key] = trial.put("large")
    assert trial.settle()[key] == processed(1)


@SINGLE
@pytest.mark.parametrize(
    ("way", "outcome"),
    [("good", processed(1)), ("poison", buried(LAST, attempts=EACH))],
)
def test_a_receipt_handle_expires(
    trial: Trial, way: str, outcome: Outcome, counted: Counted
) -> None:
    def expired(exchange: Exchange) -> None:
        trial.expire()
        exchange.send(exchange.forward())

    counted("executions")
    trial.spoil("Invoke", expired, 1)
    [key] = trial.put(way)
    assert trial.settle()[key] == outcome


@SINGLE
@pytest.mark.parametrize(
    ("way", "outcome"),
    [
        ("good", processed(2, 1, times=2)),
        ("poison", buried(LAST, attempts=(2, 3, 1))),
    ],
)
def test_another_execution_receives_a_message_whose_receipt_handle_expires(
    trial: Trial, way: str, outcome: Outcome, counted: Counted
) -> None:
    def overtaken(exchange: Exchange) -> None:
        trial.expire()
        trial.spoil("ListExecutions", listed_late, 1)
        trial.start()
        trial.wait(left=1)
        exchange.send(exchange.forward())

    counted("executions")
    trial.spoil("Invoke", overtaken, 1)
    [key] = trial.put(way)
    assert trial.settle()[key] == outcome


def test_two_executions_that_do_not_know_of_each_other_share_the_messages(
    trial: Trial, counted: Counted
) -> None:
    counted("executions")
    trial.spoil("ListExecutions", listed_late, 2)
    keys = trial.put(*["good"] * 12, "poison")
    trial.start()
    outcomes = trial.settle()
    assert [outcomes[key] for key in keys[:-1]] == [processed(1)] * 12
    assert outcomes[keys[-1]] == buried(LAST, attempts=EACH)
