"""The incident actions with values of the same configuration, and each of their permissions."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import redis

from cli.common import paths
from cli.common.redis_server import HOST, redis_server
from cli.common.terraform import Terraform, working_copy

from ..certificates import trusted_pem
from ..embedded_aws import embedded_aws
from ..https_server import Answer, Server, https_server
from ..incident_actions.relay import Relay, relay
from ..local_aws.clocks import SetClock
from ..local_aws.ecs.services import CLUSTER, SERVICE, new_service
from ..local_aws.elasticache.caches import CLUSTER as CACHE
from ..local_aws.elasticache.caches import GROUP, new_cluster, new_group
from .incident_functions import Failing, Functions, connections_cut

if TYPE_CHECKING:
    from local_aws import LocalAws

ROOT = Path(__file__).parent / "incident_actions"
AUTH = "production-auth-service"
PASSWORD = "sikret-password"  # noqa: S105  # of nothing
LONG_SEC = 3600
"""Longer than any change of AWS takes."""
SCALED = {
    "ServiceNamespace": "ecs",
    "ResourceId": f"service/{CLUSTER}/{SERVICE}",
    "ScalableDimension": "ecs:service:DesiredCount",
}


@dataclass(frozen=True, slots=True)
class Applied:
    """The applied root module, and the servers that it is connected to."""

    terraform: Terraform
    variables: dict[str, Any]
    outputs: dict[str, Any]
    relay: Relay
    slack: Server


@pytest.fixture(scope="module")
def clock() -> SetClock:
    return SetClock()


@pytest.fixture(scope="module")
def aws(clock: SetClock) -> Iterator[LocalAws]:
    """An embedded AWS whose changes the tests need not wait for, and what is acted on in it."""
    with embedded_aws(clock) as aws:
        new_service(aws)
        aws.client("ecs").create_service(
            cluster=CLUSTER, serviceName=AUTH, desiredCount=2, taskDefinition="api"
        )
        new_cluster(aws)
        new_group(aws)
        aws.client("application-autoscaling").register_scalable_target(
            **SCALED, MinCapacity=1, MaxCapacity=8
        )
        clock.advance(LONG_SEC)
        yield aws


@pytest.fixture(scope="module")
def applied(aws: LocalAws, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Applied]:
    image = aws.client("ec2").describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
    instances = aws.client("ec2").run_instances(ImageId=image, MinCount=1, MaxCount=1)
    with (
        redis_server("--requirepass", PASSWORD) as server,
        relay(server) as before,
        https_server(lambda request: Answer(200)) as slack,
    ):
        values = {
            "cluster": CLUSTER,
            "service": SERVICE,
            "instance_id": instances["Instances"][0]["InstanceId"],
            "cache_cluster_id": CACHE,
            "replication_group_id": GROUP,
            "member_id": f"{GROUP}-001",
            "redis_host": HOST,
            "redis_port": str(before.port),
            "redis_secret": PASSWORD,
            "slack_secret": f"{slack.url}/services/on-call",
        }
        variables = {"values": values, "ca_certificates_pem": trusted_pem()}
        project = working_copy(tmp_path_factory.mktemp("actions") / "project")
        folder = project / ROOT.relative_to(paths.ROOT)
        shutil.copytree(ROOT, folder)
        terraform = Terraform(folder)
        terraform.init()
        terraform.apply(variables)
        yield Applied(terraform, variables, terraform.output(), before, slack)


@pytest.fixture(scope="module")
def functions(aws: LocalAws, applied: Applied) -> Functions:
    return Functions(aws, applied.outputs["actions"])


def test_everything_is_created_in_one_apply_and_a_second_plan_is_empty(applied: Applied) -> None:
    assert set(applied.outputs["actions"]["function_arns"]) == {
        "restart_service", "scale_up", "clear_cache", "notify_human",
    }  # fmt: skip
    assert list(applied.outputs["given_topic"]["function_arns"]) == ["notify_human"]
    assert not applied.terraform.plan(applied.variables)


def test_the_given_topic_is_notified(aws: LocalAws, applied: Applied) -> None:
    topic = {"TopicArn": applied.outputs["given_topic"]["sns_topic_arn"]}
    aws.client("sns").subscribe(**topic, Protocol="email", Endpoint="given@example.com")
    answer = Functions(aws, applied.outputs["given_topic"])("notify_human")
    assert answer.status == 200
    assert len(aws.inbox("given@example.com")) == 1


def test_no_secret_is_in_the_configuration_of_a_function(
    aws: LocalAws, functions: Functions
) -> None:
    for name in functions.outputs["function_names"].values():
        found = aws.client("lambda").get_function_configuration(FunctionName=name)
        assert PASSWORD not in str(found["Environment"])


def reset(aws: LocalAws, clock: SetClock, applied: Applied) -> None:
    """Give everything its former size, when all changes are made."""
    clock.advance(LONG_SEC)
    aws.client("application-autoscaling").register_scalable_target(**SCALED, MinCapacity=1)
    clock.advance(LONG_SEC)
    for service in (SERVICE, AUTH):
        aws.client("ecs").update_service(cluster=CLUSTER, service=service, desiredCount=2)
    caches = aws.client("elasticache")
    smaller = {"CacheNodeType": "cache.r6g.large", "ApplyImmediately": True}
    caches.modify_cache_cluster(CacheClusterId=CACHE, **smaller)
    caches.modify_replication_group(ReplicationGroupId=GROUP, **smaller)
    clock.advance(LONG_SEC)
    with redis.Redis(HOST, applied.relay.port, password=PASSWORD, protocol=2) as client:
        client.set("session:1", "value")


@contextmanager
def all_channels_failing(functions: Functions, slack: Server) -> Iterator[None]:
    """Let neither the topic nor Slack take a notification in a `with` block."""
    slack.answers.append(Answer(404))
    with functions.denied("notify_human", "sns:Publish"):
        yield
    slack.answers.clear()


@pytest.mark.parametrize("action", ["restart_service", "scale_up", "clear_cache", "notify_human"])
def test_every_permission_is_needed(
    aws: LocalAws, clock: SetClock, applied: Applied, functions: Functions, action: str
) -> None:
    def denied(permission: str) -> Callable[[], AbstractContextManager[object]]:
        return partial(functions.denied, action, permission)

    failing: dict[str, Failing] = {
        "restart_service": {"batch": denied("ec2:RebootInstances")},
        "scale_up": {
            "api": denied("application-autoscaling:RegisterScalableTarget"),
            "auth": denied("ecs:UpdateService"),
            "pages": denied("elasticache:ModifyCacheCluster"),
            "sessions": denied("elasticache:ModifyReplicationGroup"),
        },
        "clear_cache": {
            "pages": denied("elasticache:RebootCacheCluster"),
            "sessions": partial(connections_cut, applied.relay),
        },
        "notify_human": {"on-call": partial(all_channels_failing, functions, applied.slack)},
    }
    prepare = partial(reset, aws, clock, applied)
    unneeded = functions.unneeded_grants(action, prepare, failing[action])
    assert not unneeded, unneeded
