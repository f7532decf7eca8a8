"""What the functions ask AWS for, and how it breaks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import boto3
import pytest
from botocore.exceptions import ConnectTimeoutError

Hook = Callable[[str, dict[str, Any]], None]
CHANGING = (
    "ec2.RebootInstances",
    "ecs.UpdateService",
    "rds.ModifyDBInstance",
    "application-auto-scaling.RegisterScalableTarget",
    "elasticache.ModifyCacheCluster",
    "elasticache.ModifyReplicationGroup",
    "elasticache.IncreaseReplicaCount",
)
"""The operations that change what the functions act on."""


class Lost(Exception):
    """A request or its response is lost."""


def nothing(call: str, parameters: dict[str, Any]) -> None:
    """Do nothing."""


@dataclass(slots=True)
class Wire:
    """Sees all calls, such as `ecs.UpdateService`, which a hook can stop by an error."""

    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    _session: boto3.Session = field(default_factory=boto3.Session)
    before: Hook = nothing
    """Gets the parameters of a call, and may change them."""
    after: Hook = nothing
    """Gets the response to a call, and may change it."""

    @property
    def changes(self) -> list[str]:
        """The operations that have changed something, or have tried to."""
        return [call for call, _ in self.calls if call in CHANGING]

    def lose_request(self, call: str) -> None:
        """Lose all requests for a call before AWS gets them."""
        self.before = _losing(call)

    def lose_response(self, call: str) -> None:
        """Lose all responses to a call, which AWS has answered."""
        self.after = _losing(call)

    def mend(self) -> None:
        """Lose nothing more."""
        self.before = self.after = nothing

    def install(self, patch: pytest.MonkeyPatch) -> None:
        """See what clients do that are made from here on."""
        session = self._session
        # In this order, the parameters are as the client's caller gave them.
        session.events.register("provide-client-params", self._before)
        session.events.register("after-call", self._after)
        patch.setattr(boto3, "DEFAULT_SESSION", session)

    def _before(self, params: dict[str, Any], model: Any, event_name: str, **_: Any) -> None:
        call = event_name.partition(".")[2]
        self.before(call, params)
        self.calls.append((call, params))

    def _after(self, parsed: dict[str, Any], event_name: str, **_: Any) -> None:
        self.after(event_name.partition(".")[2], parsed)

    def break_connections(self, call: str) -> list[str]:
        """Break the connection at each request for a call, and return a list of them."""
        requests: list[str] = []

        def send(**_: Any) -> None:
            requests.append(call)
            raise ConnectTimeoutError(endpoint_url="https://aws")

        self._session.events.register(f"before-send.{call}", send)
        return requests


def _losing(lost: str) -> Hook:
    def lose(call: str, parameters: dict[str, Any]) -> None:
        if call == lost:
            raise Lost(f"{call} is lost")

    return lose
