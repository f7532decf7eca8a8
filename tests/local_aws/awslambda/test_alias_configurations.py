"""Aliases of the embedded AWS have configurations of their own."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_aws import LocalAws

from ..functions import deploy


def published(aws: LocalAws) -> str:
    """Create a function with the version 1 and the alias `live`."""
    name = deploy(aws, "def handler(event, context):\n    pass", Publish=True)
    aws.client("lambda").create_alias(FunctionName=name, Name="live", FunctionVersion="1")
    return name


@pytest.mark.parametrize("qualifier", ["live", "1"])
def test_provisioned_concurrency_is_allocated_at_once(aws: LocalAws, qualifier: str) -> None:
    functions = aws.client("lambda")
    of = {"FunctionName": published(aws), "Qualifier": qualifier}
    gone = functions.exceptions.ProvisionedConcurrencyConfigNotFoundException

    with pytest.raises(gone):
        functions.get_provisioned_concurrency_config(**of)
    for count in (2, 3):
        functions.put_provisioned_concurrency_config(**of, ProvisionedConcurrentExecutions=count)
        found = functions.get_provisioned_concurrency_config(**of)
        assert found["Status"] == "READY"
        assert found["RequestedProvisionedConcurrentExecutions"] == count
        assert found["AvailableProvisionedConcurrentExecutions"] == count
    functions.delete_provisioned_concurrency_config(**of)
    with pytest.raises(gone):
        functions.get_provisioned_concurrency_config(**of)


@pytest.mark.parametrize(
    ("qualifier", "refusal"),
    [
        ("$LATEST", "InvalidParameterValueException"),
        ("2", "ResourceNotFoundException"),
        ("other", "ResourceNotFoundException"),
    ],
)
def test_only_aliases_and_published_versions_have_provisioned_concurrency(
    aws: LocalAws, qualifier: str, refusal: str
) -> None:
    name = published(aws)
    with pytest.raises(ClientError, match=refusal):
        aws.client("lambda").put_provisioned_concurrency_config(
            FunctionName=name, Qualifier=qualifier, ProvisionedConcurrentExecutions=1
        )


def test_an_alias_has_an_event_invoke_configuration_of_its_own(aws: LocalAws) -> None:
    functions = aws.client("lambda")
    name = published(aws)
    of_alias = {"FunctionName": name, "Qualifier": "live"}

    def attempts(**of: Any) -> Any:
        return functions.get_function_event_invoke_config(**of).get("MaximumRetryAttempts")

    functions.put_function_event_invoke_config(FunctionName=name, MaximumRetryAttempts=1)
    with pytest.raises(functions.exceptions.ResourceNotFoundException):
        attempts(**of_alias)
    functions.put_function_event_invoke_config(**of_alias, MaximumRetryAttempts=0)
    assert (attempts(FunctionName=name), attempts(**of_alias)) == (1, 0)
    listed = functions.list_function_event_invoke_configs(FunctionName=name)
    assert len(listed["FunctionEventInvokeConfigs"]) == 2

    functions.update_function_event_invoke_config(**of_alias, MaximumEventAgeInSeconds=60)
    assert attempts(**of_alias) == 0
    functions.delete_function_event_invoke_config(**of_alias)
    assert attempts(FunctionName=name) == 1
    with pytest.raises(functions.exceptions.ResourceNotFoundException):
        functions.delete_function_event_invoke_config(**of_alias)
