"""The command `benchmark`: its table, its file, its exit status, and what it leaves behind."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cli.benchmark.__main__ import main
from cli.benchmark.figures import Figure
from cli.benchmark.harness import BenchmarkError
from cli.benchmark.result import Result
from cli.common import terraform

from ..processes import finished, interrupt, started, wait_until
from .commands import environ

COMMAND = [sys.executable, "-m", "cli.benchmark"]

FAST = Result(
    "time of a thing", 9.96, 10, "µs", notes=["in two parts"], samples={"diva": [0.1, 0.2]}
)
SLOW = Result("cold against warm", 1.1004, 1.1, "×")
FEW = Result("calls of a thing", 99, 100, "", is_exact=True)
SPEEDY = Result("speed-up of a thing", 0.9, 0.85, "×", is_minimum=True)


class Recorder:
    """Figures that come to given results, and how often each was asked to repeat."""

    def __init__(self, **results: Result) -> None:
        self.repeats: list[tuple[str, int]] = []
        self.figures = {
            name: Figure(self._measure(name, result), repeat=7) for name, result in results.items()
        }

    def needing_terraform(self, name: str) -> Mapping[str, Figure]:
        """Return the figures, of which one requires Terraform."""
        return {**self.figures, name: replace(self.figures[name], needs=terraform.find)}

    def _measure(self, name: str, result: Result) -> Callable[[int], list[Result]]:
        def measure(repeat: int) -> list[Result]:
            self.repeats.append((name, repeat))
            return [result]

        return measure


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def document(file: Path) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(file.read_text())
    return read


def rows(output: str) -> list[tuple[str, ...]]:
    """Return figure, measured, target, verdict and what, of each row but the heading."""
    lines = output.splitlines()[1:]
    cells = (tuple(re.split(r" {2,}", line.rstrip())) for line in lines)
    return [each for each in cells if len(each) == 5]


def test_each_figure_is_a_row_beside_its_target(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([], Recorder(fast=FAST, slow=SLOW, few=FEW, speedy=SPEEDY).figures) == 1
    output = capsys.readouterr().out
    assert rows(output) == [
        ("fast", "10 µs", "≤ 10 µs", "met", "time of a thing"),
        ("slow", "1.1 ×", "≤ 1.1 ×", "missed", "cold against warm"),
        ("few", "99", "= 100", "missed", "calls of a thing"),
        ("speedy", "0.9 ×", "≥ 0.85 ×", "met", "speed-up of a thing"),
    ]
    assert "\n    in two parts\n" in output
    assert "\n2 targets missed.\n" in output


def test_the_file_holds_what_the_table_rounds(folder: Path) -> None:
    main([], Recorder(fast=FAST, few=FEW).figures)
    written = document(folder / "benchmark.json")
    assert not written["met"]
    assert written["results"] == [
        {
            "figure": "fast",
            "what": "time of a thing",
            "measured": 9.96,
            "target": {"at_most": 10},
            "unit": "µs",
            "met": True,
            "notes": ["in two parts"],
            "samples": {"diva": [0.1, 0.2]},
        },
        {
            "figure": "few",
            "what": "calls of a thing",
            "measured": 99,
            "target": {"exactly": 100},
            "unit": "",
            "met": False,
            "notes": [],
            "samples": {},
        },
    ]


def test_a_target_can_be_a_minimum(folder: Path) -> None:
    assert main([], Recorder(speedy=SPEEDY).figures) == 0
    [result] = document(folder / "benchmark.json")["results"]
    assert result["target"] == {"at_least": 0.85}
    slow = replace(SPEEDY, measured=0.84)
    assert main([], Recorder(slow=slow).figures) == 1


def test_it_succeeds_where_every_target_is_met(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--json", "own.json"], Recorder(fast=FAST).figures) == 0
    assert "\nAll targets are met.\n" in capsys.readouterr().out
    assert document(folder / "own.json")["met"]
    assert os.listdir(folder) == ["own.json"]


def test_one_figure_alone_as_often_as_wanted() -> None:
    recorder = Recorder(fast=FAST, slow=SLOW)
    assert main(["--only", "fast", "--repeat", "3"], recorder.figures) == 0
    assert recorder.repeats == [("fast", 3)]


def test_each_figure_is_measured_as_often_as_it_needs() -> None:
    recorder = Recorder(fast=FAST, slow=SLOW)
    main([], recorder.figures)
    assert recorder.repeats == [("fast", 7), ("slow", 7)]


def test_a_figure_that_cannot_be_measured_ends_it(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def measure(repeat: int) -> list[Result]:
        raise BenchmarkError("the moon is in the way")

    assert main([], {"moon": Figure(measure, 1)}) == 1
    assert capsys.readouterr().err == "benchmark: the moon is in the way\n"
    assert os.listdir(folder) == []


@pytest.fixture
def no_terraform(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("PATH", str(folder))
    terraform.find.cache_clear()
    yield
    terraform.find.cache_clear()


@pytest.mark.usefixtures("no_terraform")
def test_without_terraform_the_figures_that_require_it_are_skipped(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recorder = Recorder(fast=FAST, slow=SLOW)
    assert main([], recorder.needing_terraform("slow")) == 0
    output = capsys.readouterr().out
    assert output.startswith("Skipping slow: Terraform 1.9 or later is required, but ")
    assert "\nAll measured targets are met.\n" in output
    assert recorder.repeats == [("fast", 7)]
    assert [each["figure"] for each in document(folder / "benchmark.json")["results"]] == ["fast"]


@pytest.mark.usefixtures("no_terraform")
def test_without_terraform_a_figure_that_requires_it_cannot_be_measured_alone(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recorder = Recorder(fast=FAST, slow=SLOW)
    figures = recorder.needing_terraform("slow")
    assert main(["--only", "slow"], figures) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("benchmark: Terraform 1.9 or later is required, but ")
    assert main(["--only", "fast"], figures) == 0
    assert recorder.repeats == [("fast", 7)]


def test_a_file_that_cannot_be_written_is_one_line(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def measure(repeat: int) -> list[Result]:
        (folder / "benchmark.json").mkdir()
        return [FAST]

    assert main([], {"fast": Figure(measure, 1)}) == 1
    captured = capsys.readouterr()
    assert [row[0] for row in rows(captured.out)] == ["fast"]
    assert re.fullmatch(r"benchmark: benchmark\.json cannot be written: .*\n", captured.err)


@pytest.mark.parametrize(
    "arguments",
    [("--only", "slow"), ("--repeat", "0"), ("--json", "missing/file.json"), ("--json", ".")],
)
def test_wrong_usage_is_explained(
    arguments: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    recorder = Recorder(fast=FAST)
    with pytest.raises(SystemExit) as end:
        main(arguments, recorder.figures)
    assert end.value.code == 2
    assert f"argument {arguments[0]}: " in capsys.readouterr().err
    assert not recorder.repeats


def test_the_command_counts_the_calls_of_a_healthy_period(folder: Path) -> None:
    temporary = folder / "temporary"
    temporary.mkdir()
    command = [*COMMAND, "--only", "calls", "--repeat", "1"]
    done = finished(command, env=environ(TMPDIR=str(temporary)))
    assert (done.returncode, done.stderr) == (0, "")
    assert [row[:4] for row in rows(done.stdout)] == [
        ("calls", "1", "= 1", "met"),
        ("calls", "100", "= 100", "met"),
        ("calls", "0", "= 0", "met"),
    ]
    assert document(folder / "benchmark.json")["met"]
    assert list(temporary.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="there is no Ctrl-C to send")
def test_ctrl_c_leaves_nothing_behind(folder: Path) -> None:
    command = [*COMMAND, "--only", "parallel", "--repeat", "1000"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with started(command, env=environ(TMPDIR=str(folder)), **pipes) as process:
        # The function runs once its modules are compiled.
        compiled = "diva-benchmark-*/*/diva/__pycache__"
        wait_until(lambda: list(folder.glob(compiled)), process)
        interrupt(process)
        output, errors = process.communicate()
    assert output.startswith("figure ")
    assert errors == "Interrupted. No results were written.\n"
    assert process.returncode == 130
    assert list(folder.iterdir()) == []
