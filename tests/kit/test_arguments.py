"""Arguments are checked when a callback is made: what is wrong, where, and what would be right."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

import diva.kit
from diva import kit

ARNS = {
    "sqs": "arn:aws:sqs:eu-central-1:123456789012:orders",
    "sns": "arn:aws-cn:sns:cn-north-1:123456789012:alerts",
    "secret": "arn:aws:secretsmanager:eu-central-1:123456789012:secret:slack-AbCdEf",
    "parameter": "arn:aws:ssm:eu-central-1:123456789012:parameter/slack",
    "function": "arn:aws:lambda:eu-central-1:123456789012:function:report:live",
    "machine": "arn:aws:states:eu-central-1:123456789012:stateMachine:nightly",
    "table": "arn:aws:dynamodb:eu-central-1:123456789012:table/orders",
    "bus": "arn:aws:events:eu-central-1:123456789012:event-bus/orders",
}
URL = "https://shop.example.com/health?a=b"
HIDDEN = "https://hooks.slack.com/services/T0/B0/sikret"

RIGHT: list[Callable[[], Any]] = [
    lambda: kit.http(URL, status=204, contains="ok", max_ms=500, timeout_sec=2),
    lambda: kit.http("http://[::1]:8080"),
    lambda: kit.tcp("db.example.com", 5432),
    lambda: kit.tls_valid_days("shop.example.com", days=0),
    lambda: kit.dns("shop.example.com", address="2001:db8::1"),
    lambda: kit.s3_newer_than("reports", prefix="daily/", max_age_sec=1),
    lambda: kit.sqs_below(ARNS["sqs"], messages=1),
    lambda: kit.sqs_reply(ARNS["sqs"]),
    lambda: kit.metric("AWS/SQS", "Sent", dimensions={"QueueName": "a"}, at_most=0.5),
    lambda: kit.log_line("/aws/lambda/worker", pattern="done"),
    lambda: kit.dynamodb_item(ARNS["table"], key={"pk": "a", "sk": 1}, equals={"on": True}),
    lambda: kit.sqs_send(ARNS["sqs"], body=str),
    lambda: kit.sns_publish(ARNS["sns"], body=["a"]),
    lambda: kit.s3_put("reports", key="a", body=""),
    lambda: kit.invoke(ARNS["function"], payload={}),
    lambda: kit.http_post(URL, body={}, token_arn=ARNS["parameter"]),
    lambda: kit.put_events(ARNS["bus"], source="a", detail_type="b", detail={}),
    lambda: kit.start_execution(ARNS["machine"], input={}),
    lambda: kit.incident_action("restart", action="scale_up", priority="low", incident=str),
    lambda: kit.sns(ARNS["sns"]),
    lambda: kit.slack(ARNS["secret"]),
    lambda: kit.teams(ARNS["parameter"]),
    lambda: kit.pagerduty(ARNS["secret"], url="https://events.eu.pagerduty.com"),
    lambda: kit.webhook("http://10.0.0.1/hook"),
    lambda: kit.email("DIVA <diva@example.com>", recipients=["a@b.example"]),
    lambda: kit.all_of(kit.sns(ARNS["sns"]), print),
]

WRONG: dict[str, tuple[Callable[[], Any], str]] = {
    "scheme": (lambda: kit.http("ftp://a"), "http: url is not valid; it must be a URL that begins"),
    "login": (lambda: kit.http("https://a:b@c.example"), "http: url is not valid"),
    "port": (lambda: kit.http("https://a.example:x"), "http: url is not valid"),
    "line": (lambda: kit.http("https://a.example/\n"), "http: url is not valid"),
    "no url": (lambda: kit.http(7), "http: url is not valid"),  # type: ignore[arg-type]
    "status": (
        lambda: kit.http(URL, status=99),
        "http: status is 99; it must be a whole number of at least 100 and at most 599",
    ),
    "True": (lambda: kit.http(URL, status=True), "http: status is True"),
    "contains": (lambda: kit.http(URL, contains=""), "http: contains is ''; it must be a text"),
    "max_ms": (lambda: kit.http(URL, max_ms=0), "http: max_ms is 0"),
    "limit": (
        lambda: kit.http(URL, timeout_sec=0),
        "http: timeout_sec is 0; it must be a number of seconds above 0",
    ),
    "limit of all": (
        lambda: kit.all_of(print, timeout_sec=0),
        "all_of: timeout_sec is 0; it must be a number of seconds above 0",
    ),
    "no limit": (lambda: kit.tcp("a", 1, timeout_sec=float("inf")), "tcp: timeout_sec is inf"),
    "host": (lambda: kit.tcp("", 1), "tcp: host is ''"),
    "tcp port": (lambda: kit.tcp("a", 70_000), "tcp: port is 70000"),
    "days": (lambda: kit.tls_valid_days("a", days=-1), "tls_valid_days: days is -1"),
    "address": (
        lambda: kit.dns("a", address="256.0.0.1"),
        "dns: address is '256.0.0.1'; it must be an IP address, for example '192.0.2.1'",
    ),
    "bucket": (
        lambda: kit.s3_put("arn:aws:s3:::reports", key="a", body=""),
        "s3_put: bucket is 'arn:aws:s3:::reports'; it must be the name of a bucket",
    ),
    "queue": (
        lambda: kit.sqs_send("orders", body=""),
        "sqs_send: queue_arn is 'orders'; it must be an ARN such as 'arn:aws:sqs:eu-central-1:",
    ),
    "other service": (lambda: kit.sns(ARNS["sqs"]), "sns: topic_arn is 'arn:aws:sqs:"),
    "other kind": (
        lambda: kit.start_execution(ARNS["machine"].replace("stateMachine", "execution")),
        "start_execution: state_machine_arn is 'arn:",
    ),
    "function": (lambda: kit.invoke(ARNS["table"]), "invoke: function is 'arn:aws:dynamodb:"),
    "name": (lambda: kit.invoke("a b"), "invoke: function is 'a b'; it must be a name, or an ARN"),
    "wait": (
        lambda: kit.invoke("a", wait="yes"),  # type: ignore[arg-type]
        "invoke: wait is 'yes'; it must be True or False",
    ),
    "body": (
        lambda: kit.sqs_send(ARNS["sqs"], body={"a": object}),
        "it must be a text, a value that JSON can hold, or a function that returns either",
    ),
    "NaN": (lambda: kit.sqs_send(ARNS["sqs"], body={"a": float("nan")}), "sqs_send: body is"),
    "messages": (lambda: kit.sqs_below(ARNS["sqs"], messages=0), "sqs_below: messages is 0"),
    "no limits": (
        lambda: kit.metric("a", "b"),
        "metric: neither at_least nor at_most is set; one of them must be",
    ),
    "statistic": (
        lambda: kit.metric("a", "b", statistic="p99", at_least=1),
        "metric: statistic is 'p99'; it must be one of 'Sum', 'Average'",
    ),
    "window": (
        lambda: kit.metric("a", "b", window_sec=90, at_least=1),
        "metric: window_sec is 90; it must be a multiple of 60",
    ),
    "dimensions": (
        lambda: kit.metric("a", "b", dimensions=["c"], at_least=1),  # type: ignore[arg-type]
        "metric: dimensions is ['c']; it must be a dict of texts",
    ),
    "key": (lambda: kit.dynamodb_item("a", key={}), "dynamodb_item: key is {}; it must be a dict"),
    "boolean": (lambda: kit.dynamodb_item("a", key={"b": True}), "dynamodb_item: key is"),
    "action": (
        lambda: kit.incident_action("a", action="reboot"),
        "incident_action: action is 'reboot'; it must be one of 'restart_service', 'scale_up'",
    ),
    "severity": (
        lambda: kit.pagerduty(ARNS["secret"], severity="high"),
        "pagerduty: severity is 'high'; it must be one of 'critical', 'error', 'warning', 'info'",
    ),
    "sender": (lambda: kit.email("me", recipients=["a@b.example"]), "email: sender is 'me'"),
    "recipients": (
        lambda: kit.email("a@b.example", recipients="a@b.example"),
        "email: recipients is 'a@b.example'; it must be a list of 1 to 50 addresses",
    ),
    "token over HTTP": (
        lambda: kit.webhook("http://a.example", token_arn=ARNS["secret"]),
        "webhook: url is not valid; it must be a URL that begins with https://, without a login",
    ),
}


def test_every_maker_is_tested() -> None:
    assert {type(make()).__name__ for make in RIGHT} == set(kit.__all__) == set(dir(diva.kit))


@pytest.mark.parametrize("make", RIGHT, ids=lambda make: type(make()).__name__)
def test_equal_arguments_make_equal_callbacks_with_a_limit(make: Callable[[], Any]) -> None:
    assert make() == make()
    limited = make().within_event_timeout(1)
    assert type(limited) is type(make())
    assert limited.timeout_sec == 0.9
    assert make().within_event_timeout(1000).timeout_sec == make().timeout_sec


@pytest.mark.parametrize(("make", "said"), WRONG.values(), ids=WRONG)
def test_a_wrong_argument_is_refused(make: Callable[[], Any], said: str) -> None:
    with pytest.raises(ValueError, match=re.escape(said)):
        make()


@pytest.mark.parametrize(
    "make",
    [
        lambda: kit.slack(HIDDEN),
        lambda: kit.teams(HIDDEN),
        lambda: kit.pagerduty("sikret-routing-key"),
        lambda: kit.webhook(URL, token_arn="sikret-token"),  # noqa: S106
        lambda: kit.http_post(URL, body={}, token_arn=ARNS["sqs"] + "sikret"),
        lambda: kit.http("https://user:sikret@shop.example.com"),
    ],
)
def test_what_may_be_a_secret_is_not_quoted(make: Callable[[], Any]) -> None:
    with pytest.raises(ValueError, match="it must be ") as error:
        make()
    assert "sikret" not in str(error.value)


def test_an_unknown_argument_or_maker_is_named() -> None:
    with pytest.raises(TypeError, match=r"http.*unexpected keyword argument 'contain'"):
        kit.http(URL, contain="ok")  # type: ignore[call-arg]
    with pytest.raises(AttributeError, match=r"'diva\.kit' has no attribute 'htp'"):
        kit.htp  # noqa: B018
