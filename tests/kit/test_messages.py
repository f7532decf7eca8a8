"""Messages to services, which answer as they document, refuse, or do not answer at all."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from diva.kit import http_post, pagerduty, slack, teams, webhook
from diva.kit.callback import NotDone, TookTooLong
from diva.kit.secret import UnusableSecret
from local_aws import LocalAws

from ..https_server import Answer, Request, Server, hang_up, https_server
from ..incident_actions.services import ROUTING_KEY, WEBHOOK_PATH, PagerDutyService, SlackService
from ..secrets_manager import change, new_secret
from .conftest import Notice
from .services import SIGNATURE, WORKFLOW_PATH, TeamsService

MESSAGE = "Event 'orders' (shop-diva) is failing: <!channel> & more."
TOKEN = "sikret-token"  # noqa: S105


@pytest.fixture
def server() -> Iterator[Server]:
    with https_server(lambda request: Answer(200, "ok")) as server:
        yield server


def test_a_message_is_posted_to_slack(account: LocalAws, server: Server, notice: Notice) -> None:
    service = server.default = SlackService()
    send = slack(new_secret(account, server.url + WEBHOOK_PATH))
    send(MESSAGE, notice())
    assert service.posted == [
        "*DIVA: orders is failing*\n"
        "Event 'orders' (shop-diva) is failing: &lt;!channel&gt; &amp; more.\n\n"
        "Run 5f1c-1 in shop-diva"
    ]


def test_a_webhook_that_slack_has_revoked_is_fetched_again_at_the_next_attempt(
    account: LocalAws, server: Server, notice: Notice
) -> None:
    service = server.default = SlackService()
    arn = new_secret(account, json.dumps({"url": f"{server.url}/services/revoked-path"}))
    send = slack(arn)
    with pytest.raises(NotDone, match=r"^Slack answered 404: no_service$"):
        send(MESSAGE, notice())
    change(account, arn, server.url + WEBHOOK_PATH)
    send(MESSAGE, notice())
    assert len(service.posted) == 1


def test_a_secret_is_fetched_once(account: LocalAws, server: Server, notice: Notice) -> None:
    server.default = SlackService()
    arn = new_secret(account, server.url + WEBHOOK_PATH)
    slack(arn)(MESSAGE, notice())
    account.client("secretsmanager").delete_secret(SecretId=arn, ForceDeleteWithoutRecovery=True)
    slack(arn)(MESSAGE, notice("resolution"))


def test_a_secret_can_be_a_parameter(account: LocalAws, server: Server, notice: Notice) -> None:
    service = server.default = SlackService()
    url = server.url + WEBHOOK_PATH
    account.client("ssm").put_parameter(Name="/diva/slack", Value=url, Type="SecureString")
    slack("arn:aws:ssm:us-east-1:123456789012:parameter/diva/slack")(MESSAGE, notice())
    assert len(service.posted) == 1


@pytest.mark.parametrize(
    "text", ["", "{}", '{"url": 1}', "http://a.example/x", "https://a b", '{"url": "', "https://[a"]
)
def test_an_unusable_secret_is_not_quoted(account: LocalAws, notice: Notice, text: str) -> None:
    arn = new_secret(account, text or " ")
    with pytest.raises(UnusableSecret) as error:
        slack(arn)(MESSAGE, notice())
    assert str(error.value).startswith(f"{arn} is not usable; it must be ")
    assert "a.example" not in str(error.value)


def test_a_binary_secret_is_refused(account: LocalAws, notice: Notice) -> None:
    client = account.client("secretsmanager")
    arn = client.create_secret(Name="binary", SecretBinary=b"\0")["ARN"]
    with pytest.raises(UnusableSecret, match="it must be a text, but is binary"):
        slack(arn)(MESSAGE, notice())


def test_a_card_is_posted_to_teams(account: LocalAws, server: Server, notice: Notice) -> None:
    service = server.default = TeamsService()
    send = teams(new_secret(account, f"{server.url}{WORKFLOW_PATH}?api-version=1&{SIGNATURE}"))
    send(MESSAGE, notice())
    assert service.lines() == ["DIVA: orders is failing", MESSAGE, "Run 5f1c-1 in shop-diva"]


def test_teams_says_why_it_refuses_but_not_what_it_was_sent(
    account: LocalAws, server: Server, notice: Notice
) -> None:
    server.default = TeamsService()
    path = "/workflows/sikret-path/triggers"
    with pytest.raises(NotDone) as error:
        teams(new_secret(account, f"{server.url}{path}"))(MESSAGE, notice())
    assert str(error.value).startswith("Teams answered 401: ")
    assert '"message": "denied ***"' in str(error.value)
    assert "sikret" not in str(error.value)


def test_a_connector_of_teams_that_could_not_deliver_is_noticed(
    account: LocalAws, server: Server, notice: Notice
) -> None:
    said = "Webhook message delivery failed with error: Microsoft Teams returned HTTP error 429"
    server.answers += [Answer(200, said), Answer(200, "1")]
    send = teams(new_secret(account, f"{server.url}/webhookb2/one"))
    with pytest.raises(NotDone, match="Teams accepted the message, but could not deliver it"):
        send(MESSAGE, notice())
    send(MESSAGE, notice())


def test_pagerduty_resolves_what_it_has_raised(
    account: LocalAws, server: Server, notice: Notice
) -> None:
    service = server.default = PagerDuty()
    send = pagerduty(new_secret(account, ROUTING_KEY), url=server.url, severity="warning")
    send(MESSAGE, notice())
    send(MESSAGE, notice("reminder"))
    # A resolution that is sent again does not know when the incident began.
    send(MESSAGE, notice("resolution", failing_since=None))
    raised, again, resolved = service.events
    assert raised["payload"]["summary"] == f"DIVA: orders is failing: {MESSAGE}"
    assert (raised["payload"]["source"], raised["payload"]["severity"]) == ("shop-diva", "warning")
    details = raised["payload"]["custom_details"]
    assert (details["event"], details["failing_since"]) == ("orders", "2026-11-22T03:05:00+00:00")
    assert [each["event_action"] for each in service.events] == ["trigger", "trigger", "resolve"]
    assert {each["dedup_key"] for each in service.events} == {"shop-diva/orders"}
    assert "payload" not in resolved
    send(MESSAGE, notice(event="x" * 300))
    send(MESSAGE, notice(event="x" * 299 + "y"))
    assert len({each["dedup_key"] for each in service.events}) == 3
    assert again["payload"]["custom_details"]["kind"] == "reminder"


class PagerDuty(PagerDutyService):
    """PagerDuty, which takes a resolution without a payload."""

    def _errors(self, event: dict[str, Any]) -> list[str]:
        if event.get("event_action") == "resolve":
            payload = {"summary": "-", "severity": "info", "source": "-"}
            return super()._errors({**event, "payload": payload})
        return super()._errors(event)


def test_a_routing_key_that_pagerduty_rejects_is_not_quoted_and_fetched_again(
    account: LocalAws, server: Server, notice: Notice
) -> None:
    service = server.default = PagerDuty()
    arn = new_secret(account, json.dumps({"routing_key": "sikret-old-key"}))
    send = pagerduty(arn, url=server.url)
    with pytest.raises(NotDone) as error:
        send(MESSAGE, notice())
    assert "PagerDuty answered 400: " in str(error.value)
    assert "Invalid routing key ***" in str(error.value)
    change(account, arn, ROUTING_KEY)
    send(MESSAGE, notice())
    assert len(service.events) == 1


def test_a_webhook_gets_the_message_and_its_context(
    account: LocalAws, server: Server, notice: Notice
) -> None:
    send = webhook(f"{server.url}/hooks?source=diva", token_arn=new_secret(account, TOKEN))
    send(MESSAGE, notice())
    (request,) = server.requests
    assert request.path == "/hooks?source=diva"
    assert request.headers["Authorization"] == f"Bearer {TOKEN}"
    assert request.headers["Content-Type"] == "application/json"
    assert json.loads(request.body) == {
        "title": "DIVA: orders is failing",
        "message": MESSAGE,
        "event": "orders",
        "kind": "alert",
        "incident": "orders-20261122T030500Z",
        "failing_since": "2026-11-22T03:05:00+00:00",
        "last_error": "detect returned False",
        "detection_failures": 3,
        "injection_failures": 0,
        "injected": False,
        "function_name": "shop-diva",
        "run_id": "5f1c-1",
    }


def test_a_token_that_is_rejected_is_not_quoted_and_fetched_again(
    account: LocalAws, server: Server, notice: Notice
) -> None:
    def check(request: Request) -> Answer:
        given = request.headers["Authorization"]
        return Answer(200) if given == "Bearer new-token" else Answer(401, f"not {given}")

    server.default = check
    arn = new_secret(account, TOKEN)
    send = webhook(server.url, token_arn=arn)
    with pytest.raises(NotDone, match=r"answered 401: not Bearer \*\*\*$"):
        send(MESSAGE, notice())
    change(account, arn, "new-token")
    send(MESSAGE, notice())


def test_a_body_is_posted_as_text_or_as_json(server: Server) -> None:
    assert http_post(f"{server.url}/orders", body="text")("probe") is True
    assert http_post(f"{server.url}/orders", body={"id": 1})("probe") is True
    assert http_post(f"{server.url}/orders", body=lambda event: {"id": event})("probe") is True
    types = [request.headers["Content-Type"] for request in server.requests]
    assert types == ["text/plain; charset=utf-8", "application/json", "application/json"]
    assert [request.body for request in server.requests] == [
        b"text",
        b'{"id": 1}',
        b'{"id": "probe"}',
    ]


def test_a_post_that_is_refused_or_redirected_has_failed(server: Server) -> None:
    server.answers += [Answer(422, "no such item"), Answer(302, "", {"Location": "/"})]
    post = http_post(f"{server.url}/orders?key=1", body={})
    with pytest.raises(NotDone, match=r"/orders answered 422: no such item$"):
        post("probe")
    with pytest.raises(NotDone, match=r"/orders answered 302: $"):
        post("probe")


def test_services_that_do_not_answer_are_left_at_the_time_limit(
    account: LocalAws, server: Server, notice: Notice
) -> None:
    secret = new_secret(account, f"{server.url}/sikret-path")
    several = {
        "Slack": slack(secret),
        "Teams": teams(secret),
        "PagerDuty": pagerduty(new_secret(account, ROUTING_KEY), url=server.url),
        server.url: webhook(server.url),
    }
    for send in several.values():
        send(MESSAGE, notice())  # fetches the secret, for which AWS may take its time
    server.default = server.silence
    for who, send in several.items():
        with pytest.raises(TookTooLong, match=f"^{who} did not answer within 0.2 s$"):
            replace(send, timeout_sec=0.2)(MESSAGE, notice())
    server.default = hang_up
    for who, send in several.items():
        with pytest.raises(NotDone, match=f"^{who} did not answer: RemoteDisconnected: ") as error:
            send(MESSAGE, notice())
        assert "sikret" not in str(error.value)
        assert error.value.__cause__ is None
