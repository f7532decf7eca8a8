"""The deployed functions of modules/incident-actions, and what they need of their roles."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from ..incident_actions.relay import Relay
from .privileges import SILENCE, log_of, role_of, unneeded_grants, update

if TYPE_CHECKING:
    from local_aws import LocalAws

Failing = Mapping[str, Callable[[], AbstractContextManager[object]]]
"""What makes an action fail in a `with` block, by target."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of a function."""

    status: int
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Functions:
    """The functions of an applied module, by its outputs."""

    aws: LocalAws
    outputs: Mapping[str, Any]
    incidents: Iterator[int] = field(default_factory=lambda: count(1))

    def __call__(self, action: str, target: str | None = None, **payload: Any) -> Answer:
        """Send a request as a backend does, by default of another incident than all before."""
        request = {
            "action": action,
            "target": target,
            "incidentId": f"incident-{next(self.incidents)}",
            "priority": "high",
            **payload,
        }
        run = self.aws.invoke(self.outputs["function_names"][action], request)
        assert run.function_error is None, run.payload
        return Answer(run.payload["statusCode"], json.loads(run.payload["body"]))

    def audit(self) -> list[dict[str, Any]]:
        """Return the audit records, the oldest first."""
        items = self._items()
        found = [each for each in items if each["pk"]["S"].startswith("audit#")]
        ordered = sorted(found, key=lambda each: str(each["sk"]["S"]))
        return [json.loads(each["record"]["S"]) for each in ordered]

    def forget(self) -> None:
        """Let all cooldowns be over."""
        for item in self._items():
            key = {name: item[name] for name in ("pk", "sk")}
            self.aws.client("dynamodb").delete_item(TableName=self.outputs["table_name"], Key=key)

    def unneeded_grants(
        self,
        action: str,
        prepare: Callable[[], object],
        failing: Failing,
    ) -> list[str]:
        """Return what the role of a function allows and the function does not need.

        After `prepare`, the function acts on each target twice: first while it has to fail, so
        that it gives its target back. `failing` makes it fail, by target.
        """
        name = self.outputs["function_names"][action]

        def first_error() -> str:
            before = len(log_of(self.aws, name))
            try:
                update(self.aws, name)
                problems = self._problems(action, prepare, failing)
            except ClientError as error:  # of Lambda
                return str(error)
            lines = log_of(self.aws, name)[before:]
            problems += [line for line in lines if _is_refused(line)]
            return "\n".join(problems) if lines else SILENCE

        return unneeded_grants(self.aws, role_of(self.aws, name), first_error)

    def _problems(self, action: str, prepare: Callable[[], object], failing: Failing) -> list[str]:
        for target, fail in failing.items():
            self.forget()
            prepare()
            with fail():
                answer = self(action, target)
            if answer.status != 500 or _is_refused(answer.body["error"]):
                return [f"{target}: {answer}"]
            answer = self(action, target)
            if answer.status != 200:
                return [f"{target}: {answer}"]
        return []

    @contextmanager
    def denied(self, action: str, permission: str) -> Iterator[None]:
        """Deny a function a permission explicitly, in a `with` block."""
        role = role_of(self.aws, self.outputs["function_names"][action])
        iam, names = self.aws.client("iam"), {"RoleName": role, "PolicyName": "denied"}
        statement = {"Effect": "Deny", "Action": permission, "Resource": "*"}
        document = {"Version": "2012-10-17", "Statement": [statement]}
        iam.put_role_policy(**names, PolicyDocument=json.dumps(document))
        try:
            yield
        finally:
            iam.delete_role_policy(**names)

    def _items(self) -> list[dict[str, Any]]:
        scan = self.aws.client("dynamodb").scan(TableName=self.outputs["table_name"])
        items: list[dict[str, Any]] = scan["Items"]
        return items


@contextmanager
def connections_cut(relay: Relay) -> Iterator[None]:
    """Cut the connections by which a function clears the cache, but not that by which it looks."""
    relay.cut_after += [1_000_000] + [0] * 100
    yield
    relay.cut_after.clear()


def _is_refused(text: str) -> bool:
    """Whether AWS has refused something that is not denied on purpose."""
    return "not authorized" in text and "with an explicit deny" not in text
