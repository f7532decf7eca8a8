"""Demonstrations of examples that monitor a system: periods, while the system fails."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from ..common.output import Output
from . import actions, summary
from .demonstration import Outputs, write_variables
from .keeping import commands_of_outputs
from .periods import Periods
from .scenarios import Scenario, keep_old_versions
from .summary import StateHistory

if TYPE_CHECKING:
    from local_aws import LocalAws

PERIODS_WITHOUT_SCENARIO = 3


class MonitoringDemonstration:
    """Runs the periods of a scenario, or those of a user's own event logic."""

    def __init__(
        self,
        scenario: Scenario,
        periods: int | None,
        event_logic: Path | None,
        report: Path | None,
    ) -> None:
        """Without `periods`, run those of the scenario. `report` is the file to write a page to."""
        self.example = scenario.example
        self._scenario = scenario
        self._steps = () if event_logic else scenario.steps
        self._number = periods or len(self._steps) or PERIODS_WITHOUT_SCENARIO
        self._event_logic = event_logic
        self._report = report

    def surroundings(self, output: Output) -> AbstractContextManager[None]:
        """Run nothing: everything is on AWS."""
        return nullcontext()

    def prepare(self, root: Path) -> None:
        """Keep what would take long to create, and replace the event logic."""
        if self._scenario.has_expiry:
            keep_old_versions(root)
        write_variables(root, self._scenario.variables)
        if self._event_logic:
            (root / "event_logic.py").write_bytes(self._event_logic.read_bytes())

    def run(self, aws: LocalAws, output: Output, outputs: Outputs) -> str | None:
        """Print the periods, and what has come of them, and write the report.

        Returns how many invocations failed. Raises ReportError.
        """
        scenario = self._scenario
        rules, inbox = scenario.rules(outputs), scenario.inbox(aws, outputs)
        go_on = scenario.pass_period(aws, outputs)
        periods = Periods(aws, output, rules, inbox, self._steps, go_on)
        history = StateHistory(scenario.location(outputs))
        for number in range(1, self._number + 1):
            periods.run(number, outputs)
            history.record(number)
        summary.show_legend(output, periods.meanings())
        summary.show_messages(output, inbox.title, periods.messages)
        history.show(output)
        if prefix := scenario.function_prefix(outputs):
            actions.show_history(output, prefix)
        if self._report:
            summary.write_report(output, scenario.location(outputs), self._report)
        if not periods.failures:
            return None
        return f"{periods.failures} of {periods.invocations} invocations failed"

    def commands(self, outputs: Outputs) -> Sequence[str]:
        """Return commands that run another period, and those of the example."""
        names = outputs.get("lambda_function_names") or {"": outputs["lambda_function_name"]}
        invocations = [
            f"aws lambda invoke --function-name {name} /dev/stdout  # run another period"
            for name in names.values()
        ]
        return [*invocations, *commands_of_outputs(outputs)]
