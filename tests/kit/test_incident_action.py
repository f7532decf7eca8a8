"""Incident actions: what the functions are asked, which incidents are one, and the answers."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from diva.clock import Clock
from diva.kit import incident_action
from diva.kit.callback import NotDone
from incident_actions.payload import read_notification, read_request
from local_aws import LocalAws

from ..local_aws.functions import deploy
from .conftest import SINCE, Notice

MESSAGE = "Event 'api' (shop-diva) is failing."
# Answers what its environment says, and keeps what it was asked.
ANSWERING = """
import json, os
asked = []
def handler(event, context):
    if event == "asked":
        return [asked.pop(0) for _ in range(len(asked))]
    asked.append(event)
    if "crash" in event["target"]:
        raise KeyError("ECS_CLUSTER_NAME")
    if event["target"] == "other":
        return {"hello": "world"}
    if event["target"] == "busy":
        return {"statusCode": 423, "body": json.dumps({"error": "Actions are disabled."})}
    return {"statusCode": 200, "body": json.dumps({"message": "done"})}
"""


class Ticking(Clock):
    """A clock that is a millisecond further at each look."""

    def __init__(self) -> None:
        self._now = SINCE

    def now(self) -> datetime:
        self._now += timedelta(milliseconds=1)
        return self._now


@pytest.fixture(scope="module")
def aws(account: LocalAws) -> LocalAws:
    deploy(account, ANSWERING, FunctionName="action", MemorySize=256)
    return account


def asked(aws: LocalAws) -> list[dict[str, Any]]:
    """Return what the function was asked since the last call."""
    payloads: list[dict[str, Any]] = aws.invoke("action", "asked").payload
    return payloads


def test_an_injection_acts_on_the_target_and_each_is_an_incident(aws: LocalAws) -> None:
    inject = incident_action("action", action="restart_service", clock=Ticking())
    assert inject("api") is True
    assert inject("api") is True
    assert replace(inject, target="cluster", priority="critical")("api") is True
    payloads = asked(aws)
    requests = [read_request(payload, "restart_service") for payload in payloads]
    assert [request.target for request in requests] == ["api", "api", "cluster"]
    assert [request.is_critical for request in requests] == [False, False, True]
    assert [request.requested_by for request in requests] == ["diva"] * 3
    assert requests[0].incident_id == "api-20261122T030500.001000Z"
    assert len({request.incident_id for request in requests}) == 3


def test_an_injection_can_be_of_an_incident_that_is_known(aws: LocalAws) -> None:
    inject = incident_action(
        f"arn:aws:lambda:{aws.region}:{aws.account_id}:function:action",
        action="scale_up",
        incident=lambda event: f"{event}-{'x' * 200}",
    )
    for event in ("api", "api", "web"):
        assert inject(event) is True
    first, again, other = (read_request(each, "scale_up").incident_id for each in asked(aws))
    assert first == again != other
    assert len(first) == 128


def test_a_message_that_is_sent_again_is_of_the_same_incident(
    aws: LocalAws, notice: Notice
) -> None:
    tell = incident_action("action", action="notify_human", priority="critical")
    later = SINCE + timedelta(days=1)
    for context in (
        notice(event="api"),
        notice(event="api", run_id="another"),
        notice("reminder", event="api"),
        notice("reminder", event="api", run_id="another"),
        notice("resolution", event="api"),
        notice(event="api", failing_since=later),
        notice("resolution", event="api", failing_since=None),
    ):
        tell(MESSAGE, context)
    requests = [read_notification(payload, "notify_human") for payload in asked(aws)]
    assert requests[0].details == {"title": "api is failing", "description": MESSAGE}
    assert requests[0].priority == "critical"
    assert [request.incident_id for request in requests] == [
        "api-20261122T030500Z",
        "api-20261122T030500Z",
        "api-20261122T030500Z-5f1c-1",
        "api-20261122T030500Z-another",
        "api-20261122T030500Z-resolved",
        "api-20261123T030500Z",
        "api-5f1c-1-resolved",
    ]
    assert later.tzinfo is timezone.utc


ANSWERS = {
    "busy": r"^action answered 423: Actions are disabled\.$",
    "crash": r"^action failed: KeyError: 'ECS_CLUSTER_NAME'$",
    "other": r"^action answered None: the function is none of modules/incident-actions$",
}


@pytest.mark.parametrize(("target", "said"), ANSWERS.items())
def test_what_was_not_done_is_a_failure(
    aws: LocalAws, notice: Notice, target: str, said: str
) -> None:
    act = incident_action("action", action="clear_cache", target=target)
    with pytest.raises(NotDone, match=said):
        act("cache")
    with pytest.raises(NotDone, match=said):
        act(MESSAGE, notice())
    assert json.dumps(asked(aws)).count(target) == 2
