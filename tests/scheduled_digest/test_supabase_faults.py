"""What goes wrong between the function and Supabase while it reads monitors."""

from __future__ import annotations

import re

import pytest
from botocore.exceptions import EndpointConnectionError

from cli.demo.digests.dialect import JWT, SECRET_KEY
from cli.demo.digests.web import Answer, Request, Respond
from local_aws import LocalAws
from scheduled_digest import monitors, supabase
from scheduled_digest.lambda_function import RunFailed

from ..certificates import server_context, trusted_pem
from ..secrets_manager import change, new_secret
from .conftest import World
from .web import Fault, cut_off, hang_up, lose_answer, passed, site, slow, status

DAILY = {"frequency": "daily"}


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(monitors, "PAGE", 4)


def unfinished(request: Request, respond: Respond) -> Answer:
    """Answer with the beginning of a page, as if it was all of it."""
    return Answer(200, '[{"id": 1, "rep')


def expected(number: int) -> dict[str, int]:
    return {f"daily#2026-11-23#{each}": 1 for each in range(1, number + 1)}


@pytest.mark.parametrize("page", [0, 1, 2])
@pytest.mark.parametrize(
    "fault",
    [
        status(500),
        status(503),
        status(500, Retry_After="7"),
        status(429, Retry_After="Mon, 23 Nov 2026 13:00:30 GMT"),
        status(408),
        hang_up,
        lose_answer,
        cut_off,
        unfinished,
    ],
)
def test_a_page_that_fails_is_read_again(world: World, fault: Fault, page: int) -> None:
    world.database.add([{}] * 9)
    world.supabase.faults.extend([*[passed] * page, fault])
    world.service.call(DAILY)
    assert world.backend.asked == expected(9)


def test_the_wait_that_supabase_asks_for_is_kept(world: World) -> None:
    after = "Mon, 23 Nov 2026 13:00:30 -0000"
    world.supabase.faults.extend(
        [
            status(429, Retry_After="17"),
            status(503, Retry_After="soon"),
            status(503, Retry_After=after),
        ]
    )
    world.service.call(DAILY)
    assert world.clock.slept[0] == 17
    assert 0 < world.clock.slept[1] <= 1
    assert sum(world.clock.slept) == pytest.approx(30)


def test_a_silent_supabase_is_asked_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supabase, "TIMEOUT_SEC", 0.2)
    world.database.add([{}])
    world.supabase.faults.append(world.supabase.silence)
    world.service.call(DAILY)
    assert world.backend.asked == expected(1)


def test_a_slow_supabase_takes_the_time_of_the_run(world: World) -> None:
    world.database.add([{}] * 30)
    world.supabase.choose = lambda request: slow(world.clock, 100)
    with pytest.raises(RunFailed, match=r"^Reading the monitors failed: SupabaseError: No time"):
        world.service.call(DAILY)
    world.supabase.choose = lambda request: None
    world.service.call(DAILY)
    assert world.backend.asked == expected(30)


def test_what_was_read_before_a_failure_is_processed(world: World) -> None:
    world.database.add([{}] * 9)
    world.supabase.faults.extend([passed, status(404)])
    with pytest.raises(RunFailed, match="Reading the monitors failed: SupabaseError"):
        world.service.call(DAILY)
    assert world.backend.asked == expected(4)
    world.service.call(DAILY)
    assert world.backend.asked == expected(9)


def test_pages_that_change_while_they_are_read(world: World) -> None:
    world.database.add([{}] * 12)

    def changed(request: Request, respond: Respond) -> Answer:
        page = respond(request)
        world.database.execute("DELETE FROM monitors WHERE id IN (1, 2, 3, 6)")
        world.database.execute("UPDATE monitors SET deleted = true WHERE id = 8")
        world.database.add([{}, {}])
        return page

    world.supabase.faults.append(changed)
    world.service.call(DAILY)
    numbers = {int(key.rpartition("#")[2]) for key in world.backend.asked}
    assert numbers == {1, 2, 3, 4, 5, 7, 9, 10, 11, 12, 13, 14}
    assert set(world.backend.asked.values()) == {1}


@pytest.mark.parametrize(
    ("code", "body", "reason"),
    [
        (
            404,
            {"code": "PGRST205", "message": "Could not find the table"},
            "Supabase refused to GET: it answered 404: PGRST205 Could not find the table",
        ),
        (400, "<html>", "Supabase refused to GET: it answered 400"),
        (403, ["no object"], "Supabase refused to GET: it answered 403"),
        (200, {"rows": []}, "An answer of Supabase is no list of rows."),
        (200, [{"id": None}], "A row of the table monitors has no ID that is a text or a number."),
        (302, "", "Supabase refused to GET: it answered 302"),
    ],
)
def test_an_answer_that_stays_wrong_is_an_error(
    world: World, code: int, body: object, reason: str
) -> None:
    world.supabase.choose = lambda request: lambda *_: Answer(code, body)
    with pytest.raises(RunFailed, match=re.escape(reason)):
        world.service.call(DAILY)
    assert len(world.supabase.requests) == 1


def test_attempts_end(world: World) -> None:
    world.supabase.choose = lambda request: status(500)
    reason = "Supabase did not GET monitors. Last attempt: it answered 500"
    with pytest.raises(RunFailed, match=re.escape(reason)):
        world.service.call(DAILY)
    assert len(world.supabase.requests) == supabase.ATTEMPTS


@pytest.mark.parametrize("kind", ["secretsmanager", "ssm"])
def test_a_rotated_key_is_fetched_again(
    world: World, aws: LocalAws, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    world.database.add([{}])
    ssm = aws.client("ssm")
    if kind == "ssm":
        ssm.put_parameter(Name="/digest/key", Type="SecureString", Value=JWT, Overwrite=True)
        arn = "arn:aws:ssm:us-east-1:123456789012:parameter/digest/key"
    else:
        arn = new_secret(aws, JWT)
    monkeypatch.delenv("SUPABASE_SERVICE_ROLE_KEY")
    monkeypatch.setenv("SUPABASE_SERVICE_ROLE_KEY_ARN", arn)
    world.service.call(DAILY)
    world.dialect.keys = {SECRET_KEY}
    if kind == "ssm":
        ssm.put_parameter(Name="/digest/key", Type="SecureString", Value=SECRET_KEY, Overwrite=True)
    else:
        change(aws, arn, f'{{"token": "{SECRET_KEY}"}}')
    before = len(world.supabase.requests)
    world.service.call(DAILY)
    assert [each.headers["apikey"] for each in world.supabase.requests[before:]] == [
        JWT,
        SECRET_KEY,
        SECRET_KEY,
    ]
    assert world.supabase.requests[-1].headers["Authorization"] is None


@pytest.mark.parametrize("is_secret", [True, False])
def test_a_key_that_stays_wrong_is_an_error(
    world: World, aws: LocalAws, monkeypatch: pytest.MonkeyPatch, is_secret: bool
) -> None:
    if is_secret:
        monkeypatch.setenv("SUPABASE_SERVICE_ROLE_KEY_ARN", new_secret(aws, JWT))
    world.dialect.keys = {SECRET_KEY}
    with pytest.raises(RunFailed, match="it answered 401: Invalid API key") as caught:
        world.service.call(DAILY)
    assert len(world.supabase.requests) == 1
    assert JWT not in str(caught.value)


def test_only_trusted_certificates_are_accepted(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.database.add([{}])
    monkeypatch.setenv("CA_CERTIFICATES_PEM", trusted_pem())
    with (
        site(world.dialect, server_context()) as trusted,
        site(world.backend, server_context()) as endpoint,
    ):
        monkeypatch.setenv("SUPABASE_URL", f"{trusted.url}/")
        monkeypatch.setenv("BACKEND_DIGEST_ENDPOINT", f"{endpoint.url}/api/v1/digest")
        world.service.call(DAILY)
        assert world.backend.asked == expected(1)
        monkeypatch.delenv("CA_CERTIFICATES_PEM")
        world.service.restart()
        with pytest.raises(RunFailed, match="The certificate of Supabase cannot be trusted"):
            world.service.call(DAILY)


def test_digests_without_a_lease_are_not_triggered(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.database.add([{}] * 3)

    def unavailable(**_: object) -> None:
        raise EndpointConnectionError(endpoint_url="https://dynamodb.us-east-1.amazonaws.com")

    monkeypatch.setattr(world.tables, "put_item", unavailable)
    with pytest.raises(RunFailed, match=r"^3 digests could not be triggered\.$"):
        world.service.call(DAILY)
    assert not world.backend.asked
