"""An incident: what is done about it, and how it is undone."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from rich.text import Text

from ...common.output import Output
from ...common.text import counted, printable
from ...incident import states
from ...incident.functions import Answer, find
from .. import actions, aws_cli
from ..demonstration import Outputs
from ..inbox import ADDRESS
from ..title import show_title
from .request_table import RequestTable
from .system import Sizes, System

if TYPE_CHECKING:
    from local_aws import LocalAws

KEYS = {"page:1": "stale", "page:2": "stale", "session:1": "valid"}
"""What is in the cache before the incident."""
LEFT = ["session:1"]
"""What is left of it."""
SIZES = Sizes(tasks=2, instance_class="db.t4g.micro", replicas=1)
"""The sizes of the system before the incident, and in the end."""
LARGER = Sizes(tasks=6, instance_class="db.t4g.small", replicas=2)
"""The sizes that the actions give the system."""

_INCIDENT = "outage"
_OK = 200
_COOLDOWN = 429
_NAMES = {
    "tasks": "tasks of the service",
    "instance_class": "class of the database",
    "replicas": "replicas of the cache",
}


class Incident:
    """The API hangs and is restarted, is slow and scaled up, shows old pages and forgets them.

    People are notified, and in the end the system has the sizes that it had before.
    """

    def __init__(self, aws: LocalAws, output: Output, outputs: Outputs, cache: Any) -> None:
        """`cache` is a client of the Redis server to which the functions connect."""
        self._aws = aws
        self._output = output
        self._prefix: str = outputs["function_prefix"]
        self._cache = cache
        self._system = System(aws, outputs)
        self._table = RequestTable(output)
        self._sizes: dict[str, Sizes] = {}
        self._answers: dict[tuple[str, str], Answer] = {}
        self._problems: list[str] = []

    def tell(self) -> str | None:
        """Tell the story. Returns what went wrong in it that is no part of it."""
        self.handle()
        self.undo()
        return self.sum_up()

    def handle(self) -> None:
        """Do something about the incident, and print each request."""
        self._sizes["before"] = self._system.sizes()
        self._cache.mset(KEYS)
        self._table.show_heading()
        self._restart()
        self._scale_up()
        self._sizes["during"] = self._system.sizes()
        self._refuse()
        self._clear_cache()
        self._notify()

    def undo(self) -> None:
        """Run the commands in the answers that undo what was done, and print them."""
        self._table.show_scene("It is over. The commands in the answers undo what was done.")
        for (action, _), answer in self._answers.items():
            if action == "scale_up":
                self._table.show_detail(f"$ {answer.body['undo']}")
                aws_cli.run(answer.body["undo"], self._aws.client)
        self._sizes["after"] = self._system.sizes()

    def sum_up(self) -> str | None:
        """Print the sizes, the e-mail and the history. Returns what went wrong."""
        self._show_sizes()
        self._show_mail()
        actions.show_history(self._output, self._prefix)
        return "; ".join(self._problems) or None

    def _restart(self) -> None:
        self._table.show_scene("The API hangs. A dry run shows what a restart would do.")
        self._send("restart_service", "api", dryRun=True)
        self._show_deployments()
        self._table.show_scene("It is restarted. When the request is sent again, nothing is done.")
        self._send("restart_service", "api")
        self._send("restart_service", "api")
        self._show_deployments()

    def _scale_up(self) -> None:
        self._table.show_scene(
            "The API is slow, which is critical: it gets as many tasks as are allowed, the "
            "database its next class, and the cache a replica."
        )
        self._send("scale_up", "api", priority="critical")
        self._send("scale_up", "database")
        self._send("scale_up", "cache")

    def _refuse(self) -> None:
        self._table.show_scene("Another incident asks for an even larger database, too soon.")
        self._send("scale_up", "database", _COOLDOWN, incidentId="another")

    def _clear_cache(self) -> None:
        self._table.show_scene("Users see old pages. They are removed, and sessions are not.")
        self._send("clear_cache", "pages")
        left = sorted(key.decode() for key in self._cache.scan_iter())
        self._table.show_detail(f"keys that are left: {', '.join(left) or 'none'}")
        if left != LEFT:
            self._problems.append(f"the cache has the keys {left}")

    def _notify(self) -> None:
        self._table.show_scene("The API is still slow. People are notified.")
        details = {
            "title": "API is slow",
            "description": "Neither a restart nor more tasks have helped.",
        }
        self._send("notify_human", "people", priority="critical", incidentDetails=details)

    def _send(self, action: str, target: str, expected: int = _OK, **payload: Any) -> None:
        """Send a request, as `scripts/incident` does, and print its row. Raises IncidentError."""
        request = {
            "action": action,
            "target": target,
            "incidentId": _INCIDENT,
            "priority": "high",
            "requestedBy": "on-call",
            **payload,
        }
        with self._output.busy(f"{action} {target} ..."):
            answer = find(self._prefix, action).send(request)
        is_repeat = answer == self._answers.get((action, target))
        self._table.add(action, target, answer, is_repeat)
        if answer.status != expected:
            self._problems.append(f"{action} {target} answered {answer.status}, not {expected}")
        elif answer.problem is None and not answer.is_dry:
            self._answers[action, target] = answer

    def _show_deployments(self) -> None:
        count = len(self._system.deployments())
        self._table.show_detail(f"ECS: {counted(count, 'deployment')} of the service")

    def _show_sizes(self) -> None:
        show_title(self._output, "Sizes before the incident, during it, and after it was undone")
        columns = {
            when: {_NAMES[name]: value for name, value in asdict(each).items()}
            for when, each in self._sizes.items()
        }
        states.show(columns, self._output)
        if list(self._sizes.values()) != [SIZES, LARGER, SIZES]:
            self._problems.append(f"the sizes were {self._sizes}")

    def _show_mail(self) -> None:
        show_title(self._output, f"E-mail to {ADDRESS}")
        mails = self._aws.inbox(ADDRESS)
        for mail in mails:
            self._output.below(Text(printable(mail.subject), style="bold"), 0)
            for line in mail.body.splitlines():
                if line:
                    self._output.below(printable(line), 2)
        if len(mails) != 1:
            self._problems.append(f"people have got {counted(len(mails), 'e-mail')}")
