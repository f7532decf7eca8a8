"""Putting together what responds to the requests for an action."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from diva_common.runs import Clock

from .action import Action
from .attempt import Attempts
from .audit import Audit
from .kill_switch import KillSwitch
from .ledger import Ledger
from .payload import Request
from .settings import Limits, read_settings


def attempts(
    action: str,
    failure: str,
    read: Callable[[Any, str], Request],
    targets: Mapping[str, Callable[[], Action]],
    kill_switch: str | None,
    limits: Limits | None,
    environ: Mapping[str, str],
    client: Callable[[str], Any],
    clock: Clock,
) -> Attempts:
    """Return what responds to requests, with the settings in `environ`.

    `kill_switch` is the SSM parameter that stops the action. `client` makes clients of services.
    Raises InvalidSettings.
    """
    settings = read_settings(environ)
    table = client("dynamodb")
    return Attempts(
        action=action,
        failure=failure,
        read=read,
        targets=targets,
        ledger=Ledger(table, settings.table),
        kill_switch=KillSwitch(client("ssm"), kill_switch) if kill_switch else None,
        limits=limits,
        dry_run=settings.dry_run,
        audit=Audit(table, settings.table, print),
        metrics_namespace=settings.metrics_namespace,
        clock=clock,
    )
