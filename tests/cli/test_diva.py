"""`diva`: how it is called, and what `diva validate` and `diva run` say of a file."""

from __future__ import annotations

from pathlib import Path

import hcl2
import pytest

from cli.common.paths import ROOT
from cli.diva import arguments
from cli.diva.__main__ import main

from .commands import calls, diva, event_logic, rows, write


def test_validate_tells_what_was_found_and_calls_nothing(tmp_path: Path) -> None:
    event_logic(
        tmp_path,
        """{
        "orders": {"detect": noted("d"), "inject": noted("i"), "alert": noted("a")},
        "nightly": {"inject": noted("i"), "role": "inject"},
        }""",
    )
    done = diva(tmp_path, "validate", "event_logic.py")
    assert (done.returncode, done.stderr) == (0, "")
    lines = [line.split() for line in done.stdout.splitlines()]
    assert "2 events, no problems" in done.stdout
    assert ["orders", "both", "detect,", "inject,", "alert"] in lines
    assert ["nightly", "inject", "inject"] in lines
    assert "1 event without an alert callback" in done.stdout
    assert calls(tmp_path) == []


def test_validate_notes_options_that_hide_failures_or_have_no_effect(tmp_path: Path) -> None:
    file = event_logic(
        tmp_path,
        """{
        "once": {"inject": noted("i"), "role": "inject"},
        "endless": {"detect": noted("d"), "role": "detect", "warmup": {"enabled": True}},
        "off": {"detect": noted("d"), "role": "detect", "warmup": {"success_threshold": 1}},
        "each": {"inject": noted("i"), "role": "inject", "inject_each_period": True},
        "ending": {"detect": noted("d"), "role": "detect",
                   "warmup": {"enabled": True, "max_periods": 3}},
        "disabled": {"detect": noted("d"), "role": "detect",
                     "warmup": {"enabled": False, "max_periods": 3}},
        }""",
    )
    done = diva(tmp_path, "validate", file)
    assert (done.returncode, done.stderr) == (0, "")
    notes = [line for line in done.stdout.splitlines() if line.startswith("note: ")]
    assert [note.split("'")[1] for note in notes] == ["once", "endless", "off"]
    assert "inject_each_period" in notes[0]
    assert "never alerts" in notes[1]
    assert "success_threshold has no effect without 'enabled': True" in notes[2]


def test_validate_lists_every_problem_of_every_event(tmp_path: Path) -> None:
    file = event_logic(
        tmp_path,
        """{
        "a": {"detect": noted("d"), "role": "detect", "max_failed_detection": 2},
        "b": {"detect": noted("d"), "role": "detcet", "timeout_sec": -1},
        "c": {"detect": noted("d"), "role": "detect"},
        }""",
    )
    done = diva(tmp_path, "validate", file)
    assert (done.returncode, done.stdout) == (1, "")
    assert "has 3 problems" in done.stderr
    assert "did you mean 'max_failed_detections'?" in done.stderr
    assert "did you mean 'detect'?" in done.stderr
    assert "timeout_sec is -1" in done.stderr
    assert "'c'" not in done.stderr


def test_validate_says_that_there_are_no_events(tmp_path: Path) -> None:
    done = diva(tmp_path, "validate", event_logic(tmp_path, "{}"))
    assert done.returncode == 0
    assert "0 events" in done.stdout
    assert "nothing would be monitored" in done.stdout


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"my checks.py": "x = 1\ny = x.nothing\n"}, ["AttributeError", "my checks.py, line 2"]),
        ({"my checks.py": "def f(:\n"}, ["SyntaxError", "my checks.py, line 1"]),
        ({"my checks.py": "\nexit(3)\n"}, ["SystemExit", "my checks.py, line 2"]),
        (
            {"my checks.py": "import json\njson.loads('{')\n"},
            ["JSONDecodeError", "my checks.py, line 2"],
        ),
        (
            {"my checks.py": "import helper\n", "helper.py": "\n\n1 / 0\n"},
            ["ZeroDivisionError", "helper.py, line 3"],
        ),
        (
            {"my checks.py": "import no_such_package\n"},
            ["No module named 'no_such_package'", "my checks.py, line 1", "PYTHONPATH"],
        ),
        ({"my checks.py": "x = 1\n"}, ["my checks.py has no function get_events()"]),
        (
            {"my checks.py": "import json\ndef get_events():\n    json.loads('{')\n"},
            ["get_events() in my checks.py failed", "my checks.py, line 3"],
        ),
        (
            {"my checks.py": "\ndef get_events():\n    return []\n"},
            ["returned list", "my checks.py, line 2"],
        ),
        ({}, ["my checks.py does not exist"]),
        ({"my checks.py/x": ""}, ["my checks.py is a folder"]),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
@pytest.mark.parametrize("command", ["validate", "run"])
def test_a_file_that_does_not_load_is_one_line_with_file_and_line(
    command: str, files: dict[str, str], said: list[str], tmp_path: Path
) -> None:
    for name, source in files.items():
        write(tmp_path / "code" / name, source)
    done = diva(tmp_path, command, "code/my checks.py")
    assert done.returncode == 1
    assert done.stdout == ""
    (line,) = [line for line in done.stderr.splitlines() if line.startswith("diva: ")]
    for part in said:
        assert part in line
    assert "Traceback" not in done.stderr


def test_the_file_is_imported_as_in_lambda_with_siblings_and_pythonpath(tmp_path: Path) -> None:
    write(tmp_path / "code/sibling.py", "ROLE = 'detect'\n")
    write(tmp_path / "packages/some_package/__init__.py", "def detect(name): return True\n")
    write(
        tmp_path / "code/orders-v2.txt",
        """
        import dataclasses, sibling, some_package

        @dataclasses.dataclass
        class Options:
            role: str

        def get_events():
            return {__name__: {"detect": some_package.detect, "role": Options(sibling.ROLE).role}}
        """,
    )
    packages = str(tmp_path / "packages")
    done = diva(tmp_path, "run", "code/orders-v2.txt", PYTHONPATH=packages)
    assert rows(done.stdout) == [("1", "event_logic", "ok")]
    assert done.returncode == 0


def test_an_error_inside_a_package_is_told_by_the_line_that_led_there(tmp_path: Path) -> None:
    write(tmp_path / "venv/site-packages/picky.py", "def check(): raise ValueError('no')\n")
    write(tmp_path / "event_logic.py", "import picky\npicky.check()\n")
    packages = str(tmp_path / "venv/site-packages")
    done = diva(tmp_path, "validate", "event_logic.py", PYTHONPATH=packages)
    assert "event_logic.py, line 2)" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "COMMAND"),
        (["walk"], "'walk'"),
        (["validate"], "FILE"),
        (["run", "x.py", "--periods", "0"], "must be a whole number, 1 or greater; got '0'"),
        (["run", "x.py", "--periods", "1.5"], "must be a whole number, 1 or greater; got '1.5'"),
        (
            ["run", "x.py", "--every", "0"],
            "greater than 0 and at most 86400; got '0'",
        ),
        (["run", "x.py", "--every", "soon"], "got 'soon'"),
        (["run", "x.py", "--timeout", "901"], "at most 900"),
        (["run", "x.py", "--timeout", "nan"], "got 'nan'"),
        (["run", "x.py", "--log-level", "loud"], "LOUD"),
        (["status"], "exactly one of --state FILE, --bucket BUCKET and --key KEY, or --table"),
        (["status", "--state", "x", "--table", "y"], "exactly one of"),
        (["status", "--bucket", "x", "--key", "y", "--table", "z"], "exactly one of"),
        (["status", "--bucket", "x"], "--bucket requires --key"),
        (["reset", "a", "--key", "x"], "--key requires --bucket"),
        (["reset", "--state", "x"], "EVENT"),
    ],
    ids=" ".join,
)
def test_wrong_usage_is_explained_with_exit_code_2(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    errors = capsys.readouterr().err
    assert said in errors
    assert errors.startswith("usage: diva")


def test_the_timeout_of_a_run_is_that_of_the_module_by_default() -> None:
    variables = hcl2.loads((ROOT / "variables.tf").read_text())["variable"]
    [default] = [
        block['"lambda_timeout_sec"']["default"]
        for block in variables
        if '"lambda_timeout_sec"' in block
    ]
    assert arguments.parse(["run", "event_logic.py"]).timeout == default


@pytest.mark.parametrize("command", ["", "new", "validate", "policy", "run", "status", "reset"])
def test_help_has_examples(command: str, tmp_path: Path) -> None:
    done = diva(tmp_path, *command.split(), "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert f"  scripts/diva {command}" in done.stdout
