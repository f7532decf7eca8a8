"""Policies are evaluated as IAM documents it for requests within one account.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from local_aws.iam.policies import Decision, Permission, Principal, evaluate

ACCOUNT = "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/app"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/app/function"
APP = Principal.in_account(ACCOUNT, ROLE, SESSION)
EVENTS = Principal.service("events.amazonaws.com")
OBJECT = "arn:aws:s3:::files/reports/new.csv"
READ = Permission("s3:GetObject", OBJECT, {"aws:sourcearn": "arn:aws:events:::rule/five"})

ALLOWED, DENIED, NEITHER = Decision.ALLOW, Decision.EXPLICIT_DENY, Decision.IMPLICIT_DENY


def policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(**elements: Any) -> dict[str, Any]:
    """Return a statement about everything, except for the given elements."""
    for element in ("Action", "Resource"):
        if f"Not{element}" not in elements:
            elements.setdefault(element, "*")
    return {"Effect": "Allow", **elements}


def deny(**elements: Any) -> dict[str, Any]:
    return {**allow(**elements), "Effect": "Deny"}


NOTHING = allow(Action="s3:PutObject")


@pytest.mark.parametrize(
    ("identity", "resource", "decision"),
    [
        ([], [], NEITHER),
        ([NOTHING], [NOTHING], NEITHER),
        ([allow()], [], ALLOWED),
        ([], [allow(Principal="*")], ALLOWED),
        ([allow()], [allow(Principal="*")], ALLOWED),
        ([allow(), deny()], [], DENIED),
        ([deny(), allow()], [], DENIED),
        ([allow()], [deny(Principal="*")], DENIED),
        ([deny()], [allow(Principal="*")], DENIED),
        ([deny()], [], DENIED),
        ([allow(), deny(Action="s3:PutObject")], [], ALLOWED),
    ],
)
def test_an_explicit_deny_wins_and_one_allow_of_either_kind_is_enough(
    identity: list[dict[str, Any]], resource: list[dict[str, Any]], decision: Decision
) -> None:
    # Each statement in a policy of its own, and all in one, come to the same.
    for identities, resources in (
        ([policy(*identity)], [policy(*resource)]),
        ([policy(each) for each in identity], [policy(each) for each in resource]),
    ):
        assert decision is evaluate(
            READ, identity_policies=identities, resource_policies=resources, principal=APP
        )


@pytest.mark.parametrize(
    ("elements", "applies"),
    [
        ({"Action": "s3:GetObject"}, True),
        ({"Action": "S3:getobject"}, True),
        ({"Action": "s3:Get*"}, True),
        ({"Action": "s3:GetObj?ct"}, True),
        ({"Action": ["s3:PutObject", "s3:GetObject"]}, True),
        ({"Action": "s3:GetObjectTagging"}, False),
        ({"Action": "s3:Get"}, False),
        ({"Action": []}, False),
        ({"NotAction": "s3:Put*"}, True),
        ({"NotAction": "s3:getobject"}, False),
        ({"NotAction": ["s3:Put*", "s3:Get*"]}, False),
        ({"Resource": OBJECT}, True),
        ({"Resource": "arn:aws:s3:::files/*"}, True),
        ({"Resource": "arn:aws:s3:::files/reports/???.csv"}, True),
        ({"Resource": "arn:aws:s3:::files"}, False),
        ({"Resource": "arn:aws:s3:::Files/*"}, False),
        ({"Resource": "arn:aws:s3:::files/reports.new.csv"}, False),
        ({"NotResource": "arn:aws:s3:::other/*"}, True),
        ({"NotResource": ["arn:aws:s3:::other/*", "arn:aws:s3:::files/*"]}, False),
        ({"Condition": {"StringEquals": {"aws:SourceArn": "arn:aws:events:::rule/five"}}}, True),
        ({"Condition": {"stringequals": {"AWS:sourcearn": "arn:aws:events:::rule/five"}}}, True),
        ({"Condition": {"StringEquals": {"aws:SourceArn": "arn:aws:events:::rule/*"}}}, False),
        ({"Condition": {"StringLike": {"aws:SourceArn": ["x", "*rule/f??e"]}}}, True),
        ({"Condition": {"StringLike": {"aws:SourceArn": "*rule/f??"}}}, False),
        ({"Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:events:::rule/*"}}}, True),
        ({"Condition": {"ArnEquals": {"aws:SourceArn": "arn:aws:events:::rule/*"}}}, True),
        ({"Condition": {"ArnEquals": {"aws:SourceArn": "arn:aws:events:::rule/six"}}}, False),
        ({"Condition": {"StringLike": {"aws:SourceAccount": "*"}}}, False),
        ({"Condition": {"ArnLike": {"aws:SourceArn": "*"}, "StringLike": {"x": "*"}}}, False),
        ({"Condition": {"ArnLike": {"aws:SourceArn": "*", "x": "*"}}}, False),
        ({"Condition": {}}, True),
    ],
)
def test_a_statement_applies_if_all_of_its_elements_match(
    elements: dict[str, Any], applies: bool
) -> None:
    for statement, decision in ((allow(**elements), ALLOWED), (deny(**elements), DENIED)):
        found = evaluate(READ, identity_policies=[policy(statement)])
        assert found is (decision if applies else NEITHER)


@pytest.mark.parametrize("value", [True, "true", "True"])
def test_a_boolean_may_be_json_or_text(value: object) -> None:
    permission = Permission("s3:GetObject", OBJECT, {"aws:securetransport": "true"})
    secure = policy(allow(Condition={"Bool": {"aws:SecureTransport": value}}))
    assert evaluate(permission, identity_policies=[secure]) is ALLOWED
    insecure = policy(allow(Condition={"Bool": {"aws:SecureTransport": not value}}))
    assert evaluate(permission, identity_policies=[insecure]) is NEITHER


@pytest.mark.parametrize("operator", ["StringNotEquals", "NumericLessThan", "BoolIfExists"])
def test_an_unknown_operator_fails_closed(operator: str) -> None:
    condition = {operator: {"aws:SourceArn": "x"}}
    assert evaluate(READ, identity_policies=[policy(allow(Condition=condition))]) is NEITHER
    assert evaluate(READ, identity_policies=[policy(deny(Condition=condition))]) is DENIED
    # What is known of the condition still counts.
    condition["StringEquals"] = {"aws:SourceArn": "other"}
    assert evaluate(READ, identity_policies=[policy(deny(Condition=condition))]) is NEITHER


@pytest.mark.parametrize(
    ("elements", "app", "events"),
    [
        ({"Principal": "*"}, True, True),
        ({"Principal": {"AWS": "*"}}, True, True),
        ({"Principal": {"AWS": ROLE}}, True, False),
        ({"Principal": {"AWS": SESSION}}, True, False),
        ({"Principal": {"AWS": ["arn:aws:iam::123456789012:role/other", ROLE]}}, True, False),
        ({"Principal": {"AWS": ACCOUNT}}, True, False),
        ({"Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}}, True, False),
        ({"Principal": {"AWS": "arn:aws:iam::123456789012:role/other"}}, False, False),
        ({"Principal": {"AWS": "arn:aws:iam::123456789012:role/*"}}, False, False),
        ({"Principal": {"Service": "events.amazonaws.com"}}, False, True),
        ({"Principal": {"Service": ["sns.amazonaws.com", "events.amazonaws.com"]}}, False, True),
        ({"Principal": {"Service": "sns.amazonaws.com", "AWS": ROLE}}, True, False),
        ({"NotPrincipal": {"AWS": ROLE}}, False, True),
        ({"NotPrincipal": {"Service": "events.amazonaws.com"}}, True, False),
        ({}, False, False),
    ],
)
def test_a_statement_of_a_resource_applies_to_the_principals_that_it_names(
    elements: dict[str, Any], app: bool, events: bool
) -> None:
    for principal, applies in ((APP, app), (EVENTS, events)):
        for statement, decision in ((allow(**elements), ALLOWED), (deny(**elements), DENIED)):
            found = evaluate(READ, resource_policies=[policy(statement)], principal=principal)
            assert found is (decision if applies else NEITHER)


def test_a_single_statement_needs_no_list() -> None:
    document = json.dumps({"Statement": allow()}).encode()
    assert evaluate(READ, identity_policies=[document]) is ALLOWED
