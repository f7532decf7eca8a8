"""Notifying people: what they read, and that somebody is notified whatever goes wrong."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from incident_actions.action import Progress
from incident_actions.ledger import Held
from incident_actions.notification import notification
from incident_actions.notifying import Notify
from incident_actions.payload import read_notification
from incident_actions.sns import subject
from local_aws import LocalAws

from ..alert_mailer.server import Mailbox, smtp_server
from ..certificates import HOST, trusted_pem
from ..https_server import Answer, Server, hang_up, https_server
from ..secrets_manager import change, new_secret
from .services import ROUTING_KEY, WEBHOOK_PATH, PagerDutyService, SlackService
from .stage import KILL_SWITCH, SECONDS, Account, Function
from .wire import Wire

PAYLOAD: dict[str, Any] = {
    "action": "notify_human",
    "target": "api",
    "incidentId": "incident-1",
    "priority": "critical",
    "incidentDetails": {"title": "API is down", "description": "No answer\nsince 03:00."},
}
# What the original sends.
TEXT = """\
🚨 INCIDENT ALERT 🚨

Incident ID: incident-1
Priority: critical

Title: API is down
Description: No answer
since 03:00.

This incident requires immediate human attention.

Please log in to the incident management system to review and resolve."""

Changes = dict[str, Any]


@dataclass(slots=True)
class Topic:
    """An SNS topic, and what was published to it."""

    aws: LocalAws
    arn: str
    queue_url: str

    def messages(self) -> list[dict[str, Any]]:
        """Return what was published since the last call."""
        sqs = self.aws.client("sqs")
        found = sqs.receive_message(QueueUrl=self.queue_url, MaxNumberOfMessages=10)
        messages = found.get("Messages", [])
        for each in messages:
            sqs.delete_message(QueueUrl=self.queue_url, ReceiptHandle=each["ReceiptHandle"])
        return [json.loads(each["Body"]) for each in messages]


@pytest.fixture
def topic(account: Account) -> Topic:
    aws = account.aws
    arn = aws.client("sns").create_topic(Name="people")["TopicArn"]
    url = aws.client("sqs").create_queue(QueueName="people")["QueueUrl"]
    queue_arn = f"arn:aws:sqs:{aws.region}:{aws.account_id}:people"
    aws.client("sns").subscribe(TopicArn=arn, Protocol="sqs", Endpoint=queue_arn)
    return Topic(aws, arn, url)


@pytest.fixture
def sns(notify: Function, topic: Topic) -> Function:
    """The function with the topic alone, as the original has it."""
    notify.configure(SNS_TOPIC_ARN=topic.arn, KILL_SWITCH_PARAMETER=None)
    return notify


@dataclass(slots=True)
class Channels:
    """All channels, and what came through them."""

    notify: Function
    topic: Topic
    slack: SlackService
    slack_server: Server
    slack_secret: str
    pagerduty: PagerDutyService
    pagerduty_server: Server
    pagerduty_secret: str
    mailbox: Mailbox

    def received(self) -> dict[str, int]:
        """Return how many notifications each channel has received. SNS counts anew each time."""
        return {
            "sns": len(self.topic.messages()),
            "slack": len(self.slack.posted),
            "pagerduty": len(self.pagerduty.events),
            "email": len(self.mailbox.received),
        }


@pytest.fixture
def everywhere(account: Account, notify: Function, topic: Topic) -> Iterator[Channels]:
    """The function with all channels."""
    slack, pagerduty = SlackService(), PagerDutyService()
    with (
        https_server(slack) as slack_server,
        https_server(pagerduty) as pagerduty_server,
        smtp_server() as mailbox,
    ):
        slack_secret = new_secret(account.aws, slack_server.url + WEBHOOK_PATH)
        pagerduty_secret = new_secret(account.aws, json.dumps({"routing_key": ROUTING_KEY}))
        login = new_secret(account.aws, json.dumps({"username": "mailer", "password": "correct"}))
        notify.configure(
            KILL_SWITCH_PARAMETER=None,
            SNS_TOPIC_ARN=topic.arn,
            SLACK_SECRET_ARN=slack_secret,
            PAGERDUTY_SECRET_ARN=pagerduty_secret,
            PAGERDUTY_URL=pagerduty_server.url,
            SMTP_HOST=HOST,
            SMTP_PORT=str(mailbox.port),
            SMTP_FROM="Incidents <incidents@example.com>",
            SMTP_TO=json.dumps(["on-call@example.com"]),
            SMTP_SECRET_ARN=login,
            CA_CERTIFICATES_PEM=trusted_pem(),
        )
        yield Channels(
            notify,
            topic,
            slack,
            slack_server,
            slack_secret,
            pagerduty,
            pagerduty_server,
            pagerduty_secret,
            mailbox,
        )


def test_a_backend_of_the_original_notifies_people(sns: Function, topic: Topic) -> None:
    response = sns(PAYLOAD)
    (message,) = topic.messages()
    assert response.status == 200
    assert response.body["message"] == "Notification sent successfully"
    assert response.body["incidentId"] == "incident-1"
    assert response.body["messageId"] == message["MessageId"]
    assert message["Subject"] == "[CRITICAL] Incident incident-1 requires attention"
    assert message["Message"] == TEXT


def test_every_channel_carries_the_notification(everywhere: Channels) -> None:
    body = everywhere.notify(PAYLOAD).body
    assert body["channels"] == dict.fromkeys(("sns", "slack", "pagerduty", "email"), "sent")
    subject = "🚨 [CRITICAL] Incident incident-1 requires attention"
    assert everywhere.slack.posted == [f"*{subject}*\n{TEXT}"]
    (mail,) = everywhere.mailbox.received
    assert mail.mail["Subject"] == subject
    assert mail.recipients == ("on-call@example.com",)
    assert mail.text == TEXT + "\n"
    (event,) = everywhere.pagerduty.events
    assert event == {
        "routing_key": ROUTING_KEY,
        "event_action": "trigger",
        "dedup_key": "incident-1",
        "payload": {
            "summary": f"{subject}: API is down",
            "source": "notify_human",
            "severity": "critical",
            "custom_details": {
                "incidentId": "incident-1",
                "priority": "critical",
                "title": "API is down",
                "description": "No answer\nsince 03:00.",
            },
        },
    }
    assert len(everywhere.topic.messages()) == 1


@pytest.mark.parametrize(
    ("priority", "severity"),
    [("HIGH", "error"), ("medium", "warning"), ("low", "info"), (None, "error"), ("P1", "error")],
)
def test_the_severity_follows_the_priority(
    everywhere: Channels, priority: str | None, severity: str
) -> None:
    everywhere.notify({**PAYLOAD, "priority": priority})
    assert everywhere.pagerduty.events[0]["payload"]["severity"] == severity


# Each breaks one channel, in a way that its service documents.
FAULTS: dict[str, tuple[str, Callable[[Channels], None], str]] = {
    "topic": (
        "sns",
        lambda all: all.topic.aws.client("sns").delete_topic(TopicArn=all.topic.arn),
        "NotFound",
    ),
    "webhook": (
        "slack",
        lambda all: setattr(all.slack, "path", "/services/another"),
        "Slack answered 404: no_service",
    ),
    "archived": (
        "slack",
        lambda all: setattr(
            all.slack_server, "default", lambda _: Answer(410, "channel_is_archived")
        ),
        "Slack answered 410: channel_is_archived",
    ),
    "no_url": (
        "slack",
        lambda all: change(all.topic.aws, all.slack_secret, "xoxb-sikret-path"),
        "must be the HTTPS URL of a webhook",
    ),
    "limited": (
        "slack",
        lambda all: setattr(
            all.slack_server, "default", lambda _: Answer(429, "", {"Retry-After": "30"})
        ),
        f"{HOST} did not accept the request in the time left. Last attempt: the response was 429",
    ),
    "routing key": (
        "pagerduty",
        lambda all: setattr(all.pagerduty, "routing_key", "another"),
        'PagerDuty answered 400: {"status": "invalid event"',
    ),
    "pagerduty down": (
        "pagerduty",
        lambda all: setattr(all.pagerduty_server, "default", lambda _: Answer(500, "oops")),
        "did not accept the request in the time left. Last attempt: the response was 500: oops",
    ),
    "login": (
        "email",
        lambda all: setattr(all.mailbox, "login", ("mailer", "another")),
        "SMTPAuthenticationError",
    ),
    "recipient": (
        "email",
        lambda all: all.mailbox.refused.update({"on-call@example.com": "550 No such user"}),
        "refused on-call@example.com (550 No such user)",
    ),
    "address": (
        "email",
        lambda all: all.notify.patch.setenv("SMTP_FROM", "nobody"),
        "A mail address is invalid: 'nobody'.",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_channel_that_fails_does_not_stop_the_others(everywhere: Channels, fault: str) -> None:
    name, break_it, reason = FAULTS[fault]
    break_it(everywhere)
    response = everywhere.notify(PAYLOAD)
    assert response.status == 200
    failed = {each: said for each, said in response.body["channels"].items() if said != "sent"}
    assert failed.keys() == {name}
    assert reason in failed[name]
    assert everywhere.received() == {
        **dict.fromkeys(("sns", "slack", "pagerduty", "email"), 1),
        name: 0,
    }
    assert (response.body["messageId"] is None) == (name == "sns")


def test_a_channel_that_is_silent_does_not_stop_the_others(
    everywhere: Channels, monkeypatch: pytest.MonkeyPatch
) -> None:
    everywhere.slack_server.default = everywhere.slack_server.silence
    keep = Notify._keep

    def keep_until_all_others_have_sent(
        self: Notify, progress: Progress, name: str, result: str
    ) -> None:
        keep(self, progress, name, result)
        if len(progress.done) == 3:
            everywhere.notify.clock.sleep(SECONDS)

    monkeypatch.setattr(Notify, "_keep", keep_until_all_others_have_sent)
    response = everywhere.notify(PAYLOAD)
    assert response.status == 200
    assert response.body["channels"].pop("slack") == "no response in time"
    assert set(response.body["channels"].values()) == {"sent"}


def test_a_channel_that_hangs_up_is_tried_again(everywhere: Channels) -> None:
    everywhere.slack_server.answers.extend([hang_up, Answer(503, "Service Unavailable")])
    response = everywhere.notify(PAYLOAD)
    assert response.body["channels"]["slack"] == "sent"
    assert len(everywhere.slack_server.requests) == 3


def test_all_channels_failing_is_a_failure_and_a_repeat_tries_again(
    everywhere: Channels, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    for fault in ("topic", "webhook", "routing key", "login"):
        FAULTS[fault][1](everywhere)
    response = everywhere.notify(PAYLOAD)
    assert response.status == 500
    assert response.body["message"] == "Failed to send notification"
    assert response.body["incidentId"] == "incident-1"
    for each in ("sns: ", "slack: Slack answered 404", "pagerduty: PagerDuty", "email: "):
        assert each in response.body["error"]
    said = response.text + capsys.readouterr().out + caplog.text
    said += json.dumps(everywhere.topic.aws.client("dynamodb").scan(TableName="incident-actions"))
    for secret in ("sikret", ROUTING_KEY, "correct"):
        assert secret not in said
    everywhere.slack.path = WEBHOOK_PATH
    response = everywhere.notify(PAYLOAD)
    assert (response.status, response.body["channels"]["slack"]) == (200, "sent")


def test_secrets_that_were_rotated_are_fetched_again(everywhere: Channels) -> None:
    everywhere.notify(PAYLOAD)
    aws = everywhere.topic.aws
    everywhere.slack.path = "/services/rotated"
    change(aws, everywhere.slack_secret, f"{everywhere.slack_server.url}/services/rotated")
    everywhere.pagerduty.routing_key = "rotated"
    change(aws, everywhere.pagerduty_secret, "rotated")
    response = everywhere.notify({**PAYLOAD, "incidentId": "incident-2"})
    assert set(response.body["channels"].values()) == {"sent"}


def test_an_incident_notifies_once(everywhere: Channels) -> None:
    first = everywhere.notify(PAYLOAD)
    assert everywhere.notify(PAYLOAD).text == first.text
    assert everywhere.notify({**PAYLOAD, "target": "database"}).text == first.text
    assert everywhere.received() == dict.fromkeys(("sns", "slack", "pagerduty", "email"), 1)


def test_another_incident_notifies_at_once(everywhere: Channels) -> None:
    for number in range(5):
        response = everywhere.notify({**PAYLOAD, "incidentId": f"incident-{number}"})
        assert response.status == 200
    assert everywhere.received() == dict.fromkeys(("sns", "slack", "pagerduty", "email"), 5)


def test_a_run_that_takes_over_uses_only_the_channels_that_are_left(
    everywhere: Channels, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def killed(self: object, progress: Any, name: str, result: str) -> None:
        progress.add(name, result)
        if len(progress.done) == 2:
            raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(Notify, "_keep", killed)
        with pytest.raises(Killed):
            everywhere.notify(PAYLOAD)
    _wait_for_channels()
    before = everywhere.received()
    everywhere.notify.clock.sleep(3600)
    response = everywhere.notify(PAYLOAD)
    assert set(response.body["channels"].values()) == {"sent"}
    assert sum(before.values()) == 4
    assert sum(everywhere.received().values()) - (4 - before["sns"]) == 2


def test_a_record_that_cannot_be_stored_does_not_stop_the_channels(
    everywhere: Channels, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(self: object, step: str, value: Any) -> None:
        raise RuntimeError("The table is gone.")

    monkeypatch.setattr(Held, "add", fail)
    response = everywhere.notify(PAYLOAD)
    assert set(response.body["channels"].values()) == {"sent"}


@pytest.mark.parametrize("lost", ["dynamodb.GetItem", "dynamodb.TransactWriteItems"])
def test_people_are_notified_without_the_table(wire: Wire, everywhere: Channels, lost: str) -> None:
    wire.lose_request(lost)
    response = everywhere.notify(PAYLOAD)
    assert response.status == 200
    assert set(response.body["channels"].values()) == {"sent"}
    wire.mend()
    everywhere.notify({**PAYLOAD, "incidentId": "incident-2"})
    repeated = everywhere.notify({**PAYLOAD, "incidentId": "incident-2"})
    assert repeated.status == 200
    assert set(everywhere.received().values()) == {2}


def test_a_table_that_cannot_be_read_is_asked_only_once(
    wire: Wire, sns: Function, topic: Topic
) -> None:
    wire.lose_request("dynamodb.GetItem")
    assert sns(PAYLOAD).status == 200
    asked = [call for call, _ in wire.calls if call.startswith("dynamodb.")]
    assert asked == ["dynamodb.PutItem"]  # the audit


def test_people_are_notified_while_actions_are_stopped(
    account: Account, sns: Function, topic: Topic
) -> None:
    account.kill_switch("disabled")
    assert sns(PAYLOAD).status == 200
    assert len(topic.messages()) == 1


def test_people_are_not_notified_if_the_kill_switch_stops_that_too(
    account: Account, sns: Function, topic: Topic
) -> None:
    sns.configure(SNS_TOPIC_ARN=topic.arn, KILL_SWITCH_PARAMETER=KILL_SWITCH)
    account.kill_switch("disabled")
    assert sns(PAYLOAD).status == 423
    assert topic.messages() == []


def test_a_dry_run_notifies_nobody(everywhere: Channels) -> None:
    response = everywhere.notify({**PAYLOAD, "dryRun": True})
    assert response.status == 200
    assert response.body["dryRun"] is True
    assert response.body["change"] == {
        "summary": "notify people through sns, slack, pagerduty, email",
        "values": {"subject": "🚨 [CRITICAL] Incident incident-1 requires attention"},
    }
    assert set(everywhere.received().values()) == {0}
    assert everywhere.notify(PAYLOAD).body["channels"]["sns"] == "sent"


@pytest.mark.parametrize(
    ("details", "title", "description"),
    [
        (None, "(none)", "(none)"),
        ({}, "(none)", "(none)"),
        ("It burns", "(none)", "It burns"),
        (["It burns"], "(none)", '[\n  "It burns"\n]'),
        (7, "(none)", "7"),
        (False, "(none)", "false"),
        ({"title": None, "description": ""}, "(none)", "(none)"),
        ({"title": {"text": "Down"}}, '{ "text": "Down" }', "(none)"),
        ({"description": ["a", 1]}, "(none)", '[\n  "a",\n  1\n]'),
        ({"summary": "Down"}, "(none)", '{\n  "summary": "Down"\n}'),
        ({"title": "two\r\nlines\x00", "description": "a\r\nb\x1b[31m"}, "two lines", "a\nb [31m"),
        ({"title": "t" * 999, "description": "d" * 99_999}, "t" * 299 + "…", "d" * 7999 + "…"),
        ({"title": "half \ud83d", "description": "\udea8"}, "half ?", "?"),
    ],
)
def test_odd_details_never_lose_the_page(
    sns: Function, topic: Topic, details: Any, title: str, description: str
) -> None:
    assert sns({**PAYLOAD, "incidentDetails": details}).status == 200
    (message,) = topic.messages()
    assert f"\nTitle: {title}\nDescription: {description}\n\nThis incident" in message["Message"]


@pytest.mark.parametrize("priority", [None, "", 5, ["high"], "high\nBcc: x", {"a": 1}, "x" * 999])
def test_a_priority_that_is_missing_or_odd_is_unknown(
    sns: Function, topic: Topic, priority: Any
) -> None:
    assert sns({**PAYLOAD, "priority": priority}).status == 200
    (message,) = topic.messages()
    assert message["Subject"] == "[UNKNOWN] Incident incident-1 requires attention"


def test_a_payload_without_anything_but_an_incident(sns: Function, topic: Topic) -> None:
    assert sns({"incidentId": "incident-1"}).status == 200
    (message,) = topic.messages()
    assert "Priority: unknown\n" in message["Message"]


@pytest.mark.parametrize(
    ("event", "said"),
    [
        ({"priority": "high"}, "incidentId is missing"),
        ({"incidentId": 7}, "incidentId must be a string, but is a number"),
        ({"incidentId": " "}, "incidentId is empty"),
        ({"incidentId": "a\nBcc: thief@example.com"}, "must not contain control characters"),
        ({"incidentId": "x" * 129}, "at most 128 characters, but has 129"),
        ({**PAYLOAD, "dryRun": "yes"}, "dryRun must be true or false"),
        ({**PAYLOAD, "action": "clear_cache"}, "action must be 'notify_human'"),
        ([], "must be a JSON object, but is a list"),
        (None, "must be a JSON object, but is null"),
    ],
)
def test_a_bad_payload_is_answered_with_what_is_wrong(
    sns: Function, topic: Topic, event: Any, said: str
) -> None:
    response = sns(event)
    assert response.status == 400
    assert said in response.body["error"]
    assert topic.messages() == []


@given(
    incident=st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=128),
    priority=st.text(max_size=300),
    details=st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=5,
    ),
)
@example(incident="ü" * 128, priority="critical" * 40, details=None)
@example(incident="1", priority="\ufdfa" * 20, details=None)
@settings(max_examples=300, deadline=None)
def test_no_subject_of_sns_is_ever_refused(incident: str, priority: str, details: Any) -> None:
    event = {"incidentId": incident, "priority": priority, "incidentDetails": details}
    said = notification(read_notification(event, "notify_human"))
    line = subject(said)
    assert len(line) < 100
    assert line.isascii()
    assert line.isprintable()
    assert line.startswith("[")
    assert line.endswith(" requires attention")
    assert len(said.text.encode()) < 256 * 1024


def test_a_title_mentions_nobody_in_slack_and_adds_no_header(everywhere: Channels) -> None:
    title = "<!channel> <https://evil.example|click> & more\r\nBcc: thief@example.com"
    everywhere.notify(
        {
            **PAYLOAD,
            "incidentId": "<!here> & 'more'",
            "incidentDetails": {"title": title, "description": title},
        }
    )
    (posted,) = everywhere.slack.posted
    assert "<" not in posted
    assert "&lt;!channel&gt; &lt;https://evil.example|click&gt; &amp; more" in posted
    (mail,) = everywhere.mailbox.received
    assert mail.mail["Bcc"] is None
    assert mail.recipients == ("on-call@example.com",)


def test_the_same_incident_is_the_same_mail(everywhere: Channels) -> None:
    for incident in ("a b", "a+b"):
        everywhere.notify({**PAYLOAD, "incidentId": incident})
    first, second = (each.mail["Message-ID"] for each in everywhere.mailbox.received)
    assert first != second
    assert first == "<incident-612062@example.com>"


def test_a_function_without_channels_says_so(notify: Function) -> None:
    with pytest.raises(Exception, match="No channel is set"):
        notify(PAYLOAD)


def test_the_audit_has_no_details_of_the_incident(account: Account, sns: Function) -> None:
    sns(PAYLOAD)
    (record,) = account.audit()
    assert record["outcome"] == "succeeded"
    assert record["after"] == {"channels": {"sns": "sent"}}
    assert "No answer" not in json.dumps(record)


def _wait_for_channels() -> None:
    for each in threading.enumerate():
        if each.daemon and "_send" in each.name:
            each.join(30)
