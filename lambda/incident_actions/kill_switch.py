"""The switch that stops all actions."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

from .action import Refused

log = logging.getLogger(__name__)

ENABLED = "enabled"
DISABLED = "disabled"
STATUS = 423


@dataclass(frozen=True, slots=True)
class KillSwitch:
    """An SSM parameter that says whether actions are `enabled` or `disabled`."""

    client: Any
    """Of SSM."""
    parameter: str

    def check(self) -> None:
        """Raise Refused unless actions are enabled for certain."""
        try:
            value = self.client.get_parameter(Name=self.parameter)["Parameter"]["Value"]
        except Exception as error:
            log.exception("The kill switch cannot be read.")
            raise Refused(
                STATUS,
                f"The kill switch, SSM parameter {self.parameter}, cannot be read: "
                f"{type(error).__name__}. Actions are stopped until it can be read.",
            ) from error
        if value == DISABLED:
            raise Refused(
                STATUS,
                f"Actions are disabled by the kill switch, SSM parameter {self.parameter}. "
                f"To enable them, set it to {ENABLED!r}.",
            )
        if value != ENABLED:
            raise Refused(
                STATUS,
                f"The kill switch, SSM parameter {self.parameter}, is neither {ENABLED!r} nor "
                f"{DISABLED!r}. Actions are stopped until it is {ENABLED!r}.",
            )
