"""`demo`: deploy an example to an embedded AWS and run its schedule."""

from __future__ import annotations

import argparse
import os
import signal
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ..common import terraform
from ..common.arguments import ArgumentParser, output_file, whole_number
from ..common.exit_status import exit_with, run_command
from ..common.interrupts import interrupt_on, shielded
from ..common.output import Output
from ..common.redis_server import RedisServerError
from ..common.report_page.error import ReportError
from ..common.stderr import print_stderr
from ..common.temporary_folder import temporary_folder
from ..incident.functions import IncidentError
from ..redrive.queues import RedriveError
from .acting import IncidentDemonstration
from .demonstration import Demonstration
from .deployment import Deployment
from .digesting import DigestDemonstration
from .keeping import keep_running
from .monitoring import PERIODS_WITHOUT_SCENARIO, MonitoringDemonstration
from .processing import ProcessingDemonstration
from .progress import step
from .scenarios import SCENARIOS

if TYPE_CHECKING:
    from local_aws import LocalAws

_OTHERS: Mapping[str, Callable[[], Demonstration]] = {
    each.example: each
    for each in (ProcessingDemonstration, DigestDemonstration, IncidentDemonstration)
}
"""The demonstrations of examples that have no periods."""
EXAMPLES = (*SCENARIOS, *_OTHERS)

_DESCRIPTION = """\
Deploy an example with Terraform to an embedded AWS and run its schedule a few
times. Meanwhile the monitored system works, fails and is repaired. Prints each
period as a row, then the notifications and the stored state, and destroys
everything. Requires no AWS account and leaves no files behind.

The example s3-event-processor has no periods: files go into its bucket, one of
which is broken, and the function fails and is repaired. Prints where each file
is, then a timeline of the functions.

The example scheduled-digest has no periods either: a week passes for monitors in a
database, in which the backend fails and a key is rotated. Prints which monitors
were digested, skipped, retried and purged by each run.

The example incident-actions is an incident: a service is restarted and scaled up
with its database and its cache, old pages are cleared and people notified. Prints
each request with its answer and how to undo it, undoes it, and lists the history.
Requires Linux, or redis-server on PATH.

In the example self-healing, a service hangs and is restarted, and then stays broken.
"""
_EPILOG = """\
examples:
  scripts/demo
  scripts/demo --example distributed
  scripts/demo --example s3-event-processor
  scripts/demo --example scheduled-digest
  scripts/demo --example incident-actions
  scripts/demo --example self-healing
  scripts/demo --event-logic event_logic.py   # with your own events
  scripts/demo --report report.html           # and a page about the events
  scripts/demo --keep                         # to look around in the embedded AWS

exit status:
  0 if every invocation succeeded, every file was processed in the end, every
  digest was triggered exactly once, or every request was answered as it should
  be and undone, 1 otherwise, 130 if interrupted
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
        (
            DemoError,
            IncidentError,
            RedisServerError,
            RedriveError,
            ReportError,
            terraform.TerraformError,
        ),
        "Interrupted. The embedded AWS and everything in it have been removed.",
    )


def _run(given: argparse.Namespace, output: Output) -> int:
    began = time.monotonic()
    terraform.find()
    if given.event_logic:
        _check(given.event_logic)
    demonstration = _demonstration(given)
    with (
        temporary_folder("diva-demo") as folder,
        demonstration.surroundings(output),
        _embedded_aws(given.port, output) as aws,
    ):
        deployment = Deployment(folder, demonstration, aws.environ, output)
        outputs = deployment.apply()
        output.line("")
        problem = demonstration.run(aws, output, outputs)
        if given.keep:
            keep_running(output, aws, deployment.root, demonstration.commands(outputs))
        else:
            output.line("")
            deployment.destroy()
            seconds = time.monotonic() - began
            output.line(f"\nCompleted in {seconds:.0f} seconds. Nothing is left behind.")
    if problem:
        print_stderr(f"demo: {problem}")
    return 1 if problem else 0


def _demonstration(given: argparse.Namespace) -> Demonstration:
    if given.example in _OTHERS:
        return _OTHERS[given.example]()
    scenario = SCENARIOS[given.example]
    return MonitoringDemonstration(scenario, given.periods, given.event_logic, given.report)


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
        choices=EXAMPLES,
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
        "--report",
        type=output_file,
        metavar="FILE",
        help="file to write a page about the events to, as `scripts/diva report` does",
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
    given = parser.parse_args(argv)
    if given.example not in SCENARIOS:
        for option in ("event_logic", "periods", "report"):
            if getattr(given, option):
                name = option.replace("_", "-")
                parser.error(f"argument --{name}: {given.example} has no periods")
    return given


if __name__ == "__main__":
    exit_with(main())
