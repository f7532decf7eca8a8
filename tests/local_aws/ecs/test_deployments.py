"""Deployments of ECS, which take time."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from local_aws import LocalAws
from local_aws.ecs.deployments import COMPLETE_SEC, START_SEC

from ..clocks import StoppedClock
from .services import CLUSTER, described, new_service, tasks, update

REST_SEC = COMPLETE_SEC - START_SEC


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock()


@pytest.fixture
def aws(clock: StoppedClock) -> Iterator[LocalAws]:
    with LocalAws(clock=clock) as aws:
        yield aws


def steady(aws: LocalAws, clock: StoppedClock) -> None:
    """Create a service, and wait until its tasks run."""
    new_service(aws)
    clock.advance(COMPLETE_SEC)


def test_the_tasks_of_a_new_service_start(aws: LocalAws, clock: StoppedClock) -> None:
    new_service(aws)
    assert tasks(described(aws)) == [("PRIMARY", 2, 0, 2)]
    clock.advance(START_SEC)
    service = described(aws)
    assert (service["runningCount"], service["pendingCount"]) == (2, 0)
    assert service["deployments"][0]["rolloutState"] == "IN_PROGRESS"
    clock.advance(REST_SEC)
    assert described(aws)["deployments"][0]["rolloutState"] == "COMPLETED"


def test_a_forced_deployment_replaces_the_tasks(aws: LocalAws, clock: StoppedClock) -> None:
    steady(aws, clock)
    [before] = described(aws)["deployments"]
    service = update(aws, forceNewDeployment=True)
    assert tasks(service) == [("PRIMARY", 2, 0, 2), ("ACTIVE", 2, 2, 0)]
    assert service["deployments"][1]["id"] == before["id"] != service["deployments"][0]["id"]
    assert service["deployments"][0]["createdAt"].timestamp() == clock.time()

    clock.advance(START_SEC)
    service = described(aws)
    assert tasks(service) == [("PRIMARY", 2, 2, 0), ("ACTIVE", 2, 2, 0)]
    assert (service["runningCount"], service["pendingCount"]) == (4, 0)

    clock.advance(REST_SEC)
    service = described(aws)
    assert tasks(service) == [("PRIMARY", 2, 2, 0)]
    assert service["deployments"][0]["rolloutState"] == "COMPLETED"
    assert service["events"][0]["message"].endswith("has reached a steady state.")
    [cluster] = aws.client("ecs").describe_clusters(clusters=[CLUSTER])["clusters"]
    assert (cluster["runningTasksCount"], cluster["pendingTasksCount"]) == (2, 0)


def test_a_deployment_ends_the_one_that_is_under_way(aws: LocalAws, clock: StoppedClock) -> None:
    steady(aws, clock)
    update(aws, forceNewDeployment=True)
    update(aws, forceNewDeployment=True)
    clock.advance(START_SEC)
    assert tasks(described(aws)) == [
        ("PRIMARY", 2, 2, 0), ("ACTIVE", 2, 0, 0), ("ACTIVE", 2, 2, 0),
    ]  # fmt: skip
    clock.advance(REST_SEC)
    assert tasks(described(aws)) == [("PRIMARY", 2, 2, 0)]


def test_another_task_definition_is_a_deployment(aws: LocalAws, clock: StoppedClock) -> None:
    steady(aws, clock)
    containers = [{"name": "api", "image": "api:2", "memory": 128}]
    aws.client("ecs").register_task_definition(family="api", containerDefinitions=containers)
    assert len(update(aws, taskDefinition="api:1")["deployments"]) == 1
    service = update(aws, taskDefinition="api:2")
    assert service["taskDefinition"].endswith(":task-definition/api:2")
    assert [each["taskDefinition"][-1] for each in service["deployments"]] == ["2", "1"]


def test_further_tasks_start_and_the_others_keep_running(
    aws: LocalAws, clock: StoppedClock
) -> None:
    steady(aws, clock)
    service = update(aws, desiredCount=5)
    assert tasks(service) == [("PRIMARY", 5, 2, 3)]
    assert service["deployments"][0]["rolloutState"] == "COMPLETED"
    clock.advance(START_SEC)
    assert tasks(described(aws)) == [("PRIMARY", 5, 5, 0)]
    assert tasks(update(aws, desiredCount=1)) == [("PRIMARY", 1, 1, 0)]


def test_a_deployment_can_come_with_another_count(aws: LocalAws, clock: StoppedClock) -> None:
    steady(aws, clock)
    service = update(aws, desiredCount=3, forceNewDeployment=True)
    assert service["desiredCount"] == 3
    assert tasks(service) == [("PRIMARY", 3, 0, 3), ("ACTIVE", 2, 2, 0)]
