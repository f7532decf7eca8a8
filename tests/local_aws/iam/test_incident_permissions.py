"""With IAM enforced, functions may change the services, databases and caches that they may."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from local_aws import LocalAws

from ..ecs.services import CLUSTER, SERVICE, new_service
from ..elasticache.caches import CLUSTER as CACHE
from ..elasticache.caches import GROUP, new_cluster, new_group
from ..roles import HERE, allow, allowing, assert_requires, call, with_caller

DATABASE, SWITCH = "production-db", "/incident-actions/state"
TARGET = {
    "ServiceNamespace": "ecs",
    "ResourceId": f"service/{CLUSTER}/{SERVICE}",
    "ScalableDimension": "ecs:service:DesiredCount",
}
ECS, RDS = f"arn:aws:ecs:{HERE}:service/{CLUSTER}", f"arn:aws:rds:{HERE}:db"
CACHES, SCALING = f"arn:aws:elasticache:{HERE}", f"arn:aws:application-autoscaling:{HERE}"
SSM, EC2 = f"arn:aws:ssm:{HERE}:parameter", f"arn:aws:ec2:{HERE}:instance"
TABLE = f"arn:aws:dynamodb:{HERE}:table"
DENIED_JSON, DENIED = [400, "AccessDeniedException"], [403, "AccessDenied"]

Call = tuple[str, str, dict[str, Any], str, str, str, list[object]]

# What a function calls, the permission it takes, another of its kind, and how it is refused.
CALLS: list[Call] = [
    ("ecs", "describe_services", {"cluster": CLUSTER, "services": [SERVICE]},
     "ecs:DescribeServices", f"{ECS}/{SERVICE}", f"{ECS}/other", DENIED_JSON),
    ("ecs", "update_service", {"cluster": CLUSTER, "service": SERVICE, "forceNewDeployment": True},
     "ecs:UpdateService", f"{ECS}/{SERVICE}", f"{ECS}/other", DENIED_JSON),
    ("ecs", "list_clusters", {}, "ecs:ListClusters", "*", f"{ECS}/{SERVICE}", DENIED_JSON),
    ("rds", "describe_db_instances", {"DBInstanceIdentifier": DATABASE},
     "rds:DescribeDBInstances", f"{RDS}:{DATABASE}", f"{RDS}:other", DENIED),
    ("rds", "modify_db_instance", {"DBInstanceIdentifier": DATABASE, "DeletionProtection": False},
     "rds:ModifyDBInstance", f"{RDS}:{DATABASE}", f"{RDS}:other", DENIED),
    ("elasticache", "describe_replication_groups", {"ReplicationGroupId": GROUP},
     "elasticache:DescribeReplicationGroups", f"{CACHES}:replicationgroup:{GROUP}",
     f"{CACHES}:cluster:{GROUP}", DENIED),
    ("elasticache", "describe_cache_clusters", {"CacheClusterId": CACHE},
     "elasticache:DescribeCacheClusters", f"{CACHES}:cluster:{CACHE}",
     f"{CACHES}:cluster:other", DENIED),
    ("elasticache", "describe_cache_clusters", {},
     "elasticache:DescribeCacheClusters", f"{CACHES}:cluster:*",
     f"{CACHES}:cluster:{CACHE}", DENIED),
    ("application-autoscaling", "register_scalable_target", {**TARGET, "MinCapacity": 2},
     "application-autoscaling:RegisterScalableTarget", f"{SCALING}:scalable-target/*",
     f"{SCALING}:scalable-target/0", DENIED_JSON),
    ("application-autoscaling", "describe_scalable_targets", {"ServiceNamespace": "ecs"},
     "application-autoscaling:DescribeScalableTargets", "*", f"{SCALING}:scalable-target/*",
     DENIED_JSON),
    ("ssm", "get_parameter", {"Name": SWITCH},
     "ssm:GetParameter", f"{SSM}{SWITCH}", f"{SSM}/other", DENIED_JSON),
    ("dynamodb", "transact_write_items",
     {"TransactItems": [{"Delete": {"TableName": "one", "Key": {"event_id": {"S": "x"}}}}]},
     "dynamodb:DeleteItem", f"{TABLE}/one", f"{TABLE}/two", DENIED_JSON),
]  # fmt: skip


@pytest.fixture(scope="module")
def running() -> Iterator[LocalAws]:
    with with_caller() as aws:
        new_service(aws)
        new_cluster(aws)
        new_group(aws)
        aws.client("ssm").put_parameter(Name=SWITCH, Value="enabled", Type="String")
        aws.client("application-autoscaling").register_scalable_target(
            **TARGET, MinCapacity=1, MaxCapacity=4
        )
        aws.client("rds").create_db_instance(
            DBInstanceIdentifier=DATABASE, DBInstanceClass="db.r5.large", Engine="postgres"
        )
        yield aws


@pytest.fixture
def aws(running: LocalAws) -> Iterator[LocalAws]:
    with running.enforcing_iam():
        yield running


@pytest.mark.parametrize("row", CALLS, ids=lambda row: f"{row[0]}-{row[1]}")
def test_a_call_requires_a_permission_for_its_action_and_resource(aws: LocalAws, row: Call) -> None:
    assert_requires(aws, *row)


def test_each_instance_that_is_rebooted_requires_a_permission(aws: LocalAws) -> None:
    image = aws.client("ec2").describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
    made = aws.client("ec2").run_instances(ImageId=image, MinCount=2, MaxCount=2)["Instances"]
    first, second = [each["InstanceId"] for each in made]
    permission = allowing(f"{EC2}/{first}", "ec2:RebootInstances")
    allow(aws, permission)
    assert call(aws, "ec2", "reboot_instances", InstanceIds=[first]) == [200]
    status, code, message = call(aws, "ec2", "reboot_instances", InstanceIds=[first, second])
    assert (status, code) == (403, "UnauthorizedOperation")
    assert f"perform: ec2:RebootInstances on resource: {EC2}/{second}" in message
    assert call(aws, "ec2", "describe_instances")[:2] == [403, "UnauthorizedOperation"]
    allow(aws, allowing("*", "ec2:DescribeInstances"))
    assert call(aws, "ec2", "describe_instances") == [200]


def test_the_cluster_and_the_namespace_can_be_conditions(aws: LocalAws) -> None:
    update = ("ecs", "update_service")
    for name, allowed in ((CLUSTER, True), ("other", False)):
        cluster = f"arn:aws:ecs:{HERE}:cluster/{name}"
        condition = {"ArnEquals": {"ecs:cluster": cluster}}
        allow(aws, {**allowing("*", "ecs:UpdateService"), "Condition": condition})
        response = call(aws, *update, cluster=CLUSTER, service=SERVICE, desiredCount=2)
        assert (response == [200]) is allowed, json.dumps(response)
    for namespace, allowed in (("ecs", True), ("rds", False)):
        key = "application-autoscaling:service-namespace"
        statement = allowing("*", "application-autoscaling:RegisterScalableTarget")
        allow(aws, {**statement, "Condition": {"StringEquals": {key: namespace}}})
        response = call(
            aws, "application-autoscaling", "register_scalable_target", **TARGET, MinCapacity=1
        )
        assert (response == [200]) is allowed, json.dumps(response)
