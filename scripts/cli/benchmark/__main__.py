"""`benchmark`: measure DIVA and what comes with it, and compare the figures with their targets."""

from __future__ import annotations

import argparse
import signal
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone

from ..common.arguments import ArgumentParser, output_file, whole_number
from ..common.browser import BrowserError
from ..common.exit_status import exit_with, run_command
from ..common.interrupts import interrupt_on
from ..common.output import Output
from ..common.redis_server import RedisServerError
from ..common.terraform import TerraformError
from ..common.text import counted
from . import report
from .figures import FIGURES, Figure
from .harness import BenchmarkError
from .result import Result

_DESCRIPTION = """\
Measure DIVA, its S3 event processor, its incident actions and its scheduled digest, and compare
each figure with its target. Every figure is a count, or a ratio or difference of values that are
measured in the same run, so that machines can be compared. The exceptions are the time for which
clearing a cache keeps its server from other clients, and the times of a report. Functions run as on
Lambda, in separate processes, cold and warm; a stub stands in for AWS, Supabase and the backend.
The state machine of the S3 event processor runs on an embedded AWS, and Terraform renders its
definition; without Terraform, those figures are skipped. So is the clearing of a cache without a
Redis server, and scrolling through a report without a browser. Takes about eight minutes on an idle
machine.
"""
_EPILOG = """\
examples:
  scripts/benchmark
  scripts/benchmark --only overhead
  scripts/benchmark --only cold-start --repeat 50 --json cold-start.json
  scripts/benchmark --only transitions

exit status:
  0 if all measured targets are met, 1 otherwise, 130 if interrupted
"""


def main(argv: Sequence[str] | None = None, figures: Mapping[str, Figure] = FIGURES) -> int:
    """Measure `figures` and return the exit status."""
    given = _parse(argv, figures)
    return run_command(
        "benchmark",
        lambda: _run(given, figures, Output()),
        (BenchmarkError, BrowserError, RedisServerError, TerraformError),
        "Interrupted. No results were written.",
    )


def _run(given: argparse.Namespace, figures: Mapping[str, Figure], output: Output) -> int:
    began = datetime.now(timezone.utc)
    results: dict[str, list[Result]] = {}
    skipped = _skipped(given.only, figures, output)
    report.show_heading(output)
    for name in [given.only] if given.only else figures:
        if name in skipped:
            continue
        figure = figures[name]
        with output.busy(f"Measuring {name} ..."):
            results[name] = figure.measure(given.repeat or figure.repeat)
        report.show(output, name, results[name])
    try:
        report.write(given.json, began, results)
    except OSError as error:
        raise BenchmarkError(f"{given.json} cannot be written: {error.strerror}") from error
    missed = [each.what for several in results.values() for each in several if not each.is_met]
    all_met = "All measured targets are met." if skipped else "All targets are met."
    output.line("")
    output.line(f"{counted(len(missed), 'target')} missed." if missed else all_met)
    output.line(f"Results written to {given.json}.")
    return 1 if missed else 0


def _skipped(only: str | None, figures: Mapping[str, Figure], output: Output) -> Sequence[str]:
    """Return the figures that cannot be measured on this machine, and print why.

    Raises BrowserError, RedisServerError or TerraformError if such a figure is wanted by name.
    """
    wanted = [only] if only else list(figures)
    skipped: list[str] = []
    for needed in dict.fromkeys(figures[name].needs for name in wanted):
        if needed is None:
            continue
        needing = [name for name in wanted if figures[name].needs is needed]
        try:
            needed()
        except (BrowserError, RedisServerError, TerraformError) as error:
            if only:
                raise
            output.line(f"Skipping {', '.join(needing)}: {error}\n")
            skipped += needing
    return skipped


def _parse(argv: Sequence[str] | None, figures: Mapping[str, Figure]) -> argparse.Namespace:
    parser = ArgumentParser(prog="benchmark", description=_DESCRIPTION, epilog=_EPILOG)
    parser.add_argument(
        "--only",
        choices=figures,
        metavar="NAME",
        help=f"measure only this figure: {', '.join(figures)}",
    )
    parser.add_argument(
        "--repeat",
        type=whole_number(),
        metavar="N",
        help="number of measurements (default: depends on the figure)",
    )
    parser.add_argument(
        "--json",
        type=output_file,
        default="benchmark.json",
        metavar="FILE",
        help="file to write the results to (default: %(default)s)",
    )
    return parser.parse_args(argv)


if __name__ == "__main__":
    interrupt_on(signal.SIGTERM)
    exit_with(main())
