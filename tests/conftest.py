"""What all tests share: the embedded AWS, and how pytest-terraform finds Terraform."""

from __future__ import annotations

import shutil
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from cli.common import terraform

from .embedded_aws import embedded_aws

if TYPE_CHECKING:
    from local_aws import LocalAws


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    # pytest-terraform takes OpenTofu where it finds it, and without either binary it stops
    # every test, also those that need none.
    if not config.getoption("dest_tf_binary"):
        config.option.dest_tf_binary = shutil.which(terraform.binary()) or terraform.binary()
    # Ignored under nohup and in a background job, and inherited by every process that a test
    # starts, which could then not be interrupted.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


COUNTED = {
    "faults": "periods with a fault",
    "executions": "executions with a fault",
    "interleavings": "interleavings of runs",
    "requests": "requests of digests with a fault",
}


@pytest.fixture
def counted(request: pytest.FixtureRequest) -> Callable[[str, int], None]:
    """Adds to what the end of the session says has been tried: one of `COUNTED`, and how many."""
    counts = dict.fromkeys(COUNTED, 0)
    request.node.user_properties.append(("counted", counts))

    def add(what: str, number: int = 1) -> None:
        counts[what] += number

    return add


@pytest.fixture
def noted(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Adds a line to what the end of the session says."""
    lines: list[str] = []
    request.node.user_properties.append(("noted", lines))
    return lines.append


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    total: Counter[str] = Counter()
    notes: set[str] = set()
    for reports in terminalreporter.stats.values():
        for report in reports:
            if getattr(report, "when", None) == "call":  # the others repeat it, or come before
                properties = dict(report.user_properties)
                total.update(properties.get("counted", {}))
                notes.update(properties.get("noted", []))
    if +total or notes:
        terminalreporter.section("tried")
        for what, number in (+total).items():
            terminalreporter.line(f"{number} {COUNTED[what]}")
        for note in sorted(notes):
            terminalreporter.line(note)


@pytest.fixture(scope="module")
def aws() -> Iterator[LocalAws]:
    """An embedded AWS for a file of tests, which this process's environment leads to meanwhile."""
    with embedded_aws() as aws:
        yield aws
