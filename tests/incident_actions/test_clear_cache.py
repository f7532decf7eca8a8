"""Clearing caches: what is removed from a real Redis, and what stays."""

from __future__ import annotations

import json
import math
import socket
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import redis
import trustme
from hypothesis import example, given, settings
from hypothesis import strategies as st

from incident_actions import prefixes, redis_cache
from incident_actions.cache_clearing import Flush
from incident_actions.prefixes import Cleared

from ..certificates import HOST, server_context, trusted_pem
from ..secrets_manager import change, new_secret
from .caches import RedisServer, running
from .relay import relay
from .stage import Account, Clock, Function
from .wire import Wire

PAYLOAD = {
    "action": "clear_cache",
    "target": "cache",
    "incidentId": "incident-1",
    "priority": "critical",
}
PASSWORD = "sikret-password"  # noqa: S105  # of nothing
EXPIRED_SEC = 3600
"""Longer than a claim lasts."""


class Killed(BaseException):
    """Ends a run as Lambda does, without a word."""


@pytest.fixture(scope="module")
def server() -> Iterator[RedisServer]:
    with running() as server:
        yield server


@pytest.fixture
def cache(server: RedisServer) -> RedisServer:
    """A server without keys."""
    server.reset()
    return server


@pytest.fixture
def sessions(cache: RedisServer, clear: Function) -> RedisServer:
    """A server of which the function may remove the keys of sessions."""
    cache.fill("session:1", "session:2", "sessions", "page:1")
    clear.configure({"cache": cache.target(prefixes=["session:"])})
    return cache


def test_a_backend_of_the_original_clears_the_cache(sessions: RedisServer, clear: Function) -> None:
    response = clear(PAYLOAD)
    assert response.status == 200
    assert response.body["message"] == "Cache cleared successfully"
    assert response.body["incidentId"] == "incident-1"
    assert response.body["target"] == "cache"
    assert sessions.keys() == {b"sessions", b"page:1"}


def test_the_answer_shows_what_was_removed(sessions: RedisServer, clear: Function) -> None:
    body = clear(PAYLOAD).body
    assert (body["removed"], body["remaining"], body["unfinished"]) == (2, {}, [])
    assert body["before"] == {"keys": 4, "clusterMode": False}
    assert body["after"] == {"keys": 2, "clusterMode": False}
    assert "cannot be restored" in body["undo"]


def test_the_variables_of_the_original_alone_allow_nothing(
    cache: RedisServer, clear: Function
) -> None:
    cache.fill("session:1")
    clear.configure(REDIS_HOST=HOST, REDIS_PORT=str(cache.port), REDIS_PASSWORD=None)
    response = clear(PAYLOAD)
    assert response.status == 409
    assert response.body["error"] == (
        "The target 'cache' does not allow any keys to be removed. Set its prefixes or allow_flush."
    )
    assert cache.keys() == {b"session:1"}


def test_the_port_of_the_original_has_to_be_a_number(clear: Function) -> None:
    clear.configure(REDIS_HOST=HOST, REDIS_PORT="redis")
    with pytest.raises(Exception, match="REDIS_PORT must be a whole number, but is 'redis'"):
        clear(PAYLOAD)


@pytest.mark.parametrize("target", ["default", "cache "])
def test_an_unknown_target_is_never_a_default(
    sessions: RedisServer, clear: Function, target: str
) -> None:
    assert clear({**PAYLOAD, "target": target}).status == 404
    assert len(sessions.keys()) == 4


def test_a_flush_removes_all_keys_of_one_database(cache: RedisServer, clear: Function) -> None:
    cache.fill("session:1", "page:1")
    with redis.Redis(HOST, cache.port, db=1, protocol=2) as other:
        other.set("queue", "job")
        clear.configure({"cache": cache.target(allow_flush=True)})
        response = clear(PAYLOAD)
        assert (response.status, response.body["after"]["keys"]) == (200, 0)
        assert response.body["target"] == "cache"
        assert cache.keys() == set()
        assert other.keys() == [b"queue"]


@pytest.mark.parametrize("way", [{"prefixes": ["session:"]}, {"allow_flush": True}])
def test_an_empty_cache_has_nothing_to_clear(
    cache: RedisServer, clear: Function, way: dict[str, Any]
) -> None:
    clear.configure({"cache": cache.target(**way)})
    response = clear(PAYLOAD)
    assert response.status == 200
    assert (response.body["message"], response.body["target"]) == ("The cache is empty", "cache")


@pytest.mark.parametrize("way", [{"prefixes": ["session:"]}, {"allow_flush": True}])
def test_a_dry_run_removes_nothing(
    cache: RedisServer, clear: Function, way: dict[str, Any]
) -> None:
    cache.fill("session:1", "page:1")
    clear.configure({"cache": cache.target(**way)})
    response = clear({**PAYLOAD, "dryRun": True})
    assert (response.status, response.body["dryRun"]) == (200, True)
    assert "2 keys of the cache" in response.body["message"]
    assert len(cache.keys()) == 2
    assert clear(PAYLOAD).status == 200
    assert len(cache.keys()) < 2


def test_an_incident_clears_a_cache_once(sessions: RedisServer, clear: Function) -> None:
    first = clear(PAYLOAD)
    sessions.fill("session:3")
    assert clear(PAYLOAD).text == first.text
    assert sessions.client.exists("session:3")


@pytest.mark.parametrize("prefix", ["*", "?", "[a-z]", "\\", "^", "session:[1]*", "a?c\\", "ü*"])
def test_patterns_in_a_prefix_are_characters(
    cache: RedisServer, clear: Function, prefix: str
) -> None:
    cache.fill("session:1", "abc", "[", "ünicode", prefix, f"{prefix}:1")
    clear.configure({"cache": cache.target(prefixes=[prefix])})
    assert clear(PAYLOAD).body["removed"] == 2
    assert cache.keys() == {each.encode() for each in ("session:1", "abc", "[", "ünicode")}


_TEXTS = st.text(alphabet="ab*?[]\\^-!{}:ü\n\0", min_size=1, max_size=5)


@given(wanted=st.lists(_TEXTS, min_size=1, max_size=3), keys=st.sets(_TEXTS, max_size=8))
@example(wanted=["a", "ab", "a"], keys={"a", "ab", "abc", "b"})
@settings(max_examples=300, deadline=None)
def test_exactly_the_keys_with_the_prefixes_are_removed(
    server: RedisServer, wanted: list[str], keys: set[str]
) -> None:
    server.client.flushall()
    if keys:
        server.fill(*keys)
    counted = prefixes.clear(server.client, wanted, 0, math.inf, Clock())
    assert server.keys() == {each.encode() for each in keys}
    cleared = prefixes.clear(server.client, wanted, 1_000, math.inf, Clock())
    stay = {each for each in keys if not each.startswith(tuple(wanted))}
    assert server.keys() == {each.encode() for each in stay}
    assert cleared == Cleared(removed=len(keys) - len(stay))
    assert sum(counted.remaining.values()) == cleared.removed


def test_one_of_a_million_keys_is_found_and_so_are_all_beyond_the_limit(
    cache: RedisServer, clear: Function
) -> None:
    cache.populate("page", 900_000)
    cache.populate("session", 99_999)
    cache.fill("user:1")
    clear.configure(
        {"cache": cache.target(prefixes=["user:", "session:", "none:"], max_keys=60_000)}
    )
    body = clear(PAYLOAD).body
    assert body["message"] == "Cache cleared in part"
    assert body["removed"] == 60_000
    assert body["remaining"].keys() == {"session:"}
    # A server may name a key twice while its table shrinks.
    assert 40_000 <= body["remaining"]["session:"] < 50_000
    assert body["unfinished"] == []
    assert body["after"]["keys"] == 940_000
    stats = cache.client.info("commandstats")
    assert stats["cmdstat_unlink"]["calls"] < 60_000 / 50
    assert "cmdstat_keys" not in stats
    clear.clock.sleep(EXPIRED_SEC)
    body = clear({**PAYLOAD, "incidentId": "incident-2"}).body
    assert (body["message"], body["removed"]) == ("Cache cleared successfully", 40_000)
    assert body["after"]["keys"] == 900_000


def test_the_time_is_a_limit(
    cache: RedisServer, clear: Function, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache.populate("session", 20_000)
    cache.populate("page", 20_000)
    clear.configure({"cache": cache.target(prefixes=["session:", "page:"], max_sec=5)})
    monkeypatch.setattr(prefixes, "KEYS_LOOKED_AT", 100)
    monotonic = clear.clock.monotonic

    def passing() -> float:
        clear.clock.sleep(0.1)
        return monotonic()

    monkeypatch.setattr(clear.clock, "monotonic", passing)
    body = clear(PAYLOAD).body
    assert body["message"] == "Cache cleared in part"
    assert 0 < body["removed"] < 20_000
    assert body["removed"] + body["after"]["keys"] == 40_000
    assert body["unfinished"] == ["session:", "page:"]
    assert body["remaining"].keys() <= {"session:"}


def test_the_time_of_the_run_is_a_limit_too(cache: RedisServer, clear: Function) -> None:
    cache.fill("session:1")
    clear.configure({"cache": cache.target(prefixes=["session:"], max_sec=600)})
    body = clear(PAYLOAD, seconds=8.0).body
    assert (body["removed"], body["unfinished"]) == (0, ["session:"])
    assert cache.keys() == {b"session:1"}


@pytest.mark.parametrize("way", [{"prefixes": ["session:"]}, {"allow_flush": True}])
def test_a_server_in_cluster_mode_is_refused(clear: Function, way: dict[str, Any]) -> None:
    with running("--cluster-enabled", "yes") as cluster:
        cluster.client.cluster("ADDSLOTS", *range(16_384))
        cluster.client.config_set("cluster-require-full-coverage", "no")
        _wait_until(lambda: cluster.client.cluster("INFO")["cluster_state"] == "ok")
        cluster.client.set("session:1", "value")
        clear.configure({"cache": cluster.target(**way)})
        response = clear(PAYLOAD)
        assert response.status == 409
        assert "is in cluster mode" in response.body["error"]
        assert cluster.keys() == {b"session:1"}


def test_a_user_needs_no_more_than_what_is_used(
    account: Account, cache: RedisServer, clear: Function
) -> None:
    cache.fill("session:1", "page:1")
    allowed = ["+auth", "+info", "+dbsize", "+scan", "+unlink"]
    cache.client.acl_setuser(
        "incident", enabled=True, passwords=[f"+{PASSWORD}"], keys=["session:*"], commands=allowed
    )
    arn = new_secret(account.aws, json.dumps({"username": "incident", "password": PASSWORD}))
    clear.configure({"cache": cache.target(prefixes=["session:"], secret_arn=arn)})
    assert clear(PAYLOAD).status == 200
    assert cache.keys() == {b"page:1"}


def test_a_user_may_be_the_targets_and_the_secret_a_password(
    account: Account, cache: RedisServer, clear: Function
) -> None:
    cache.fill("session:1")
    _user(cache, "incident", PASSWORD)
    arn = new_secret(account.aws, PASSWORD)
    target = cache.target(prefixes=["session:"], secret_arn=arn, username="incident")
    clear.configure({"cache": target})
    assert clear(PAYLOAD).status == 200
    assert cache.keys() == set()


def test_the_password_of_the_original_is_used_without_a_secret(
    cache: RedisServer, clear: Function
) -> None:
    cache.fill("session:1")
    cache.client.config_set("requirepass", PASSWORD)
    clear.configure({"cache": cache.target(prefixes=["session:"])}, REDIS_PASSWORD=PASSWORD)
    assert clear(PAYLOAD).body["removed"] == 1


def test_a_password_that_was_rotated_is_fetched_again(
    account: Account, cache: RedisServer, clear: Function
) -> None:
    cache.fill("session:1")
    _user(cache, "incident", PASSWORD)
    arn = new_secret(account.aws, json.dumps({"username": "incident", "password": PASSWORD}))
    clear.configure({"cache": cache.target(prefixes=["session:"], secret_arn=arn)})
    assert clear(PAYLOAD).status == 200
    cache.client.acl_deluser("incident")
    _user(cache, "incident", "rotated")
    change(account.aws, arn, json.dumps({"username": "incident", "password": "rotated"}))
    cache.fill("session:2")
    clear.clock.sleep(EXPIRED_SEC)
    assert clear({**PAYLOAD, "incidentId": "incident-2"}).body["removed"] == 1


def test_a_wrong_password_is_a_failure_without_its_value(
    account: Account,
    cache: RedisServer,
    clear: Function,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    cache.fill("session:1")
    arn = new_secret(account.aws, json.dumps({"username": "incident", "password": PASSWORD}))
    clear.configure({"cache": cache.target(prefixes=["session:"], secret_arn=arn)})
    response = clear(PAYLOAD)
    assert response.status == 500
    assert response.body["message"] == "Failed to clear cache"
    assert "invalid username-password pair" in response.body["error"]
    said = response.text + capsys.readouterr().out + caplog.text + json.dumps(account.records(""))
    assert "sikret" not in said
    assert cache.keys() == {b"session:1"}


def test_tls_is_spoken_with_a_server_that_is_trusted(cache: RedisServer, clear: Function) -> None:
    cache.fill("session:1")
    with relay(cache.port, server_context()) as tls:
        target = cache.target(prefixes=["session:"], port=tls.port, tls=True)
        clear.configure({"cache": target}, CA_CERTIFICATES_PEM=trusted_pem())
        assert clear(PAYLOAD).body["removed"] == 1


@pytest.mark.parametrize(
    "context",
    [lambda: server_context(trustme.CA()), lambda: server_context(host="cache.example.com")],
    ids=["unknown authority", "another host"],
)
def test_a_server_that_cannot_be_trusted_gets_no_password(
    cache: RedisServer, clear: Function, context: Callable[[], Any]
) -> None:
    cache.fill("session:1")
    with relay(cache.port, context()) as tls:
        target = cache.target(prefixes=["session:"], port=tls.port, tls=True)
        clear.configure(
            {"cache": target}, CA_CERTIFICATES_PEM=trusted_pem(), REDIS_PASSWORD=PASSWORD
        )
        response = clear(PAYLOAD)
    assert response.status == 500
    assert "certificate verify failed" in response.body["error"]
    assert "cmdstat_auth" not in cache.client.info("commandstats")


def test_a_connection_that_breaks_half_way_is_made_again(
    cache: RedisServer, clear: Function
) -> None:
    cache.populate("session", 20_000)
    with relay(cache.port) as between:
        clear.configure({"cache": cache.target(prefixes=["session:"], port=between.port)})
        # The first connection looks, and the second one removes.
        between.cut_after.extend([1_000_000, 100_000])
        response = clear(PAYLOAD)
    assert response.status == 200
    assert response.body["message"] == "Cache cleared successfully"
    assert cache.keys() == set()
    assert between.connections > 2


def test_a_server_that_is_gone_half_way_is_a_failure_and_a_repeat_goes_on(
    cache: RedisServer, clear: Function
) -> None:
    cache.populate("session", 20_000)
    with relay(cache.port) as between:
        clear.configure({"cache": cache.target(prefixes=["session:"], port=between.port)})
        between.cut_after.extend([1_000_000, 100_000, *[0] * 20])
        response = clear(PAYLOAD)
        between.cut_after.clear()
        left = len(cache.keys())
        assert response.status == 500
        assert 0 < left < 20_000
        removed = int(response.body["error"].partition(" ")[0])
        assert 0 < removed <= 20_000 - left
        assert "keys were removed, then clearing failed: " in response.body["error"]
        assert clear(PAYLOAD).status == 200
    assert cache.keys() == set()


def test_a_server_that_is_silent_is_a_failure(
    cache: RedisServer, clear: Function, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis_cache, "TIMEOUT_SEC", 0.2)
    with socket.create_server((HOST, 0)) as silent:
        port = silent.getsockname()[1]
        clear.configure({"cache": cache.target(prefixes=["session:"], port=port)})
        response = clear(PAYLOAD)
    assert response.status == 500
    assert "Timeout" in response.body["error"]


def test_a_server_that_is_not_there_is_a_failure(clear: Function) -> None:
    with running() as stopped:
        target = stopped.target(prefixes=["session:"])
    clear.configure({"cache": target})
    response = clear(PAYLOAD)
    assert response.status == 500
    assert "Connection refused" in response.body["error"]


@pytest.mark.parametrize(
    ("way", "denied"),
    [({"prefixes": ["session:"]}, "unlink"), ({"allow_flush": True}, "flushdb")],
)
def test_what_the_server_denies_is_a_failure_without_a_claim(
    account: Account, cache: RedisServer, clear: Function, way: dict[str, Any], denied: str
) -> None:
    cache.fill("session:1")
    _user(cache, "incident", PASSWORD, f"-{denied}")
    target = cache.target(username="incident", **way)
    clear.configure({"cache": target}, REDIS_PASSWORD=PASSWORD)
    response = clear(PAYLOAD)
    assert response.status == 500
    assert f"'{denied}' command" in response.body["error"]
    assert "session:1" not in response.body["error"]
    _user(cache, "incident", PASSWORD)
    assert clear(PAYLOAD).status == 200
    assert cache.keys() == set()


def test_a_flush_whose_run_was_killed_is_not_repeated(
    cache: RedisServer, clear: Function, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*arguments: Any) -> None:
        raise Killed

    cache.fill("session:1")
    clear.configure({"cache": cache.target(allow_flush=True)})
    with monkeypatch.context() as patch:
        patch.setattr(Flush, "_done", killed)
        with pytest.raises(Killed):
            clear(PAYLOAD)
    cache.fill("session:2")
    clear.clock.sleep(EXPIRED_SEC)
    response = clear(PAYLOAD)
    assert (response.status, response.body["message"]) == (200, "Cache cleared successfully")
    assert cache.keys() == {b"session:2"}


@pytest.mark.parametrize("way", [{"prefixes": ["session:"]}, {"allow_flush": True}])
def test_a_run_that_was_killed_before_it_has_cleared_is_replaced(
    cache: RedisServer, clear: Function, monkeypatch: pytest.MonkeyPatch, way: dict[str, Any]
) -> None:
    def killed(*arguments: Any, **more: Any) -> None:
        raise Killed

    cache.fill("session:1")
    clear.configure({"cache": cache.target(**way)})
    with monkeypatch.context() as patch:
        patch.setattr(redis.Redis, "flushdb", killed)
        patch.setattr(redis.Redis, "pipeline", killed)
        with pytest.raises(Killed):
            clear(PAYLOAD)
    assert clear(PAYLOAD).status == 409
    clear.clock.sleep(EXPIRED_SEC)
    assert clear(PAYLOAD).status == 200
    assert cache.keys() == set()


def test_a_flush_whose_response_is_lost_is_looked_up(
    cache: RedisServer, clear: Function, monkeypatch: pytest.MonkeyPatch
) -> None:
    flush = redis.Redis.flushdb

    def lost(self: redis.Redis, asynchronous: bool) -> None:
        flush(self, asynchronous)
        raise redis.ConnectionError("The connection broke.")

    monkeypatch.setattr(redis.Redis, "flushdb", lost)
    cache.fill("session:1")
    clear.configure({"cache": cache.target(allow_flush=True)})
    response = clear(PAYLOAD)
    assert (response.status, response.body["message"]) == (200, "Cache cleared successfully")
    assert cache.client.info("commandstats")["cmdstat_flushdb"]["calls"] == 1


def test_a_flush_that_cannot_be_looked_up_is_not_repeated(
    cache: RedisServer, clear: Function, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*arguments: Any, **more: Any) -> None:
        raise Killed

    clear.configure({"cache": cache.target(allow_flush=True)})
    cache.fill("session:1")
    cache.client.flushdb()  # so that there are statistics to be lost
    cache.fill("session:1")
    with monkeypatch.context() as patch:
        patch.setattr(redis.Redis, "flushdb", killed)
        with pytest.raises(Killed):
            clear(PAYLOAD)
    cache.client.config_resetstat()
    clear.clock.sleep(EXPIRED_SEC)
    response = clear(PAYLOAD)
    assert response.status == 500
    assert "its statistics were reset. To flush it, send another incident" in response.body["error"]
    assert cache.keys() == {b"session:1"}


@pytest.fixture
def cluster(account: Account, wire: Wire, clear: Function) -> Account:
    """An account with the ElastiCache cluster of the original, which may be rebooted."""
    account.aws.client("elasticache").create_cache_cluster(
        CacheClusterId="sessions", Engine="redis", CacheNodeType="cache.t3.micro", NumCacheNodes=1
    )
    clear.clock.sleep(EXPIRED_SEC)
    clear.configure({"cache": {"reboot": True}})
    return account


def test_a_cluster_is_rebooted(cluster: Account, clear: Function) -> None:
    response = clear(PAYLOAD)
    assert response.status == 200
    assert response.body["message"] == "Cache cleared successfully"
    assert response.body["target"] == "cache"
    assert response.body["before"]["status"] == "available"
    assert response.body["after"] == {"status": "rebooting cluster nodes"}
    assert _status(cluster) == "rebooting cluster nodes"


def test_a_dry_run_reboots_nothing(cluster: Account, clear: Function) -> None:
    response = clear({**PAYLOAD, "dryRun": True})
    assert "reboot the nodes 0001 of the cache sessions" in response.body["message"]
    assert _status(cluster) == "available"


def test_a_cluster_that_is_not_available_is_not_rebooted(cluster: Account, clear: Function) -> None:
    assert clear(PAYLOAD).status == 200
    clear.configure({"cache": {"reboot": True}, "other": {"reboot": True}})
    response = clear({**PAYLOAD, "target": "other"})
    assert response.status == 409
    assert response.body["error"] == (
        "The cache sessions is rebooting cluster nodes. It must be available."
    )


@pytest.mark.parametrize(("shards", "status"), [(1, 200), (2, 409)])
def test_no_cache_in_cluster_mode_is_rebooted(
    cluster: Account, clear: Function, shards: int, status: int
) -> None:
    elasticache = cluster.aws.client("elasticache")
    elasticache.create_replication_group(
        ReplicationGroupId="group",
        ReplicationGroupDescription="sharded",
        Engine="redis",
        CacheNodeType="cache.t3.micro",
        NumNodeGroups=shards,
        ReplicasPerNodeGroup=1,
    )
    clear.clock.sleep(EXPIRED_SEC)
    (group,) = elasticache.describe_replication_groups()["ReplicationGroups"]
    member = group["MemberClusters"][0]
    clear.configure({"cache": {"reboot": True, "cache_cluster_id": member}})
    response = clear(PAYLOAD)
    assert response.status == status
    if status == 409:
        assert "in cluster mode, in which it cannot be rebooted" in response.body["error"]
        assert _status(cluster, member) == "available"


def test_a_reboot_whose_run_was_lost_is_not_repeated(
    cluster: Account, wire: Wire, clear: Function
) -> None:
    wire.lose_response("elasticache.RebootCacheCluster")
    response = clear(PAYLOAD)  # which finds the cluster rebooting
    assert (response.status, response.body["message"]) == (200, "Cache cleared successfully")
    wire.mend()
    clear.clock.sleep(EXPIRED_SEC)
    wire.lose_request("elasticache.RebootCacheCluster")
    response = clear({**PAYLOAD, "incidentId": "incident-2"})
    assert response.status == 500
    assert "Whether the cache sessions was rebooted is unknown" in response.body["error"]
    wire.mend()
    assert clear({**PAYLOAD, "incidentId": "incident-2"}).text == response.text
    assert _status(cluster) == "available"


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ({"prefixes": ["a"]}, "host of the target 'cache' in TARGETS must be a string"),
        ({"host": "h", "prefixes": "a"}, "prefixes .* must be a list of strings"),
        ({"host": "h", "prefixes": [""]}, "prefixes .* must be a list of strings"),
        ({"host": "h", "port": "6379"}, "port .* must be a whole number"),
        ({"host": "h", "allow_flush": "yes"}, "allow_flush .* must be true or false"),
        ({"host": "h", "pattern": "*"}, "unknown fields: pattern"),
        ({"host": "h", "prefixes": ["a"], "allow_flush": True}, "only one of prefixes, allow"),
        ({"reboot": True, "host": "h"}, "unknown fields: host"),
    ],
)
def test_invalid_targets_are_named(clear: Function, target: dict[str, Any], expected: str) -> None:
    clear.configure({"cache": target})
    with pytest.raises(Exception, match=expected):
        clear(PAYLOAD)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"incidentId": None}, "incidentId is missing"),
        ({"target": None}, "target is missing"),
        ({"target": ["cache"]}, "target must be a string, but is a list"),
        ({"target": "*\r\nFLUSHALL\r\n"}, "must not contain control characters"),
        ({"target": "c" * 10_000}, "at most 128 characters, but has 10000"),
        ({"action": "scale_up"}, "action must be 'clear_cache'"),
        ({"priority": 1}, "priority must be a string"),
    ],
)
def test_a_bad_payload_is_answered_with_what_is_wrong(
    sessions: RedisServer, clear: Function, changes: dict[str, Any], said: str
) -> None:
    response = clear({**PAYLOAD, **changes})
    assert response.status == 400
    assert said in response.body["error"]
    assert len(sessions.keys()) == 4


def _user(cache: RedisServer, name: str, password: str, *commands: str) -> None:
    """Make a user that may do anything but what `commands` deny."""
    cache.client.acl_setuser(
        name,
        enabled=True,
        passwords=[f"+{password}"],
        keys=["*"],
        commands=["+@all", *commands],
    )


def _status(account: Account, name: str = "sessions") -> str:
    found = account.aws.client("elasticache").describe_cache_clusters(CacheClusterId=name)
    return str(found["CacheClusters"][0]["CacheClusterStatus"])


def _wait_until(condition: Callable[[], bool]) -> None:
    for _ in range(3_000):
        if condition():
            return
        time.sleep(0.01)
    raise AssertionError("it has not come about")
