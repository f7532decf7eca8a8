"""Restarting a service that runs on EC2 instances, by rebooting them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .action import Change, Done, OutcomeUnknown, Progress, Refused, State
from .aws_requests import changing
from .payload import Request

RUNNING = "running"


@dataclass(frozen=True, slots=True)
class Instances:
    """The instances of a service."""

    name: str
    instance_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ec2Reboot:
    """Reboots all instances of a target."""

    target: Instances
    reading: Any
    """A client of EC2."""
    acting: Any
    """A client of EC2 that sends no request twice."""

    def describe(self) -> State:
        response = self.reading.describe_instances(InstanceIds=list(self.target.instance_ids))
        return {
            "instances": {
                each["InstanceId"]: each["State"]["Name"]
                for reservation in response["Reservations"]
                for each in reservation["Instances"]
            }
        }

    def plan(self, before: State, request: Request) -> Change:
        others = {name: state for name, state in before["instances"].items() if state != RUNNING}
        if others:
            listed = ", ".join(f"{name} ({state})" for name, state in sorted(others.items()))
            raise Refused(
                409, f"Instances must be {RUNNING} to be rebooted, but these are not: {listed}."
            )
        return Change(
            f"reboot {', '.join(self.target.instance_ids)}",
            {"instanceIds": list(self.target.instance_ids)},
            "A reboot leaves nothing to undo.",
        )

    def act(self, before: State, change: Change, progress: Progress, until: float) -> Done:
        with changing(self.acting):
            self.acting.reboot_instances(InstanceIds=list(self.target.instance_ids))
        body = {
            "message": f"Service {self.target.name} restart initiated",
            "service": self.target.name,
            "taskArn": None,
            "instanceIds": list(self.target.instance_ids),
        }
        return Done(body, before)

    def happened(self, before: State, change: Change, now: State) -> Done | None:
        # Neither the state of an instance nor its launch time shows a reboot.
        raise OutcomeUnknown(
            f"Whether {', '.join(self.target.instance_ids)} were rebooted is unknown, since the "
            "run that was to do it ended early. To reboot them, send another incident."
        )
