"""The example scheduled-digest: fired daily and weekly, broken, repaired, and destroyed."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

from cli.demo.digests.backend import PATH, Backend
from cli.demo.digests.database import Database, database
from cli.demo.digests.dialect import JWT, SECRET_KEY, Dialect
from cli.demo.digests.web import Answer, Request, serving

from .examples import Example, applied
from .monitored_functions import Mail, receive, subject
from .privileges import error_of_run, grants, log_of, role_of, unneeded_grants, update

if TYPE_CHECKING:
    from local_aws import LocalAws

NAME = "example-digest"
MONDAY = datetime(2024, 1, 15, 13, tzinfo=timezone.utc)
DAY = timedelta(days=1)


@dataclass(slots=True)
class World:
    """The applied example, and what it talks to."""

    aws: LocalAws
    example: Example
    database: Database
    dialect: Dialect
    backend: Backend
    limited: deque[Answer]
    """The answers to the next requests for digests, instead of those of the backend."""

    def store_key(self, key: str) -> None:
        self.aws.client("secretsmanager").put_secret_value(
            SecretId=self.example.outputs["secret_arn"], SecretString=key
        )

    def fire(self, frequency: str, at: datetime) -> Any:
        """Fire a schedule, and return the last attempt."""
        [invocation] = self.aws.fire(self.example.outputs["schedule_rule_names"][frequency], at)
        return invocation

    def digests(self) -> set[str]:
        """Return the keys of all digests that were made, each of which was asked for once."""
        assert set(self.backend.asked.values()) <= {1}
        return set(self.backend.digests)


@pytest.fixture(scope="module")
def deployed(aws: LocalAws, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with database() as tables:
        dialect, backend, limited = Dialect(tables), Backend(), deque[Answer]()

        def respond(request: Request) -> Answer:
            return limited.popleft() if limited else backend(request)

        with serving(dialect) as supabase, serving(respond) as endpoint:
            variables = {"supabase_url": supabase, "backend_digest_endpoint": endpoint + PATH}
            folder = tmp_path_factory.mktemp("example")
            with applied(aws, folder, "scheduled-digest", variables) as example:
                yield World(aws, example, tables, dialect, backend, limited)


@pytest.fixture
def world(deployed: World) -> Iterator[World]:
    """The example with an empty database and a backend without digests. IAM is enforced."""
    deployed.database.empty()
    deployed.backend.digests.clear()
    deployed.backend.asked.clear()
    deployed.store_key(JWT)
    with deployed.aws.enforcing_iam():
        yield deployed


def test_both_schedules_trigger_what_is_due_once(world: World) -> None:
    long_ago = datetime.now(timezone.utc) - timedelta(days=31)
    world.database.add([{}, {"frequency": "weekly"}, {"frequency": "monthly"}])
    world.database.add([{"deleted": True, "deleted_at": long_ago}, {"deleted": True}])

    weekly = world.fire("weekly", MONDAY)
    assert weekly.function_error is None, weekly.log_tail
    assert world.digests() == {"weekly#2024-W03#2"}
    assert world.database.ids() == {1, 2, 3, 4, 5}, "the daily schedule purges"

    daily = world.fire("daily", MONDAY)
    assert daily.function_error is None, daily.log_tail
    assert world.digests() == {"weekly#2024-W03#2", "daily#2024-01-15#1"}
    assert world.database.ids() == {1, 2, 3, 5}

    again = [world.fire(frequency, MONDAY).payload for frequency in ("daily", "weekly")]
    assert [each["DigestsSkipped"] for each in again] == [1, 1]
    assert len(world.digests()) == 2

    assert world.fire("daily", MONDAY + DAY).payload["DigestsTriggered"] == 1
    assert world.fire("weekly", MONDAY + 7 * DAY).payload["DigestsTriggered"] == 1
    assert len(world.digests()) == 4


def test_a_run_that_fails_fires_an_alarm_and_succeeds_when_it_is_repaired(world: World) -> None:
    at = MONDAY + 30 * DAY
    world.database.add([{}])
    mail = Mail(world.aws, "on-call@example.com")
    world.store_key("wrong")
    update(world.aws, NAME)  # the old environment still has the right key
    assert "401" in world.fire("daily", at).payload["errorMessage"]
    world.aws.evaluate_alarms()
    assert subject("ALARM", NAME, "errors-immediate") in mail.news()
    [letter] = receive(world.aws, world.example.outputs["dead_letter_queue_url"])
    event = json.loads(letter["Body"])
    assert event == {"frequency": "daily", "cleanup": True, "time": "2024-02-14T13:00:00Z"}
    assert world.digests() == set()

    world.store_key(JWT)
    repaired = world.aws.invoke(NAME, event)
    assert repaired.function_error is None, repaired.log_tail
    assert world.digests() == {"daily#2024-02-14#1"}


def test_dead_letters_fire_an_alarm(world: World) -> None:
    cloudwatch = world.aws.client("cloudwatch")
    names = [f"{NAME}-dead-letters"]
    [alarm] = cloudwatch.describe_alarms(AlarmNames=names)["MetricAlarms"]
    [topic] = alarm["AlarmActions"]
    assert topic.endswith(f":{NAME}-alarms")
    assert alarm["OKActions"] == [topic]
    assert alarm["Dimensions"] == [{"Name": "QueueName", "Value": f"{NAME}-dlq"}]


def test_a_new_key_is_fetched_without_a_deployment(world: World) -> None:
    at = MONDAY + 60 * DAY
    world.database.add([{}])
    assert world.fire("daily", at).function_error is None
    world.dialect.keys = {SECRET_KEY}
    world.store_key(SECRET_KEY)
    try:
        assert world.fire("daily", at + DAY).function_error is None
    finally:
        world.dialect.keys = {JWT}
    assert len(world.digests()) == 2


def test_the_function_is_as_the_requirements_list_it(world: World) -> None:
    functions = world.aws.client("lambda")
    found = functions.get_function(FunctionName=NAME)
    configuration = found["Configuration"]
    assert (configuration["Runtime"], configuration["Architectures"]) == ("python3.11", ["x86_64"])
    assert (configuration["MemorySize"], configuration["Timeout"]) == (256, 300)
    assert found["Concurrency"]["ReservedConcurrentExecutions"] == 10
    variables = configuration["Environment"]["Variables"]
    assert "SUPABASE_SERVICE_ROLE_KEY" not in variables
    assert (variables["RETENTION_DAYS"], variables["LOG_LEVEL"]) == ("30", "INFO")
    events = world.aws.client("events")
    names = world.example.outputs["schedule_rule_names"]
    assert {
        frequency: events.describe_rule(Name=name)["ScheduleExpression"]
        for frequency, name in names.items()
    } == {"daily": "cron(0 13 * * ? *)", "weekly": "cron(0 13 ? * MON *)"}


def test_every_permission_is_needed(world: World) -> None:
    aws = world.aws
    role = role_of(aws, NAME)
    assert {grant.sid for grant in grants(aws, role)} == {
        "Log",
        "DeadLetters",
        "Key",
        "Leases",
        "Continue",
    }
    world.database.add([{}])
    days = count(100)
    # Less time, of which a run waits for a part while the backend limits its requests.
    aws.client("lambda").update_function_configuration(FunctionName=NAME, Timeout=9)

    def run() -> str:
        """Run the function for a new day, and return the first error."""
        day = (MONDAY + next(days) * DAY).isoformat()
        before = len(log_of(aws, NAME))
        message = error_of_run(aws, NAME, {"frequency": "daily", "time": day})
        lines = [line for line in log_of(aws, NAME)[before:] if "not authorized" in line]
        # The operation has another name than the action.
        message = message.replace("the Invoke operation", "the InvokeFunction operation")
        return "\n".join([*filter(None, [message]), *lines])

    def first_error() -> str:
        if error := run():
            return error
        # One that is left continues in another run.
        world.limited.append(Answer(429, "", {"Retry-After": "60"}))
        return run()

    unneeded = unneeded_grants(aws, role, first_error)
    assert not unneeded, unneeded


def test_a_second_plan_is_empty(world: World) -> None:
    world.aws.client("lambda").update_function_configuration(FunctionName=NAME, Timeout=300)
    assert world.example.plan() is False
