"""A week of the scheduled digest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from ...common.output import Output
from ...common.text import printable
from ..demonstration import Outputs
from ..title import show_title
from .backend import Backend
from .database import Database
from .dialect import SECRET_KEY, Dialect
from .week_table import Outcome, WeekTable

if TYPE_CHECKING:
    from local_aws import LocalAws

BEGAN = datetime(2024, 1, 15, 13, tzinfo=timezone.utc)
"""A Monday, when both schedules fire."""
NEW_KEY = "sb_secret_fedcba9876543210"

_ATTEMPTS = 4
"""After so many requests, a run gives a monitor up."""

# How many days ago the deleted ones were deleted on the first day.
MONITORS: Mapping[str, Mapping[str, Any]] = {
    "api": {"frequency": "daily", "delivery_method": "slack"},
    "web": {"frequency": "daily", "delivery_method": "discord"},
    "docs": {"frequency": "weekly", "delivery_method": "email"},
    "labs": {"frequency": "monthly", "delivery_method": "slack"},
    "trial": {"frequency": "daily", "delivery_method": "slack", "deleted_days_ago": 3},
    "legacy": {"frequency": "daily", "delivery_method": "slack", "deleted_days_ago": 28.5},
    "old": {"frequency": "weekly", "delivery_method": "email", "deleted_days_ago": 45},
}

EXPECTED = {
    "api": {"daily": 8},
    "web": {"daily": 8},
    "docs": {"weekly": 2},
    "trial": {"daily": 3},
}
"""How many digests each monitor has in the end. `trial` is restored on Saturday."""
LEFT = {"api", "web", "docs", "labs", "trial"}


class Week:
    """Eight days pass, from one Monday to the next.

    The backend fails, EventBridge repeats itself, a key is rotated, and a monitor is restored. Each
    active monitor has exactly one digest for each day or week in the end.
    """

    def __init__(
        self,
        aws: LocalAws,
        output: Output,
        outputs: Outputs,
        project: tuple[Database, Dialect, Backend],
    ) -> None:
        self._aws = aws
        self._output = output
        self._outputs = outputs
        self._database, self._dialect, self._backend = project
        self._table = WeekTable(output, list(MONITORS))
        self._at = BEGAN
        self._ids: dict[str, int] = {}
        self._problems: list[str] = []

    def tell(self) -> str | None:
        """Tell the story. Returns what went wrong in it that is no part of it."""
        show, fire = self._table.show_scene, self._fire
        self._add_monitors()
        self._store_key(SECRET_KEY)
        self._table.show_heading()
        show("Both schedules fire. old was deleted 45 days ago, and is purged.")
        fire("weekly")
        fire("daily")
        self._pass_day()
        show("The backend answers 503 twice for web.")
        self._backend.unavailable.extend(["web"] * 2)
        fire("daily")
        self._pass_day()
        show("EventBridge delivers the event twice. legacy has been deleted for 30 days.")
        fire("daily")
        fire("daily")
        self._pass_day()
        show("The key of Supabase is rotated. The function fetches the new one.")
        self._dialect.keys = {NEW_KEY}
        self._store_key(NEW_KEY)
        fire("daily")
        self._pass_day()
        show("The backend answers 503 for api until the run fails. Lambda retries the run.")
        self._backend.unavailable.extend(["api"] * _ATTEMPTS)
        fire("daily", attempts=2)
        self._pass_day()
        show("A user restores trial, which was deleted a week ago.")
        self._database.execute(
            "UPDATE monitors SET deleted = false, deleted_at = NULL WHERE repo = 'trial'"
        )
        fire("daily")
        self._pass_day()
        show("Sunday, and then the next week.")
        fire("daily")
        self._pass_day()
        fire("weekly")
        fire("daily")
        self._table.show_legend()
        self._show_totals()
        return self._problem()

    def _add_monitors(self) -> None:
        now = datetime.now(timezone.utc)
        for repo, monitor in MONITORS.items():
            values = {name: each for name, each in monitor.items() if name != "deleted_days_ago"}
            row: dict[str, object] = {"repo": repo, **values}
            if days := monitor.get("deleted_days_ago"):
                row |= {"deleted": True, "deleted_at": now - timedelta(days=days)}
            [self._ids[repo]] = self._database.add([row])

    def _store_key(self, key: str) -> None:
        secrets = self._aws.client("secretsmanager")
        secrets.put_secret_value(SecretId=self._outputs["secret_arn"], SecretString=key)

    def _pass_day(self) -> None:
        """Let a day pass: the next events are a day later, and every deletion is a day older.

        The clock of the function is that of the machine.
        """
        self._at += timedelta(days=1)
        self._database.execute("UPDATE monitors SET deleted_at = deleted_at - interval '1 day'")

    def _fire(self, frequency: str, attempts: int = 1) -> None:
        """Fire a schedule, and print the row of the run. Lambda is to attempt it so often."""
        asked, digests = Counter(self._backend.asked), set(self._backend.digests)
        rows, runs = self._rows(), self._runs()
        with self._output.busy(f"{self._at:%A}, {frequency} ..."):
            [invocation] = self._aws.fire(self._outputs["schedule_rule_names"][frequency], self._at)
        if invocation.function_error:
            self._problems.append(f"{self._at:%A}: {invocation.payload['errorMessage']}")
        if self._runs() - runs != attempts:
            self._problems.append(f"{self._at:%A}: {self._runs() - runs} runs, not {attempts}")
        left = self._database.ids()
        outcomes = {}
        for repo, number in self._ids.items():
            if number not in rows:
                continue
            key = f"{frequency}#{self._period(frequency)}#{number}"
            outcomes[repo] = _outcome(
                is_purged=number not in left,
                is_due=rows[number] == frequency,
                is_new=key in self._backend.digests and key not in digests,
                is_old=key in digests,
                requests=self._backend.asked[key] - asked[key],
            )
        self._table.add(f"{self._at:%a}", frequency, outcomes)

    def _rows(self) -> dict[int, str | None]:
        """Return the frequency of each monitor in the database, None if it is deleted."""
        found = self._database.execute("SELECT id, frequency, deleted FROM monitors")
        return {row["id"]: None if row["deleted"] else row["frequency"] for row in found}

    def _runs(self) -> int:
        """Return how often the function has run."""
        pages = self._aws.client("logs").get_paginator("filter_log_events")
        found = pages.paginate(
            logGroupName=self._outputs["log_group_name"], filterPattern='"Digest Lambda triggered"'
        )
        messages = [event["message"] for page in found for event in page["events"]]
        return sum("Digest Lambda triggered" in message for message in messages)

    def _period(self, frequency: str) -> str:
        return self._at.strftime("%Y-%m-%d" if frequency == "daily" else "%G-W%V")

    def _digests(self) -> dict[str, Counter[str]]:
        """Return how many digests of each frequency each monitor has."""
        names = {str(number): repo for repo, number in self._ids.items()}
        found: dict[str, Counter[str]] = {}
        for key in self._backend.digests:
            frequency, _, number = key.split("#")
            found.setdefault(names[number], Counter())[frequency] += 1
        return found

    def _show_totals(self) -> None:
        show_title(self._output, "Digests that the backend has made")
        for repo, counts in self._digests().items():
            text = ", ".join(f"{number} {frequency}" for frequency, number in counts.items())
            self._output.line(printable(f"{repo:6} {text}"))
        names = {number: repo for repo, number in self._ids.items()}
        left = ", ".join(names[number] for number in sorted(self._database.ids()))
        show_title(self._output, "Monitors that are left in the database")
        self._output.line(left)

    def _problem(self) -> str | None:
        if self._digests() != EXPECTED:
            self._problems.append(f"digests: {self._digests()}, not {EXPECTED}")
        if self._database.ids() != {self._ids[repo] for repo in LEFT}:
            self._problems.append(f"the database has other monitors than {', '.join(sorted(LEFT))}")
        return "; ".join(self._problems) or None


def _outcome(is_purged: bool, is_due: bool, is_new: bool, is_old: bool, requests: int) -> Outcome:
    if is_purged:
        return Outcome.PURGED
    if is_new:
        return Outcome.RETRIED if requests > 1 else Outcome.DIGESTED
    if requests:
        return Outcome.FAILED
    return Outcome.SKIPPED if is_due and is_old else Outcome.NOTHING
