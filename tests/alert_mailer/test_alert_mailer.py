"""The mailer, from the event of SNS to the mail that an SMTP server has accepted."""

from __future__ import annotations

import json
import logging
import socket
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest
import trustme

from alert_mailer import handler
from diva_common import smtp
from diva_common.secret import InvalidSecret
from diva_common.smtp import NotSent
from diva_common.smtp_settings import InvalidSettings
from local_aws import LocalAws

from ..certificates import HOST, server_context, trusted_pem
from ..secrets_manager import change, new_secret
from .server import Mailbox, smtp_server

RECIPIENTS = ["first@example.com", "Second One <second@example.com>"]
TOPIC = "arn:aws:sns:eu-central-1:123456789012:uploads-alarms"

PLAIN: dict[str, Any] = {
    "tls_context": None,
    "require_starttls": False,
    "auth_required": False,
    "auth_require_tls": False,
}
"""A server that does not offer STARTTLS."""

Configure = Callable[..., None]


@pytest.fixture(autouse=True)
def configure(monkeypatch: pytest.MonkeyPatch) -> Iterator[Configure]:
    """Sets the environment of the function, which is a new one for each test."""

    def configure(port: int, **changes: str) -> None:
        variables = {
            "SMTP_HOST": HOST,
            "SMTP_PORT": str(port),
            "SMTP_FROM": "Alarms <alarms@example.com>",
            "SMTP_TO": json.dumps(RECIPIENTS),
            "SMTP_STARTTLS": "true",
            "CA_CERTIFICATES_PEM": trusted_pem(),
            **changes,
        }
        for name, value in variables.items():
            monkeypatch.setenv(name, value)

    handler.sender.cache_clear()
    yield configure
    handler.sender.cache_clear()


@pytest.fixture
def secret_arn(aws: LocalAws) -> str:
    return new_secret(aws, json.dumps({"username": "mailer", "password": "correct"}))


@pytest.fixture
def mailbox(configure: Configure, secret_arn: str) -> Iterator[Mailbox]:
    """A server that the function is configured for."""
    with smtp_server() as mailbox:
        configure(mailbox.port, SMTP_SECRET_ARN=secret_arn)
        yield mailbox


def event(message: str, subject: str | None = None, **more: str) -> dict[str, Any]:
    """Return the event that SNS invokes a function with."""
    notification = {
        "Type": "Notification",
        "MessageId": "4f9ae18f-8a4d-5b7f-9a3a-d8ad4a1b0000",
        "TopicArn": TOPIC,
        "Subject": subject,
        "Message": message,
        "Timestamp": "2026-11-22T09:00:00.000Z",
        **more,
    }
    return {"Records": [{"EventSource": "aws:sns", "EventVersion": "1.0", "Sns": notification}]}


ALARM = {
    "AlarmName": "uploads-dlq: depth/ü",
    "AlarmDescription": "A message was not processed.",
    "AWSAccountId": "123456789012",
    "NewStateValue": "ALARM",
    "NewStateReason": "Threshold Crossed: 1 datapoint [3.0] was greater than the threshold (0.0).",
    "StateChangeTime": "2026-11-22T10:00:59.123+0100",
    "Region": "EU (Frankfurt)",
    "AlarmArn": "arn:aws:cloudwatch:eu-central-1:123456789012:alarm:uploads-dlq: depth/ü",
    "OldStateValue": "OK",
    "Trigger": {
        "MetricName": "ApproximateNumberOfMessagesVisible",
        "Namespace": "AWS/SQS",
        "StatisticType": "Statistic",
        "Statistic": "MAXIMUM",
        "Dimensions": [{"value": "uploads-dlq", "name": "QueueName"}],
        "Period": 60,
        "EvaluationPeriods": 5,
        "DatapointsToAlarm": 1,
        "ComparisonOperator": "GreaterThanThreshold",
        "Threshold": 0.0,
    },
}


def test_an_alarm_is_readable(mailbox: Mailbox) -> None:
    handler.handler(event(json.dumps(ALARM), "ALARM: in EU (Frankfurt)"), None)
    (received,) = mailbox.received
    assert received.mail["Subject"] == "ALARM: uploads-dlq: depth/ü"
    assert received.text.splitlines() == [
        "Alarm:       uploads-dlq: depth/ü",
        "State:       OK → ALARM",
        "Time:        2026-11-22 09:00:59 UTC",
        "Reason:      Threshold Crossed: 1 datapoint [3.0] was greater than the threshold (0.0).",
        "Description: A message was not processed.",
        "Watches:     AWS/SQS ApproximateNumberOfMessagesVisible (QueueName = uploads-dlq), "
        "Maximum of 60 s",
        "Watches:     > 0.0 in 1 of 5 periods",
        "Region:      EU (Frankfurt) (eu-central-1)",
        "Account:     123456789012",
        "Link:        https://eu-central-1.console.aws.amazon.com/cloudwatch/home"
        "?region=eu-central-1#alarmsV2:alarm/uploads-dlq%3A%20depth%2F%C3%BC",
    ]


def test_an_alarm_on_an_expression_names_every_metric(mailbox: Mailbox) -> None:
    metric = {"MetricName": "Errors", "Namespace": "AWS/Lambda", "Dimensions": []}
    trigger = {
        "Metrics": [
            {"Id": "rate", "Expression": "100 * errors / runs", "ReturnData": True},
            {"Id": "errors", "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Sum"}},
        ],
        "EvaluationPeriods": 2,
        "ComparisonOperator": "LessThanLowerOrGreaterThanUpperThreshold",
        "Threshold": 5.0,
    }
    handler.handler(event(json.dumps({**ALARM, "Trigger": trigger})), None)
    text = mailbox.received[0].text
    assert "Watches:     rate = 100 * errors / runs\n" in text
    assert "Watches:     errors = AWS/Lambda Errors, Sum of 60 s\n" in text
    assert "LessThanLowerOrGreaterThanUpperThreshold 5.0 in 2 of 2 periods\n" in text


def test_a_composite_alarm_shows_its_rule(mailbox: Mailbox) -> None:
    rule = "ALARM(one) OR ALARM(two)"
    alarm = {name: value for name, value in ALARM.items() if name != "Trigger"}
    handler.handler(event(json.dumps({**alarm, "AlarmRule": rule})), None)
    assert f"Watches:     {rule}\n" in mailbox.received[0].text


@pytest.mark.parametrize(
    ("arn", "link"),
    [
        ("arn:aws-cn:cloudwatch:cn-north-1:1:alarm:a", "https://cn-north-1.console.amazonaws.cn/"),
        (
            "arn:aws-us-gov:cloudwatch:us-gov-west-1:1:alarm:a",
            "https://us-gov-west-1.console.amazonaws-us-gov.com/",
        ),
        ("arn:aws-iso:cloudwatch:us-iso-east-1:1:alarm:a", None),
        ("unreadable", None),
    ],
)
def test_the_link_leads_to_the_console_of_the_partition(
    mailbox: Mailbox, arn: str, link: str | None
) -> None:
    handler.handler(event(json.dumps({**ALARM, "AlarmArn": arn})), None)
    text = mailbox.received[0].text
    assert (f"Link:        {link}" in text) if link else ("Link:" not in text)


@pytest.mark.parametrize(
    "message",
    ["Deployment finished.\n\nAll is well: ü\n", '{"an": "object"}\n', "[1]\n", ".\n..\nend\n"],
)
def test_any_other_message_stays_as_it_is(mailbox: Mailbox, message: str) -> None:
    handler.handler(event(message, "Deployment"), None)
    (received,) = mailbox.received
    assert received.mail["Subject"] == "Deployment"
    assert received.text == message


def test_a_message_without_a_subject_is_named_after_its_topic(mailbox: Mailbox) -> None:
    handler.handler(event("text"), None)
    assert mailbox.received[0].mail["Subject"] == "Notification from uploads-alarms"


def test_every_recipient_gets_the_mail_over_tls_after_a_login(mailbox: Mailbox) -> None:
    handler.handler(event("text"), None)
    (received,) = mailbox.received
    assert received.sender == "alarms@example.com"
    assert received.recipients == ("first@example.com", "second@example.com")
    assert received.mail["From"] == "Alarms <alarms@example.com>"
    assert received.mail["To"] == "first@example.com, Second One <second@example.com>"
    assert mailbox.encrypted == [True]
    assert mailbox.logins == [("mailer", "correct")]


def test_a_mail_that_is_sent_again_has_the_same_id(mailbox: Mailbox) -> None:
    handler.handler(event("text"), None)
    handler.handler(event("text"), None)
    first, second = (each.mail for each in mailbox.received)
    assert first["Message-ID"] == second["Message-ID"]
    assert first["Message-ID"] == "<4f9ae18f-8a4d-5b7f-9a3a-d8ad4a1b0000@example.com>"
    assert first["Auto-Submitted"] == "auto-generated"
    assert first["Date"]


@pytest.mark.parametrize("line_break", ["\r\n", "\n", "\r", "\u2028", "\x85", "\x0b", "\0"])
def test_a_subject_cannot_add_a_header(mailbox: Mailbox, line_break: str) -> None:
    injected = f"one{line_break}Bcc: thief@example.com{line_break}{line_break}body"
    handler.handler(event("text", injected), None)
    handler.handler(event(json.dumps({**ALARM, "AlarmName": injected})), None)
    handler.handler(event("text", MessageId=f"id{line_break}Bcc: thief@example.com>"), None)
    for received in mailbox.received:
        assert received.mail["Bcc"] is None
        assert received.recipients == ("first@example.com", "second@example.com")
    assert mailbox.received[0].mail["Subject"] == "one Bcc: thief@example.com body"
    assert mailbox.received[0].text == "text\n"


def test_a_long_subject_is_shortened(mailbox: Mailbox) -> None:
    handler.handler(event("text", "ü" * 500), None)
    assert mailbox.received[0].mail["Subject"] == "ü" * 199 + "…"


@pytest.mark.parametrize("text", ["a@b\r\nBcc: c@d", "no address", "<>", "a@", "a@b c@d"])
def test_an_invalid_address_is_an_invalid_setting(configure: Configure, text: str) -> None:
    for changes in ({"SMTP_FROM": text}, {"SMTP_TO": json.dumps([text])}):
        configure(25, **changes)
        with pytest.raises(InvalidSettings, match="mail address is invalid"):
            handler.handler(event("text"), None)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"SMTP_TO": "[]"}, "at least one address"),
        ({"SMTP_TO": "a@example.com"}, "SMTP_TO is invalid"),
        ({"SMTP_PORT": "smtp"}, "SMTP_PORT"),
    ],
)
def test_invalid_settings_are_named(
    configure: Configure, changes: dict[str, str], said: str
) -> None:
    configure(25, **changes)
    with pytest.raises(InvalidSettings, match=said):
        handler.handler(event("text"), None)


def test_a_missing_setting_is_named(monkeypatch: pytest.MonkeyPatch, configure: Configure) -> None:
    configure(25)
    monkeypatch.delenv("SMTP_HOST")
    with pytest.raises(InvalidSettings, match="SMTP_HOST is not set"):
        handler.handler(event("text"), None)


@pytest.mark.parametrize(
    "context",
    [lambda: server_context(trustme.CA()), lambda: server_context(host="mail.example.com")],
    ids=["unknown authority", "another host"],
)
def test_a_server_that_cannot_be_verified_gets_no_mail(
    configure: Configure, secret_arn: str, context: Callable[[], Any]
) -> None:
    with smtp_server(context()) as mailbox:
        configure(mailbox.port, SMTP_SECRET_ARN=secret_arn)
        with pytest.raises(OSError, match="certificate"):
            handler.handler(event("text"), None)
    assert (mailbox.received, mailbox.logins) == ([], [])


def test_a_server_without_starttls_gets_no_mail(configure: Configure, secret_arn: str) -> None:
    with smtp_server(**PLAIN) as mailbox:
        configure(mailbox.port, SMTP_SECRET_ARN=secret_arn)
        with pytest.raises(NotSent, match="STARTTLS"):
            handler.handler(event("text"), None)
        configure(mailbox.port, SMTP_SECRET_ARN=secret_arn, SMTP_STARTTLS="false")
        handler.sender.cache_clear()
        with pytest.raises(NotSent, match=r"login .* requires TLS"):
            handler.handler(event("text"), None)
    assert (mailbox.received, mailbox.logins) == ([], [])


def test_a_relay_without_tls_and_login_can_be_used(configure: Configure) -> None:
    with smtp_server(**PLAIN) as mailbox:
        configure(mailbox.port, SMTP_STARTTLS="false")
        handler.handler(event("text"), None)
    assert mailbox.encrypted == [False]


def test_tls_can_begin_with_the_connection(
    configure: Configure, secret_arn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At the port for that, which a test may not use."""
    options = {"ssl_context": server_context(), "tls_context": None, "require_starttls": False}
    with smtp_server(**options, auth_require_tls=False, auth_required=False) as mailbox:
        monkeypatch.setattr(smtp, "SMTPS_PORT", mailbox.port)
        configure(mailbox.port, SMTP_SECRET_ARN=secret_arn, SMTP_STARTTLS="false")
        handler.handler(event("text"), None)
    assert mailbox.logins == [("mailer", "correct")]
    assert len(mailbox.received) == 1


def test_a_wrong_login_is_an_error(aws: LocalAws, mailbox: Mailbox, configure: Configure) -> None:
    arn = new_secret(aws, json.dumps({"username": "mailer", "password": "wrong-one"}))
    configure(mailbox.port, SMTP_SECRET_ARN=arn)
    with pytest.raises(NotSent, match="SMTPAuthenticationError") as raised:
        handler.handler(event("text"), None)
    assert "wrong-one" not in str(raised.value)
    assert mailbox.received == []


def test_a_rotated_password_is_fetched_again(
    aws: LocalAws, mailbox: Mailbox, secret_arn: str
) -> None:
    handler.handler(event("text"), None)
    mailbox.login = ("mailer", "rotated")
    change(aws, secret_arn, json.dumps({"username": "mailer", "password": "rotated"}))
    handler.handler(event("text"), None)
    assert len(mailbox.received) == 2


@pytest.mark.parametrize(
    "text",
    [
        "correct",
        "{}",
        '{"username": "mailer"}',
        '["correct"]',
        '{"username": "mailer", "password": "correctü"}',
        '{"username": "mailerü", "password": "correct"}',
    ],
)
def test_a_secret_of_another_form_is_an_error_without_its_value(
    aws: LocalAws, mailbox: Mailbox, configure: Configure, text: str
) -> None:
    configure(mailbox.port, SMTP_SECRET_ARN=new_secret(aws, text))
    with pytest.raises(InvalidSecret, match="username and password") as raised:
        handler.handler(event("text"), None)
    assert "correct" not in str(raised.value)
    assert "ü" not in str(raised.value)


@pytest.mark.parametrize("response", ["421 closing", "451 try later", "554 rejected"])
def test_a_mail_that_is_not_accepted_is_an_error(mailbox: Mailbox, response: str) -> None:
    mailbox.response = response
    with pytest.raises(NotSent, match=response[:3]):
        handler.handler(event("text"), None)


def test_the_response_to_quit_does_not_matter(mailbox: Mailbox) -> None:
    mailbox.farewell = "421 too many connections"
    handler.handler(event("text"), None)
    assert len(mailbox.received) == 1
    mailbox.response = "554 rejected"
    with pytest.raises(NotSent, match="554, b'rejected'"):
        handler.handler(event("text"), None)


@pytest.mark.parametrize("response", ["450 greylisted", "550 no such user"])
def test_a_mail_that_no_recipient_gets_is_an_error(mailbox: Mailbox, response: str) -> None:
    mailbox.refused = {"first@example.com": response, "second@example.com": response}
    with pytest.raises(NotSent, match=response):
        handler.handler(event("text"), None)


@pytest.mark.parametrize("response", ["421 closing", "450 greylisted"])
def test_a_recipient_that_is_refused_for_now_is_an_error(mailbox: Mailbox, response: str) -> None:
    mailbox.refused = {"second@example.com": response}
    with pytest.raises(NotSent, match=rf"second@example\.com \({response}\)"):
        handler.handler(event("text"), None)


def test_a_recipient_that_is_refused_for_good_is_logged(
    mailbox: Mailbox, caplog: pytest.LogCaptureFixture
) -> None:
    mailbox.refused = {"second@example.com": "550 no such user"}
    handler.handler(event("text"), None)
    assert mailbox.received[0].recipients == ("first@example.com",)
    (record,) = [each for each in caplog.records if each.levelno == logging.ERROR]
    assert "second@example.com (550 no such user)" in record.getMessage()


def test_a_server_that_is_silent_is_an_error(
    configure: Configure, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtp, "TIMEOUT_SEC", 0.2)
    with closing(socket.create_server((HOST, 0))) as silent:
        configure(silent.getsockname()[1])
        with pytest.raises(NotSent, match="timed out"):
            handler.handler(event("text"), None)


def test_a_server_that_is_not_there_is_an_error(configure: Configure, secret_arn: str) -> None:
    with smtp_server() as mailbox:
        pass
    configure(mailbox.port, SMTP_SECRET_ARN=secret_arn)
    with pytest.raises(ConnectionError):
        handler.handler(event("text"), None)
