"""`diva status` and `diva reset`, over a file, a bucket and a table."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest

from cli.common import aws_client
from cli.diva.__main__ import main
from cli.diva.file_store import FileStore
from diva.state import State, to_record
from local_aws import LocalAws
from tests.diva.places import KEY, Bucket, Table, new_bucket, new_table

from ..processes import PATIENCE_SEC
from .commands import diva

FAILING = {
    "detection_failures": 12,
    "injection_failures": 1,
    "healthy": False,
    "injected": True,
    "alerted": True,
    "failing_since": "2026-01-02T03:04:05.678+00:00",
    "alerted_at": "2026-01-02T03:14:05.678+00:00",
    "alert_claim": {"run_id": "run-7", "expires": "2100-01-01T00:00:00.000+00:00"},
    "last_error": "detect raised TimeoutError: too slow (checks.py, line 12)",
}
RECORDS: dict[str, dict[str, Any]] = {
    "orders": FAILING,
    "search": {"healthy": True, "later_field": "kept"},
    "payments": {"in_warmup": True, "warmup_counter": 1, "warmup_periods": 3},
    "nightly": {"injected": True},
    "cdn": {"healthy": True, "alerted": True, "cooldown_counter": 2, "resolve_due": True},
    "broken": {"detection_failures": "many"},
}


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the command wait for the embedded AWS however busy the machine is."""
    monkeypatch.setattr(aws_client, "TIMEOUT_SEC", PATIENCE_SEC)


@dataclass(frozen=True, slots=True)
class Source:
    """A place with RECORDS in it."""

    arguments: list[str]
    read: Callable[[], Mapping[str, Mapping[str, Any]]]
    """Return what is stored now, by event."""


@pytest.fixture(params=["file", "s3", "dynamodb"])
def source(request: pytest.FixtureRequest, tmp_path: Path) -> Source:
    if request.param == "file":
        return file_source(tmp_path)
    aws = request.getfixturevalue("aws")
    return s3_source(new_bucket(aws)) if request.param == "s3" else table_source(new_table(aws))


def file_source(folder: Path) -> Source:
    file = folder / "state.json"
    file.write_text(json.dumps(RECORDS))
    return Source(["--state", str(file)], lambda: json.loads(file.read_text()))


def s3_source(bucket: Bucket) -> Source:
    fill(bucket, json.dumps(RECORDS))
    return Source(["--bucket", bucket.name, "--key", KEY], lambda: json.loads(body(bucket)))


def table_source(table: Table) -> Source:
    def read() -> Mapping[str, Mapping[str, Any]]:
        stores = {name: table.store(event=name) for name in RECORDS}
        return {name: store.read().records[name] for name, store in stores.items()}

    for name, record in RECORDS.items():
        put(table, name, record)
    return Source(["--table", table.name], read)


def fill(bucket: Bucket, text: str) -> None:
    bucket.client.put_object(Bucket=bucket.name, Key=KEY, Body=text.encode())


def body(bucket: Bucket) -> bytes:
    found: bytes = bucket.client.get_object(Bucket=bucket.name, Key=KEY)["Body"].read()
    return found


def keys(bucket: Bucket) -> list[str]:
    found = bucket.client.list_objects_v2(Bucket=bucket.name)
    return [each["Key"] for each in found.get("Contents", [])]


def put(table: Table, name: str, record: Mapping[str, Any]) -> None:
    store = table.store(event=name)
    store.write(store.read(), {name: record})


def test_status_shows_every_event(source: Source, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status", *source.arguments]) == 0
    output = capsys.readouterr().out
    cells = [line.split() for line in output.splitlines()]
    since, alerted = ["2026-01-02", "03:04"], ["2026-01-02", "03:14"]
    assert ["orders", "failing", "12", "1", *since, *alerted] in cells
    assert ["search", "healthy", "0", "0", "–", "–"] in cells
    assert ["payments", "warmup", "0", "0", "–", "–"] in cells
    assert ["nightly", "injected", "0", "0", "–", "–"] in cells
    assert (
        "run run-7 is delivering a notification (claim expires 2100-01-01 00:00:00 UTC)" in output
    )
    assert "last error: detect raised TimeoutError: too slow (checks.py, line 12)" in output
    assert "warmup: 3 periods, the last 1 healthy" in output
    assert "cooldown: healthy for 2 periods; resolution pending" in output
    assert "detection_failures is 'many'" in output


def test_status_as_json_is_what_is_stored(
    source: Source, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["status", "--json", *source.arguments]) == 0
    assert json.loads(capsys.readouterr().out) == RECORDS


def test_a_claim_that_has_expired_is_said_to_be_void(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    claim = {"run_id": "run-7", "expires": "2026-01-01T00:00:00.000+00:00"}
    (tmp_path / "state.json").write_text(json.dumps({"orders": {"alert_claim": claim}}))
    assert main(["status", "--state", str(tmp_path / "state.json")]) == 0
    assert "run run-7 did not complete its delivery (claim expired" in capsys.readouterr().out


def test_status_says_that_nothing_is_stored(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "state.json").write_text("{}")
    assert main(["status", "--state", str(tmp_path / "state.json")]) == 0
    assert "There is no state of any event in" in capsys.readouterr().out


def test_status_reads_a_table_of_several_pages(
    aws: LocalAws, capsys: pytest.CaptureFixture[str]
) -> None:
    table = new_table(aws)
    for number in range(6):
        put(table, f"event-{number}", {"healthy": True, "later_field": "x" * 300_000})
    first_page = table.client.scan(TableName=table.name)
    assert "LastEvaluatedKey" in first_page, "one page holds them all, and nothing is tested"
    assert main(["status", "--table", table.name]) == 0
    output = capsys.readouterr().out
    assert [f"event-{number}" in output for number in range(6)] == [True] * 6


def test_reset_sets_defaults_and_leaves_all_else(
    source: Source, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["reset", "payments", "orders", "broken", "search", *source.arguments]) == 0
    defaults = to_record(State())
    after = source.read()
    assert after == {
        **RECORDS,
        "orders": defaults,
        "payments": defaults,
        "broken": defaults,
        "search": {**defaults, "later_field": "kept"},
    }
    assert "orders: reset" in capsys.readouterr().out
    assert main(["reset", "orders", *source.arguments]) == 0
    assert "orders: already in its default state" in capsys.readouterr().out
    assert source.read() == after


def test_reset_of_an_unknown_event_names_the_nearest_and_writes_nothing(
    source: Source, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["reset", "orders", "serach", "xyzzy", *source.arguments]) == 1
    errors = capsys.readouterr().err
    assert "'serach'" in errors
    assert "Did you mean 'search'?" in errors
    assert "'xyzzy'" in errors
    assert "Nothing was reset." in errors
    assert source.read() == RECORDS


def interfere_once(monkeypatch: pytest.MonkeyPatch, call: str, write: Callable[[], object]) -> None:
    """Let `write` happen just before the command's first `call` reaches AWS."""
    waiting = [write]

    def before_call(**_: object) -> None:
        if waiting:
            waiting.pop()()

    session = boto3.Session()
    session.events.register(f"before-call.{call}", before_call)
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", session)


def test_reset_in_s3_keeps_what_a_run_writes_at_the_same_moment(
    aws: LocalAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket = new_bucket(aws)
    source = s3_source(bucket)
    counted = {**RECORDS, "search": {"healthy": False, "detection_failures": 1}}
    del counted["payments"]
    interfere_once(monkeypatch, "s3.PutObject", lambda: fill(bucket, json.dumps(counted)))
    assert main(["reset", "orders", "payments", *source.arguments]) == 0
    assert source.read() == {**counted, "orders": to_record(State())}


def test_reset_in_a_table_keeps_what_a_run_writes_at_the_same_moment(
    aws: LocalAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = new_table(aws)
    source = table_source(table)
    interfere_once(
        monkeypatch,
        "dynamodb.UpdateItem",
        lambda: put(table, "orders", {"detection_failures": 13, "later_field": "kept"}),
    )
    assert main(["reset", "orders", *source.arguments]) == 0
    assert source.read()["orders"] == {**to_record(State()), "later_field": "kept"}


def test_reset_in_a_file_keeps_what_a_run_writes_at_the_same_moment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = file_source(tmp_path)
    counted = {**RECORDS, "search": {"healthy": False, "detection_failures": 1}}
    read = FileStore.read

    def read_then_interfere(store: FileStore) -> Any:
        snapshot = read(store)
        monkeypatch.setattr(FileStore, "read", read)
        Path(source.arguments[1]).write_text(json.dumps(counted))
        return snapshot

    monkeypatch.setattr(FileStore, "read", read_then_interfere)
    assert main(["reset", "orders", *source.arguments]) == 0
    assert source.read() == {**counted, "orders": to_record(State())}


def test_reset_keeps_the_encryption_of_the_object(aws: LocalAws) -> None:
    bucket = new_bucket(aws)
    key_arn = aws.client("kms").create_key()["KeyMetadata"]["Arn"]
    bucket.client.put_object(
        Bucket=bucket.name,
        Key=KEY,
        Body=json.dumps(RECORDS).encode(),
        ServerSideEncryption="aws:kms",
        SSEKMSKeyId=key_arn,
    )
    assert main(["reset", "orders", "--bucket", bucket.name, "--key", KEY]) == 0
    after = bucket.client.get_object(Bucket=bucket.name, Key=KEY)
    assert (after["ServerSideEncryption"], after["SSEKMSKeyId"]) == ("aws:kms", key_arn)


@pytest.mark.parametrize("command", ["status", "reset"])
def test_what_is_not_there_is_one_line_and_nothing_is_made(
    command: str, aws: LocalAws, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bucket = new_bucket(aws)
    for arguments, said in (
        (["--state", str(tmp_path / "no.json")], "no.json does not exist"),
        (["--state", str(tmp_path)], "could not be read: Is a directory"),
        (["--bucket", "no-such-bucket-1", "--key", KEY], "bucket no-such-bucket-1 does not exist"),
        (["--bucket", bucket.name, "--key", "no/key"], f"s3://{bucket.name}/no/key does not exist"),
        (["--bucket", "not a bucket", "--key", KEY], "Invalid bucket name"),
        (["--table", "no-such-table"], "table no-such-table does not exist"),
    ):
        events = ["orders"] if command == "reset" else []
        assert main([command, *events, *arguments]) == 1
        (line,) = capsys.readouterr().err.splitlines()
        assert said in line
    assert keys(bucket) == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", ["status", "reset"])
def test_what_is_no_state_is_left_as_it_is(
    command: str, aws: LocalAws, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bucket = new_bucket(aws)
    fill(bucket, "[]")
    (tmp_path / "state.json").write_text("[]")
    events = ["orders"] if command == "reset" else []
    for arguments in (
        ["--state", str(tmp_path / "state.json")],
        ["--bucket", bucket.name, "--key", KEY],
    ):
        assert main([command, *events, *arguments]) == 1
        assert "does not contain the state of events" in capsys.readouterr().err
    assert keys(bucket) == [KEY]
    assert body(bucket) == b"[]"
    assert [path.name for path in tmp_path.iterdir()] == ["state.json"]


def test_a_table_of_something_else_is_refused(
    aws: LocalAws, capsys: pytest.CaptureFixture[str]
) -> None:
    client = aws.client("dynamodb")
    client.create_table(
        TableName="customers",
        KeySchema=[{"AttributeName": "email", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "email", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    client.put_item(TableName="customers", Item={"email": {"S": "a@example.com"}})
    assert main(["status", "--table", "customers"]) == 1
    assert "DynamoDB table customers is not a state table of DIVA" in capsys.readouterr().err


NOTHING_CONFIGURED = {
    "AWS_CONFIG_FILE": "nowhere",
    "AWS_SHARED_CREDENTIALS_FILE": "nowhere",
    "AWS_EC2_METADATA_DISABLED": "true",
}


@pytest.mark.parametrize(
    ("arguments", "region", "said"),
    [
        (["--bucket", "some-bucket", "--key", KEY], "eu-west-1", "no AWS credentials were found"),
        (["--table", "t-able"], "eu-west-1", "no AWS credentials were found"),
        (["--table", "t-able"], "", "no AWS region is set. Set AWS_REGION"),
    ],
)
def test_missing_credentials_and_region_are_one_line(
    arguments: list[str], region: str, said: str, tmp_path: Path
) -> None:
    done = diva(tmp_path, "status", *arguments, **NOTHING_CONFIGURED, AWS_REGION=region)
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert said in line
