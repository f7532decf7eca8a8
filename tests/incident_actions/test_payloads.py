"""Payloads that are not as they should be."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from incident_actions.payload import BadPayload, read_notification, read_request

from .stage import Account, Function
from .wire import Wire

GOOD = {"action": "scale_up", "target": "api", "incidentId": "incident-1", "priority": "high"}


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (None, "The payload must be a JSON object, but is null."),
        ([], "The payload must be a JSON object, but is a list."),
        ("restart", "The payload must be a JSON object, but is a string."),
        ({}, "incidentId is missing. It must be a string."),
        ({**GOOD, "incidentId": None}, "incidentId is missing. It must be a string."),
        ({**GOOD, "incidentId": 5}, "incidentId must be a string, but is a number."),
        ({**GOOD, "incidentId": " "}, "incidentId is empty. It must be a string."),
        (
            {**GOOD, "incidentId": "x" * 129},
            "incidentId must have at most 128 characters, but has 129.",
        ),
        (
            {**GOOD, "incidentId": "1\nSubject: hello"},
            "incidentId must not contain control characters, but is '1\\nSubject: hello'.",
        ),
        ({**GOOD, "target": None}, "target is missing. It must be a string."),
        ({**GOOD, "target": ["api"]}, "target must be a string, but is a list."),
        (
            {**GOOD, "target": "api\x00"},
            "target must not contain control characters, but is 'api\\x00'.",
        ),
        ({**GOOD, "target": "x" * 10**6}, "target must have at most 128 characters"),
        ({**GOOD, "priority": {"is": "high"}}, "priority must be a string, but is an object."),
        ({**GOOD, "priority": True}, "priority must be a string, but is true or false."),
        ({**GOOD, "dryRun": "yes"}, "dryRun must be true or false, but is 'yes'."),
        ({**GOOD, "requestedBy": 1.5}, "requestedBy must be a string, but is a number."),
        (
            {**GOOD, "action": "clear_cache"},
            "action must be 'scale_up', which is what this function does, but is 'clear_cache'.",
        ),
        ({**GOOD, "action": 7}, "action must be 'scale_up', which is what this function does"),
    ],
)
def test_a_bad_payload_is_told_what_is_wrong(
    scale: Function, wire: Wire, event: Any, expected: str
) -> None:
    response = scale(event)
    assert response.status == 400
    assert response.body["message"] == "Failed to scale resource"
    assert response.body["error"].startswith(expected)
    assert response.body.keys() == {"message", "error", "incidentId"}
    assert len(response.text) < 600
    assert wire.changes == []


def test_a_bad_payload_is_answered_with_its_incident(scale: Function) -> None:
    assert scale({**GOOD, "priority": 1}).body["incidentId"] == "incident-1"
    assert scale({**GOOD, "incidentId": 1}).body["incidentId"] is None


def test_an_action_may_be_left_out_and_more_may_be_there(account: Account, scale: Function) -> None:
    account.service()
    assert scale({"target": "api", "incidentId": "1", "incidentDetails": 5, "x": []}).status == 200


@pytest.mark.parametrize("target", ["api#limits", "api'", "*", "../api", "API", "api "])
def test_a_target_is_its_whole_name(scale: Function, target: str) -> None:
    assert scale({**GOOD, "target": target}).status == 404


@pytest.mark.parametrize("priority", [None, 5, "", "x" * 500, "high\r\nBcc: all", ["critical"]])
def test_people_are_notified_whatever_the_priority_is(priority: Any) -> None:
    request = read_notification(
        {**GOOD, "action": "notify_human", "priority": priority}, "notify_human"
    )
    assert request.priority == "unknown"


@pytest.mark.parametrize("details", [None, 5, "text", [], {"title": None}])
def test_people_are_notified_whatever_the_details_are(details: Any) -> None:
    request = read_notification({"incidentId": "1", "incidentDetails": details}, "notify_human")
    assert request.details == details


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
_events = _json | st.fixed_dictionaries(
    {},
    optional=dict.fromkeys(
        ("action", "target", "incidentId", "priority", "incidentDetails", "dryRun", "requestedBy"),
        _json | st.sampled_from(["scale_up", "api", "critical"]),
    ),
)


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(event=_events)
def test_any_payload_is_read_or_said_to_be_bad(event: Any) -> None:
    for read in (read_request, read_notification):
        try:
            request = read(event, "scale_up")
        except BadPayload as error:
            text = str(error)
            assert text.isprintable()
            assert len(text) < 300
        else:
            texts = (request.incident_id, request.target, request.priority, request.requested_by)
            assert all(text.isprintable() and text.strip() for text in texts)
            assert isinstance(request.dry_run, bool)
