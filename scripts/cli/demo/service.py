"""The service that the example self-healing monitors, whose task runs in this process."""

from __future__ import annotations

import os
import runpy
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from itertools import count
from typing import TYPE_CHECKING, Any
from unittest import mock

from ..common.paths import ROOT
from .demonstration import Outputs

if TYPE_CHECKING:
    from local_aws import LocalAws

SOURCE = ROOT / "examples" / "self-healing" / "service.py"
_HEARTBEAT = "heartbeat"


@dataclass(slots=True)
class Service:
    """A service with a task for each deployment, and the actions that may restart it."""

    aws: LocalAws
    outputs: Outputs
    _tasks: dict[str, Any] = field(default_factory=dict)
    _minutes: Iterator[int] = field(default_factory=lambda: count(-1000))

    def pass_period(self) -> None:
        """Let a period pass, in which the task does what it does, and cooldowns end."""
        self.last_heartbeat(min(self.heartbeat(), self.long_ago()))
        deployment = self.deployment()
        environment = {"BUCKET": self.outputs["service_bucket_name"], "HEARTBEAT": _HEARTBEAT}
        with mock.patch.dict(os.environ, environment):
            if deployment not in self._tasks:
                self._tasks = {deployment: runpy.run_path(str(SOURCE))["Task"]()}
            self._tasks[deployment].step(datetime.now(timezone.utc))
        self.forget_actions("target#")

    def deployment(self) -> str:
        """Return the ID of the deployment that the task belongs to."""
        found = self.aws.client("ecs").describe_services(
            cluster=self.outputs["cluster_name"], services=[self.outputs["service_name"]]
        )
        return str(found["services"][0]["deployments"][0]["id"])

    def heartbeat(self) -> datetime:
        """Return the time of the latest heartbeat."""
        body = self.aws.client("s3").get_object(**self._object())["Body"].read()
        return datetime.fromisoformat(body.decode())

    def long_ago(self) -> datetime:
        """Return a time that is later each time by more than a minute, so that outages differ."""
        return datetime.now(timezone.utc) + timedelta(minutes=next(self._minutes))

    def last_heartbeat(self, at: datetime) -> None:
        """Let the latest heartbeat be of this time."""
        self.aws.client("s3").put_object(**self._object(), Body=at.isoformat())

    def forget_actions(self, kind: str = "") -> None:
        """Delete records of the actions whose key begins with `kind`."""
        dynamodb, table = self.aws.client("dynamodb"), self.outputs["table_name"]
        for item in dynamodb.scan(TableName=table)["Items"]:
            if item["pk"]["S"].startswith(kind):
                key = {name: item[name] for name in ("pk", "sk")}
                dynamodb.delete_item(TableName=table, Key=key)

    def _object(self) -> dict[str, str]:
        return {"Bucket": self.outputs["service_bucket_name"], "Key": _HEARTBEAT}
