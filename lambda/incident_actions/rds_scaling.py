"""Scaling a database up, by its instance class."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from . import sizes
from .action import Change, Done, NothingToDo, Progress, Refused, State
from .aws_requests import changing
from .payload import Request

ORDINARY_CLASS = "db.r5.xlarge"
CRITICAL_CLASS = "db.r5.2xlarge"
AVAILABLE = "available"


@dataclass(frozen=True, slots=True)
class Database:
    """A database, and how far it may be scaled up."""

    name: str
    db_instance_id: str
    instance_classes: tuple[str, ...]
    """From small to large. A step goes to the next one, and a critical incident to the last one.
    Without any, these are ORDINARY_CLASS, and CRITICAL_CLASS for critical incidents only."""
    apply_immediately: bool


@dataclass(frozen=True, slots=True)
class RdsScaling:
    """Scales a database up."""

    target: Database
    reading: Any
    """A client of RDS."""
    acting: Any
    """A client of RDS that sends no request twice."""

    def describe(self) -> State:
        name = self.target.db_instance_id
        response = self.reading.describe_db_instances(DBInstanceIdentifier=name)
        return _state(response["DBInstances"][0])

    def plan(self, before: State, request: Request) -> Change | NothingToDo:
        name, now = self.target.db_instance_id, before["instanceClass"]
        if before["status"] != AVAILABLE:
            raise Refused(
                409, f"The database {name} is {before['status']}. It must be {AVAILABLE}."
            )
        if before["pending"]:
            raise Refused(
                409, f"The database {name} has pending changes of {', '.join(before['pending'])}."
            )
        larger = self._larger(now, request)
        if larger is None:
            raise Refused(
                409,
                f"The class {now} of the database {name} cannot be compared with those that are "
                "allowed. Add it to instance_classes.",
            )
        if not larger:
            return NothingToDo(
                {
                    "message": f"{self.target.name} was not scaled up",
                    "details": {
                        "message": f"{name} is a {now}. Priority {request.priority!r} does not "
                        "allow a larger class.",
                        "instanceClass": now,
                        "status": before["status"],
                    },
                }
            )
        goal = larger[-1] if request.is_critical else larger[0]
        when = "at once" if self.target.apply_immediately else "in the next maintenance window"
        return Change(
            f"change the class of {name} from {now} to {goal} {when}",
            {"instanceClass": goal, "applyImmediately": self.target.apply_immediately},
            f"aws rds modify-db-instance --db-instance-identifier {name} --db-instance-class "
            f"{now} --{'' if self.target.apply_immediately else 'no-'}apply-immediately",
        )

    def act(self, before: State, change: Change, progress: Progress, until: float) -> Done:
        with changing(self.acting):
            response = self.acting.modify_db_instance(
                DBInstanceIdentifier=self.target.db_instance_id,
                DBInstanceClass=change.values["instanceClass"],
                ApplyImmediately=change.values["applyImmediately"],
            )
        return self._done(change, _state(response["DBInstance"]))

    def happened(self, before: State, change: Change, now: State) -> Done | None:
        reached = change.values["instanceClass"] in (now["instanceClass"], now["pendingClass"])
        return self._done(change, now) if reached else None

    def _larger(self, now: str, request: Request) -> Sequence[str] | None:
        """Return the classes that the incident allows, None if they cannot be compared."""
        if self.target.instance_classes:
            return sizes.above(self.target.instance_classes, now)
        larger = sizes.above((ORDINARY_CLASS, CRITICAL_CLASS), now)
        if larger is None or request.is_critical:
            return larger
        return [each for each in larger if each == ORDINARY_CLASS]

    def _done(self, change: Change, after: State) -> Done:
        details = {"instanceClass": change.values["instanceClass"], "status": after["status"]}
        return Done(
            {"message": f"Successfully scaled up {self.target.name}", "details": details}, after
        )


def _state(instance: Mapping[str, Any]) -> dict[str, Any]:
    pending = instance.get("PendingModifiedValues") or {}
    return {
        "instanceClass": instance["DBInstanceClass"],
        "status": instance["DBInstanceStatus"],
        # The values may be secret, such as those of passwords.
        "pending": sorted(name for name, value in pending.items() if value not in (None, [], {})),
        "pendingClass": pending.get("DBInstanceClass"),
    }
