"""What has been done for which incident, in a DynamoDB table that all runs share.

pk `incident#<incident>`, sk `<action>#<target>`: who acts, then what was answered
pk `target#<action>#<target>`, sk `limits`: the latest actions on the target, and who acts

Both change together, in one transaction, under the condition that they are as they were read. The
target is read before its state in AWS is. A claim therefore fails if another run has acted since,
and never goes by an old state.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .action import Change, State
from .answers import Answer
from .settings import Limits
from .usage import Usage

DAY_SEC = 24 * 60 * 60
RECORD_DAYS = 90
"""How long a repeat gets the first answer."""

_CLAIMED = "claimed"
_DONE = "done"
_LOST = frozenset({"ConditionalCheckFailed", "TransactionConflict"})


class Conflict(Exception):
    """Another run has changed what this one has read."""


@dataclass(frozen=True, slots=True)
class Key:
    """What is done only once."""

    incident_id: str
    action: str
    target: str


@dataclass(frozen=True, slots=True)
class Claim:
    """A change that a run makes, or that it was about to make when it ended."""

    run: str
    expires_at: float
    """Seconds since the epoch. The run has ended by then."""
    before: State
    change: Change
    progress: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Ledger:
    """The records of one table."""

    client: Any
    """Of DynamoDB."""
    table: str

    def read(self, key: Key) -> Claim | Answer | None:
        """Return the answer that was given, or else the claim of the latest run."""
        item = self._get(_record_key(key))
        if item is None:
            return None
        if item["status"]["S"] == _DONE:
            return Answer(int(item["answer_status"]["N"]), item["answer"]["S"])
        return Claim(
            run=item["owner"]["S"],
            expires_at=float(item["claim_expires_at"]["N"]),
            before=json.loads(item["before"]["S"]),
            change=Change(**json.loads(item["change"]["S"])),
            progress=json.loads(item["progress"]["S"]),
        )

    def usage(self, key: Key) -> Usage:
        """Return what has been done to the target lately."""
        item = self._get(_target_key(key))
        if item is None:
            return Usage()
        holder = item.get("owner")
        return Usage(
            version=item["version"]["S"],
            actions=json.loads(item["actions"]["S"]),
            holder=holder["S"] if holder else None,
            held_until=float(item["claim_expires_at"]["N"]) if holder else 0.0,
        )

    def claim(
        self,
        key: Key,
        found: Claim | None,
        claim: Claim,
        usage: Usage | None,
        limits: Limits | None,
        now: float,
    ) -> Held:
        """Store that a run is about to make a change, and hold the target for it.

        `found` is the claim that `read` has returned, which this one replaces, and `usage` what
        `usage` has returned, both None if there is none. Raises Conflict.
        """
        item = {
            **_record_key(key),
            **_status(_CLAIMED, now),
            "owner": {"S": claim.run},
            "claim_expires_at": _number(claim.expires_at),
            "before": _json(claim.before),
            "change": _json(
                {
                    "summary": claim.change.summary,
                    "values": claim.change.values,
                    "undo": claim.change.undo,
                }
            ),
            "progress": _json(claim.progress),
        }
        held = None
        writes = [self._put(item, _as_found(found))]
        if usage is not None and limits is not None:
            asked = usage.held(claim.run, now, claim.expires_at, limits)
            put, held = self._put_usage(key, asked, now, limits)
            writes.append(put)
        self._write(writes)
        return Held(self, key, claim, held, limits)

    def settle(self, key: Key, found: Claim | None, answer: Answer, now: float) -> None:
        """Store the answer of a run that has changed nothing itself. Raises Conflict."""
        self._write([self._put(_done(key, answer, now), _as_found(found))])

    def _get(self, key: Mapping[str, Any]) -> dict[str, Any] | None:
        response = self.client.get_item(TableName=self.table, Key=dict(key), ConsistentRead=True)
        item: dict[str, Any] | None = response.get("Item")
        return item

    def _put(self, item: Mapping[str, Any], condition: Mapping[str, Any]) -> dict[str, Any]:
        return {"Put": {"TableName": self.table, "Item": dict(item), **condition}}

    def _put_usage(
        self, key: Key, usage: Usage, now: float, limits: Limits
    ) -> tuple[dict[str, Any], Usage]:
        """Return the write of `usage`, and what it is read as afterwards."""
        version = uuid.uuid4().hex
        lasts = max(limits.cooldown_sec, limits.window_sec) + DAY_SEC
        item = {
            **_target_key(key),
            "version": {"S": version},
            "actions": _json(usage.actions),
            "expires_at": {"N": str(int(now + lasts))},
        }
        if usage.holder is not None:
            item["owner"] = {"S": usage.holder}
            item["claim_expires_at"] = _number(usage.held_until)
        condition: dict[str, Any] = {"ConditionExpression": "attribute_not_exists(pk)"}
        if usage.version is not None:
            condition = {
                "ConditionExpression": "version = :version",
                "ExpressionAttributeValues": {":version": {"S": usage.version}},
            }
        stored = Usage(version, usage.actions, usage.holder, usage.held_until)
        return self._put(item, condition), stored

    def _write(self, writes: list[dict[str, Any]]) -> None:
        try:
            self.client.transact_write_items(TransactItems=writes)
        except self.client.exceptions.TransactionCanceledException as error:
            reasons = {each.get("Code") for each in error.response.get("CancellationReasons", [])}
            if reasons & _LOST:
                raise Conflict from error
            raise


@dataclass(slots=True)
class Held:
    """A claim that this run has. It is the progress of its action, too."""

    _ledger: Ledger
    _key: Key
    _claim: Claim
    _usage: Usage | None
    _limits: Limits | None

    @property
    def done(self) -> Mapping[str, Any]:
        """The values of the steps that are done, by name."""
        return self._claim.progress

    def add(self, step: str, value: Any) -> None:
        """Store that a step is done, so that no other run repeats it."""
        claim = self._claim
        progress = {**claim.progress, step: value}
        self._ledger.client.update_item(
            TableName=self._ledger.table,
            Key=_record_key(self._key),
            UpdateExpression="SET progress = :progress",
            ExpressionAttributeValues={
                ":progress": _json(progress),
                **_as_found(claim)["ExpressionAttributeValues"],
            },
            ConditionExpression=_as_found(claim)["ConditionExpression"],
            ExpressionAttributeNames=_as_found(claim)["ExpressionAttributeNames"],
        )
        self._claim = Claim(claim.run, claim.expires_at, claim.before, claim.change, progress)

    def finish(self, answer: Answer, now: float) -> None:
        """Store the answer, and release the target. Raises Conflict."""
        record = self._ledger._put(_done(self._key, answer, now), _as_found(self._claim))
        self._end(record, self._usage and self._usage.released(), now)

    def release(self, now: float) -> None:
        """Forget the claim: nothing has changed. Raises Conflict."""
        delete = {
            "Delete": {
                "TableName": self._ledger.table,
                "Key": _record_key(self._key),
                **_as_found(self._claim),
            }
        }
        self._end(delete, self._usage and self._usage.without(self._claim.run), now)

    def _end(self, record: dict[str, Any], usage: Usage | None, now: float) -> None:
        writes = [record]
        if usage is not None and self._limits is not None:
            writes.append(self._ledger._put_usage(self._key, usage, now, self._limits)[0])
        self._ledger._write(writes)


def _as_found(claim: Claim | None) -> dict[str, Any]:
    """Return the condition that a record is still what was read."""
    if claim is None:
        return {"ConditionExpression": "attribute_not_exists(pk)"}
    return {
        "ConditionExpression": "#status = :claimed AND #owner = :owner",
        "ExpressionAttributeNames": {"#status": "status", "#owner": "owner"},
        "ExpressionAttributeValues": {":claimed": {"S": _CLAIMED}, ":owner": {"S": claim.run}},
    }


def _record_key(key: Key) -> dict[str, Any]:
    return {
        "pk": {"S": f"incident#{key.incident_id}"},
        "sk": {"S": f"{key.action}#{key.target}"},
    }


def _target_key(key: Key) -> dict[str, Any]:
    return {"pk": {"S": f"target#{key.action}#{key.target}"}, "sk": {"S": "limits"}}


def _done(key: Key, answer: Answer, now: float) -> dict[str, Any]:
    return {
        **_record_key(key),
        **_status(_DONE, now),
        "answer_status": {"N": str(answer.status)},
        "answer": {"S": answer.body},
    }


def _status(status: str, now: float) -> dict[str, Any]:
    return {
        "status": {"S": status},
        "expires_at": {"N": str(int(now + RECORD_DAYS * DAY_SEC))},
    }


def _json(value: Any) -> dict[str, Any]:
    return {"S": json.dumps(value)}


def _number(value: float) -> dict[str, Any]:
    return {"N": f"{value:.3f}"}
