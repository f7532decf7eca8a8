"""Executions of state machines: what they call, what they catch, and how they end."""

from __future__ import annotations

import json
import threading
import time
from typing import Any

import pytest
from botocore.exceptions import ClientError
from moto.stepfunctions.parser.backend.execution_worker import ExecutionWorker
from moto.stepfunctions.parser.utils import TMP_THREADS

from local_aws import LocalAws
from local_aws.request_lock import request_lock
from local_aws.stepfunctions import executions, interpreter

from ...executions import ended, entered, wait_until_entered
from ...processes import PATIENCE_SEC
from ..functions import deploy
from ..metrics import statistics
from .machines import create, run, start

SDK = "arn:aws:states:::aws-sdk"
INVOKE = "arn:aws:states:::lambda:invoke"


def task(resource: str, parameters: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"Type": "Task", "Resource": resource, "Parameters": parameters, "End": True, **fields}


def waiting(seconds: int) -> dict[str, Any]:
    return {"Type": "Wait", "Seconds": seconds, "End": True}


def mapped(*states: dict[str, Any]) -> dict[str, Any]:
    named = {f"step{number}": state for number, state in enumerate(states)}
    return {
        "Type": "Map",
        "ItemsPath": "$.items",
        "ItemProcessor": {"StartAt": "step0", "States": named},
        "End": True,
    }


def test_a_task_invokes_a_function_with_its_payload(aws: LocalAws) -> None:
    deploy(aws, "def handler(event, context): return event['number'] + 1")
    payload = {"number.$": "$.number"}
    parameters = {"FunctionName": "subject", "Payload": payload}
    states = {"Invoke": task(INVOKE, parameters, OutputPath="$.Payload")}
    execution = run(aws, states, input='{"number": 1}')
    assert execution["status"] == "SUCCEEDED"
    assert json.loads(execution["output"]) == 2


def test_an_aws_sdk_task_has_parameters_and_results_in_pascal_case(aws: LocalAws) -> None:
    states = {
        "List": task(f"{SDK}:sfn:listExecutions", {"StateMachineArn.$": "$$.StateMachine.Id"})
    }
    execution = run(aws, states)
    [listed] = json.loads(execution["output"])["Executions"]
    assert listed["ExecutionArn"] == execution["executionArn"]


def test_an_aws_sdk_task_reports_errors_by_the_name_of_the_service(aws: LocalAws) -> None:
    parameters = {"QueueUrl": f"{aws.endpoint}/{aws.account_id}/missing"}
    execution = run(aws, {"Receive": task(f"{SDK}:sqs:receiveMessage", parameters)})
    assert execution["status"] == "FAILED"
    assert execution["error"] == "Sqs.QueueDoesNotExistException"


@pytest.mark.parametrize(
    ("path", "found"),
    [("$..Messages[*]", []), ("$.list[-1:].name", ["last"]), ("$.nothing[-1:].name", [])],
)
def test_a_path_that_may_match_several_values_matches_none(
    aws: LocalAws, path: str, found: list[str]
) -> None:
    states = {"Select": {"Type": "Pass", "Parameters": {"found.$": path}, "End": True}}
    content = {"list": [{"name": "first"}, {"name": "last"}], "nothing": []}
    execution = run(aws, states, input=json.dumps(content))
    assert json.loads(execution["output"]) == {"found": found}


def test_a_missing_value_ends_the_execution_although_all_errors_are_caught(aws: LocalAws) -> None:
    catch = [{"ErrorEquals": ["States.ALL"], "Next": "Caught"}]
    parameters = {"QueueUrl.$": "$.missing"}
    states = {
        "Receive": task(f"{SDK}:sqs:receiveMessage", parameters, Catch=catch),
        "Caught": {"Type": "Succeed"},
    }
    execution = run(aws, states)
    assert (execution["status"], execution["error"]) == ("FAILED", "States.Runtime")


@pytest.mark.parametrize(
    ("caught", "end"), [("States.ALL", "FAILED"), ("States.DataLimitExceeded", "SUCCEEDED")]
)
def test_a_result_that_is_too_large_is_caught_by_its_name_alone(
    aws: LocalAws, caught: str, end: str
) -> None:
    deploy(aws, "def handler(event, context): return 'x' * 300_000")
    catch = [{"ErrorEquals": [caught], "Next": "Caught"}]
    states = {
        "Invoke": task(INVOKE, {"FunctionName": "subject"}, Catch=catch),
        "Caught": {"Type": "Succeed"},
    }
    assert run(aws, states)["status"] == end


def test_the_cause_of_an_error_is_cut(aws: LocalAws) -> None:
    deploy(aws, "def handler(event, context): raise ValueError('x' * 300_000)")
    execution = run(aws, {"Invoke": task(INVOKE, {"FunctionName": "subject"})})
    assert execution["error"] == "ValueError"
    assert len(execution["cause"]) == 32_768


def test_a_wait_takes_as_long_as_it_says(aws: LocalAws) -> None:
    began = time.monotonic()
    assert run(aws, {"Wait": waiting(1)})["status"] == "SUCCEEDED"
    assert time.monotonic() - began >= 1


def test_an_execution_that_is_stopped_in_a_map_is_aborted(aws: LocalAws) -> None:
    states = {"Each": mapped(waiting(60))}
    arn = start(aws, create(aws, states), input='{"items": [1, 2]}')
    wait_until_entered(aws, arn, "step0")
    aws.client("stepfunctions").stop_execution(executionArn=arn)
    assert ended(aws, arn)["status"] == "ABORTED"


def test_an_execution_that_is_stopped_enters_no_further_state(aws: LocalAws) -> None:
    deploy(aws, "import time\ndef handler(event, context): time.sleep(1)")
    invoke = {**task(INVOKE, {"FunctionName": "subject"}), "Next": "After"}
    del invoke["End"]
    arn = start(aws, create(aws, {"Invoke": invoke, "After": {"Type": "Succeed"}}))
    wait_until_entered(aws, arn, "Invoke")
    aws.client("stepfunctions").stop_execution(executionArn=arn)
    assert ended(aws, arn)["status"] == "ABORTED"
    aws.invoke("subject")  # ends later than the invocation of the state machine
    assert entered(aws, arn) == ["Invoke"]


def test_an_execution_that_is_stopped_at_once_is_aborted(aws: LocalAws) -> None:
    machine = create(aws, {"Wait": waiting(600)})
    until = time.monotonic() + PATIENCE_SEC
    for _ in range(20):
        arn = start(aws, machine)
        aws.client("stepfunctions").stop_execution(executionArn=arn)
        assert ended(aws, arn)["status"] == "ABORTED"
        while last_event(aws, arn) != "ExecutionAborted":
            assert time.monotonic() < until, "it has not stopped"


def last_event(aws: LocalAws, execution_arn: str) -> str | None:
    history = aws.client("stepfunctions").get_execution_history(executionArn=execution_arn)
    return history["events"][-1]["type"] if history["events"] else None


def test_an_execution_that_cannot_begin_fails(
    aws: LocalAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when moto cannot interpret a definition that it has accepted."""

    def broken(worker: ExecutionWorker) -> None:
        stopping.wait(PATIENCE_SEC)
        raise RuntimeError("broken")

    def begun(execution: Any) -> None:
        stopping.set()
        wait_until_begun(execution)

    stopping = threading.Event()
    wait_until_begun = interpreter._wait_until_begun
    monkeypatch.setattr(interpreter, "_wait_until_begun", begun)
    monkeypatch.setattr(ExecutionWorker, "_get_evaluation_entrypoint", broken)
    arn = start(aws, create(aws, {"End": {"Type": "Succeed"}}))
    aws.client("stepfunctions").stop_execution(executionArn=arn)
    found = aws.client("stepfunctions").describe_execution(executionArn=arn)
    assert (found["status"], found["error"]) == ("FAILED", "States.Runtime")
    assert "broken" in found["cause"]


def test_executions_without_a_name_get_different_ones(aws: LocalAws) -> None:
    machine = create(aws, {"End": {"Type": "Succeed"}})
    assert len({start(aws, machine) for _ in range(3)}) == 3


def test_a_reset_ends_executions(aws: LocalAws) -> None:
    arn = start(aws, create(aws, {"Wait": waiting(600)}))
    aws.reset()
    with pytest.raises(ClientError, match="Does Not Exist"):
        aws.client("stepfunctions").describe_execution(executionArn=arn)


def test_a_reset_leaves_no_metrics_of_the_executions_that_it_ends(aws: LocalAws) -> None:
    arn = start(aws, create(aws, {"Wait": waiting(600)}))
    wait_until_entered(aws, arn, "Wait")
    aws.reset()
    for thread in TMP_THREADS:  # of moto, for the executions
        thread.join(PATIENCE_SEC)
        assert not thread.is_alive()
    assert aws.client("cloudwatch").list_metrics()["Metrics"] == []


def test_an_execution_that_has_ended_is_counted_already(
    aws: LocalAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = executions.report
    held: list[bool] = []

    def observed(execution: Any) -> None:
        held.append(request_lock._thread.depth > 0)
        report(execution)

    monkeypatch.setattr(executions, "report", observed)
    machine = create(aws, {"End": {"Type": "Succeed"}})
    ended(aws, start(aws, machine))
    counted = statistics(aws, "AWS/States", "ExecutionsSucceeded", StateMachineArn=machine)
    assert counted["Sum"] == 1
    assert held == [True], "its end could be seen before"


def test_an_execution_that_ends_is_counted(aws: LocalAws) -> None:
    machine = create(aws, {"Fail": {"Type": "Fail", "Error": "Wrong"}})
    ended(aws, start(aws, machine))
    alarm = {"Namespace": "AWS/States", "MetricName": "ExecutionsFailed", "Period": 60}
    aws.client("cloudwatch").put_metric_alarm(
        AlarmName="failed",
        Dimensions=[{"Name": "StateMachineArn", "Value": machine}],
        Statistic="Sum",
        EvaluationPeriods=1,
        Threshold=0,
        ComparisonOperator="GreaterThanThreshold",
        **alarm,
    )
    until = time.monotonic() + PATIENCE_SEC
    while not aws.evaluate_alarms():
        assert time.monotonic() < until
    [found] = aws.client("cloudwatch").describe_alarms()["MetricAlarms"]
    assert found["StateValue"] == "ALARM"


def test_the_errors_of_an_execution_are_logged(aws: LocalAws) -> None:
    aws.client("logs").create_log_group(logGroupName="machine")
    group = f"arn:aws:logs:{aws.region}:{aws.account_id}:log-group:machine:*"
    logging = {
        "level": "ERROR",
        "includeExecutionData": False,
        "destinations": [{"cloudWatchLogsLogGroup": {"logGroupArn": group}}],
    }
    states = {"Fail": {"Type": "Fail", "Error": "Wrong"}}
    arn = start(aws, create(aws, states, loggingConfiguration=logging))
    ended(aws, arn)
    until = time.monotonic() + PATIENCE_SEC
    while not (events := aws.client("logs").filter_log_events(logGroupName="machine")["events"]):
        assert time.monotonic() < until
    lines = [json.loads(event["message"]) for event in events]
    assert {line["execution_arn"] for line in lines} == {arn}
    assert [line["type"] for line in lines] == ["FailStateEntered", "ExecutionFailed"]
    assert lines[1]["details"]["error"] == "Wrong"
