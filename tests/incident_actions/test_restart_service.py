"""Restarting ECS services and EC2 instances."""

from __future__ import annotations

from typing import Any

import pytest

from incident_actions.ecs_restart import PAUSE_SEC

from .stage import CLUSTER, SECONDS, Account, Clock, Function
from .wire import Wire

UPDATE = "ecs.UpdateService"
# As in the requirements, word for word.
PAYLOAD = {
    "action": "restart_service",
    "target": "api",
    "incidentId": "test-1",
    "priority": "high",
}


def test_a_backend_of_the_originals_restarts_a_service(account: Account, restart: Function) -> None:
    account.service()
    before = account.deployment()
    response = restart(PAYLOAD)
    assert response.status == 200
    assert response.body["message"] == "Service production-api-service restart initiated"
    assert response.body["incidentId"] == "test-1"
    assert response.body["service"] == "production-api-service"
    assert response.body["taskArn"] == account.described()["taskDefinition"]
    assert account.deployment() != before


def test_the_answer_shows_before_and_after_and_that_there_is_nothing_to_undo(
    account: Account, restart: Function
) -> None:
    account.service()
    before = account.deployment()
    body = restart(PAYLOAD).body
    assert body["before"]["deploymentId"] == before
    assert body["after"]["deploymentId"] == account.deployment()
    assert body["after"]["underWay"]
    assert "nothing to undo" in body["undo"]


def test_the_second_target_of_the_originals(account: Account, restart: Function) -> None:
    account.service("production-auth-service")
    response = restart({**PAYLOAD, "target": "auth-service"})
    assert response.status == 200
    assert response.body["service"] == "production-auth-service"


def test_targets_of_a_map_replace_those_of_the_originals(
    account: Account, restart: Function
) -> None:
    account.service("shop")
    restart.configure({"shop": {"cluster": CLUSTER, "service": "shop", "instance_ids": None}})
    assert restart({**PAYLOAD, "target": "shop"}).status == 200
    response = restart(PAYLOAD)
    assert response.status == 404
    assert response.body["error"] == "The target 'api' is unknown. Known targets: shop."


def test_an_unknown_target_is_never_a_default(account: Account, restart: Function) -> None:
    account.service("default-service")
    before = account.deployment("default-service")
    response = restart({**PAYLOAD, "target": "default"})
    assert response.status == 404
    assert response.body["message"] == "Failed to restart service"
    assert account.deployment("default-service") == before


def test_a_service_that_is_gone_is_a_failure(account: Account, restart: Function) -> None:
    account.service("another")
    response = restart(PAYLOAD)
    assert response.status == 500
    assert response.body == {
        "message": "Failed to restart service",
        "error": "There is no ECS service production-api-service in the cluster "
        "production-cluster.",
        "incidentId": "test-1",
    }


def test_a_service_that_is_being_deleted_is_not_restarted(
    account: Account, restart: Function
) -> None:
    account.service()
    account.aws.client("ecs").delete_service(
        cluster=CLUSTER, service="production-api-service", force=True
    )
    response = restart(PAYLOAD)
    assert response.status == 409
    assert response.body["error"] == "The service production-api-service is INACTIVE, not ACTIVE."


def slow(wire: Wire, looks: float) -> None:
    """Let the tasks of a new deployment take so many looks at it to begin."""
    seen = 0

    def after(call: str, response: dict[str, Any]) -> None:
        nonlocal seen
        if call in (UPDATE, "ecs.DescribeServices") and UPDATE in wire.changes:
            seen += 1
            services = response.get("services") or [response["service"]]
            if seen <= looks:
                services[0]["deployments"][0].update(
                    runningCount=0, pendingCount=0, rolloutState="IN_PROGRESS"
                )

    wire.after = after


def test_it_waits_until_the_deployment_is_under_way(
    account: Account, restart: Function, wire: Wire, clock: Clock
) -> None:
    account.service()
    slow(wire, looks=3)
    begun = clock.time()
    response = restart(PAYLOAD)
    assert clock.time() - begun == 3 * PAUSE_SEC
    assert response.status == 200
    assert response.body["after"]["underWay"]
    assert wire.changes == [UPDATE]


def test_it_waits_no_longer_than_it_has_time(
    account: Account, restart: Function, wire: Wire, clock: Clock
) -> None:
    account.service()
    slow(wire, looks=float("inf"))
    begun = clock.time()
    response = restart(PAYLOAD)
    assert SECONDS / 2 < clock.time() - begun < SECONDS - 1
    assert response.status == 200
    assert response.body["message"] == "Service production-api-service restart initiated"
    assert not response.body["after"]["underWay"]


def test_a_deployment_that_fails_is_a_failure_and_not_repeated_for_the_incident(
    account: Account, restart: Function, wire: Wire
) -> None:
    account.service()

    def fail(call: str, response: dict[str, Any]) -> None:
        if call == UPDATE:
            reason = "ECS deployment circuit breaker: tasks failed to start."
            response["service"]["deployments"][0].update(
                rolloutState="FAILED", rolloutStateReason=reason
            )

    wire.after = fail
    response = restart(PAYLOAD)
    assert response.status == 500
    assert "tasks failed to start" in response.body["error"]
    wire.mend()
    assert restart(PAYLOAD) == response
    assert restart({**PAYLOAD, "incidentId": "incident-2"}).status == 429
    assert wire.changes == [UPDATE]


def test_a_change_is_asked_for_once(account: Account, restart: Function, wire: Wire) -> None:
    account.service()
    updates = wire.break_connections(UPDATE)
    response = restart(PAYLOAD)
    assert response.status == 500
    assert "timeout" in response.body["error"]
    assert len(updates) == 1


def test_instances_are_rebooted(account: Account, wire: Wire, restart: Function) -> None:
    ids = _instances(account, 2)
    restart.configure({"api": {"instance_ids": ids}})
    response = restart(PAYLOAD)
    assert response.status == 200
    assert response.body["message"] == "Service api restart initiated"
    assert response.body["service"] == "api"
    assert response.body["taskArn"] is None
    assert sorted(response.body["instanceIds"]) == sorted(ids)
    assert ("ec2.RebootInstances", {"InstanceIds": ids}) in wire.calls


def test_instances_that_do_not_run_are_not_rebooted(account: Account, restart: Function) -> None:
    ids = _instances(account, 2)
    account.aws.client("ec2").stop_instances(InstanceIds=ids[:1])
    restart.configure({"api": {"instance_ids": ids}})
    response = restart(PAYLOAD)
    assert response.status == 409
    assert response.body["error"] == (
        f"Instances must be running to be rebooted, but these are not: {ids[0]} (stopped)."
    )


@pytest.mark.parametrize(
    ("targets", "expected"),
    [
        ("[]", "must be a JSON object"),
        ("{", "must be JSON"),
        ('{"api": "production"}', "must be a JSON object"),
        ('{"api": {"cluster": "c"}}', "service of the target 'api' in TARGETS must be a string"),
        ('{"api": {"cluster": "c", "service": "s", "force": true}}', "unknown fields: force"),
        ('{"api": {"instance_ids": []}}', "a list of at least one string"),
        ('{"api": {"instance_ids": "i-1"}}', "must be a list of strings"),
    ],
)
def test_invalid_targets_are_named(
    restart: Function, monkeypatch: pytest.MonkeyPatch, targets: str, expected: str
) -> None:
    monkeypatch.setenv("TARGETS", targets)
    with pytest.raises(Exception, match=expected):
        restart(PAYLOAD)


def _instances(account: Account, count: int) -> list[str]:
    ec2 = account.aws.client("ec2")
    image = ec2.describe_images()["Images"][0]["ImageId"]
    made = ec2.run_instances(ImageId=image, MinCount=count, MaxCount=count)["Instances"]
    return [str(each["InstanceId"]) for each in made]
