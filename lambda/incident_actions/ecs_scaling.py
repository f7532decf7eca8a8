"""Scaling an ECS service up, by its desired count or by the minimum of its scalable target."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .action import Change, Done, NothingToDo, Progress, Refused, State
from .aws_requests import changing
from .ecs import ACTIVE, Service
from .payload import Request

ORDINARY_COUNT = 5
MAX_COUNT = 10

_DIMENSION = "ecs:service:DesiredCount"


@dataclass(frozen=True, slots=True)
class Scaled:
    """A service, and how far it may be scaled up."""

    name: str
    service: Service
    step: int | None
    """How many tasks are added unless the priority is critical. None adds as many as there have to
    be for ORDINARY_COUNT."""
    max_count: int
    """How many tasks there are at most, and at once if the priority is critical."""


@dataclass(frozen=True, slots=True)
class EcsScaling:
    """Scales a service up."""

    target: Scaled
    reading: Any
    """A client of ECS."""
    acting: Any
    """A client of ECS that sends no request twice."""
    reading_scaling: Any
    """A client of Application Auto Scaling."""
    acting_scaling: Any
    """A client of Application Auto Scaling that sends no request twice."""

    def describe(self) -> State:
        service = self.target.service.describe(self.reading)
        response = self.reading_scaling.describe_scalable_targets(
            ServiceNamespace="ecs", ResourceIds=[self._resource], ScalableDimension=_DIMENSION
        )
        state = {"status": service["status"], "desiredCount": service["desiredCount"]}
        for scalable in response["ScalableTargets"]:
            state |= {
                "minCapacity": scalable["MinCapacity"],
                "maxCapacity": scalable["MaxCapacity"],
            }
        return state

    def plan(self, before: State, request: Request) -> Change | NothingToDo:
        name = self.target.service.service
        if before["status"] != ACTIVE:
            raise Refused(409, f"The service {name} is {before['status']}, not {ACTIVE}.")
        is_scalable = "minCapacity" in before
        now = max(before["desiredCount"], before.get("minCapacity", 0))
        most = min(self.target.max_count, before.get("maxCapacity", self.target.max_count))
        goal = min(self._goal(now, request), most)
        if goal <= now:
            return NothingToDo(
                {
                    "message": f"{self.target.name} was not scaled up",
                    "details": {
                        "message": f"{name} has {now} tasks. Priority {request.priority!r} does "
                        f"not raise them any further.",
                        "desiredCount": before["desiredCount"],
                        "status": before["status"],
                    },
                }
            )
        if is_scalable:
            least = before["minCapacity"]
            return Change(
                f"raise the minimum of the scalable target of {name} from {least} to {goal}",
                {"minCapacity": goal},
                "aws application-autoscaling register-scalable-target --service-namespace ecs "
                f"--scalable-dimension {_DIMENSION} --resource-id {self._resource} "
                f"--min-capacity {least}",
            )
        return Change(
            f"raise the desired count of {name} from {now} to {goal}",
            {"desiredCount": goal},
            f"aws ecs update-service --cluster {self.target.service.cluster} --service {name} "
            f"--desired-count {now}",
        )

    def act(self, before: State, change: Change, progress: Progress, until: float) -> Done:
        if "minCapacity" in change.values:
            with changing(self.acting_scaling):
                self.acting_scaling.register_scalable_target(
                    ServiceNamespace="ecs",
                    ResourceId=self._resource,
                    ScalableDimension=_DIMENSION,
                    MinCapacity=change.values["minCapacity"],
                )
            return self._done(change, {**before, **change.values})
        with changing(self.acting):
            response = self.acting.update_service(
                cluster=self.target.service.cluster,
                service=self.target.service.service,
                desiredCount=change.values["desiredCount"],
            )
        after = {key: response["service"][key] for key in ("status", "desiredCount")}
        return self._done(change, after)

    def happened(self, before: State, change: Change, now: State) -> Done | None:
        (name, goal), *_ = change.values.items()
        return self._done(change, now) if now.get(name, 0) >= goal else None

    @property
    def _resource(self) -> str:
        return f"service/{self.target.service.cluster}/{self.target.service.service}"

    def _goal(self, now: int, request: Request) -> int:
        if request.is_critical:
            return self.target.max_count
        return ORDINARY_COUNT if self.target.step is None else now + self.target.step

    def _done(self, change: Change, after: State) -> Done:
        (_, goal), *_ = change.values.items()
        return Done(
            {
                "message": f"Successfully scaled up {self.target.name}",
                "details": {"desiredCount": goal, "status": after["status"]},
            },
            after,
        )
