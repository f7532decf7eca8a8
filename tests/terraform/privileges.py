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
        return SILENCE if self.action.startswith("logs:") else self.action.partition(":")[2]


@dataclass(frozen=True, slots=True)
class FunctionUnderTest:
    """A function that is updated as Terraform would, and then runs its periods."""

    aws: LocalAws
    function: str
    periods: list[Period]
    role: str = field(init=False)

    def __post_init__(self) -> None:
        role = self._configuration()["Role"].rpartition("/")[2]
        object.__setattr__(self, "role", role)

    def grants(self) -> list[Grant]:
        """Return the permissions of the role."""
        iam = self.aws.client("iam")
        assert not iam.list_attached_role_policies(RoleName=self.role)["AttachedPolicies"]
        return [
            Grant(self.role, policy, statement["Sid"], action)
            for policy in iam.list_role_policies(RoleName=self.role)["PolicyNames"]
            for statement in _document(self.aws, self.role, policy)["Statement"]
            for action in statement["Action"]
        ]

    def unneeded_grants(self) -> list[str]:
        """Return the grants that the function does not need, or whose absence it does not report.

        With all of them, the function must run without errors, before and afterwards.
        """
        found = []
        with self.aws.enforcing_iam():
            self._assert_no_error()
            for grant in self.grants():
                with without(self.aws, grant):
                    error = self.first_error()
                if grant.traces not in error:
                    found.append(f"{grant.sid} {grant.action}: {error or 'no error'}")
            self._assert_no_error()
        return found

    def first_error(self) -> str:
        """Return the first error that a user would notice, empty if there is none.

        The update starts a new process, so that lookups that are done only once are repeated.
        """
        try:
            self._update()
        except ClientError as error:
            return str(error)
        for period in self.periods:
            period.prepare()
            if message := self._error_in(period):
                return message
        return ""

    def _assert_no_error(self) -> None:
        error = self.first_error()
        assert not error, error

    def _error_in(self, period: Period) -> str:
        before = len(self._log())
        try:
            invocation = self.aws.invoke(self.function)
        except ClientError as error:
            return str(error)
        if invocation.function_error:
            return str(invocation.payload["errorMessage"])
        lines = self._log()[before:]
        if not any(invocation.payload["run_id"] in line for line in lines):
            return SILENCE
        errors = [line for line in lines if "not authorized" in line]
        results = invocation.payload["results"]
        if results != period.results:
            errors.append(f"{results}, not {period.results}")
        return "\n".join(errors)

    def _update(self) -> None:
        configuration = self._configuration()
        parts = ("DeadLetterConfig", "TracingConfig", "VpcConfig")
        given = {name: configuration[name] for name in parts if name in configuration}
        given.get("VpcConfig", {}).pop("VpcId", None)  # returned by AWS, but not accepted as input
        functions = self.aws.client("lambda")
        functions.update_function_configuration(FunctionName=self.function, **given)

    def _configuration(self) -> dict[str, Any]:
        functions = self.aws.client("lambda")
        found: dict[str, Any] = functions.get_function_configuration(FunctionName=self.function)
        return found

    def _log(self) -> list[str]:
        group = f"/aws/lambda/{self.function}"
        events = self.aws.client("logs").filter_log_events(logGroupName=group)["events"]
        return [event["message"] for event in events]


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
    yield
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
