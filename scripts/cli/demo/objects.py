"""Where each object of the S3 event processor is, as the histories of executions tell."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any


class Place(Enum):
    """Where an object is, in the words of the table."""

    QUEUED = "queued"
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    GIVEN_BACK = "given back"
    BURIED = "buried"


MEANINGS = {
    Place.QUEUED: "its event is in the queue",
    Place.WAITING: "received; the function starts when the stagger is over",
    Place.RUNNING: "the function is running",
    Place.DONE: "the function has succeeded, and the event is deleted",
    Place.GIVEN_BACK: "the function has failed; the event is visible again after a delay",
    Place.BURIED: "failed too often; the event is in the dead-letter queue",
}

# By the state of the state machine that a message enters. Delete follows both Invoke and Bury.
_PLACES = {
    "Stagger": Place.WAITING,
    "Invoke": Place.RUNNING,
    "GiveBackOrBury": None,
    "GiveBack": Place.GIVEN_BACK,
    "Bury": Place.BURIED,
    "Delete": None,
}


@dataclass(slots=True)
class Run:
    """A run of the function for an object."""

    key: str
    execution: int
    """The number of the execution, from 1."""
    began: datetime
    ended: datetime | None = None
    succeeded: bool = False


class Objects:
    """The place of each object, and all runs of the function."""

    def __init__(self) -> None:
        self.places: dict[str, Place] = {}
        self.runs: list[Run] = []
        self._running: dict[str, Run] = {}

    def read(self, execution: int, event: Mapping[str, Any]) -> bool:
        """Take in an event of the history of an execution.

        Returns whether a function starts, or a message is given back or buried.
        """
        entered = event.get("stateEnteredEventDetails", {})
        state = entered.get("name")
        if state not in _PLACES:
            return False
        message = json.loads(entered["input"])["message"]
        key = json.loads(message["Body"])["detail"]["object"]["key"]
        place = _PLACES[state]
        if place:
            self.places[key] = place
        if place is Place.RUNNING:
            run = Run(key, execution, event["timestamp"])
            self.runs.append(run)
            self._running[message["MessageId"]] = run
        elif (ending := self._running.pop(message["MessageId"], None)) is not None:
            ending.ended = event["timestamp"]
            ending.succeeded = state == "Delete"
            if ending.succeeded:
                self.places[key] = Place.DONE
        return place in (Place.RUNNING, Place.GIVEN_BACK, Place.BURIED)
