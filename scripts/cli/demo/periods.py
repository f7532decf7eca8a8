"""Periods on the embedded AWS, printed as a table."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.text import Text

from ..common.output import GAP, Output, total
from ..common.period_table import PeriodTable
from ..common.text import printable
from . import aws_cli
from .demonstration import Outputs
from .inbox import Inbox
from .scenarios import Step

if TYPE_CHECKING:
    from local_aws import Invocation, LocalAws

LOG_LINES = 12
"""The number of log lines to print of a failed invocation."""

_OF_LAMBDA = ("START ", "END ", "REPORT ")
_ERROR_OF_RESPONSE = "[ERROR] PeriodFailed: "
_PREFIX = re.compile(r"^(\[\w+\])\t[^\t]*\t[^\t]*\t")
_LEAST_TEXT_WIDTH = 24
_WIDTH_OF_OTHERS = 56
"""The width that the scenario's column leaves to the others, if it can be wider."""

_MEANINGS = {
    "ok": "detected",
    "verified": "not detected at first; injected, then detected",
    "injected": "not detected; injected, not detected yet",
    "waiting": "not detected, which does not count as a failure during warmup",
    "warmup": "detected; the warmup ends at the second number",
    "cooldown": "detected again; the alert is resolved at the second number",
    "failed_detection": "not detected; an alert is due at the second number",
    "failed_injection": "the injection failed; an alert is due at the second number",
    "skipped": "nothing to do for this worker",
}
_SHOWN_AS = {"failed_detection": "failed", "failed_injection": "inject failed"}


@dataclass(frozen=True, slots=True)
class Message:
    """A message that has arrived in a period."""

    period: int
    subject: str
    text: str


class Periods:
    """Runs periods by triggering the rules of the schedule, and prints the results."""

    def __init__(
        self,
        aws: LocalAws,
        output: Output,
        rules: Mapping[str, str],
        inbox: Inbox,
        steps: Sequence[Step],
        pass_period: Callable[[], None],
    ) -> None:
        """`rules` are the rules of the schedule by worker; without `steps` there is no scenario.

        `pass_period` lets the system do what it does from one period to the next.
        """
        self._aws = aws
        self._output = output
        self._rules = rules
        self._inbox = inbox
        self._steps = steps
        self._pass_period = pass_period
        self._lead = {"#": 2}
        if len(rules) > 1:
            self._lead["worker"] = max(map(len, rules))
        if steps:
            longest = max(len(step.text) for step in steps)
            room = max(_LEAST_TEXT_WIDTH, output.width - _WIDTH_OF_OTHERS)
            self._lead["what happened"] = min(longest, room) if output.is_terminal else longest
        self._table = PeriodTable(output, self._lead)
        self._words: set[str] = set()
        self.messages: list[Message] = []
        """The messages that have arrived, in order."""
        self.invocations = 0
        self.failures = 0

    def run(self, number: int, outputs: Outputs) -> None:
        """Run the commands of the scenario's step, then period `number`: each rule once."""
        step = self._steps[number - 1] if number <= len(self._steps) else Step()
        for command in step.commands:
            aws_cli.run(outputs[command], self._aws.client)
        self._pass_period()
        text = step.text
        for worker, rule in self._rules.items():
            with self._output.busy(f"Period {number} ..."):
                invocations = self._aws.fire(rule)
            for invocation in invocations:
                lead = [str(number)]
                if "worker" in self._lead:
                    lead.append(worker)
                if self._steps:
                    lead.append(text)
                self._show(lead, invocation)
            text = ""
            self.messages += [Message(number, *each) for each in self._inbox.arrived()]

    def meanings(self) -> list[tuple[str, str]]:
        """Return the statuses that were printed, and their meanings."""
        return [
            (_SHOWN_AS.get(word, word), meaning)
            for word, meaning in _MEANINGS.items()
            if word in self._words
        ]

    def _show(self, lead: list[str], invocation: Invocation) -> None:
        self.invocations += 1
        if invocation.function_error:
            self.failures += 1
            self._show_failure(lead, invocation)
            return
        statuses: dict[str, str] = invocation.payload["results"]
        self._words.update(status.split(" ")[0] for status in statuses.values())
        self._table.add(lead, statuses)

    def _show_failure(self, lead: list[str], invocation: Invocation) -> None:
        widths = list(self._lead.values())
        rest = max(20, self._output.width - total(widths) - 2 * GAP)
        failed = Text(f"✗ {invocation.function_name} failed", style="bold red")
        self._output.row([*widths, rest], [*lead, failed])
        kind = invocation.payload.get("errorType")
        indent = total(widths) + GAP
        for line in f"{kind}: {invocation.payload.get('errorMessage')}".splitlines():
            self._output.below(Text(printable(line), style="red"), indent)
        for line in _log_lines(invocation.log_tail)[-LOG_LINES:]:
            self._output.below(Text(printable(line), style="dim"), indent)


def _log_lines(log: str) -> list[str]:
    """Return the lines of a log without those of Lambda, and without the error of the response."""
    lines = log.partition(_ERROR_OF_RESPONSE)[0].splitlines()
    return [_PREFIX.sub(r"\1 ", line) for line in lines if not line.startswith(_OF_LAMBDA)]
