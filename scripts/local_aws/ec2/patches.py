"""Patches of EC2: the descriptions of security group rules."""

from typing import Any

from moto.ec2.models import security_groups

from local_aws.patching import Patch


class LocalSecurityGroupRule(security_groups.SecurityGroupRule):
    """A rule that keeps its description, whatever it allows."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        # The CIDR block, group or prefix list that the rule allows.
        targets = [each for each in arguments if isinstance(each, dict)]
        self._given = next((each["Description"] for each in targets if "Description" in each), None)

    @property
    def description(self) -> str | None:
        # A changed description is in moto's own place.
        return super().description or self._given


def install(patch: Patch) -> None:
    """moto forgets it for groups and prefix lists, so that every plan of Terraform would set it."""
    patch(security_groups, "SecurityGroupRule", LocalSecurityGroupRule)
