"""Security groups of the embedded AWS."""

from __future__ import annotations

from typing import Any

import pytest

from local_aws import LocalAws

HTTPS = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}


@pytest.mark.parametrize("target", ["cidr", "group", "prefix list"])
def test_a_rule_keeps_its_description_which_can_change(aws: LocalAws, target: str) -> None:
    ec2 = aws.client("ec2")
    group = ec2.create_security_group(GroupName="g", Description="-")["GroupId"]
    # How the request that creates the rule names the target, and the one that changes it.
    create, change = {
        "cidr": (("IpRanges", "CidrIp", "10.0.0.0/8"), "CidrIpv4"),
        "group": (("UserIdGroupPairs", "GroupId", group), "ReferencedGroupId"),
        "prefix list": (("PrefixListIds", "PrefixListId", "pl-1"), "PrefixListId"),
    }[target]
    kind, name, value = create
    allowed: dict[str, Any] = {**HTTPS, kind: [{name: value, "Description": "first"}]}
    made = ec2.authorize_security_group_egress(GroupId=group, IpPermissions=[allowed])
    rule = made["SecurityGroupRules"][0]["SecurityGroupRuleId"]
    assert described(ec2, rule) == "first"

    changed: dict[str, Any] = {**HTTPS, change: value, "Description": "second"}
    ec2.modify_security_group_rules(
        GroupId=group,
        SecurityGroupRules=[{"SecurityGroupRuleId": rule, "SecurityGroupRule": changed}],
    )
    assert described(ec2, rule) == "second"


def described(ec2: Any, rule: str) -> str:
    [found] = ec2.describe_security_group_rules(SecurityGroupRuleIds=[rule])["SecurityGroupRules"]
    return str(found["Description"])
