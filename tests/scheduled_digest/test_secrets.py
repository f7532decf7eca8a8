"""That logs and errors contain no secret, and what settings are refused."""

from __future__ import annotations

import logging

import pytest

from cli.demo.digests.dialect import JWT, SECRET_KEY
from cli.demo.digests.web import Answer
from scheduled_digest.lambda_function import RunFailed
from scheduled_digest.redaction import LONGEST, redacted
from scheduled_digest.settings import InvalidSettings, read_settings

from .conftest import World
from .web import hang_up, status

HOOK = "https://hooks.slack.com/services/T00/B00/verysecret"
ENVIRON = {
    "SUPABASE_URL": "https://project.supabase.co",
    "SUPABASE_SERVICE_ROLE_KEY": JWT,
    "BACKEND_DIGEST_ENDPOINT": "https://backend.example.com/api/v1/digest",
    "LEASE_TABLE": "leases",
}


@pytest.mark.parametrize("level", ["DEBUG", "INFO"])
def test_nothing_secret_is_logged_or_raised(
    world: World, monkeypatch: pytest.MonkeyPatch, level: str
) -> None:
    monkeypatch.setenv("LOG_LEVEL", level)
    world.database.add(
        [
            {"webhook_url": HOOK, "email": "me@example.com"},
            {"webhook_url": HOOK, "repo": HOOK},
            {"webhook_url": HOOK, "delivery_method": f"see {HOOK}"},
            {"webhook_url": HOOK, "frequency": SECRET_KEY},
        ]
    )
    told = {"message": f"No monitor for {HOOK}, {JWT} {SECRET_KEY} me@example.com", "code": "X"}
    world.site.faults.extend([lambda *_: Answer(404, told), hang_up])
    root = logging.getLogger()
    before = root.level
    root.setLevel(level)  # as Lambda does
    try:
        with pytest.raises(RunFailed) as digests:
            world.service.call({"frequency": "daily"})
        world.supabase.choose = lambda request: lambda *_: Answer(400, told)
        with pytest.raises(RunFailed) as reading:
            world.service.call({})
    finally:
        root.setLevel(before)
    captured = world.log()
    said = captured.out + captured.err + str(digests.value) + str(reading.value)
    for secret in (JWT, SECRET_KEY, "verysecret", "hooks.slack", "me@example.com"):
        assert secret not in said
    assert "it answered 400: X No monitor for [URL] [key] [key] [email]" in said
    assert world.supabase.url not in said
    for library in ("boto3", "botocore", "urllib3"):
        assert logging.getLogger(library).level == logging.WARNING


def test_debugging_says_which_monitors_were_skipped(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOG_LEVEL", "DEBUG")
    world.database.add([{}])
    world.service.call({})
    world.service.call({})
    skipped = "DEBUG - Skipping owner/repo-0, whose digest has already been triggered"
    assert skipped in world.messages()


def test_only_failures_are_logged_where_that_is_configured(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOG_LEVEL", "ERROR")
    world.database.add([{}, {}])
    world.site.faults.append(status(400))
    with pytest.raises(RunFailed):
        world.service.call({})
    assert [line.partition(" - ")[0] for line in world.messages()] == ["ERROR", "ERROR"]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("owner/repo", "owner/repo"),
        ("a\nb\r\x1b[31mc\u2028d", "a b [31mc d"),
        ("at HTTPS://user:pw@example.com/x?y now", "at [URL] now"),
        ("discord.com/api/webhooks/1/abc", "[URL]"),
        (
            "Key (email)=(me@example.com) exists, <you+1@sub.example.com>",
            "Key (email)=([email]) exists, <[email]>",
        ),
        ("owner/repo@main", "owner/repo@main"),
        ("x" * 10**6, "x" * (LONGEST - 1) + "…"),
        (f"https://{'x' * 990} {JWT} me@example.com", "[URL] …"),
        (None, "None"),
    ],
)
def test_texts_of_others_are_short_and_in_one_line(text: object, line: str) -> None:
    assert redacted(text) == line


def test_defaults_are_those_of_the_requirements() -> None:
    settings = read_settings(ENVIRON)
    assert (settings.retention_days, settings.max_concurrency) == (30, 10)
    assert (settings.log_level, settings.cleanup_dry_run) == ("INFO", False)
    assert (settings.cleanup_limit, settings.key, settings.key_arn) == (1000, JWT, None)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("SUPABASE_URL", "", "SUPABASE_URL is not set."),
        ("SUPABASE_URL", "http://project.supabase.co", "SUPABASE_URL must be an HTTPS URL"),
        ("SUPABASE_URL", "https://a:b@project.supabase.co", "SUPABASE_URL must be an HTTPS URL"),
        ("SUPABASE_URL", "https://[", "SUPABASE_URL must be an HTTPS URL"),
        ("BACKEND_DIGEST_ENDPOINT", "ftp://x", "BACKEND_DIGEST_ENDPOINT must be an HTTPS URL"),
        ("BACKEND_DIGEST_ENDPOINT", "https://x:99999", "BACKEND_DIGEST_ENDPOINT must be an HTTPS"),
        ("LEASE_TABLE", " ", "LEASE_TABLE is not set."),
        ("SUPABASE_SERVICE_ROLE_KEY", "", "SUPABASE_SERVICE_ROLE_KEY_ARN is not set. Set it to"),
        ("SUPABASE_SERVICE_ROLE_KEY", f"{JWT} {JWT}", "must be a key without spaces"),
        ("SUPABASE_SERVICE_ROLE_KEY", f"{JWT}\n{JWT}", "must be a key without spaces, control"),
        ("SUPABASE_SERVICE_ROLE_KEY", f"{JWT}…", "must be a key without spaces, control"),
        ("SUPABASE_SERVICE_ROLE_KEY_ARN", "arn:aws:s3:::b", "must be the ARN of a secret in"),
        ("RETENTION_DAYS", "0", "RETENTION_DAYS must be a whole number between 1 and 36,500"),
        ("RETENTION_DAYS", "-1", "RETENTION_DAYS must be a whole number between 1 and 36,500"),
        ("RETENTION_DAYS", "1.5", "RETENTION_DAYS must be a whole number between 1 and 36,500"),
        ("RETENTION_DAYS", "²", "RETENTION_DAYS must be a whole number between 1 and 36,500"),
        ("RETENTION_DAYS", "36501", "RETENTION_DAYS must be a whole number between 1 and 36,500"),
        ("CLEANUP_LIMIT", "0", "CLEANUP_LIMIT must be a whole number between 1 and 100,000"),
        ("MAX_CONCURRENCY", "201", "MAX_CONCURRENCY must be a whole number between 1 and 200"),
        ("LOG_LEVEL", "loud", "LOG_LEVEL must be one of DEBUG, INFO, WARNING, ERROR, but is"),
        ("CLEANUP_DRY_RUN", "yes", "CLEANUP_DRY_RUN must be one of true, false, but is 'yes'."),
    ],
)
def test_settings_that_cannot_be_meant_are_explained(name: str, value: str, message: str) -> None:
    with pytest.raises(InvalidSettings) as caught:
        read_settings({**ENVIRON, name: value})
    assert message in str(caught.value)
    assert JWT not in str(caught.value)


def test_a_line_break_after_the_key_is_no_part_of_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUPABASE_SERVICE_ROLE_KEY", f"{JWT}\n")
    world.database.add([{}])
    assert world.service.call({})["DigestsTriggered"] == 1


def test_the_function_does_nothing_with_an_invalid_retention_period(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RETENTION_DAYS", "0")
    with pytest.raises(InvalidSettings):
        world.service.call({})
    assert not world.supabase.requests
