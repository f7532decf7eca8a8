"""`demo`: deploy an example to an embedded AWS and run its schedule."""

from __future__ import annotations

import argparse
import os
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ..common import terraform
from ..common.arguments import ArgumentParser, whole_number
from ..common.exit_status import exit_with, run_command
from ..common.interrupts import interrupt_on, shielded
from ..common.output import Output
from ..common.stderr import print_stderr
from ..common.temporary_folder import temporary_folder
from . import summary
from .deployment import Deployment
from .periods import Periods
from .progress import step
from .scenarios import SCENARIOS
from .summary import StateHistory

if TYPE_CHECKING:
    from local_aws import LocalAws

PERIODS_WITHOUT_SCENARIO = 3

_DESCRIPTION = """\
Deploy an example with Terraform to an embedded AWS and run its schedule a few
times. Meanwhile the monitored system works, fails and is repaired. Prints each
period as a row, then the notifications and the stored state, and destroys
everything. Requires no AWS account and leaves no files behind.
"""
_EPILOG = """\
examples:
  scripts/demo
  scripts/demo --example distributed
  scripts/demo --event-logic event_logic.py   # with your own events
  scripts/demo --keep                         # to look around in the embedded AWS

exit status:
  0 if every invocation succeeded, 1 otherwise, 130 if interrupted
"""


class DemoError(Exception):
    """The demo cannot run; the text says why."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the demo and return the exit status."""
    given = _parse(argv)
    interrupt_on(signal.SIGTERM)
    return run_command(
        "demo",
        lambda: _run(given, Output()),
        (DemoError, terraform.TerraformError),
        "Interrupted. The embedded AWS and everything in it have been removed.",
    )


def _run(given: argparse.Namespace, output: Output) -> int:
    began = time.monotonic()
    terraform.find()
    if given.event_logic:
        _check(given.event_logic)
    scenario = SCENARIOS[given.example]
    with temporary_folder("diva-demo") as folder, _embedded_aws(given.port, output) as aws:
        deployment = Deployment(folder, scenario, aws.environ, given.event_logic, output)
        outputs = deployment.apply()
        steps = () if given.event_logic else scenario.steps
        periods = Periods(aws, output, scenario.rules(outputs), outputs["inbox_queue_url"], steps)
        history = StateHistory(scenario.location(outputs))
        output.line("")
        for number in range(1, (given.periods or len(steps) or PERIODS_WITHOUT_SCENARIO) + 1):
            periods.run(number, outputs)
            history.record(number)
        summary.show_legend(output, periods.meanings())
        summary.show_messages(output, outputs["alert_topic_arn"], periods.messages)
        history.show(output)
        if given.keep:
            summary.keep_running(output, aws, deployment.root, outputs)
        else:
            output.line("")
            deployment.destroy()
            seconds = time.monotonic() - began
            output.line(f"\nCompleted in {seconds:.0f} seconds. Nothing is left behind.")
    if periods.failures:
        print_stderr(f"demo: {periods.failures} of {periods.invocations} invocations failed")
    return 1 if periods.failures else 0


def _check(event_logic: Path) -> None:
    """Check the file now: Terraform would fail only later, when it builds the package."""
    try:
        compile(event_logic.read_bytes(), str(event_logic), "exec", dont_inherit=True)
    except OSError as error:
        raise DemoError(f"{event_logic} cannot be read: {error.strerror}") from error
    except SyntaxError as error:
        raise DemoError(f"{event_logic}, line {error.lineno}: {error.msg}") from error
    except ValueError as error:
        raise DemoError(f"{event_logic}: {error}") from error


@contextmanager
def _embedded_aws(port: int, output: Output) -> Iterator[LocalAws]:
    """Start an embedded AWS, and configure the clients of this process for it."""
    with ExitStack() as stack:
        with step(output, "Starting the embedded AWS") as this:
            from local_aws import LocalAws, LocalAwsError  # moto takes seconds to import

            try:
                aws = stack.enter_context(shielded(LocalAws(port)))
            except LocalAwsError as error:
                raise DemoError(str(error)) from error
            this.note = aws.endpoint
        os.environ.update(aws.environ)
        try:
            yield aws
        except LocalAwsError as error:
            raise DemoError(str(error)) from error


def _parse(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = ArgumentParser(prog="demo", description=_DESCRIPTION, epilog=_EPILOG)
    parser.add_argument(
        "--example",
        choices=SCENARIOS,
        default="monolithic",
        help="example to deploy, a folder in examples/ (default: %(default)s)",
    )
    parser.add_argument(
        "--event-logic",
        type=Path,
        metavar="FILE",
        help="event logic to deploy instead of the example's, without a scenario",
    )
    parser.add_argument(
        "--periods",
        type=whole_number(1, 10_000),
        metavar="N",
        help="number of periods (default: the whole scenario, "
        f"or {PERIODS_WITHOUT_SCENARIO} with --event-logic)",
    )
    parser.add_argument(
        "--keep",
        action="store_true",
        help="keep the embedded AWS running until Ctrl-C, and print how to use it",
    )
    parser.add_argument(
        "--port",
        type=whole_number(0, 65_535),
        default=0,
        metavar="PORT",
        help="port of the embedded AWS (default: any free port)",
    )
    return parser.parse_args(argv)


if __name__ == "__main__":
    exit_with(main())
