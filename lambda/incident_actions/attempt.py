"""The whole way of an attempt, from the payload to the answer."""

from __future__ import annotations

import json
import logging
import math
import uuid
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

from diva_common.runs import Clock, end_of_run
from diva_common.runs import Context as AnyContext

from . import metrics
from .action import (
    Action,
    Change,
    Done,
    DoneInVain,
    NotDone,
    NothingToDo,
    OutcomeUnknown,
    Refused,
    State,
)
from .answers import Answer, answer, failure
from .audit import Audit
from .kill_switch import KillSwitch
from .ledger import Claim, Conflict, Held, Key, Ledger
from .payload import BadPayload, Request, incident_id
from .settings import Limits

log = logging.getLogger(__name__)

BAD_PAYLOAD = 400
UNKNOWN_TARGET = 404
BUSY = 409
FAILED = 500

TRIES = 5
"""How often a run begins again because others have acted meanwhile."""
CLAIM_MARGIN_SEC = 30.0
"""How much longer than its run a claim lasts, since clocks differ."""


class Context(AnyContext, Protocol):
    """The part of Lambda's context object that is used."""

    @property
    def aws_request_id(self) -> str: ...

    @property
    def function_name(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an attempt."""

    name: str
    """For the audit."""
    counted: str | None
    """The metric that counts it."""
    answer: Answer
    facts: Mapping[str, Any] = field(default_factory=dict)
    """What the audit says of it: `before`, `after`, `change`, `undo` and `error`."""


@dataclass(frozen=True, slots=True)
class Attempts:
    """Responds to the requests for one action."""

    action: str
    failure: str
    """The message of answers to requests that fail or are refused."""
    read: Callable[[Any, str], Request]
    """Reads a payload. Raises BadPayload."""
    targets: Mapping[str, Callable[[], Action]]
    """The targets that may be acted on."""
    ledger: Ledger
    kill_switch: KillSwitch | None
    limits: Limits | None
    dry_run: bool
    """Whether all runs are dry."""
    audit: Audit
    metrics_namespace: str
    clock: Clock

    def handle(self, event: Any, context: Context) -> dict[str, Any]:
        """Respond to `event`. Every failure is an answer, too."""
        request = None
        try:
            request = self.read(event, self.action)
            outcome = self._outcome(request, context)
        except BadPayload as error:
            outcome = self._refused(Refused(BAD_PAYLOAD, str(error)), incident_id(event))
        except Refused as error:
            outcome = self._refused(error, incident_id(event))
        except Exception as error:
            log.exception("The attempt failed.")
            outcome = self._failed(error, incident_id(event))
        self._report(request, outcome, context)
        return outcome.answer.as_payload()

    def _outcome(self, request: Request, context: Context) -> Outcome:
        for _ in range(TRIES):
            try:
                return self._attempt(request, context)
            except Conflict:
                log.info("Another run has acted meanwhile. This one begins again.")
        raise Refused(BUSY, f"Other runs keep acting on the target {request.target!r}.", 1)

    def _attempt(self, request: Request, context: Context) -> Outcome:
        if request.target not in self.targets:
            known = ", ".join(sorted(self.targets)) or "none"
            raise Refused(
                UNKNOWN_TARGET,
                f"The target {request.target!r} is unknown. Known targets: {known}.",
            )
        key = Key(request.incident_id, self.action, request.target)
        found = self.ledger.read(key)
        if isinstance(found, Answer):
            return Outcome("repeated", None, found)
        if self.kill_switch:
            self.kill_switch.check()
        if found and self.clock.time() < found.expires_at:
            raise Refused(
                BUSY,
                f"Another run is acting on the target {request.target!r} for this incident.",
                self._seconds_until(found.expires_at),
            )
        usage = self.ledger.usage(key) if self.limits else None
        if usage and found:
            usage = usage.without(found.run)
        action = self.targets[request.target]()
        before = action.describe()
        dry = request.dry_run or self.dry_run
        if found and (recovered := self._recovered(action, found, before, request)):
            return self._settled(recovered, key, found, dry)
        plan = action.plan(before, request)
        if isinstance(plan, NothingToDo):
            return self._settled(self._unchanged(plan, before, request), key, found, dry)
        if dry:
            return self._dry(plan, before, request)
        now = self.clock.time()
        if usage and self.limits:
            usage.check(request.target, self.limits, now)
        lasts = context.get_remaining_time_in_millis() / 1000 + CLAIM_MARGIN_SEC
        progress = found.progress if found else {}
        claim = Claim(uuid.uuid4().hex, now + lasts, before, plan, progress)
        held = self.ledger.claim(key, found, claim, usage, self.limits, now)
        return self._act(action, held, claim, request, end_of_run(context, self.clock))

    def _act(
        self, action: Action, held: Held, claim: Claim, request: Request, until: float
    ) -> Outcome:
        try:
            done = action.act(claim.before, claim.change, held, until)
            outcome = self._succeeded(done, claim, request)
        except NotDone as error:
            log.exception("Nothing was changed.")
            self._store(lambda: held.release(self.clock.time()))
            return self._failed(error, request.incident_id, claim)
        except DoneInVain as error:
            log.exception("The action failed.")
            outcome = self._failed(error, request.incident_id, claim)
        except Exception as error:
            # The request may have reached AWS although its response has not come back.
            log.exception("The outcome is unknown, and looked up.")
            recovered = self._looked_up(action, claim, request)
            if recovered is None:
                # It may still happen. The run that takes over the claim looks again.
                wait = self._seconds_until(claim.expires_at)
                return self._failed(error, request.incident_id, claim, wait)
            outcome = recovered
        self._store(lambda: held.finish(outcome.answer, self.clock.time()))
        return outcome

    def _settled(self, outcome: Outcome, key: Key, found: Claim | None, dry: bool) -> Outcome:
        """Store an outcome for which this run has changed nothing, and return it."""
        if dry:
            said = outcome.answer
            said = answer(said.status, {**json.loads(said.body), "dryRun": True})
            return Outcome("dry_run", None, said, outcome.facts)
        self.ledger.settle(key, found, outcome.answer, self.clock.time())
        return outcome

    def _looked_up(self, action: Action, claim: Claim, request: Request) -> Outcome | None:
        try:
            return self._recovered(action, claim, action.describe(), request)
        except Exception:
            log.exception("The outcome could not be looked up.")
            return None

    def _recovered(
        self, action: Action, claim: Claim, now: State, request: Request
    ) -> Outcome | None:
        """Return what a run has done that did not say so, or None if it did nothing."""
        try:
            done = action.happened(claim.before, claim.change, now)
        except (DoneInVain, OutcomeUnknown) as error:
            return self._failed(error, request.incident_id, claim)
        return self._succeeded(done, claim, request) if done else None

    def _succeeded(self, done: Done, claim: Claim, request: Request) -> Outcome:
        facts = {"before": claim.before, "after": done.after, "undo": claim.change.undo}
        body = {**done.body, "incidentId": request.incident_id, **facts}
        facts["change"] = asdict(claim.change)
        return Outcome("succeeded", metrics.SUCCEEDED, answer(200, body), facts)

    def _unchanged(self, plan: NothingToDo, before: State, request: Request) -> Outcome:
        facts = {"before": before, "after": before}
        body = {**plan.body, "incidentId": request.incident_id, **facts}
        return Outcome("nothing_to_do", metrics.SUCCEEDED, answer(200, body), facts)

    def _dry(self, change: Change, before: State, request: Request) -> Outcome:
        body = {
            "message": f"Dry run, nothing was changed. This would {change.summary}.",
            "incidentId": request.incident_id,
            "dryRun": True,
            "before": before,
            "change": {"summary": change.summary, "values": change.values},
            "undo": change.undo,
        }
        facts = {"before": before, "change": asdict(change), "undo": change.undo}
        return Outcome("dry_run", None, answer(200, body), facts)

    def _refused(self, error: Refused, incident: str | None) -> Outcome:
        said = failure(error.status, self.failure, str(error), incident, error.retry_after_sec)
        return Outcome("refused", metrics.REFUSED, said, {"error": str(error)})

    def _failed(
        self,
        error: Exception,
        incident: str | None,
        claim: Claim | None = None,
        retry_after_sec: int | None = None,
    ) -> Outcome:
        text = str(error) or type(error).__name__
        said = failure(FAILED, self.failure, text, incident, retry_after_sec)
        facts: dict[str, Any] = {"error": text}
        if claim:
            facts |= {"before": claim.before, "change": asdict(claim.change)}
            facts["undo"] = claim.change.undo
        return Outcome("failed", metrics.FAILED, said, facts)

    def _store(self, write: Callable[[], None]) -> None:
        try:
            write()
        except Exception:
            # The answer tells what happened. The claim expires, and its successor looks.
            log.exception("The outcome could not be stored.")

    def _seconds_until(self, time: float) -> int:
        return max(1, math.ceil(time - self.clock.time()))

    def _report(self, request: Request | None, outcome: Outcome, context: Context) -> None:
        now = self.clock.time()
        facts: dict[str, Any] = {"action": self.action, "outcome": outcome.name}
        facts["statusCode"] = outcome.answer.status
        if request:
            facts |= {
                "incidentId": request.incident_id,
                "target": request.target,
                "priority": request.priority,
                "requestedBy": request.requested_by,
                "dryRun": request.dry_run or self.dry_run,
            }
        self.audit.record(context.aws_request_id, now, {**facts, **outcome.facts})
        line = metrics.metrics_line(
            self.metrics_namespace, context.function_name, outcome.counted, int(now * 1000)
        )
        self.audit.write_line(line)
