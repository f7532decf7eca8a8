"""The example incident-actions: an incident, what is done about it, and how it is undone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cli.common.redis_server import HOST, redis_server
from cli.demo import aws_cli

from ..certificates import server_context, trusted_pem
from ..embedded_aws import embedded_aws
from ..incident_actions.relay import Relay, relay
from ..local_aws.clocks import SetClock
from .examples import Example, applied
from .incident_functions import Failing, Functions, connections_cut

if TYPE_CHECKING:
    from local_aws import LocalAws

ADDRESS = "on-call@example.com"
LONG_SEC = 3600
"""Longer than any change of AWS takes."""


@pytest.fixture(scope="module")
def clock() -> SetClock:
    return SetClock()


@pytest.fixture(scope="module")
def aws(clock: SetClock) -> Iterator[LocalAws]:
    """An embedded AWS whose changes the tests need not wait for."""
    with embedded_aws(clock) as aws:
        yield aws


@dataclass(frozen=True, slots=True)
class Cache:
    """A server of Redis that speaks TLS, at the address of every cache of the embedded AWS."""

    relay: Relay
    client: Any


@pytest.fixture(scope="module")
def cache() -> Iterator[Cache]:
    import redis

    tls: dict[str, Any] = {"ssl": True, "ssl_ca_data": trusted_pem()}
    with (
        redis_server() as server,
        relay(server, server_context()) as before,
        redis.Redis(HOST, before.port, protocol=2, **tls) as client,
    ):
        client.ping()  # connects
        yield Cache(before, client)


@pytest.fixture(scope="module")
def example(
    aws: LocalAws, cache: Cache, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Example]:
    variables = {
        "emails": [ADDRESS],
        "cache_port": cache.relay.port,
        "ca_certificates_pem": trusted_pem(),
    }
    folder = tmp_path_factory.mktemp("example")
    with applied(aws, folder, "incident-actions", variables) as example:
        yield example
    assert aws.client("rds").describe_db_instances()["DBInstances"] == []
    assert aws.client("elasticache").describe_replication_groups()["ReplicationGroups"] == []
    assert aws.client("ssm").describe_parameters()["Parameters"] == []


@dataclass(frozen=True, slots=True)
class System:
    """What the example acts on."""

    aws: LocalAws
    clock: SetClock
    outputs: Any

    def service(self) -> dict[str, Any]:
        described = self.aws.client("ecs").describe_services(
            cluster=self.outputs["cluster_name"], services=[self.outputs["service_name"]]
        )
        found: dict[str, Any] = described["services"][0]
        return found

    def sizes(self) -> tuple[int, str, int]:
        """Return the tasks, the class of the database and the replicas, when all is settled."""
        self.clock.advance(LONG_SEC)
        databases = self.aws.client("rds").describe_db_instances(
            DBInstanceIdentifier=self.outputs["db_instance_id"]
        )
        groups = self.aws.client("elasticache").describe_replication_groups(
            ReplicationGroupId=self.outputs["replication_group_id"]
        )
        return (
            self.service()["desiredCount"],
            databases["DBInstances"][0]["DBInstanceClass"],
            len(groups["ReplicationGroups"][0]["MemberClusters"]) - 1,
        )

    def reset(self) -> None:
        """Give everything the size that Terraform gave it."""
        tasks, instance_class, replicas = self.sizes()
        if tasks != 2:
            self.aws.client("ecs").update_service(
                cluster=self.outputs["cluster_name"],
                service=self.outputs["service_name"],
                desiredCount=2,
            )
        if instance_class != "db.t4g.micro":
            self.aws.client("rds").modify_db_instance(
                DBInstanceIdentifier=self.outputs["db_instance_id"],
                DBInstanceClass="db.t4g.micro",
                ApplyImmediately=True,
            )
        if replicas != 1:
            self.aws.client("elasticache").decrease_replica_count(
                ReplicationGroupId=self.outputs["replication_group_id"],
                NewReplicaCount=1,
                ApplyImmediately=True,
            )
        self.clock.advance(LONG_SEC)


@pytest.fixture
def system(aws: LocalAws, clock: SetClock, example: Example) -> Iterator[System]:
    system = System(aws, clock, example.outputs)
    yield system
    system.reset()


@pytest.fixture(scope="module")
def functions(aws: LocalAws, example: Example) -> Functions:
    return Functions(aws, example.outputs)


def updated_by_an_apply(example: Example, plan: Path) -> list[str]:
    """Return the addresses of what an apply would update, which must be all that it would do."""
    example.terraform.plan(dict(example.variables), out=plan)
    changes = example.terraform.show(plan)["resource_changes"]
    actions = {each["address"]: each["change"]["actions"] for each in changes}
    updated = sorted(address for address, done in actions.items() if done != ["no-op"])
    assert all(actions[address] in (["update"], ["read"]) for address in updated)
    return [address for address in updated if actions[address] == ["update"]]


def test_the_incident_is_handled_and_undone(
    aws: LocalAws,
    example: Example,
    system: System,
    functions: Functions,
    cache: Cache,
    tmp_path: Path,
) -> None:
    assert system.sizes() == (2, "db.t4g.micro", 1)
    cache.client.mset({"page:1": "stale", "page:2": "stale", "session:1": "valid"})
    [before] = system.service()["deployments"]

    dry = functions("restart_service", "api", dryRun=True)
    assert (dry.status, dry.body["dryRun"]) == (200, True)
    assert len(system.service()["deployments"]) == 1

    restarted = functions("restart_service", "api", incidentId="outage")
    assert restarted.body["message"] == "Service example-incident-api restart initiated"
    assert len(system.service()["deployments"]) == 2
    assert system.service()["deployments"][0]["id"] != before["id"]
    again = functions("restart_service", "api", incidentId="outage")
    assert again.body == restarted.body
    assert len(system.service()["deployments"]) == 2

    undo = [
        functions("scale_up", target, priority=priority).body["undo"]
        for target, priority in (("api", "critical"), ("database", "high"), ("cache", "high"))
    ]
    assert system.sizes() == (6, "db.t4g.small", 2)
    assert [each.split(" --")[0] for each in undo] == [
        "aws ecs update-service",
        "aws rds modify-db-instance",
        "aws elasticache decrease-replica-count",
    ]
    assert functions("scale_up", "database").status == 429

    cleared = functions("clear_cache", "pages")
    assert (cleared.status, cleared.body["removed"]) == (200, 2)
    assert cache.client.keys() == [b"session:1"]

    details = {"title": "API hangs", "description": "It did not help to restart it."}
    notified = functions(
        "notify_human", "on-call", incidentId="outage", priority="critical", incidentDetails=details
    )
    assert notified.status == 200
    [mail] = [each for each in aws.inbox(ADDRESS) if "outage" in each.subject]
    assert "It did not help to restart it." in mail.body

    outcomes = [(each["action"], each["outcome"]) for each in functions.audit()]
    assert outcomes == [
        ("restart_service", "dry_run"),
        ("restart_service", "succeeded"),
        ("restart_service", "repeated"),
        ("scale_up", "succeeded"),
        ("scale_up", "succeeded"),
        ("scale_up", "succeeded"),
        ("scale_up", "refused"),
        ("clear_cache", "succeeded"),
        ("notify_human", "succeeded"),
    ]

    assert updated_by_an_apply(example, tmp_path / "plan") == [
        "aws_db_instance.this",
        "aws_ecs_service.api",
        "aws_elasticache_replication_group.this",
    ]
    for command in undo:
        aws_cli.run(command, aws.client)
    assert system.sizes() == (2, "db.t4g.micro", 1)
    assert not example.plan()


def test_the_kill_switch_stops_actions_and_an_apply_leaves_it_so(
    aws: LocalAws, example: Example, functions: Functions
) -> None:
    functions.forget()
    name = {"Name": example.outputs["kill_switch_parameter_name"]}
    aws.client("ssm").put_parameter(**name, Value="disabled", Overwrite=True)
    try:
        assert functions("restart_service", "api").status == 423
        assert functions("notify_human", "on-call").status == 200
        assert not example.plan()
    finally:
        aws.client("ssm").put_parameter(**name, Value="enabled", Overwrite=True)


def test_a_failed_action_fires_an_alarm(
    aws: LocalAws, example: Example, functions: Functions
) -> None:
    functions.forget()
    with aws.enforcing_iam(), functions.denied("restart_service", "ecs:UpdateService"):
        assert functions("restart_service", "api").status == 500
    fired = {each.name for each in aws.evaluate_alarms() if each.new == "ALARM"}
    name = f"{example.outputs['function_names']['restart_service']}-failed"
    assert name in fired
    assert any(name in each.subject for each in aws.inbox(ADDRESS))
    # The answer says why, and the alarm on crashed runs has not fired.
    assert not any(each.endswith("-errors-immediate") for each in fired)
    assert functions("restart_service", "api").status == 200


@pytest.mark.parametrize("action", ["restart_service", "scale_up", "clear_cache", "notify_human"])
def test_every_permission_is_needed(
    system: System, functions: Functions, cache: Cache, action: str
) -> None:
    def prepare() -> None:
        system.reset()
        cache.client.set("page:1", "stale")

    def denied(permission: str) -> Callable[[], AbstractContextManager[object]]:
        return partial(functions.denied, action, permission)

    failing: dict[str, Failing] = {
        "restart_service": {"api": denied("ecs:UpdateService")},
        "scale_up": {
            "api": denied("ecs:UpdateService"),
            "database": denied("rds:ModifyDBInstance"),
            "cache": denied("elasticache:IncreaseReplicaCount"),
        },
        "clear_cache": {"pages": partial(connections_cut, cache.relay)},
        "notify_human": {"on-call": denied("sns:Publish")},
    }
    unneeded = functions.unneeded_grants(action, prepare, failing[action])
    # The service has no scalable target, which the function cannot know.
    scaling = ["ScaleTargets application-autoscaling:RegisterScalableTarget: no error"]
    assert unneeded == (scaling if action == "scale_up" else []), unneeded
