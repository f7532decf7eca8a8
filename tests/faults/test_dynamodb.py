"""Whole periods in which DynamoDB refuses, hangs or cannot be reached, at every step in turn."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from .faulty_aws import Exchange, Fault, FaultyAws, dynamodb_error, event_of
from .tables import ON_THE_WAY, Case, cases, name, new_version, overtaken, tried
from .trial import Trial

CASES = """
                      load           save           record
                      once   always  once   always  once   always
    403 denied        -      fails   -      fails   -      fails
    404 no table      -      fails   -      fails   -      fails
    409 conflict      -      fails   -      fails   -      fails
    412 condition     -      fails   fine   -       fine   -
    500 error         fine   fails   fine   fails   fine   fails
    throttled         fine   fails   fine   fails   fine   fails
    too many requests fine   -       fine   fails   fine   -
    hang              fine   fails   fine   fails   fine   fails
    lost request      fine   fails   fine   fails   fine   fails
    lost answer       fine   fails   fine   done    fine   done
    cut off           fine   fails   fine   done    fine   done
    overtaken         -      -       fine   fails   fine   fails
"""
FAULTS: dict[str, Fault] = {
    **ON_THE_WAY,
    "403 denied": dynamodb_error(400, "AccessDeniedException"),
    "404 no table": dynamodb_error(400, "ResourceNotFoundException"),
    "409 conflict": dynamodb_error(400, "TransactionConflictException"),
    "500 error": dynamodb_error(500, "InternalServerError"),
    "throttled": dynamodb_error(400, "ProvisionedThroughputExceededException"),
    "too many requests": dynamodb_error(400, "ThrottlingException"),
}


@pytest.fixture
def mode() -> str:
    return "distributed"


@pytest.mark.parametrize("case", cases(CASES), ids=name)
def test_nothing_is_lost_or_sent_twice(
    trial: Trial, way: FaultyAws, case: Case, counted: Callable[..., None]
) -> None:
    own = {"412 condition": condition_failed(trial), "overtaken": overtaken(new_version(trial))}
    tried(trial, way, case, {**FAULTS, **own}[case[1]])
    counted("faults")


def condition_failed(trial: Trial) -> Fault:
    """DynamoDB says that the condition does not hold, and what it has found instead."""

    def fault(exchange: Exchange) -> None:
        item = trial.process.table.item(event_of(exchange))
        dynamodb_error(400, "ConditionalCheckFailedException", Item=item)(exchange)

    return fault
