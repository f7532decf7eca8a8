"""Nothing that is scaled up gets smaller, whatever it is like before, and by whatever settings."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from incident_actions import sizes

from .stage import CLUSTER, Account, Clock, Function

PRIORITIES = st.sampled_from(["critical", "high", "low"])
NAME = "production-api-service"
trying = settings(
    max_examples=60, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)

# vCPUs and GiB, as AWS lists them.
CLASSES = {
    "db.c6gd.large": (2, 4),
    "db.m3.xlarge": (4, 15),
    "db.m5.2xlarge": (8, 32),
    "db.m5.large": (2, 8),
    "db.m6g.xlarge": (4, 16),
    "db.r3.large": (2, 15),
    "db.r5.2xlarge": (8, 64),
    "db.r5.4xlarge": (16, 128),
    "db.r5.large": (2, 16),
    "db.r5.xlarge": (4, 32),
    "db.r6g.xlarge": (4, 32),
    "db.t2.medium": (2, 4),
    "db.t3.large": (2, 8),
    "db.t3.medium": (2, 4),
    "db.t3.micro": (2, 1),
    "db.x1e.xlarge": (4, 122),
    "db.x2g.2xlarge": (8, 128),
    "db.z1d.large": (2, 16),
}


def fits(smaller: str, larger: str) -> bool:
    """Return whether everything that runs on one class has as much on the other."""
    return all(a <= b for a, b in zip(CLASSES[smaller], CLASSES[larger], strict=True))


def test_larger_classes_have_as_much_of_everything() -> None:
    for one in CLASSES:
        for other in CLASSES:
            assert not sizes.is_larger(one, other) or (fits(other, one) and one != other)


@pytest.fixture
def incident() -> Callable[[], str]:
    """Returns the name of another incident, each time."""
    numbers = iter(range(10**6))
    return lambda: f"incident-{next(numbers)}"


def test_no_service_gets_smaller(
    account: Account, scale: Function, incident: Callable[[], str]
) -> None:
    ecs = account.aws.client("ecs")
    scaling = account.aws.client("application-autoscaling")
    account.service()
    resource = {
        "ServiceNamespace": "ecs",
        "ResourceId": f"service/{CLUSTER}/{NAME}",
        "ScalableDimension": "ecs:service:DesiredCount",
    }

    @trying
    @given(
        desired=st.integers(0, 14),
        limits=st.none() | st.tuples(st.integers(0, 8), st.integers(0, 8)),
        step=st.none() | st.integers(1, 4),
        max_count=st.none() | st.integers(1, 14),
        priority=PRIORITIES,
    )
    def holds(
        desired: int,
        limits: tuple[int, int] | None,
        step: int | None,
        max_count: int | None,
        priority: str,
    ) -> None:
        ecs.update_service(cluster=CLUSTER, service=NAME, desiredCount=desired)
        if limits:
            account.scalable(limits[0], sum(limits))
        target = {"cluster": CLUSTER, "service": NAME, "step": step, "max_count": max_count}
        scale.configure({"api": target}, COOLDOWN_SEC="0", MAX_ACTIONS="1000")
        before = _service(account, limits)
        response = scale({"target": "api", "incidentId": incident(), "priority": priority})
        after = _service(account, limits)
        if limits:
            scaling.deregister_scalable_target(**resource)

        now = max(before["desired"], before.get("least", 0))
        most = max_count or 10
        goal = most if priority == "critical" else now + step if step else 5
        goal = max(now, min(goal, most, before.get("most", goal)))
        assert response.status == 200
        assert all(after[name] >= before[name] for name in before)
        assert after.get("most") == before.get("most")
        assert after["least" if limits else "desired"] == (
            goal if goal > now else before["least" if limits else "desired"]
        )

    holds()


def test_no_database_gets_smaller(
    account: Account, scale: Function, clock: Clock, incident: Callable[[], str]
) -> None:
    rds = account.aws.client("rds")
    account.database("db.r5.large")

    def modify(instance_class: str, at_once: bool) -> None:
        rds.modify_db_instance(
            DBInstanceIdentifier="orders-db",
            DBInstanceClass=instance_class,
            ApplyImmediately=at_once,
        )

    @trying
    @given(
        now=st.sampled_from(sorted(CLASSES)),
        ladder=st.lists(st.sampled_from(sorted(CLASSES)), max_size=5, unique=True),
        at_once=st.booleans(),
        state=st.sampled_from(["available", "available", "available", "modifying", "pending"]),
        priority=PRIORITIES,
    )
    def holds(now: str, ladder: list[str], at_once: bool, state: str, priority: str) -> None:
        ladder.sort(key=lambda each: CLASSES[each])
        assume(all(fits(*pair) for pair in pairwise(ladder)))
        assume(not sizes.problem(ladder))
        target = {
            "db_instance_id": "orders-db",
            "instance_classes": ladder or None,
            "apply_immediately": at_once,
        }
        scale.configure({"database": target}, COOLDOWN_SEC="0", MAX_ACTIONS="1000")
        modify(now, True)
        clock.sleep(60)
        if state != "available":
            modify("db.x2g.16xlarge", state == "modifying")
            clock.sleep(10)
        response = scale({"target": "database", "incidentId": incident(), "priority": priority})
        if state != "available":
            assert response.status == 409
            clock.sleep(60)
            return
        modified = response.body.get("after", {}).get("pendingClass")
        clock.sleep(60)
        after = account.instance_class()
        if not at_once or not modified:
            assert after == now
        elif ladder and now in ladder:
            above = ladder[ladder.index(now) + 1 :]
            assert after == (above[-1] if priority == "critical" else above[0])
        assert fits(now, modified or now)
        assert fits(now, after)

    holds()


def _service(account: Account, limits: Any) -> dict[str, int]:
    state = {"desired": account.described()["desiredCount"]}
    if limits:
        state["least"], state["most"] = account.capacity()
    return state
