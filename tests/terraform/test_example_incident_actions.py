"""The example incident-actions: an incident, what is done about it, and how it is undone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cli.common import aws_client
from cli.common.output import Output
from cli.common.redis_server import HOST, redis_server
from cli.demo.inbox import ADDRESS
from cli.demo.incidents.incident import SIZES, Incident
from cli.demo.incidents.system import System

from ..certificates import server_context, trusted_pem
from ..incident_actions.relay import Relay, relay
from ..processes import PATIENCE_SEC
from .examples import Example, applied
from .incident_functions import Failing, Functions, connections_cut

if TYPE_CHECKING:
    from local_aws import LocalAws


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
class ResettableSystem(System):
    """The service, the database and the cache, of which tests begin with the same sizes."""

    def reset(self) -> None:
        """Give everything the size that Terraform gave it."""
        now = self.sizes()
        if now.tasks != SIZES.tasks:
            self.aws.client("ecs").update_service(
                cluster=self.outputs["cluster_name"],
                service=self.outputs["service_name"],
                desiredCount=SIZES.tasks,
            )
        if now.instance_class != SIZES.instance_class:
            self.aws.client("rds").modify_db_instance(
                DBInstanceIdentifier=self.outputs["db_instance_id"],
                DBInstanceClass=SIZES.instance_class,
                ApplyImmediately=True,
            )
        if now.replicas != SIZES.replicas:
            self.aws.client("elasticache").decrease_replica_count(
                ReplicationGroupId=self.outputs["replication_group_id"],
                NewReplicaCount=SIZES.replicas,
                ApplyImmediately=True,
            )
        self.sizes()  # lets the changes end


@pytest.fixture
def system(aws: LocalAws, example: Example) -> Iterator[ResettableSystem]:
    system = ResettableSystem(aws, example.outputs)
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
    system: ResettableSystem,
    functions: Functions,
    cache: Cache,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The story of the demo, of which the table and all below it are read here."""
    monkeypatch.setattr(aws_client, "TIMEOUT_SEC", PATIENCE_SEC)
    incident = Incident(aws, Output(), example.outputs, cache.client)
    incident.handle()
    assert updated_by_an_apply(example, tmp_path / "plan") == [
        "aws_db_instance.this",
        "aws_ecs_service.api",
        "aws_elasticache_replication_group.this",
    ]
    incident.undo()
    assert not example.plan()
    assert incident.sum_up() is None

    shown = capsys.readouterr().out
    rows = re.findall(r"^(\w+) +(\w+) +(\d{3}) +(\S.*)$", shown, re.M)
    deployment = r"deployment (\S+) → (\S+)"
    [(before, after)] = re.findall(deployment, shown)
    assert before != after
    assert [(*row[:3], re.sub(deployment, "another deployment", row[3])) for row in rows] == [
        (
            *("restart_service", "api", "200"),
            "dry run: would replace all tasks of the service example-incident-api",
        ),
        ("restart_service", "api", "200", "another deployment"),
        ("restart_service", "api", "200", "the same answer as before"),
        ("scale_up", "api", "200", "tasks 2 → 6"),
        ("scale_up", "database", "200", "class db.t4g.micro → db.t4g.small"),
        ("scale_up", "cache", "200", "replicas 1 → 2"),
        (
            *("scale_up", "database", "429"),
            "The latest action on the target 'database' was less than 300 seconds ago, which is "
            "the cooldown.",
        ),
        ("clear_cache", "pages", "200", "keys 3 → 1, 2 keys removed"),
        ("notify_human", "people", "200", "sns: sent"),
    ]
    # After the dry run, and after both restarts.
    assert re.findall(r"^ +ECS: (\d) deployment", shown, re.M) == ["1", "2"]
    assert "\n    keys that are left: session:1\n" in shown
    undo = re.findall(r"^    \$ (.*?) --", shown, re.M)
    assert undo == [
        "aws ecs update-service",
        "aws rds modify-db-instance",
        "aws elasticache decrease-replica-count",
    ]
    assert re.search(r"^tasks of the service +2 +6 +2$", shown, re.M)
    assert re.search(r"^class of .* +db.t4g.micro +db.t4g.small +db.t4g.micro$", shown, re.M)
    assert re.search(r"^replicas of the cache +1 +2 +1$", shown, re.M)
    assert "\n[CRITICAL] Incident outage requires attention\n" in shown
    assert "\n  Description: Neither a restart nor more tasks have helped.\n" in shown
    history = [
        ("restart_service", "dry run"),
        ("restart_service", "succeeded"),
        ("restart_service", "repeated"),
        ("scale_up", "succeeded"),
        ("scale_up", "succeeded"),
        ("scale_up", "succeeded"),
        ("scale_up", "refused"),
        ("clear_cache", "succeeded"),
        ("notify_human", "succeeded"),
    ]
    listed = re.findall(r"^\d{4}-\S+ \S+  (\w+(?: \w+)?) +(\w+) +\w+$", shown, re.M)
    assert [(action, outcome) for outcome, action in reversed(listed)] == history

    deployments = system.deployments()
    again = functions("restart_service", "api", incidentId="outage")
    assert again.body["message"] == "Service example-incident-api restart initiated"
    assert system.deployments() == deployments


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
    system: ResettableSystem, functions: Functions, cache: Cache, action: str
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
