"""Whether a function needs every permission of its role, tested by removing each of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from local_aws import LocalAws

SILENCE = "no line in the log"
NO_LOG_DESTINATION = "is not authorized to access the Log Destination"


@dataclass(frozen=True, slots=True)
class Period:
    """A period that the function under test runs."""

    prepare: Callable[[], object]
    """Sets up state and systems so that the period needs as many permissions as possible."""
    results: Mapping[str, str]
    """The status of each event if no permission is missing."""


@dataclass(frozen=True, slots=True)
class Grant:
    """One action of one statement of a role's policies."""

    role: str
    policy: str
    sid: str
    action: str

    @property
    def traces(self) -> str:
        """The text by which a user finds out that this permission is missing."""
        service, operation = self.action.split(":")
        if operation in ("CreateLogStream", "PutLogEvents"):
            return SILENCE
        # Step Functions does not name the action.
        is_delivery = service == "logs" and operation != "FilterLogEvents"
        return NO_LOG_DESTINATION if is_delivery else operation


@dataclass(frozen=True, slots=True)
class FunctionUnderTest:
    """A function that is updated as Terraform would, and then runs its periods."""

    aws: LocalAws
    function: str
    periods: list[Period]
    role: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "role", role_of(self.aws, self.function))

    def grants(self) -> list[Grant]:
        """Return the permissions of the role."""
        return grants(self.aws, self.role)

    def unneeded_grants(self) -> list[str]:
        """Return the grants that the function does not need, or whose absence it does not report.

        With all of them, the function must run without errors, before and afterwards.
        """
        return unneeded_grants(self.aws, self.role, self.first_error)

    def first_error(self) -> str:
        """Return the first error that a user would notice, empty if there is none.

        The update starts a new process, so that lookups that are done only once are repeated.
        """
        try:
            update(self.aws, self.function)
        except ClientError as error:
            return str(error)
        for period in self.periods:
            period.prepare()
            if message := self._error_in(period):
                return message
        return ""

    def _error_in(self, period: Period) -> str:
        before = len(log_of(self.aws, self.function))
        try:
            invocation = self.aws.invoke(self.function)
        except ClientError as error:
            return str(error)
        if invocation.function_error:
            return str(invocation.payload["errorMessage"])
        lines = log_of(self.aws, self.function)[before:]
        if not any(invocation.payload["run_id"] in line for line in lines):
            return SILENCE
        errors = [line for line in lines if "not authorized" in line]
        results = invocation.payload["results"]
        if results != period.results:
            errors.append(f"{results}, not {period.results}")
        return "\n".join(errors)


def role_of(aws: LocalAws, function: str) -> str:
    """Return the name of a function's execution role."""
    configuration = aws.client("lambda").get_function_configuration(FunctionName=function)
    return str(configuration["Role"]).rpartition("/")[2]


def log_of(aws: LocalAws, function: str) -> list[str]:
    """Return the lines in a function's log."""
    events = aws.client("logs").filter_log_events(logGroupName=f"/aws/lambda/{function}")["events"]
    return [event["message"] for event in events]


def update(aws: LocalAws, function: str) -> None:
    """Update a function as Terraform would. Its next run is in a new process."""
    functions = aws.client("lambda")
    configuration = functions.get_function_configuration(FunctionName=function)
    parts = ("DeadLetterConfig", "TracingConfig", "VpcConfig")
    given = {name: configuration[name] for name in parts if name in configuration}
    given.get("VpcConfig", {}).pop("VpcId", None)  # returned by AWS, but not accepted as input
    functions.update_function_configuration(FunctionName=function, **given)


def error_of_run(aws: LocalAws, function: str, event: object) -> str:
    """Return the first error that a user would notice of a run in a new process, empty if none."""
    try:
        update(aws, function)
    except ClientError as error:
        return str(error)
    before = len(log_of(aws, function))
    run = aws.invoke(function, event)
    if run.function_error:
        return str(run.payload["errorMessage"])
    return "" if log_of(aws, function)[before:] else SILENCE


def grants(aws: LocalAws, role: str) -> list[Grant]:
    """Return the permissions of a role, which has only inline policies."""
    iam = aws.client("iam")
    assert not iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]
    return [
        Grant(role, policy, statement["Sid"], action)
        for policy in iam.list_role_policies(RoleName=role)["PolicyNames"]
        for statement in _document(aws, role, policy)["Statement"]
        for action in statement["Action"]
    ]


def unneeded_grants(aws: LocalAws, role: str, first_error: Callable[[], str]) -> list[str]:
    """Return the grants of a role that nobody needs, or whose absence nobody reports.

    `first_error` uses the role, and returns the first error that a user would notice. With all
    grants, there must be none, before and afterwards.
    """
    found = []
    with aws.enforcing_iam():
        _assert_none(first_error())
        for grant in grants(aws, role):
            with without(aws, grant):
                error = first_error()
            if grant.traces not in error:
                found.append(f"{grant.sid} {grant.action}: {error or 'no error'}")
        _assert_none(first_error())
    return found


def _assert_none(error: str) -> None:
    assert not error, error


@contextmanager
def without(aws: LocalAws, grant: Grant) -> Iterator[None]:
    """Remove a grant for the duration of a `with` block."""
    iam = aws.client("iam")
    names = {"RoleName": grant.role, "PolicyName": grant.policy}
    before = _document(aws, grant.role, grant.policy)
    left = [_reduced(statement, grant) for statement in before["Statement"]]
    statements = [statement for statement in left if statement["Action"]]
    if statements:
        document = json.dumps({**before, "Statement": statements})
        iam.put_role_policy(**names, PolicyDocument=document)
    else:
        iam.delete_role_policy(**names)
    try:
        yield
    finally:
        iam.put_role_policy(**names, PolicyDocument=json.dumps(before))


def _reduced(statement: dict[str, Any], grant: Grant) -> dict[str, Any]:
    if statement["Sid"] != grant.sid:
        return statement
    actions = [action for action in statement["Action"] if action != grant.action]
    return {**statement, "Action": actions}


def _document(aws: LocalAws, role: str, policy: str) -> dict[str, Any]:
    found = aws.client("iam").get_role_policy(RoleName=role, PolicyName=policy)
    document: dict[str, Any] = found["PolicyDocument"]
    return document
