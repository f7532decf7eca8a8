"""Services of ECS: what they keep, and how they end."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from local_aws import LocalAws

from .services import CLUSTER, SERVICE, described, new_service, update


def test_a_service_without_a_network_has_no_network_configuration(aws: LocalAws) -> None:
    new_service(aws)
    assert "networkConfiguration" not in described(aws)


def test_a_service_keeps_what_it_is_given(aws: LocalAws) -> None:
    given = {
        "deploymentConfiguration": {"maximumPercent": 150, "minimumHealthyPercent": 50},
        "enableECSManagedTags": True,
        "enableExecuteCommand": True,
        "healthCheckGracePeriodSeconds": 30,
        "placementStrategy": [{"type": "spread", "field": "instanceId"}],
    }
    new_service(aws, **given)
    service = described(aws)
    rollback = {"deploymentCircuitBreaker": {"enable": False, "rollback": False}}
    configuration = {**given.pop("deploymentConfiguration"), **rollback}  # type: ignore[dict-item]
    assert service["deploymentConfiguration"] == configuration
    assert {name: service[name] for name in given} == given

    updated = update(
        aws, enableECSManagedTags=False, deploymentConfiguration={"maximumPercent": 200}
    )
    assert updated["enableECSManagedTags"] is False
    assert updated["deploymentConfiguration"] == {**configuration, "maximumPercent": 200}


def test_a_deleted_service_is_described_and_neither_listed_nor_updated(aws: LocalAws) -> None:
    new_service(aws)
    ecs = aws.client("ecs")
    assert len(ecs.list_services(cluster=CLUSTER)["serviceArns"]) == 1
    ecs.delete_service(cluster=CLUSTER, service=SERVICE, force=True)
    service = described(aws)
    assert (service["status"], service["runningCount"], service["desiredCount"]) == (
        "INACTIVE", 0, 0,
    )  # fmt: skip
    assert ecs.list_services(cluster=CLUSTER)["serviceArns"] == []
    with pytest.raises(ClientError, match="ServiceNotActiveException"):
        update(aws, forceNewDeployment=True)
    with pytest.raises(ClientError, match="ServiceNotActiveException"):
        ecs.delete_service(cluster=CLUSTER, service=SERVICE, force=True)

    new_service(aws)
    assert described(aws)["status"] == "ACTIVE"
