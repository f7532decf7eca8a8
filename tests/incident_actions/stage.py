"""What the functions act on in the embedded AWS, and how a backend calls them."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import pytest

from local_aws import LocalAws
from local_aws.clock import Clock as AwsClock

from .. import https_server

TABLE = "incident-actions"
KILL_SWITCH = "/incident-actions/kill-switch"
NAMESPACE = "IncidentActions"
CLUSTER = "production-cluster"
COOLDOWN_SEC = 300
MAX_ACTIONS = 3
WINDOW_SEC = 3600
SECONDS = 30.0
"""The timeout of a function."""

SETTINGS = {
    "TABLE_NAME": TABLE,
    "METRICS_NAMESPACE": NAMESPACE,
    "KILL_SWITCH_PARAMETER": KILL_SWITCH,
    "DRY_RUN": "false",
    "COOLDOWN_SEC": str(COOLDOWN_SEC),
    "MAX_ACTIONS": str(MAX_ACTIONS),
    "WINDOW_SEC": str(WINDOW_SEC),
}
ORIGINALS = {
    "ECS_CLUSTER_NAME": CLUSTER,
    "DB_INSTANCE_ID": "orders-db",
    "CACHE_CLUSTER_ID": "sessions",
}


class Clock(AwsClock):
    """A clock for AWS and functions, on which time passes only while somebody sleeps."""

    def __init__(self) -> None:
        self._now = 1_795_338_000.0  # 2026-11-22 09:00:00 UTC

    def time(self) -> float:
        return self._now

    def monotonic(self) -> float:
        return self._now

    def sleep(self, seconds: float, /) -> None:
        self._now += seconds


@dataclass(frozen=True, slots=True)
class Context(https_server.Context):
    """The context of one invocation."""

    seconds: float = SECONDS
    aws_request_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    function_name: str = "incident-action"


@dataclass(frozen=True, slots=True)
class Response:
    """The answer of a function, with its body parsed."""

    status: int
    body: dict[str, Any]
    text: str
    """The body as it was sent."""


@dataclass(slots=True)
class Account:
    """The resources of an account."""

    aws: LocalAws

    def set_up(self) -> None:
        """Make what every function needs."""
        self.aws.reset()
        self.aws.client("dynamodb").create_table(
            TableName=TABLE,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[
                {"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")
            ],
            KeySchema=[
                {"AttributeName": "pk", "KeyType": "HASH"},
                {"AttributeName": "sk", "KeyType": "RANGE"},
            ],
        )
        self.kill_switch("enabled")

    def kill_switch(self, value: str | None) -> None:
        """Set the kill switch, or delete it."""
        client = self.aws.client("ssm")
        if value is None:
            client.delete_parameter(Name=KILL_SWITCH)
        else:
            client.put_parameter(Name=KILL_SWITCH, Value=value, Type="String", Overwrite=True)

    def service(self, name: str = "production-api-service", count: int = 2) -> None:
        """Make an ECS service."""
        ecs = self.aws.client("ecs")
        ecs.create_cluster(clusterName=CLUSTER)
        ecs.register_task_definition(
            family="web", containerDefinitions=[{"name": "web", "image": "web", "memory": 64}]
        )
        ecs.create_service(
            cluster=CLUSTER, serviceName=name, taskDefinition="web", desiredCount=count
        )

    def described(self, name: str = "production-api-service") -> dict[str, Any]:
        """Return an ECS service as ECS describes it."""
        found = self.aws.client("ecs").describe_services(cluster=CLUSTER, services=[name])
        (service,) = found["services"]
        return dict(service)

    def deployment(self, name: str = "production-api-service") -> str:
        """Return the id of the latest deployment of an ECS service."""
        return str(self.described(name)["deployments"][0]["id"])

    def scalable(self, least: int, most: int, name: str = "production-api-service") -> None:
        """Make an ECS service a scalable target, or change that."""
        self.aws.client("application-autoscaling").register_scalable_target(
            ServiceNamespace="ecs",
            ResourceId=f"service/{CLUSTER}/{name}",
            ScalableDimension="ecs:service:DesiredCount",
            MinCapacity=least,
            MaxCapacity=most,
        )

    def capacity(self, name: str = "production-api-service") -> tuple[int, int]:
        """Return the minimum and the maximum of an ECS service that is a scalable target."""
        client = self.aws.client("application-autoscaling")
        (found,) = client.describe_scalable_targets(
            ServiceNamespace="ecs", ResourceIds=[f"service/{CLUSTER}/{name}"]
        )["ScalableTargets"]
        return found["MinCapacity"], found["MaxCapacity"]

    def database(self, instance_class: str, name: str = "orders-db") -> None:
        """Make a database."""
        self.aws.client("rds").create_db_instance(
            DBInstanceIdentifier=name,
            DBInstanceClass=instance_class,
            Engine="postgres",
            AllocatedStorage=20,
            MasterUsername="root",
            MasterUserPassword="hunter2-hunter2",
        )

    def instance_class(self, name: str = "orders-db") -> str:
        """Return the class of a database."""
        found = self.aws.client("rds").describe_db_instances(DBInstanceIdentifier=name)
        return str(found["DBInstances"][0]["DBInstanceClass"])

    def records(self, prefix: str) -> list[dict[str, Any]]:
        """Return the items of the table whose key begins like this."""
        items = self.aws.client("dynamodb").scan(TableName=TABLE, ConsistentRead=True)["Items"]
        return [item for item in items if item["pk"]["S"].startswith(prefix)]

    def audit(self) -> list[dict[str, Any]]:
        """Return the audit records, the oldest first."""
        items = sorted(self.records("audit#"), key=lambda item: str(item["sk"]["S"]))
        return [json.loads(item["record"]["S"]) for item in items]


@dataclass(slots=True)
class Function:
    """One of the functions."""

    module: ModuleType
    patch: pytest.MonkeyPatch
    clock: Clock

    def configure(self, targets: Mapping[str, Any] | None = None, **changed: str | None) -> None:
        """Set the environment variables: the originals', and a map of targets if there is one."""
        values = {**SETTINGS, **ORIGINALS, **changed}
        values["TARGETS"] = json.dumps(targets) if targets is not None else None
        for name, value in values.items():
            if value is None:
                self.patch.delenv(name, raising=False)
            else:
                self.patch.setenv(name, value)
        self.module.runtime.cache_clear()

    def __call__(self, event: Any, seconds: float = SECONDS) -> Response:
        """Invoke the function."""
        context = Context(seconds)
        # What Lambda passes on, both ways, has been JSON.
        payload = json.loads(
            json.dumps(self.module.handler(json.loads(json.dumps(event)), context))
        )
        assert payload.keys() == {"statusCode", "body"}
        return Response(payload["statusCode"], json.loads(payload["body"]), payload["body"])
