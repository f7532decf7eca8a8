"""Whole periods in which S3 refuses, hangs or cannot be reached, at every step in turn."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from .faulty_aws import Fault, FaultyAws, s3_error
from .tables import ON_THE_WAY, Case, cases, name, new_document, overtaken, tried
from .trial import Trial

CASES = """
                      load           save           record
                      once   always  once   always  once   always
    403 denied        fine   fails   -      fails   -      fails
    404 no key        fine   late    fine   fails   fine   fails
    404 no bucket     -      fails   -      fails   -      fails
    409 conflict      -      fails   fine   fails   fine   fails
    412 precondition  -      fails   fine   fails   fine   fails
    500 error         fine   fails   fine   fails   fine   fails
    503 slow down     fine   fails   fine   fails   fine   fails
    hang              fine   fails   fine   fails   fine   fails
    lost request      fine   fails   fine   fails   fine   fails
    lost answer       fine   fails   fine   done    fine   done
    cut off           fine   fails   -      -       -      -
    overtaken         -      -       fine   fails   fine   fails
"""
FAULTS: dict[str, Fault] = {
    **ON_THE_WAY,
    "403 denied": s3_error(403, "AccessDenied"),
    "404 no key": s3_error(404, "NoSuchKey"),
    "404 no bucket": s3_error(404, "NoSuchBucket"),
    "409 conflict": s3_error(409, "ConditionalRequestConflict"),
    "412 precondition": s3_error(412, "PreconditionFailed"),
    "500 error": s3_error(500, "InternalError"),
    "503 slow down": s3_error(503, "SlowDown"),
}


@pytest.fixture
def mode() -> str:
    return "monolithic"


@pytest.mark.parametrize("case", cases(CASES), ids=name)
def test_nothing_is_lost_or_sent_twice(
    trial: Trial, way: FaultyAws, case: Case, counted: Callable[..., None]
) -> None:
    fault = FAULTS.get(case[1]) or overtaken(new_document(trial))
    tried(trial, way, case, fault)
    counted("faults")
