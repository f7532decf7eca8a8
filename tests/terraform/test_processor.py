"""The S3 event processor: the usage of the requirements, and the way of objects through it."""

from __future__ import annotations

import base64
import gzip
import json
import shutil
import time
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cli.common.terraform import Terraform, working_copy

from ..processes import PATIENCE_SEC
from .examples import everything
from .processors import Processor, key_of

if TYPE_CHECKING:
    from local_aws import LocalAws

USAGE = ("process_images", "process_uploads", "document_processor")


@dataclass(frozen=True, slots=True)
class Applied:
    """The applied root module: its plan before, and its outputs."""

    terraform: Terraform
    variables: Mapping[str, Any]
    plan: Mapping[str, Any]
    outputs: Mapping[str, Any]


@pytest.fixture(scope="module")
def applied(
    aws: LocalAws, tmp_path_factory: pytest.TempPathFactory, role_arn: str
) -> Iterator[Applied]:
    """The three instances of the requirements and two more, destroyed at the end."""
    project = working_copy(tmp_path_factory.mktemp("processor") / "project")
    root = project / "tests" / "terraform" / "processor"
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(Path(__file__).parent / "processor", root, ignore=ignored)
    with zipfile.ZipFile(root / "forwarder.zip", "w") as archive:
        archive.write(root / "forwarder" / "forwarder.py", "forwarder.py")
    terraform = Terraform(root)
    terraform.init()
    variables = {"role_arn": role_arn}
    terraform.plan(variables, out=root / "plan")
    before = everything(aws)
    terraform.apply(variables)
    yield Applied(terraform, variables, terraform.show(root / "plan"), terraform.output())
    for name in USAGE:
        empty(aws, terraform.output()[name]["bucket_id"])
    terraform.destroy(variables)
    assert everything(aws) == before
    assert aws.client("stepfunctions").list_state_machines()["stateMachines"] == []


def empty(aws: LocalAws, bucket: str) -> None:
    """Delete all versions of all objects in a bucket."""
    s3 = aws.client("s3")
    found = s3.list_object_versions(Bucket=bucket)
    for version in found.get("Versions", []):
        s3.delete_object(Bucket=bucket, Key=version["Key"], VersionId=version["VersionId"])


@pytest.fixture
def fast(aws: LocalAws, applied: Applied) -> Iterator[Processor]:
    """A processor whose messages wait for nothing. IAM is enforced."""
    with aws.enforcing_iam():
        yield Processor(aws, applied.outputs["fast"])


def warnings(plan: Mapping[str, Any]) -> dict[str, str]:
    """Return the messages of the checks that fail in a plan, by module and check."""
    return {
        f"{check['address']['module']}.{check['address']['name']}": problem["message"]
        for check in plan["checks"]
        for instance in check.get("instances", [])
        for problem in instance.get("problems", [])
    }


def test_the_usage_of_the_requirements_is_planned_with_unknown_forwarders(
    applied: Applied,
) -> None:
    unknown = [
        change["change"]["after_unknown"].get("destination_arn")
        for change in applied.plan["resource_changes"]
        if change["type"] == "aws_cloudwatch_log_subscription_filter"
    ]
    assert unknown == [True] * 2 * len(USAGE)


def test_what_the_usage_of_the_requirements_cannot_have_is_a_warning(applied: Applied) -> None:
    found = warnings(applied.plan)
    assert found.keys() == {
        "module.document_processor.visibility_timeout",
        "module.document_processor.usable_concurrency",
    }
    assert (
        "The visibility timeout is 1905 seconds instead."
        in found["module.document_processor.visibility_timeout"]
    )
    assert (
        "invokes at most 10 functions at once"
        in found["module.document_processor.usable_concurrency"]
    )


def test_a_second_plan_is_empty_even_after_scaling(aws: LocalAws, applied: Applied) -> None:
    aws.client("lambda").put_provisioned_concurrency_config(
        FunctionName=applied.outputs["document_processor"]["lambda_function_name"],
        Qualifier="live",
        ProvisionedConcurrentExecutions=50,
    )
    assert applied.terraform.plan(dict(applied.variables)) is False


@pytest.mark.parametrize("name", USAGE)
def test_an_object_is_processed_once(aws: LocalAws, applied: Applied, name: str) -> None:
    processor = Processor(aws, applied.outputs[name])
    if name == "process_uploads":  # an existing bucket, whose owner has turned on EventBridge
        assert applied.outputs["adopted"]["bucket_id"] == processor.outputs["bucket_id"]
    with aws.enforcing_iam():
        processor.put({"a b/ü+.jpg": "0"})
        execution = processor.start()
        processor.wait_until_entered(execution, "CountCycle")
    assert processor.processed()["a b/ü+.jpg"] == 1
    assert processor.depth() == (0, 0)
    # It would look at the queue again and again, every 30 seconds.
    aws.client("stepfunctions").stop_execution(executionArn=execution)


def test_an_existing_function_processes_in_lanes(aws: LocalAws, applied: Applied) -> None:
    processor = Processor(aws, applied.outputs["adopted"])
    keys = [f"adopted/{number}" for number in range(5)]
    with aws.enforcing_iam():
        processor.put(dict.fromkeys(keys, "0"))
        execution = processor.run()
        assert execution["status"] == "SUCCEEDED", execution
    assert {key: processor.processed()[key] for key in keys} == dict.fromkeys(keys, 1)
    assert processor.entered(execution["executionArn"])["LaneDone"] == 2


def test_only_keys_with_prefix_and_suffix_are_processed(fast: Processor) -> None:
    fast.put({"in/x.jpg": "0", "in/x.txt": "0", "x.jpg": "0", "in/y/x.png": "0"})
    fast.run()
    assert {key for key in fast.processed() if "x." in key} == {"in/x.jpg", "in/y/x.png"}


def test_an_idle_execution_costs_few_state_transitions(fast: Processor) -> None:
    execution = fast.run()
    assert sum(fast.entered(execution["executionArn"]).values()) <= 4


def test_a_message_costs_three_state_transitions_and_a_batch_few_more(fast: Processor) -> None:
    totals = []
    for batches in (1, 2):
        fast.put({f"in/cost-{batches}-{number}.jpg": "0" for number in range(4 * batches)})
        entered = fast.entered(fast.run()["executionArn"])
        assert entered["Stagger"] == entered["Invoke"] == entered["Delete"] == 4 * batches
        totals.append(sum(entered.values()))
    assert totals[1] - totals[0] <= 4 * 3 + 5


def test_the_functions_of_a_batch_start_one_stagger_after_the_other(fast: Processor) -> None:
    fast.put({f"in/staggered-{number}.jpg": "0" for number in range(4)})
    execution = fast.run()["executionArn"]
    entered = [
        (event["stateEnteredEventDetails"]["name"], event["timestamp"])
        for event in fast.events(execution)
        if "stateEnteredEventDetails" in event
    ]
    began = min(at for name, at in entered if name == "Process")
    started = sorted(at for name, at in entered if name == "Invoke")
    assert len(started) == 4
    # Two clocks: one for the waits, and one for the history, which has milliseconds.
    for index, at in enumerate(started):
        assert at - began >= timedelta(seconds=index, milliseconds=-20)


def test_a_message_that_the_function_refuses_is_buried_with_its_cause(fast: Processor) -> None:
    fast.put({"in/good.jpg": "0", "in/poison.jpg": "poison"})
    execution = fast.run()
    assert execution["status"] == "SUCCEEDED"
    [buried] = fast.dead_letters("function")
    attributes = {name: each["StringValue"] for name, each in buried["MessageAttributes"].items()}
    assert key_of(buried) == "in/poison.jpg"
    assert attributes["ReceiveCount"] == "3"
    assert attributes["Execution"] == execution["executionArn"]
    cause = json.loads(attributes["Cause"])
    assert cause["Error"] == "ValueError"
    assert json.loads(cause["Cause"])["errorMessage"] == "in/poison.jpg is no image"
    entered = fast.entered(execution["executionArn"])
    assert (entered["GiveBack"], entered["Bury"]) == (2, 1)
    assert fast.processed()["in/good.jpg"] == 1
    assert fast.depth() == (0, 0)
    assert fast.dead_letters("queue") == []


def test_a_buried_message_is_processed_when_it_is_sent_back(fast: Processor) -> None:
    fast.put({"in/repaired.jpg": "poison"})
    fast.run()
    [buried] = fast.dead_letters("function")
    fast.put({"in/repaired.jpg": "0"})  # whose own event is processed as well
    fast.aws.client("sqs").send_message(
        QueueUrl=fast.outputs["queue_url"], MessageBody=buried["Body"]
    )
    fast.run()
    assert fast.processed()["in/repaired.jpg"] == 2


def test_the_visibility_timeout_is_that_of_the_queue(fast: Processor) -> None:
    attributes = fast.aws.client("sqs").get_queue_attributes(
        QueueUrl=fast.outputs["queue_url"], AttributeNames=["VisibilityTimeout"]
    )["Attributes"]
    assert int(attributes["VisibilityTimeout"]) == fast.outputs["visibility_timeout_seconds"]


def test_logs_go_to_the_forwarder_with_index_and_source_type(
    aws: LocalAws, applied: Applied
) -> None:
    processor = Processor(aws, applied.outputs["process_images"])
    processor.put({"forwarded.jpg": "0"})
    processor.run()
    processor.put({"stopped.jpg": "wait"})
    execution = processor.start()
    processor.wait_until_entered(execution, "Invoke")
    aws.client("stepfunctions").stop_execution(executionArn=execution)
    processor.put({"stopped.jpg": "0"})
    aws.client("sqs").purge_queue(QueueUrl=processor.outputs["queue_url"])
    wanted = {
        "splunk--s3_processor--aws%3Alambda": "forwarded.jpg",
        "splunk--s3_processor--aws%3Astates": "ExecutionAborted",
    }
    until = time.monotonic() + PATIENCE_SEC
    while not all(
        any(text in line for line in forwarded(aws, name)) for name, text in wanted.items()
    ):
        assert time.monotonic() < until
        time.sleep(0.1)


def forwarded(aws: LocalAws, filter_name: str) -> list[str]:
    """Return the log events that a subscription filter has sent to the forwarder."""
    events = aws.client("logs").filter_log_events(logGroupName="/aws/lambda/splunk-forwarder")
    texts = [event["message"].removeprefix("received ") for event in events["events"]]
    data = [json.loads(text)["awslogs"]["data"] for text in texts if text.startswith("{")]
    sent = [json.loads(gzip.decompress(base64.b64decode(each))) for each in data]
    return [
        event["message"]
        for each in sent
        if filter_name in each["subscriptionFilters"]
        for event in each["logEvents"]
    ]


def test_the_dynatrace_schedule_names_what_is_to_be_copied(aws: LocalAws, applied: Applied) -> None:
    [run] = aws.fire("img-proc-dynatrace-sync")
    line = next(line for line in run.log_tail.splitlines() if line.startswith("received "))
    event = json.loads(line.removeprefix("received "))
    outputs = applied.outputs["process_images"]
    assert event["state_machine_arn"] == outputs["state_machine_arn"]
    assert event["function_name"] == outputs["lambda_function_name"]
    assert event["log_group_name"] == outputs["log_group_names"]["function"]
    assert outputs["queue_arn"].rpartition(":")[2] in event["queue_names"]
    assert event["interval_sec"] == 300
    assert event["time"].endswith("Z")


def test_the_dynatrace_dashboard_is_an_output_and_a_file(applied: Applied) -> None:
    outputs = applied.outputs["process_images"]
    path = applied.terraform.folder / outputs["dynatrace_dashboard_path"]
    dashboard = json.loads(Path(path).read_text(encoding="utf-8"))
    assert dashboard == json.loads(outputs["dynatrace_dashboard"])
    assert dashboard.keys() == {"version", "variables", "tiles", "layouts"}
    assert dashboard["tiles"].keys() == dashboard["layouts"].keys()
    assert applied.outputs["fast"]["dynatrace_dashboard"] is None


def test_provisioned_concurrency_follows_the_backlog(aws: LocalAws, applied: Applied) -> None:
    scaling = aws.client("application-autoscaling")
    [target] = scaling.describe_scalable_targets(ServiceNamespace="lambda")["ScalableTargets"]
    assert target["ResourceId"] == "function:doc-proc-process-document:live"
    assert (target["MinCapacity"], target["MaxCapacity"]) == (10, 200)
    outputs = applied.outputs["document_processor"]
    assert outputs["lambda_alias_arn"] == f"{outputs['lambda_function_arn']}:live"


def test_the_backlog_is_divided_by_the_capacity_that_is_provisioned(
    aws: LocalAws, applied: Applied
) -> None:
    from local_aws.cloudwatch.metric_math import evaluate
    from local_aws.cloudwatch.timeseries import Series

    scaling = aws.client("application-autoscaling")
    [policy] = scaling.describe_scaling_policies(ServiceNamespace="lambda")["ScalingPolicies"]
    function = "doc-proc-process-document"
    assert policy["ResourceId"] == f"function:{function}:live"
    assert policy["ScalableDimension"] == "lambda:function:ProvisionedConcurrency"
    assert policy["PolicyType"] == "TargetTrackingScaling"
    configuration = policy["TargetTrackingScalingPolicyConfiguration"]
    assert configuration["TargetValue"] == 10
    metrics = configuration["CustomizedMetricSpecification"]["Metrics"]
    queue = {"QueueName": applied.outputs["document_processor"]["queue_arn"].rpartition(":")[2]}
    alias = {"FunctionName": function, "Resource": f"{function}:live"}
    assert {each["Id"]: metric_of(each) for each in metrics if "MetricStat" in each} == {
        "backlog": ("AWS/SQS", "ApproximateNumberOfMessagesVisible", queue, "Maximum"),
        "used": ("AWS/Lambda", "ProvisionedConcurrentExecutions", alias, "Maximum"),
        "utilization": ("AWS/Lambda", "ProvisionedConcurrencyUtilization", alias, "Maximum"),
    }
    [returned] = [each for each in metrics if each["ReturnData"]]
    expressions = {returned["Id"]: returned["Expression"]}
    for (backlog, used, utilization), expected in {
        (40, 5, 0.25): 2,  # 20 units are provisioned
        (40, 40, 1): 1,
        (0, 5, 0.25): 0,
        (40, 0, 0): 4,  # nothing runs: at least the 10 of the configuration are provisioned
        (40, None, None): 4,
    }.items():
        values = {"backlog": backlog, "used": used, "utilization": utilization}
        series = {name: Series((value,)) for name, value in values.items()}
        assert evaluate(returned["Id"], series, expressions, 1) == Series((expected,)), values


def metric_of(query: Mapping[str, Any]) -> tuple[str, str, dict[str, str], str]:
    """Return namespace, name, dimensions and statistic of a metric in a scaling policy."""
    metric, statistic = query["MetricStat"]["Metric"], query["MetricStat"]["Stat"]
    dimensions = {each["Name"]: each["Value"] for each in metric["Dimensions"]}
    return metric["Namespace"], metric["MetricName"], dimensions, statistic


def test_an_alarm_fires_for_a_dead_letter(aws: LocalAws, applied: Applied) -> None:
    outputs = applied.outputs["document_processor"]
    name = outputs["dead_letter_queue_arns"]["function"].rpartition(":")[2]
    aws.evaluate_alarms()
    aws.client("cloudwatch").put_metric_data(
        Namespace="AWS/SQS",
        MetricData=[
            {
                "MetricName": "ApproximateNumberOfMessagesVisible",
                "Dimensions": [{"Name": "QueueName", "Value": name}],
                "Value": 1,
            }
        ],
    )
    fired = [each.name for each in aws.evaluate_alarms() if each.new == "ALARM"]
    assert [each for each in fired if each.startswith("doc-proc")] == [
        "doc-proc-function-dead-letters"
    ]
