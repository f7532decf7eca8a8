"""The output of a demo after its periods: legend, messages and state."""

from __future__ import annotations

import shlex
import time
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING

from rich.text import Text

from diva.state import Record
from diva.stores import StoreError

from ..common import state_table
from ..common.output import Output
from ..common.state_location import StateLocation
from ..common.text import printable
from .periods import Message

if TYPE_CHECKING:
    from local_aws import LocalAws

    from .scenarios import Outputs


class StateHistory:
    """The state of the events: the final one, and the last one with a failing, alerted event."""

    def __init__(self, location: StateLocation) -> None:
        self._location = location
        self._while_failing: tuple[int, Mapping[str, Record]] | None = None

    def record(self, period: int) -> None:
        """Read the state after `period`, and keep it if an alerted event is failing."""
        try:
            records = self._location.records()
        except StoreError:
            return
        if any(each["alerted"] and not each["healthy"] for each in records.values()):
            self._while_failing = (period, records)

    def show(self, output: Output) -> None:
        """Print both states, or only the final one if they are equal."""
        now = datetime.now(timezone.utc)
        try:
            at_end = self._location.records()
        except StoreError as error:
            at_end = {}
            place = str(error)
        else:
            place = self._location.name
        if self._while_failing and self._while_failing[1] != at_end:
            period, records = self._while_failing
            _title(output, f"State after period {period}")
            state_table.show(records, output, now)
        _title(output, "Final state")
        if at_end:
            state_table.show(at_end, output, now)
        else:
            output.line("none")
        output.below(Text(place, style="dim"), 0)


def show_legend(output: Output, meanings: Sequence[tuple[str, str]]) -> None:
    """Print the meanings of the statuses in the table."""
    if not meanings:
        return
    output.line("")
    width = max(len(word) for word, _ in meanings)
    for word, meaning in meanings:
        output.below(Text(f"{word:{width}}  {meaning}", style="dim"), 0)


def show_messages(output: Output, topic_arn: str, messages: Sequence[Message]) -> None:
    """Print the messages that were published to the topic."""
    _title(output, f"Messages published to SNS topic {topic_arn.rpartition(':')[2]}")
    if not messages:
        output.line("none")
    for message in messages:
        lead = f"period {message.period}  "
        output.below(Text.assemble((lead, "dim"), (printable(message.subject), "bold")), 0)
        for line in message.text.splitlines():
            if line:
                output.below(Text(printable(line)), len(lead))


def keep_running(output: Output, aws: LocalAws, folder: Path, outputs: Outputs) -> None:
    """Print how to use the embedded AWS, and keep it running until Ctrl-C."""
    try:
        _show_how_to_use(output, aws, folder, outputs)
        while True:
            time.sleep(60)
    except KeyboardInterrupt:
        output.line("\nThe embedded AWS and everything in it have been removed.")


def _show_how_to_use(output: Output, aws: LocalAws, folder: Path, outputs: Outputs) -> None:
    _title(output, f"The embedded AWS keeps running until Ctrl-C: {aws.endpoint}")
    output.line("In another terminal:\n")
    for name, value in aws.environ.items():
        output.line(f"export {name}={shlex.quote(value)}")
    output.line(f"cd {shlex.quote(str(folder))}  # terraform plan, apply, output ...")
    names = outputs.get("lambda_function_names") or {"": outputs["lambda_function_name"]}
    for name in names.values():
        output.line(f"aws lambda invoke --function-name {name} /dev/stdout  # run another period")
    for name, value in outputs.items():
        if name.endswith("_command"):
            output.line(f"{value}  # {name.removesuffix('_command')}")


def _title(output: Output, text: str) -> None:
    output.line("")
    output.below(Text(text, style="bold"), 0)
