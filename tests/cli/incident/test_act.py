"""`incident ACTION`, with functions on the embedded AWS."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from cli.incident.__main__ import main

from .conftest import ADDRESS, Deployed

Person = Callable[[Callable[[], str]], None]
RESTART = ["restart_service", "api", "--incident", "incident-1"]


def words(text: str) -> list[list[str]]:
    """Return the words of each line."""
    return [line.split() for line in text.splitlines()]


@pytest.mark.parametrize("yes", ["y", "Yes "])
def test_what_would_happen_is_shown_before_it_happens(
    deployed: Deployed, person: Person, capsys: pytest.CaptureFixture[str], yes: str
) -> None:
    deployed.function("scale_up")
    shown = ""

    def answer() -> str:
        nonlocal shown
        shown = capsys.readouterr().out
        assert deployed.account.described()["desiredCount"] == 2
        return yes

    person(answer)
    assert main(["scale_up", "api", "--incident", "incident-1"]) == 0
    undo = (
        "aws ecs update-service --cluster production-cluster --service production-api-service "
        "--desired-count 2"
    )
    assert shown.splitlines()[0] == "scale_up api, incident incident-1"
    assert "Dry run, nothing was changed. This would raise the desired count" in shown
    assert ["desiredCount", "2", "3"] in words(shown)
    assert f"Undo:\n  {undo}" in shown
    after = capsys.readouterr().out
    assert "Successfully scaled up api" in after
    assert ["desiredCount", "2", "3"] in words(after)
    assert f"Undo:\n  {undo}" in after
    assert deployed.account.described()["desiredCount"] == 3


@pytest.mark.parametrize("no", ["", "n", "what?"])
def test_nothing_happens_unless_it_is_agreed_to(
    deployed: Deployed, person: Person, capsys: pytest.CaptureFixture[str], no: str
) -> None:
    deployed.function("restart_service")
    before = deployed.account.deployment()
    person(lambda: no)
    assert main(RESTART) == 1
    assert capsys.readouterr().out.endswith("\nNothing was changed.\n")
    assert deployed.account.deployment() == before


def test_the_end_of_input_is_no_agreement(deployed: Deployed, person: Person) -> None:
    deployed.function("restart_service")
    before = deployed.account.deployment()

    def answer() -> str:
        raise EOFError

    person(answer)
    assert main(RESTART) == 1
    assert deployed.account.deployment() == before


def test_a_dry_run_asks_nothing_and_changes_nothing(
    deployed: Deployed, capsys: pytest.CaptureFixture[str]
) -> None:
    deployed.function("restart_service")
    before = deployed.account.deployment()
    assert main([*RESTART, "--dry-run"]) == 0
    output = capsys.readouterr()
    assert output.err == ""
    assert "This would replace all tasks of the service production-api-service." in output.out
    assert deployed.account.deployment() == before
    assert [each["outcome"] for each in deployed.account.audit()] == ["dry_run"]


def test_without_a_person_it_acts_only_if_told_so(
    deployed: Deployed, capsys: pytest.CaptureFixture[str]
) -> None:
    deployed.function("restart_service")
    before = deployed.account.deployment()
    assert main(RESTART) == 1
    assert "nobody can be asked: standard input is not a terminal" in capsys.readouterr().err
    assert deployed.account.deployment() == before
    assert main([*RESTART, "--yes"]) == 0
    assert "Service production-api-service restart initiated" in capsys.readouterr().out
    assert deployed.account.deployment() != before


def test_the_same_incident_is_acted_on_once(
    deployed: Deployed, capsys: pytest.CaptureFixture[str]
) -> None:
    deployed.function("restart_service")
    assert main([*RESTART, "--yes"]) == 0
    once = deployed.account.deployment()
    capsys.readouterr()
    assert main([*RESTART, "--yes"]) == 0
    assert "This was done for the same incident before, and is not done again.\nService pro" in (
        capsys.readouterr().out
    )
    assert deployed.account.deployment() == once


def test_commands_without_an_incident_are_different_incidents(
    deployed: Deployed, capsys: pytest.CaptureFixture[str]
) -> None:
    deployed.function("restart_service", COOLDOWN_SEC="0")
    for _ in range(2):
        assert main(["restart_service", "api", "--yes"]) == 0
    done = [each for each in deployed.account.audit() if each["outcome"] == "succeeded"]
    first, second = [each["incidentId"] for each in done]
    assert first != second
    shown = [line for line in capsys.readouterr().out.splitlines() if ", incident " in line]
    assert shown == [f"restart_service api, incident {each}" for each in (first, second)]


def test_the_priority_is_passed_on(deployed: Deployed, capsys: pytest.CaptureFixture[str]) -> None:
    deployed.function("scale_up")
    assert main(["scale_up", "api", "--priority", "critical", "--dry-run"]) == 0
    assert ["desiredCount", "2", "3"] in words(capsys.readouterr().out)
    assert deployed.account.audit()[0]["priority"] == "critical"


def test_a_target_that_is_as_it_should_be_is_left_alone(
    deployed: Deployed, capsys: pytest.CaptureFixture[str]
) -> None:
    deployed.function("scale_up")
    deployed.aws.client("ecs").update_service(
        cluster="production-cluster", service="production-api-service", desiredCount=3
    )
    assert main(["scale_up", "api", "--yes"]) == 0
    output = capsys.readouterr().out
    assert ["desiredCount", "3"] in words(output)
    assert "Undo" not in output
    assert [each["outcome"] for each in deployed.account.audit()] == ["dry_run"]


def test_people_are_notified_with_a_title_and_a_description(
    deployed: Deployed, capsys: pytest.CaptureFixture[str]
) -> None:
    deployed.notify_human()
    options = ["--title", "API down", "--description", "A restart did not help."]
    command = ["notify_human", "--incident", "incident-1", "--priority", "critical", *options]
    assert main([*command, "--yes"]) == 0
    assert "Notification sent successfully" in capsys.readouterr().out
    (mail,) = deployed.aws.inbox(ADDRESS)
    assert "[CRITICAL] Incident incident-1" in mail.subject
    assert "Title: API down\nDescription: A restart did not help.\n" in mail.body
    assert main([command[0], "people", *command[1:], "--yes"]) == 0
    assert len(deployed.aws.inbox(ADDRESS)) == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["notify_human", "--title", "API down"], "required: --description"),
        (["notify_human", "--description", "It hangs."], "required: --title"),
        (["notify_human", "me", "--title", "x", "--description", "y"], "choose from"),
        (["restart_service"], "required: TARGET"),
        (["stop_service", "api"], "choose from"),
        ([], "required: ACTION"),
        (["history", "--max", "0"], "must be a whole number, 1 or greater"),
    ],
)
def test_wrong_arguments_are_explained(
    capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    assert said in capsys.readouterr().err


def test_the_audit_says_who_has_asked(deployed: Deployed) -> None:
    deployed.function("restart_service")
    assert main([*RESTART, "--yes"]) == 0
    arn = deployed.aws.client("sts").get_caller_identity()["Arn"]
    assert {each["requestedBy"] for each in deployed.account.audit()} == {arn}


def test_it_acts_while_nobody_knows_who_asks(
    deployed: Deployed, calls: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    deployed.function("restart_service")

    def out_of_reach(**_: object) -> None:
        raise EndpointConnectionError(endpoint_url="https://sts.example.com")

    calls.register("before-call.sts.GetCallerIdentity", out_of_reach)
    assert main([*RESTART, "--yes"]) == 0
    assert "The audit will not say who has asked." in capsys.readouterr().err
    assert {each["requestedBy"] for each in deployed.account.audit()} == {"unknown"}


def problem(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Return the line that a command prints that must change nothing."""
    assert main(list(arguments)) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("incident: ")
    return line


def test_an_unknown_target_is_refused_with_those_that_are_known(
    deployed: Deployed, capsys: pytest.CaptureFixture[str]
) -> None:
    deployed.function("restart_service")
    line = problem(capsys, "restart_service", "apy", "--yes")
    assert (
        "restart_service was refused (404). The target 'apy' is unknown. Known targets: api."
        in line
    )


def test_the_cooldown_says_when_to_try_again(
    deployed: Deployed, capsys: pytest.CaptureFixture[str]
) -> None:
    deployed.function("restart_service")
    assert main([*RESTART, "--yes"]) == 0
    capsys.readouterr()
    line = problem(capsys, "restart_service", "api", "--incident", "incident-2", "--yes")
    assert "was refused (429)" in line
    assert line.endswith(" seconds, with --incident incident-2")


def test_the_kill_switch_stops_it(deployed: Deployed, capsys: pytest.CaptureFixture[str]) -> None:
    deployed.function("restart_service")
    deployed.account.kill_switch("disabled")
    assert "was refused (423). Actions are disabled" in problem(capsys, *RESTART, "--yes")


def test_an_action_that_fails_says_why(
    deployed: Deployed, capsys: pytest.CaptureFixture[str]
) -> None:
    targets = {"api": {"cluster": "production-cluster", "service": "no-such-service"}}
    deployed.function("restart_service", TARGETS=json.dumps(targets))
    line = problem(capsys, *RESTART, "--yes")
    assert "restart_service failed (500). There is no ECS service no-such-service" in line


def test_a_function_that_only_does_dry_runs_has_not_acted(
    deployed: Deployed, capsys: pytest.CaptureFixture[str]
) -> None:
    deployed.function("restart_service", DRY_RUN="true")
    before = deployed.account.deployment()
    assert "does dry runs only" in problem(capsys, *RESTART, "--yes")
    assert deployed.account.deployment() == before


def test_a_function_that_crashes_is_reported(
    deployed: Deployed, capsys: pytest.CaptureFixture[str]
) -> None:
    deployed.function("restart_service", COOLDOWN_SEC="soon")
    line = problem(capsys, *RESTART, "--yes")
    assert "function incident-restart-service crashed: COOLDOWN_SEC must be a whole" in line


def test_functions_have_the_prefix_of_the_module(
    deployed: Deployed, capsys: pytest.CaptureFixture[str]
) -> None:
    deployed.function("restart_service", prefix="shop-")
    line = problem(capsys, *RESTART, "--yes")
    assert "function incident-restart-service does not exist in us-east-1. If the module" in line
    assert "set --function-prefix" in line
    assert main([*RESTART, "--yes", "--function-prefix", "shop-"]) == 0


def test_functions_that_may_not_know_dry_runs_are_not_invoked(
    deployed: Deployed, capsys: pytest.CaptureFixture[str]
) -> None:
    name = deployed.function("restart_service")
    deployed.aws.client("lambda").update_function_configuration(
        FunctionName=name, Handler="lambda-restart-service.handler"
    )
    assert "is not one of modules/incident-actions" in problem(capsys, *RESTART, "--yes")
    assert deployed.account.audit() == []


@pytest.mark.parametrize(
    ("operation", "permission"),
    [
        ("GetFunctionConfiguration", "lambda:GetFunctionConfiguration"),
        ("Invoke", "lambda:InvokeFunction"),
    ],
)
def test_a_missing_permission_is_named_when_lambda_denies_it(
    deployed: Deployed,
    calls: Any,
    capsys: pytest.CaptureFixture[str],
    operation: str,
    permission: str,
) -> None:
    deployed.function("restart_service")

    def deny(**_: object) -> None:
        error = {"Error": {"Code": "AccessDeniedException", "Message": "not authorized"}}
        raise ClientError(error, operation)  # type: ignore[arg-type]

    calls.register(f"before-call.lambda.{operation}", deny)
    assert f"you need the permission {permission}" in problem(capsys, *RESTART, "--yes")


def test_an_interrupt_at_the_question_changes_nothing(
    deployed: Deployed, person: Person, capsys: pytest.CaptureFixture[str]
) -> None:
    deployed.function("restart_service")
    before = deployed.account.deployment()

    def answer() -> str:
        os.kill(os.getpid(), signal.SIGINT)
        return "y"

    person(answer)
    assert main(RESTART) == 130
    assert "\nNothing was changed.\nInterrupted.\n" in capsys.readouterr().err
    assert deployed.account.deployment() == before


def test_an_interrupted_action_is_seen_by_repeating_the_command(
    deployed: Deployed, calls: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    deployed.function("restart_service")
    invocations = []

    def interrupt(**_: object) -> None:
        invocations.append(True)
        if len(invocations) == 2:
            os.kill(os.getpid(), signal.SIGINT)

    calls.register("after-call.lambda.Invoke", interrupt)
    assert main(["restart_service", "api", "--yes"]) == 130
    output = capsys.readouterr()
    incident = output.out.splitlines()[0].rpartition(" ")[2]
    assert f"repeat the command with --incident {incident}, which does nothing twice" in output.err
    once = deployed.account.deployment()
    assert main(["restart_service", "api", "--yes", "--incident", incident]) == 0
    assert "This was done for the same incident before" in capsys.readouterr().out
    assert deployed.account.deployment() == once
