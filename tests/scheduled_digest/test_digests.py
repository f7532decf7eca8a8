"""Which monitors get a digest, what the backend is asked, and what the log says."""

from __future__ import annotations

import json
import re
import threading
from datetime import datetime, timedelta, timezone

import pytest

from cli.demo.digests.web import Answer
from scheduled_digest import lambda_function, monitors
from scheduled_digest.lambda_function import RunFailed
from scheduled_digest.request import InvalidEvent

from .conftest import AT, World
from .web import status

DAILY = {"frequency": "daily", "cleanup": True}
WEEKLY = {"frequency": "weekly", "cleanup": False}
DAY_SEC = 24 * 60 * 60.0
NOW = datetime.fromtimestamp(AT, timezone.utc)


def test_a_day_reads_in_the_log_as_documented(world: World) -> None:
    world.database.add([{"repo": "owner/repo"}])
    world.database.add([{"deleted": True, "deleted_at": NOW - timedelta(days=3)}])
    world.clock.now += 0.123
    world.service.call(DAILY)
    assert world.lines() == [
        f"2026-11-23 13:00:00,123 - INFO - {message}"
        for message in [
            "Digest Lambda triggered at 2026-11-23T13:00:00.123Z",
            "Found 0 deleted monitors to permanently remove",
            "Cleanup completed - removed 0 old deleted monitors",
            "Found 1 active monitors for digest processing",
            "Triggering digest for repo: owner/repo (delivery: slack)",
            "Successfully triggered digest for owner/repo",
            "Digest processing complete - Success: 1, Failed: 0",
            "Lambda execution completed successfully",
        ]
    ]


def test_the_backend_gets_what_it_needs_for_a_digest(world: World) -> None:
    hook = "https://discord.com/api/webhooks/1/secret"
    world.database.add(
        [
            {"repo": "a/discord", "delivery_method": "discord", "webhook_url": hook},
            {
                "repo": "a/mail",
                "delivery_method": "email",
                "webhook_url": None,
                "email": "me@example.com",
            },
        ]
    )
    world.service.call(DAILY)
    assert world.backend.digests == {
        "daily#2026-11-23#1": {
            "repo": "a/discord",
            "frequency": "daily",
            "delivery_method": "discord",
            "webhook_url": hook,
        },
        "daily#2026-11-23#2": {
            "repo": "a/mail",
            "frequency": "daily",
            "delivery_method": "email",
            "email": "me@example.com",
        },
    }


def test_only_active_monitors_of_the_frequency_are_asked_for(world: World) -> None:
    daily, unset, weekly, *_ = world.database.add(
        [
            {},
            {"deleted": None},
            {"frequency": "weekly"},
            {"frequency": "monthly"},
            {"frequency": None},
            {"deleted": True},
            {"frequency": "weekly", "deleted": True},
        ]
    )
    values = world.service.call(DAILY)
    assert world.backend.asked.keys() == {
        f"daily#2026-11-23#{daily}",
        f"daily#2026-11-23#{unset}",
    }
    assert (values["ActiveMonitors"], values["OtherMonitors"]) == (2, 3)
    assert "INFO - Skipping 3 active monitors of other frequencies" in "\n".join(world.messages())
    world.service.call(WEEKLY)
    assert world.backend.asked.keys() >= {f"weekly#2026-W48#{weekly}"}
    assert len(world.backend.asked) == 3


@pytest.mark.parametrize(
    "event",
    [
        {},
        {
            "version": "0",
            "detail-type": "Scheduled Event",
            "source": "aws.events",
            "time": "2026-11-23T13:00:00Z",
            "detail": {},
        },
    ],
)
def test_an_event_without_a_frequency_does_everything(
    world: World, event: dict[str, object]
) -> None:
    old = {"deleted": True, "deleted_at": NOW - timedelta(days=31)}
    world.database.add([{}, {"frequency": "weekly"}, old])
    world.service.call(event)
    assert world.backend.asked == {"daily#2026-11-23#1": 1, "weekly#2026-W48#2": 1}
    assert world.database.ids() == {1, 2}


def test_a_second_run_of_the_period_asks_for_nothing_again(world: World) -> None:
    world.database.add([{}, {}])
    world.service.call(DAILY)
    world.clock.now += DAY_SEC - 1 - 13 * 3600
    world.database.add([{}])
    values = world.service.call(DAILY)
    assert set(world.backend.asked.values()) == {1}
    assert len(world.backend.asked) == 3
    assert (values["DigestsTriggered"], values["DigestsSkipped"]) == (1, 2)
    assert "INFO - Skipped 2 monitors whose digest has already been triggered" in world.messages()


@pytest.mark.parametrize(
    ("frequency", "times", "periods"),
    [
        (
            "daily",
            ["2026-11-30T23:59:59.999Z", "2026-12-01T00:00:00Z", "2026-12-01T23:59:59Z"],
            ["2026-11-30", "2026-12-01", "2026-12-01"],
        ),
        (
            "daily",
            ["2028-02-28T23:59:59Z", "2028-02-29T00:00:00Z", "2028-03-01T00:00:00Z"],
            ["2028-02-28", "2028-02-29", "2028-03-01"],
        ),
        (
            "daily",
            ["2016-12-31T23:59:59Z", "2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"],
            ["2016-12-31", "2016-12-31", "2017-01-01"],
        ),
        ("daily", ["2026-11-23T23:30:00-01:00"], ["2026-11-24"]),
        (
            "weekly",
            ["2026-11-22T23:59:59.999Z", "2026-11-23T00:00:00Z", "2026-11-29T23:59:59Z"],
            ["2026-W47", "2026-W48", "2026-W48"],
        ),
        (
            "weekly",
            ["2026-12-31T13:00:00Z", "2027-01-03T23:59:59Z", "2027-01-04T00:00:00Z"],
            ["2026-W53", "2026-W53", "2027-W01"],
        ),
    ],
)
def test_the_time_of_the_schedule_decides_the_period(
    world: World, frequency: str, times: list[str], periods: list[str]
) -> None:
    world.database.add([{"frequency": frequency}])
    for time in times:
        world.service.call({"frequency": frequency, "time": time})
    assert world.backend.asked == {
        f"{frequency}#{period}#1": 1 for period in dict.fromkeys(periods)
    }


def test_pages_are_in_the_order_of_the_ids_however_rows_are_stored(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(monitors, "PAGE", 2)
    world.database.add([{"id": number} for number in range(9, 0, -1)])
    world.service.call(DAILY)
    assert len(world.backend.asked) == 9


def test_without_the_time_of_the_schedule_the_clock_decides(world: World) -> None:
    world.database.add([{}])
    world.clock.now = datetime(2026, 11, 30, 23, 59, 59, 999000, timezone.utc).timestamp()
    world.service.call(DAILY)
    world.clock.now += 0.001
    world.service.call(DAILY)
    assert world.backend.asked == {"daily#2026-11-30#1": 1, "daily#2026-12-01#1": 1}


def test_all_pages_are_read_also_where_the_project_allows_fewer_rows(world: World) -> None:
    world.database.add_many([("owner/repo", "daily", False, None)] * 25)
    world.dialect.max_rows = 10
    assert world.service.call(DAILY)["DigestsTriggered"] == 25
    assert len([each for each in world.supabase.requests if "not.is.true" in each.path]) == 4


def test_a_monitor_without_a_repo_fails_alone(world: World) -> None:
    world.database.add([{"repo": None}, {"repo": ""}, {}])
    with pytest.raises(RunFailed, match=r"^2 digests could not be triggered\.$"):
        world.service.call(DAILY)
    assert world.backend.asked == {"daily#2026-11-23#3": 1}
    assert "ERROR - Failed to trigger digest for monitor 1 - It has no repo" in world.messages()


def test_metrics_are_a_line_in_embedded_metric_format(world: World) -> None:
    old = {"deleted": True, "deleted_at": NOW - timedelta(days=31)}
    world.database.add([{}, {}, {"frequency": "weekly"}, old])
    world.site.faults.append(status(400))
    with pytest.raises(RunFailed):
        world.service.call(DAILY)
    [line] = [line for line in world.log().out.splitlines() if line.startswith("{")]
    found = json.loads(line)
    about = found.pop("_aws")
    assert about["Timestamp"] == AT * 1000
    [directive] = about["CloudWatchMetrics"]
    assert directive["Namespace"] == "ScheduledDigest"
    assert directive["Dimensions"] == [["FunctionName"]]
    assert found.pop("FunctionName") == "digest"
    units = {each["Name"]: each["Unit"] for each in directive["Metrics"]}
    assert units.keys() == found.keys()
    assert units.pop("ProcessingTime") == "Milliseconds"
    assert set(units.values()) == {"Count"}
    assert found == {
        "DigestsTriggered": 1,
        "DigestsSkipped": 0,
        "DigestsFailed": 1,
        "DigestsLeft": 0,
        "ActiveMonitors": 2,
        "OtherMonitors": 1,
        "DeletedMonitorsFound": 1,
        "DeletedMonitorsRemoved": 1,
        "ProcessingTime": 0.0,
    }


@pytest.mark.parametrize(
    ("event", "message"),
    [
        ([], "The event must be a JSON object, but is list."),
        ({"frequency": "hourly"}, "frequency must be daily or weekly, but is 'hourly'."),
        ({"cleanup": "yes"}, "cleanup must be true or false, but is 'yes'."),
        ({"time": "noon"}, "time must be a time such as 2024-01-15T13:00:00Z, but is 'noon'."),
        ({"time": "2024-01-15T13:00:00"}, "time must have an offset from UTC, but is"),
        ({"time": "9999-12-31T23:59:59-01:00"}, "time must be a time such as 2024-01-15T13:00"),
        ({"continuation": {"run": "a"}}, "continuation must have run, depth and after, as set"),
    ],
)
def test_events_that_say_nothing_are_explained(world: World, event: object, message: str) -> None:
    world.database.add([{"deleted": True, "deleted_at": NOW - timedelta(days=99)}])
    with pytest.raises(InvalidEvent, match=re.escape(message)):
        world.service.call(event)
    assert world.database.ids() == {1}


def test_requests_at_the_same_time_are_limited(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAX_CONCURRENCY", "3")
    all_there, now, most = threading.Barrier(3), 0, 0
    lock = threading.Lock()

    def together(request: object, respond: object) -> Answer:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        all_there.wait(30)  # breaks unless there are three
        with lock:
            now -= 1
        return Answer(202)

    world.database.add([{}] * 9)
    world.site.faults.extend([together] * 9)
    assert world.service.call(DAILY)["DigestsTriggered"] == 9
    assert most == 3


def test_the_runtime_lasts_as_long_as_the_process(world: World) -> None:
    world.service.call(DAILY)
    first = lambda_function.runtime()
    world.service.call(DAILY)
    assert lambda_function.runtime() is first
