"""Restarting an ECS service, by a new deployment of the tasks that it has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from diva_common.runs import Clock

from .action import Change, Done, DoneInVain, Progress, Refused, State
from .aws_requests import changing
from .ecs import ACTIVE, Service, primary
from .payload import Request

PAUSE_SEC = 2.0
"""Between two looks at a deployment."""


@dataclass(frozen=True, slots=True)
class EcsRestart:
    """Restarts a service."""

    target: Service
    reading: Any
    """A client of ECS."""
    acting: Any
    """A client of ECS that sends no request twice."""
    clock: Clock

    def describe(self) -> State:
        return _state(self.target.describe(self.reading))

    def plan(self, before: State, request: Request) -> Change:
        if before["status"] != ACTIVE:
            raise Refused(
                409, f"The service {self.target.service} is {before['status']}, not {ACTIVE}."
            )
        return Change(
            f"replace all tasks of the service {self.target.service}",
            {"forceNewDeployment": True},
            "A restart leaves nothing to undo: the new tasks have the same task definition.",
        )

    def act(self, before: State, change: Change, progress: Progress, until: float) -> Done:
        with changing(self.acting):
            response = self.acting.update_service(
                cluster=self.target.cluster, service=self.target.service, forceNewDeployment=True
            )
        now: State = _state(response["service"])
        while not now["underWay"] and self.clock.monotonic() + PAUSE_SEC < until:
            self.clock.sleep(PAUSE_SEC)
            now = self.describe()
        return self._done(now)

    def happened(self, before: State, change: Change, now: State) -> Done | None:
        return self._done(now) if now["deploymentId"] != before["deploymentId"] else None

    def _done(self, now: State) -> Done:
        if now["rolloutState"] == "FAILED":
            raise DoneInVain(f"The deployment of {self.target.service} failed: {now['reason']}")
        body = {
            "message": f"Service {self.target.service} restart initiated",
            "service": self.target.service,
            "taskArn": now["taskDefinition"],
        }
        return Done(body, now)


def _state(service: Mapping[str, Any]) -> dict[str, Any]:
    deployment = primary(service)
    tasks = deployment.get("runningCount", 0) + deployment.get("pendingCount", 0)
    rollout = deployment.get("rolloutState")
    ended = rollout in ("COMPLETED", "FAILED")
    return {
        "status": service["status"],
        "desiredCount": service["desiredCount"],
        "runningCount": service["runningCount"],
        "taskDefinition": service.get("taskDefinition"),
        "deploymentId": deployment.get("id"),
        "rolloutState": rollout,
        "reason": deployment.get("rolloutStateReason"),
        "underWay": ended or tasks > 0 or service["desiredCount"] == 0,
    }
