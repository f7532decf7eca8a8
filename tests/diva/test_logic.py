"""The user's `event_logic.py`: found and asked, or named with file and line."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import pytest

from diva.logic import InvalidEventLogic, get_events, load


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that Python imports from, as the package's root is in Lambda."""
    before = set(sys.modules)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    yield tmp_path
    for name in set(sys.modules) - before:
        del sys.modules[name]


def write(folder: Path, text: str, name: str = "event_logic") -> Path:
    file = folder / f"{name}.py"
    file.write_text(dedent(text).lstrip("\n"))
    return file


def problem() -> str:
    with pytest.raises(InvalidEventLogic) as caught:
        get_events(load())
    return str(caught.value)


def test_the_events_are_what_get_events_returns(folder: Path) -> None:
    write(folder, "def get_events():\n    return {'orders': {'role': 'detect'}}\n")
    assert get_events(load()) == {"orders": {"role": "detect"}}


def test_get_events_is_asked_anew_each_time(folder: Path) -> None:
    write(
        folder,
        """
        calls = 0
        def get_events():
            global calls
            calls += 1
            return {f"event {calls}": {}}
        """,
    )
    assert [list(get_events(load())) for _ in range(2)] == [["event 1"], ["event 2"]]


def test_a_file_that_is_not_there_is_named() -> None:
    assert "event_logic.py does not import: ModuleNotFoundError" in problem()


def test_a_syntax_error_is_named_with_its_line(folder: Path) -> None:
    file = write(folder, "first = 1\n\ndef get_events()\n    return {}\n")
    text = problem()
    assert text.startswith("event_logic.py does not import: SyntaxError: ")
    assert text.endswith(f"({file}, line 3)")


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("import no_such_package", "ModuleNotFoundError: No module named 'no_such_package'"),
        ("table = {}['missing']", "KeyError: 'missing'"),
        ("raise SystemExit('no')", "SystemExit: no"),
        ("eval('1 +')", "SyntaxError: invalid syntax"),
        ("import json; json.loads('{')", "JSONDecodeError: "),
        ("raise ValueError('first\\nsecond')", "ValueError: first"),
    ],
)
@pytest.mark.parametrize("where", ["at import", "in get_events()"])
def test_what_is_raised_is_named_with_the_line_of_the_users_file(
    folder: Path, line: str, error: str, where: str
) -> None:
    if where == "at import":
        file = write(folder, f"first = 1\n\n{line}\n")
        begin = "event_logic.py does not import: "
    else:
        file = write(folder, f"def get_events():\n    first = 1\n    {line}\n")
        begin = "get_events() failed: "
    text = problem()
    assert text.startswith(begin)
    assert error in text
    assert text.endswith(f"({file}, line 3)")


def test_of_several_lines_that_led_to_an_error_the_last_is_named(folder: Path) -> None:
    file = write(
        folder,
        """
        def fail():
            raise ValueError("no")

        def get_events():
            return fail()
        """,
    )
    assert problem() == f"get_events() failed: ValueError: no ({file}, line 2)"


def test_an_error_in_a_file_it_uses_is_named_with_the_line_that_led_there(folder: Path) -> None:
    write(folder, "def fail():\n    raise ValueError('no')\n", name="my_event_logic")
    file = write(
        folder,
        """
        import my_event_logic

        def get_events():
            return my_event_logic.fail()
        """,
    )
    assert problem() == f"get_events() failed: ValueError: no ({file}, line 4)"


def test_a_syntax_error_in_a_file_it_uses_is_named_with_that_file(folder: Path) -> None:
    helper = write(folder, "x = 1\ny = = 2\n", name="helper")
    write(folder, "import helper\n")
    assert problem().endswith(f"({helper}, line 2)")


@pytest.mark.parametrize("text", ["", "get_events = {}\n", "def get_event():\n    return {}\n"])
def test_a_file_without_get_events_is_named(folder: Path, text: str) -> None:
    file = write(folder, text)
    assert problem().startswith(f"{file} has no function get_events()")


@pytest.mark.parametrize(
    ("value", "kind"),
    [("[]", "list"), ("None", "NoneType"), ("'orders'", "str"), ("{'orders'}", "set")],
)
def test_events_that_are_no_dict_are_named_with_the_line_of_the_function(
    folder: Path, value: str, kind: str
) -> None:
    file = write(folder, f"first = 1\n\ndef get_events():\n    return {value}\n")
    text = problem()
    assert text.startswith(f"get_events() returned {kind}, not a dict")
    assert f"{file}, line 3" in text


def test_a_file_that_failed_is_tried_again_next_time(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DIVA_TEST_READY", raising=False)
    write(
        folder,
        """
        import os
        ready = os.environ["DIVA_TEST_READY"]
        def get_events():
            return {ready: {}}
        """,
    )
    assert "KeyError: 'DIVA_TEST_READY'" in problem()
    monkeypatch.setenv("DIVA_TEST_READY", "orders")
    assert list(get_events(load())) == ["orders"]
