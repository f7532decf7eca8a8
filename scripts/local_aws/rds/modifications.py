"""Modifications of database instances, which moto makes at once."""

from __future__ import annotations

from functools import partial
from typing import Any

from moto.rds import models
from moto.rds.exceptions import RDSClientError
from moto.rds.models import DBInstance, RDSBackend, rds_backends
from moto.rds.responses import RDSResponse

from local_aws.changes import Changes
from local_aws.clock import Clock
from local_aws.patching import Patch

BEGIN_SEC = 5
"""How long a modification that applies immediately stays pending."""
MODIFY_SEC = 30
"""How long a modification takes until the instance is available again."""

# The parameters that change an instance, and the names of their pending values.
_PENDING = {
    "allocated_storage": "AllocatedStorage",
    "db_instance_class": "DBInstanceClass",
    "engine_version": "EngineVersion",
    "iops": "Iops",
    "multi_az": "MultiAZ",
    "storage_type": "StorageType",
}


class NotAvailable(RDSClientError):
    """The instance is being modified, or is in another state that allows no modification."""

    def __init__(self) -> None:
        super().__init__("InvalidDBInstanceState", "Database instance is not in available state.")


def install(patch: Patch, clock: Clock) -> None:
    """Modifications are pending first. Only those that apply immediately are ever made."""
    changes = Changes(clock)
    moto_modify = RDSBackend.modify_db_instance

    def backend(response: RDSResponse) -> RDSBackend:
        found = rds_backends[response.current_account][response.region]
        changes.make_due(found)
        return found

    def modify_db_instance(
        backend: RDSBackend, db_instance_identifier: str, db_kwargs: dict[str, Any]
    ) -> DBInstance:
        database: Any = backend.describe_db_instances(db_instance_identifier)[0]
        if database.status != "available" or getattr(database, "local_modifying", False):
            raise NotAvailable
        pending = vars(database).setdefault("pending_modified_values", {})
        for name, pending_name in _PENDING.items():
            value = db_kwargs.get(name)
            if value == getattr(database, name):
                pending.pop(pending_name, None)
            elif value is not None:
                pending[pending_name] = value
        rest = {name: value for name, value in db_kwargs.items() if name not in _PENDING}
        moto_modify(backend, db_instance_identifier, rest)
        if pending and db_kwargs.get("apply_immediately"):
            database.local_modifying = True
            changes.after(backend, BEGIN_SEC, partial(setattr, database, "status", "modifying"))
            changes.after(backend, MODIFY_SEC, partial(_apply, database))
        return database  # type: ignore[no-any-return]

    patch(RDSResponse, "backend", property(backend))
    patch(models, "utcnow", changes.utcnow)
    patch(RDSBackend, "modify_db_instance", modify_db_instance)


def _apply(database: Any) -> None:
    for name, pending_name in _PENDING.items():
        if pending_name in database.pending_modified_values:
            setattr(database, name, database.pending_modified_values.pop(pending_name))
    database.status, database.local_modifying = "available", False
