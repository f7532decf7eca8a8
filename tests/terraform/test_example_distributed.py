"""The distributed example: broken and repaired, and the permissions of its roles."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from cli.demo import aws_cli

from .examples import Example, applied, period, subjects
from .privileges import FunctionUnderTest, Period

if TYPE_CHECKING:
    from local_aws import LocalAws

# Commands before a period, its worker, and the status of both events.
STORY = [
    ((), "detect", "waiting (1×)", "waiting (1×)"),
    ((), "inject", "waiting (1×)", "waiting (1×)"),
    ((), "detect", "warmup (1/1)", "warmup (1/1)"),
    ((), "inject", "skipped", "skipped"),
    (("break_command", "expire_command"), "detect", "failed_detection (1/2)", "ok"),
    ((), "inject", "injected", "skipped"),
    ((), "detect", "failed_detection (2/2) alerted", "ok"),
    ((), "inject", "injected", "skipped"),
    (("repair_command",), "detect", "failed_detection (3/2)", "ok"),
    ((), "inject", "injected", "skipped"),
    ((), "detect", "ok resolved", "ok"),
    ((), "inject", "skipped", "skipped"),
]

ALERTED = {"alerted": {"BOOL": True}, "healthy": {"BOOL": True}}
FAILING = {
    "detection_failures": {"N": "2"},
    "healthy": {"BOOL": False},
    "injected": {"BOOL": True},
    "in_warmup": {"BOOL": False},
}


@pytest.fixture(scope="module")
def example(aws: LocalAws, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Example]:
    with applied(aws, tmp_path_factory.mktemp("example"), "distributed") as example:
        yield example


def test_it_is_broken_and_repaired(aws: LocalAws, example: Example) -> None:
    seen = []
    for commands, worker, *_ in STORY:
        for command in commands:
            aws_cli.run(example.outputs[command], aws.client)
        statuses = period(aws, example.outputs["eventbridge_rule_names"][worker])
        seen.append((commands, worker, statuses["invoices"], statuses["shipments"]))
    assert seen == STORY
    assert subjects(aws, example) == ["DIVA: invoices is failing", "DIVA: invoices is healthy"]
    assert not example.plan(), "a second plan is empty"


@pytest.mark.parametrize(
    ("worker", "state", "results", "results_when_new"),
    [
        (
            "detect",
            ALERTED,
            {"invoices": "ok resolved", "shipments": "ok resolved"},
            {"invoices": "warmup (1/1)", "shipments": "warmup (1/1)"},
        ),
        (
            "inject",
            FAILING,
            {"invoices": "injected alerted", "shipments": "injected alerted"},
            {"invoices": "skipped", "shipments": "skipped"},
        ),
    ],
)
def test_a_role_has_the_permissions_that_its_worker_needs_and_no_others(
    aws: LocalAws,
    example: Example,
    worker: str,
    state: dict[str, Any],
    results: dict[str, str],
    results_when_new: dict[str, str],
) -> None:
    table = {"TableName": example.outputs["dynamodb_table_name"]}
    dynamodb, s3 = aws.client("dynamodb"), aws.client("s3")
    for kind in ("invoices", "shipments"):
        s3.put_object(Bucket=example.outputs["files_bucket_name"], Key=f"reports/{kind}/probe.json")

    def of_each(kind_of_write: Callable[[dict[str, Any]], object]) -> None:
        for kind in ("invoices", "shipments"):
            kind_of_write({"event_id": {"S": kind}})

    under_test = FunctionUnderTest(
        aws,
        example.outputs["lambda_function_names"][worker],
        [
            Period(
                lambda: of_each(lambda key: dynamodb.put_item(**table, Item={**key, **state})),
                results,
            ),
            Period(
                lambda: of_each(lambda key: dynamodb.delete_item(**table, Key=key)),
                results_when_new,
            ),
        ],
    )
    unneeded = under_test.unneeded_grants()
    assert not unneeded, unneeded
