"""The limits of scalable targets."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from botocore.exceptions import ClientError

from local_aws import LocalAws
from local_aws.applicationautoscaling.limits import SCALE_SEC

from ..clocks import StoppedClock
from ..ecs.services import CLUSTER, SERVICE, described, new_service


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock()


@pytest.fixture
def aws(clock: StoppedClock) -> Iterator[LocalAws]:
    with LocalAws(clock=clock) as aws:
        new_service(aws)
        yield aws


def register(aws: LocalAws, **capacities: int) -> None:
    aws.client("application-autoscaling").register_scalable_target(
        ServiceNamespace="ecs",
        ResourceId=f"service/{CLUSTER}/{SERVICE}",
        ScalableDimension="ecs:service:DesiredCount",
        **capacities,
    )


def test_a_service_is_scaled_to_the_limits_of_its_target(
    aws: LocalAws, clock: StoppedClock
) -> None:
    counts = []
    for capacities in (
        {"MinCapacity": 1, "MaxCapacity": 10},
        {"MinCapacity": 5},
        {"MinCapacity": 1},
        {"MaxCapacity": 3},
    ):
        register(aws, **capacities)
        counts.append(described(aws)["desiredCount"])
        clock.advance(SCALE_SEC)
    assert [*counts, described(aws)["desiredCount"]] == [2, 2, 5, 5, 3]


@pytest.mark.parametrize(
    "capacities", [{"MinCapacity": 4}, {"MaxCapacity": 0}, {"MinCapacity": 2, "MaxCapacity": 1}]
)
def test_limits_that_contradict_each_other_are_refused(
    aws: LocalAws, capacities: dict[str, int]
) -> None:
    register(aws, MinCapacity=1, MaxCapacity=3)
    with pytest.raises(ClientError, match="Maximum capacity cannot be less than minimum capacity"):
        register(aws, **capacities)


def test_a_deleted_service_is_not_scaled(aws: LocalAws, clock: StoppedClock) -> None:
    register(aws, MinCapacity=5, MaxCapacity=10)
    aws.client("ecs").delete_service(cluster=CLUSTER, service=SERVICE, force=True)
    clock.advance(SCALE_SEC)
    assert described(aws)["desiredCount"] == 0


def test_a_target_was_created_by_the_clock(aws: LocalAws, clock: StoppedClock) -> None:
    created = clock.time()
    register(aws, MinCapacity=1, MaxCapacity=3)
    clock.advance(SCALE_SEC)
    register(aws, MinCapacity=2)
    targets = aws.client("application-autoscaling").describe_scalable_targets
    [found] = targets(ServiceNamespace="ecs")["ScalableTargets"]
    assert found["CreationTime"].timestamp() == created
