"""Patches of IAM: AWS managed policies can be read and attached."""

import json
from functools import cache
from typing import Any

from moto.iam.aws_managed_policies import aws_managed_policies_data
from moto.iam.models import AWSManagedPolicy, IAMBackend, ManagedPolicy

from local_aws.patching import Patch


def install(patch: Patch) -> None:
    """moto creates all of them or none. Here, each is created when it is used first."""
    moto_attach, moto_get = IAMBackend.attach_role_policy, IAMBackend.get_policy

    def attach_role_policy(backend: IAMBackend, policy_arn: str, role_name: str) -> None:
        _create(backend, policy_arn)
        moto_attach(backend, policy_arn, role_name)

    def get_policy(backend: IAMBackend, policy_arn: str) -> ManagedPolicy:
        _create(backend, policy_arn)
        return moto_get(backend, policy_arn)

    patch(IAMBackend, "attach_role_policy", attach_role_policy)
    patch(IAMBackend, "get_policy", get_policy)


def _create(backend: IAMBackend, arn: str) -> None:
    name = arn.rsplit("/", 1)[-1]
    if ":iam::aws:" not in arn or arn in backend.managed_policies:
        return
    data = _managed_policies().get(name)
    if data is None:
        return
    policy = AWSManagedPolicy.from_data(name, backend.account_id, backend.region_name, data)
    if policy.arn == arn:
        backend.managed_policies[arn] = policy
        backend.aws_managed_policies.append(policy)


@cache
def _managed_policies() -> dict[str, Any]:
    policies: dict[str, Any] = json.loads(aws_managed_policies_data)
    return policies
