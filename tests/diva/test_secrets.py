"""No secret of a callback's environment reaches a log line, metric, state, alert or error."""

from __future__ import annotations

import json
import logging
import os
import traceback
from collections.abc import Iterator
from pathlib import Path

import pytest

from diva.handler import PeriodFailed
from diva.logic import InvalidEventLogic
from local_aws import LocalAws
from tests.processes import PATIENCE_SEC

from .lambda_process import Process, process_of
from .leaks import CORES, ENVIRON, EVERYWHERE, WAYS


@pytest.fixture(params=["monolithic"])
def process(
    request: pytest.FixtureRequest, aws: LocalAws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Process]:
    with process_of(request.param, aws, tmp_path, monkeypatch) as process:
        process.environ |= {**ENVIRON, "DIVA_LOG_LEVEL": "DEBUG"}
        yield process


def has_secret(text: str) -> bool:
    return any(core in text for core in CORES)


class Output:
    """All that DIVA has said: log records in any format, streams, results and errors."""

    def __init__(self, log: pytest.LogCaptureFixture, streams: pytest.CaptureFixture[str]) -> None:
        self._log = log
        self._streams = streams
        self._texts: list[str] = []

    def add(self, what: object) -> None:
        self._texts += [str(what), repr(what)]

    def leaks(self) -> list[str]:
        """Return what holds a part of a secret."""
        for record in self._log.records:
            self.add(record.getMessage())
            self.add(vars(record))
            if record.exc_info:
                self.add("".join(traceback.format_exception(*record.exc_info)))
        out, err = self._streams.readouterr()
        texts = [*self._texts, *out.splitlines(), *err.splitlines()]
        return [text[:1000] for text in texts if has_secret(text)]


@pytest.fixture
def output(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> Output:
    return Output(caplog, capfd)


def stored(process: Process) -> list[str]:
    """Return what is stored of each event."""
    if process.mode == "monolithic":
        records: list[object] = list(json.loads(process.bucket.bytes()).values())
    else:
        records = process.table.client.scan(TableName=process.table.name)["Items"]
    return [json.dumps(record, ensure_ascii=False) for record in records]


def run_period(process: Process, output: Output, way: str) -> None:
    """Run a period in which callbacks of every kind fail with every secret."""
    process.start(EVERYWHERE.replace("WAY", way))
    names = [name for name, _ in process.logic.leaks()]
    for name in names:
        if process.mode == "distributed":
            over = {"alerted": {"BOOL": True}, "healthy": {"BOOL": False}}
            process.table.client.put_item(
                TableName=process.table.name, Item={"event_id": {"S": f"{name}, over"}, **over}
            )
    over_all = {f"{name}, over": {"alerted": True, "healthy": False} for name in names}
    process.bucket.put_bytes(json.dumps(over_all).encode())
    result = process.invoke()
    output.add(result)
    assert result["failing"] == 2 * len(names)
    assert len(process.logic.messages) == len(names), "each failing event was told of once"
    for message in process.logic.messages:
        output.add(message)


@pytest.mark.parametrize("way", WAYS)
def test_a_callback_fails_with_a_secret(process: Process, output: Output, way: str) -> None:
    run_period(process, output, way)
    assert output.leaks() == []
    assert [record for record in stored(process) if has_secret(record)] == []


@pytest.mark.parametrize("process", ["distributed"], indirect=True)
@pytest.mark.parametrize("level", ["DEBUG", "INFO", "ERROR"])
def test_the_same_on_every_level_and_in_items(process: Process, output: Output, level: str) -> None:
    process.environ["DIVA_LOG_LEVEL"] = level
    run_period(process, output, "raises")
    assert output.leaks() == []
    assert [record for record in stored(process) if has_secret(record)] == []


@pytest.mark.parametrize("name", ENVIRON)
@pytest.mark.parametrize(
    "statement",
    [
        "raise ValueError(os.environ[NAME])",
        "raise KeyError(os.environ[NAME])",
        "raise SystemExit(os.environ[NAME])",
        "raise SyntaxError(os.environ[NAME])",
        "int(os.environ[NAME])",
        "open(os.environ[NAME] + '/file')",
    ],
)
@pytest.mark.parametrize("when", ["on import", "in get_events"])
def test_event_logic_that_gives_no_events_fails_with_a_secret(
    process: Process, output: Output, when: str, statement: str, name: str
) -> None:
    event_logic = f"import os\nNAME = {name!r}\n"
    if when == "in get_events":
        event_logic += "def get_events():\n    "
    process.start(f"{event_logic}{statement}\n")
    with pytest.raises(InvalidEventLogic) as caught:
        process.invoke()
    output.add(caught.value)
    assert output.leaks() == []


@pytest.mark.parametrize(
    "event",
    [
        "SECRET",
        "{SECRET: 1}",
        "{'detect': SECRET}",
        "{'role': SECRET}",
        "{'max_failed_detections': SECRET}",
        "{'max_failed_detections': [SECRET]}",
        "{'reset': SECRET}",
        "{'reset': {'mode': SECRET}}",
        "{'maintenance': SECRET}",
        "{'maintenance': [SECRET]}",
        "{'maintenance': [{'start': SECRET, 'duration_min': 1}]}",
        "{'maintenance': [{'start': '1:00', 'duration_min': 1, 'timezone': SECRET}]}",
        "{'depends_on': SECRET}",
        "{'depends_on': [SECRET]}",
    ],
)
def test_an_option_is_a_secret(process: Process, output: Output, event: str) -> None:
    events = ", ".join(
        f"'{name}': {event.replace('SECRET', f'os.environ[{name!r}]')}" for name in ENVIRON
    )
    process.start(f"import os\ndef get_events():\n    return {{{events}}}\n")
    with pytest.raises(PeriodFailed) as caught:
        process.invoke()
    output.add(caught.value)
    assert output.leaks() == []


def test_what_event_logic_puts_into_the_environment_is_secret_too(
    process: Process, output: Output
) -> None:
    process.start(
        "import os\n"
        "os.environ['FETCHED'] = 'f3tched'\n"
        "def fail(name):\n    raise ValueError(os.environ['FETCHED'])\n"
        "def get_events():\n"
        "    return {'orders': {'role': 'detect', 'detect': fail}}\n"
    )
    try:
        output.add(process.invoke())
    finally:
        os.environ.pop("FETCHED", None)
    assert output.leaks() == []
    assert "f3tched" not in str(process.state())


def test_a_callback_fails_with_a_secret_after_it_was_given_up(
    process: Process, output: Output
) -> None:
    process.start(
        "import os, threading\n"
        "gate, threads, answers = threading.Event(), [], {}\n"
        "def fail(name):\n"
        "    threads.append(threading.current_thread())\n"
        "    answers['fail']()\n"
        "    raise ValueError(os.environ['PIN'])\n"
        "def get_events():\n"
        "    return {'orders': {'role': 'detect', 'detect': fail}}\n",
        DIVA_EVENT_TIMEOUT_SEC="1",
    )
    process.logic.answers["fail"] = process.hang(seconds=1)
    assert process.results() == {"orders": "timeout"}
    process.logic.gate.set()
    for thread in process.logic.threads:
        thread.join(PATIENCE_SEC)
        assert not thread.is_alive()
    assert output.leaks() == []


def test_the_functions_own_credentials_are_not_logged_where_lambda_logs_all_at_debug(
    process: Process, output: Output, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)  # as Lambda sets the root logger for logs in JSON
    credentials = {"AWS_SECRET_ACCESS_KEY": "n0t-a-key", "AWS_SESSION_TOKEN": "n0t-a-token"}
    process.start(**credentials)
    process.logic.answers["detect orders"] = False
    output.add(process.invoke())
    assert any(record.name == "diva" for record in caplog.records)
    assert output.leaks() == []
