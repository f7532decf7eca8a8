"""What all attempts have in common: repeats, limits, dry runs, the kill switch, and reports."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from incident_actions.attempt import CLAIM_MARGIN_SEC

from .stage import (
    CLUSTER,
    COOLDOWN_SEC,
    KILL_SWITCH,
    MAX_ACTIONS,
    NAMESPACE,
    SECONDS,
    WINDOW_SEC,
    Account,
    Clock,
    Function,
    Response,
)
from .wire import Wire

UPDATE = "ecs.UpdateService"
SERVICE = {"cluster": CLUSTER, "service": "production-api-service", "step": 1, "max_count": 50}
CLAIM_SEC = SECONDS + CLAIM_MARGIN_SEC


@pytest.fixture(autouse=True)
def service(account: Account) -> None:
    """Let all tests have a service."""
    account.service(count=2)


def call(function: Function, incident: str = "incident-1", **changed: Any) -> Response:
    return function({"target": "api", "incidentId": incident, "priority": "high", **changed})


def die(call: str, parameters: dict[str, Any]) -> None:
    """End the run at the change."""
    if call == UPDATE:
        raise KeyboardInterrupt


def test_a_repeat_gets_the_first_answer_and_does_nothing(restart: Function, wire: Wire) -> None:
    first = call(restart)
    repeat = call(restart)
    assert repeat == first
    assert wire.changes == [UPDATE]


def test_a_repeat_gets_the_first_answer_whatever_has_changed(
    account: Account, scale: Function, clock: Clock, wire: Wire
) -> None:
    first = call(scale)
    clock.sleep(COOLDOWN_SEC)
    account.service(count=1)
    account.kill_switch("disabled")
    assert call(scale, priority="critical", dryRun=True).text == first.text
    assert wire.changes == [UPDATE]


def test_nothing_to_do_is_an_answer_that_is_repeated(account: Account, scale: Function) -> None:
    account.service(count=20)
    first = call(scale)
    assert first.status == 200
    assert first.body["message"] == "api was not scaled up"
    account.service(count=1)
    assert call(scale) == first
    assert account.described()["desiredCount"] == 1


def test_incidents_targets_and_actions_are_kept_apart(
    account: Account, restart: Function, scale: Function, wire: Wire
) -> None:
    account.service("production-auth-service")
    assert call(restart).status == 200
    assert call(restart, target="auth-service").status == 200
    assert call(scale).status == 200
    assert len(wire.changes) == 3


def test_a_target_has_a_cooldown(restart: Function, clock: Clock, wire: Wire) -> None:
    call(restart)
    clock.sleep(100)
    response = call(restart, "incident-2")
    assert response.status == 429
    assert response.body == {
        "message": "Failed to restart service",
        "error": "The latest action on the target 'api' was less than 300 seconds ago, which is "
        "the cooldown.",
        "incidentId": "incident-2",
        "retryAfterSec": 200,
    }
    clock.sleep(200)
    assert call(restart, "incident-2").status == 200
    assert len(wire.changes) == 2


def test_a_target_has_a_cap(restart: Function, clock: Clock, wire: Wire) -> None:
    for number in range(MAX_ACTIONS):
        assert call(restart, f"incident-{number}").status == 200
        clock.sleep(COOLDOWN_SEC)
    response = call(restart, "one more")
    assert response.status == 429
    assert response.body["error"] == (
        "The target 'api' had 3 actions in 3600 seconds. At most 3 are allowed."
    )
    wait = WINDOW_SEC - MAX_ACTIONS * COOLDOWN_SEC
    assert response.body["retryAfterSec"] == wait
    clock.sleep(wait)
    assert call(restart, "one more").status == 200
    assert len(wire.changes) == MAX_ACTIONS + 1


def test_a_dry_run_says_what_it_would_do(account: Account, scale: Function, wire: Wire) -> None:
    response = call(scale, dryRun=True)
    assert response.status == 200
    assert response.body == {
        "message": "Dry run, nothing was changed. This would raise the desired count of "
        "production-api-service from 2 to 5.",
        "incidentId": "incident-1",
        "dryRun": True,
        "before": {"status": "ACTIVE", "desiredCount": 2},
        "change": {
            "summary": "raise the desired count of production-api-service from 2 to 5",
            "values": {"desiredCount": 5},
        },
        "undo": "aws ecs update-service --cluster production-cluster --service "
        "production-api-service --desired-count 2",
    }
    assert wire.changes == []
    assert account.records("incident#") == account.records("target#") == []
    assert call(scale).status == 200


def test_a_dry_run_of_nothing_to_do_claims_nothing(account: Account, scale: Function) -> None:
    account.service(count=20)
    response = call(scale, dryRun=True)
    assert response.status == 200
    assert response.body["dryRun"]
    assert account.records("incident#") == []


def test_a_function_can_be_dry(scale: Function, wire: Wire) -> None:
    scale.configure(DRY_RUN="true")
    assert call(scale).body["dryRun"]
    assert call(scale, dryRun=False).body["dryRun"]
    assert wire.changes == []


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("disabled", "Actions are disabled by the kill switch, SSM parameter"),
        ("Enabled", "is neither 'enabled' nor 'disabled'. Actions are stopped until"),
        (None, "cannot be read: ParameterNotFound. Actions are stopped until"),
    ],
)
def test_the_kill_switch_stops_everything_unless_it_is_enabled(
    account: Account, scale: Function, wire: Wire, value: str | None, expected: str
) -> None:
    account.kill_switch(value)
    for dry in (False, True):
        response = call(scale, dryRun=dry)
        assert response.status == 423
        assert expected in response.body["error"]
        assert KILL_SWITCH in response.body["error"]
    assert wire.changes == []
    account.kill_switch("enabled")
    assert call(scale).status == 200


def test_a_kill_switch_that_cannot_be_reached_stops_everything(
    restart: Function, wire: Wire
) -> None:
    wire.lose_request("ssm.GetParameter")
    response = call(restart)
    assert response.status == 423
    assert "cannot be read: Lost" in response.body["error"]
    assert wire.changes == []


def test_without_the_table_nothing_is_done(restart: Function, wire: Wire) -> None:
    for lost in ("dynamodb.GetItem", "dynamodb.TransactWriteItems"):
        wire.lose_request(lost)
        response = call(restart)
        assert response.status == 500
        assert response.body == {
            "message": "Failed to restart service",
            "error": f"{lost} is lost",
            "incidentId": "incident-1",
        }
    assert wire.changes == []


def test_what_aws_rejects_may_be_tried_again_at_once(
    account: Account, restart: Function, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = account.deployment()

    def delete(call: str, parameters: dict[str, Any]) -> None:
        if call == UPDATE:
            parameters["service"] = "another"

    wire.before = delete
    response = call(restart)
    assert response.status == 500
    assert "ServiceNotFoundException" in response.body["error"]
    assert "retryAfterSec" not in response.body
    assert account.deployment() == before
    wire.mend()
    assert call(restart).status == 200
    assert account.deployment() != before


def test_a_lost_response_does_not_hide_what_happened(
    account: Account, restart: Function, wire: Wire
) -> None:
    before = account.deployment()
    wire.lose_response(UPDATE)
    response = call(restart)
    assert response.status == 200
    assert response.body["after"]["deploymentId"] == account.deployment() != before
    assert call(restart) == response
    assert wire.changes == [UPDATE]


def test_a_lost_request_is_repeated_only_when_it_cannot_happen_any_more(
    account: Account, restart: Function, wire: Wire, clock: Clock
) -> None:
    wire.lose_request(UPDATE)
    response = call(restart)
    assert response.status == 500
    assert response.body["retryAfterSec"] == CLAIM_SEC
    wire.mend()
    assert call(restart).status == 409
    assert call(restart, "another").status == 409
    clock.sleep(CLAIM_SEC)
    assert call(restart).status == 200
    assert wire.changes == [UPDATE]


def meanwhile(wire: Wire, call: str, then: Callable[[], Response]) -> list[Response]:
    """Let another run do all it does just before the first call that is like this."""
    responses: list[Response] = []

    def before(found: str, parameters: dict[str, Any]) -> None:
        if found == call:
            wire.mend()
            responses.append(then())

    wire.before = before
    return responses


@pytest.mark.parametrize("earlier", [False, True])
def test_a_run_that_goes_by_an_old_state_begins_again(
    account: Account, scale: Function, wire: Wire, earlier: bool
) -> None:
    scale.configure({"api": {**SERVICE, "step": 2, "max_count": 10}}, COOLDOWN_SEC="0")
    if earlier:
        call(scale, "incident-0")
    others = meanwhile(
        wire,
        "dynamodb.TransactWriteItems",
        lambda: call(scale, "incident-2", priority="critical"),
    )
    response = call(scale)
    assert others[0].body["details"]["desiredCount"] == 10
    assert response.body["message"] == "api was not scaled up"
    assert account.described()["desiredCount"] == 10
    assert len(wire.changes) == earlier + 1


def test_two_runs_for_an_incident_make_one_change(scale: Function, wire: Wire) -> None:
    others = meanwhile(wire, "dynamodb.TransactWriteItems", lambda: call(scale))
    assert call(scale) == others[0]
    assert wire.changes == [UPDATE]


def test_two_runs_for_an_incident_give_one_answer_if_there_is_nothing_to_do(
    account: Account, scale: Function, wire: Wire
) -> None:
    account.service(count=20)
    others = meanwhile(wire, "dynamodb.TransactWriteItems", lambda: call(scale, priority="low"))
    assert call(scale) == others[0]


@pytest.mark.parametrize("incident", ["incident-1", "incident-2"])
def test_a_target_is_held_by_one_run(
    account: Account, scale: Function, wire: Wire, incident: str
) -> None:
    scale.configure(COOLDOWN_SEC="0")
    others = meanwhile(wire, UPDATE, lambda: call(scale, incident))
    assert call(scale, priority="critical").status == 200
    assert others[0].status == 409
    assert others[0].body["retryAfterSec"] == CLAIM_SEC
    assert account.described()["desiredCount"] == 10
    assert wire.changes == [UPDATE]


def test_a_run_that_others_always_overtake_gives_up(scale: Function, wire: Wire) -> None:
    scale.configure({"api": SERVICE}, COOLDOWN_SEC="0", MAX_ACTIONS="99")
    is_nested = False
    numbers = iter(range(99))

    def before(found: str, parameters: dict[str, Any]) -> None:
        nonlocal is_nested
        if found == "dynamodb.TransactWriteItems" and not is_nested:
            is_nested = True
            call(scale, f"other-{next(numbers)}")
            is_nested = False

    wire.before = before
    response = call(scale)
    assert response.status == 409
    assert response.body["error"] == "Other runs keep acting on the target 'api'."
    assert response.body["retryAfterSec"] == 1


@pytest.mark.parametrize("acts", [True, False])
def test_a_run_that_died_is_taken_over(
    account: Account, scale: Function, wire: Wire, clock: Clock, acts: bool
) -> None:
    if acts:
        wire.after = die
    else:
        wire.before = die
    with pytest.raises(KeyboardInterrupt):
        call(scale)
    wire.mend()
    response = call(scale)
    assert response.status == 409
    assert response.body["retryAfterSec"] == CLAIM_SEC
    assert call(scale, "another", priority="critical").status == 409
    clock.sleep(CLAIM_SEC)
    response = call(scale)
    assert response.status == 200
    assert response.body["details"] == {"desiredCount": 5, "status": "ACTIVE"}
    assert response.body["before"]["desiredCount"] == 2
    assert call(scale) == response
    assert wire.changes == [UPDATE]


def test_a_run_that_died_counts_for_the_limits_of_other_incidents(
    scale: Function, wire: Wire, clock: Clock
) -> None:
    wire.after = die
    with pytest.raises(KeyboardInterrupt):
        call(scale)
    wire.mend()
    clock.sleep(CLAIM_SEC)
    assert call(scale, "another", priority="critical").status == 429


def test_a_dry_run_leaves_the_claim_of_a_run_that_died(
    account: Account, scale: Function, wire: Wire, clock: Clock
) -> None:
    wire.after = die
    with pytest.raises(KeyboardInterrupt):
        call(scale)
    wire.mend()
    clock.sleep(CLAIM_SEC)
    before = account.records("incident#")
    response = call(scale, dryRun=True)
    assert response.body["dryRun"]
    assert response.body["message"] == "Successfully scaled up api"
    assert account.records("incident#") == before


def test_a_reboot_that_may_have_happened_is_not_repeated(
    account: Account, restart: Function, wire: Wire, clock: Clock
) -> None:
    ec2 = account.aws.client("ec2")
    image = ec2.describe_images()["Images"][0]["ImageId"]
    (made,) = ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1)["Instances"]
    restart.configure({"api": {"instance_ids": [made["InstanceId"]]}})
    wire.lose_response("ec2.RebootInstances")
    response = call(restart)
    assert response.status == 500
    assert "is unknown" in response.body["error"]
    wire.mend()
    clock.sleep(CLAIM_SEC)
    assert call(restart) == response
    assert wire.changes == ["ec2.RebootInstances"]
    clock.sleep(COOLDOWN_SEC)
    assert call(restart, "incident-2").status == 200


def test_an_answer_that_cannot_be_stored_is_given_and_looked_up_later(
    scale: Function, wire: Wire, clock: Clock
) -> None:
    lost = iter(["claim", "finish"])

    def lose_second(call: str, parameters: dict[str, Any]) -> None:
        if call == "dynamodb.TransactWriteItems" and next(lost) == "finish":
            raise ConnectionError

    wire.before = lose_second
    first = call(scale)
    assert first.status == 200
    wire.mend()
    assert call(scale).status == 409
    clock.sleep(CLAIM_SEC)
    repeat = call(scale)
    assert repeat.status == 200
    assert repeat.body["details"] == first.body["details"]
    assert wire.changes == [UPDATE]


def test_each_attempt_is_audited(
    account: Account, scale: Function, clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    call(scale, dryRun=True, requestedBy="ops@example.com")
    clock.sleep(1)
    call(scale)
    clock.sleep(1)
    call(scale)
    clock.sleep(1)
    call(scale, "incident-2", priority="critical")
    clock.sleep(1)
    scale({"target": "api"})
    dry, done, repeat, refused, bad = account.audit()
    assert [each["outcome"] for each in account.audit()] == [
        "dry_run",
        "succeeded",
        "repeated",
        "refused",
        "refused",
    ]
    assert dry["requestedBy"] == "ops@example.com"
    assert dry["dryRun"]
    assert dry["time"].startswith("20")
    assert done["requestedBy"] == "unknown"
    assert (done["action"], done["target"], done["priority"]) == ("scale_up", "api", "high")
    assert done["incidentId"] == repeat["incidentId"] == "incident-1"
    assert done["before"]["desiredCount"] == 2
    assert done["after"]["desiredCount"] == 5
    assert done["undo"].startswith("aws ecs update-service")
    assert "cooldown" in refused["error"]
    assert bad["statusCode"] == 400
    logged = [line["audit"] for line in _lines(capsys) if "audit" in line]
    assert logged == account.audit()


def test_failures_are_audited_with_what_was_tried(
    account: Account, restart: Function, wire: Wire
) -> None:
    wire.lose_request(UPDATE)
    call(restart)
    (record,) = account.audit()
    assert record["outcome"] == "failed"
    assert record["error"] == "ecs.UpdateService is lost"
    assert record["change"]["values"] == {"forceNewDeployment": True}
    assert record["before"]["desiredCount"] == 2


def test_an_audit_record_that_cannot_be_stored_is_in_the_log(
    account: Account, restart: Function, wire: Wire, capsys: pytest.CaptureFixture[str]
) -> None:
    wire.lose_request("dynamodb.PutItem")
    assert call(restart).status == 200
    assert account.audit() == []
    (record,) = [line["audit"] for line in _lines(capsys) if "audit" in line]
    assert record["outcome"] == "succeeded"


def test_metrics_count_what_attempts_came_to(
    account: Account, scale: Function, wire: Wire, capsys: pytest.CaptureFixture[str]
) -> None:
    call(scale, dryRun=True)
    call(scale)
    call(scale)
    call(scale, "incident-2", priority="critical")
    call(scale, target="unknown")
    scale([])
    wire.lose_request("dynamodb.GetItem")
    call(scale, "incident-3")
    lines = [line for line in _lines(capsys) if "_aws" in line]
    counts = [(line["Succeeded"], line["Refused"], line["Failed"]) for line in lines]
    assert counts == [
        (0, 0, 0),
        (1, 0, 0),
        (0, 0, 0),
        (0, 1, 0),
        (0, 1, 0),
        (0, 1, 0),
        (0, 0, 1),
    ]
    (directive,) = lines[0]["_aws"]["CloudWatchMetrics"]
    assert directive["Namespace"] == NAMESPACE
    assert directive["Dimensions"] == [["FunctionName"]]
    assert lines[0]["FunctionName"] == "incident-action"


def test_no_secret_is_in_answers_audit_log_and_metrics(
    account: Account,
    scale: Function,
    wire: Wire,
    clock: Clock,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    account.database("db.r5.large")
    account.aws.client("rds").modify_db_instance(
        DBInstanceIdentifier="orders-db", MasterUserPassword="pending-pass-phrase"
    )
    details = {"title": "Slow", "description": "password=pass-phrase-of-details"}
    payload = {"target": "database", "incidentDetails": details, "token": "pass-phrase-beside"}
    texts = [call(scale, f"incident-{number}", **payload).text for number in range(2)]
    wire.lose_request("rds.ModifyDBInstance")
    clock.sleep(COOLDOWN_SEC)
    texts += [call(scale, "incident-3", **payload).text]
    captured = capsys.readouterr()
    texts += [captured.out, captured.err, caplog.text, json.dumps(account.records(""))]
    assert not [text for text in texts if "pass-phrase" in text or "hunter2" in text]


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("TABLE_NAME", None, "TABLE_NAME is not set"),
        ("METRICS_NAMESPACE", "", "METRICS_NAMESPACE is not set"),
        ("KILL_SWITCH_PARAMETER", None, "KILL_SWITCH_PARAMETER is not set"),
        ("DRY_RUN", "yes", "DRY_RUN must be true or false, but is 'yes'"),
        ("COOLDOWN_SEC", "-1", "COOLDOWN_SEC must be a whole number from 0, but is '-1'"),
        ("MAX_ACTIONS", "0", "MAX_ACTIONS must be a whole number from 1, but is '0'"),
        ("WINDOW_SEC", "1h", "WINDOW_SEC must be a whole number from 1, but is '1h'"),
    ],
)
def test_invalid_settings_are_named(
    restart: Function, name: str, value: str | None, expected: str
) -> None:
    restart.configure(None, **{name: value})
    with pytest.raises(Exception, match=expected):
        call(restart)


def _lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]
