"""How an alert is sent, from top to bottom. Reminders and resolutions are sent the same way.

1. Due        After each period `machine.due`, THE ALERT RULE, says what is to be sent, if anything.
2. Claimed    The conditional write that saves the period also saves a claim of this run. Where
              two runs overlap, one of the writes fails its condition: that run reads the state
              again, finds the claim, and leaves the alert alone. (`save_and_claim`)
3. Delivered  The run that holds the claim calls `alert` or `resolve`. It has delivered when the
              callback has returned. (`deliver`)
4. Recorded   A second conditional write ends the claim and notes the delivery. What failed stays
              due, and the next period claims it again. (`record`)

If a run is killed between 2 and 4, its claim expires and a later period sends what is still due. A
message is therefore never lost, but sent twice if the run is killed between 3 and 4.
"""

from __future__ import annotations

from collections.abc import Mapping

from . import notification, report
from .callbacks import Callbacks, Result
from .machine import Effect, Observation, Outcome, fold_delivery, fold_period
from .period import EventRun
from .policy import Policies
from .pool import Job
from .state import Claim, Record, to_record
from .states import States
from .stores import Folded, Snapshot, Store, commit


class Alerts:
    """Saves the observations of one run, and sends the messages that are due.

    `claim` is what the run writes into the state of an event before it sends anything for it;
    `until` is the monotonic time at which it stops delivering.
    """

    def __init__(
        self, policies: Policies, states: States, callbacks: Callbacks, claim: Claim, until: float
    ) -> None:
        self._policies = policies
        self._states = states
        self._callbacks = callbacks
        self._clock = callbacks.clock
        self._claim = claim
        self._until = until

    def save_and_claim(
        self, store: Store, snapshot: Snapshot, seen: Mapping[str, Observation]
    ) -> tuple[Snapshot, dict[str, EventRun]]:
        """Fold what was seen into the state, claim what is due, and write what changed.

        Returns what is stored now, and what came of each event.
        """

        def fold(snapshot: Snapshot) -> Folded[dict[str, EventRun]]:
            now = self._clock.now()
            runs: dict[str, EventRun] = {}
            changes: dict[str, Record | None] = {}
            for name, observation in seen.items():
                before, invalid = self._states.read(snapshot, name)
                policy = self._policies.valid[name]
                after, claimed = fold_period(policy, before, observation, now, self._claim)
                runs[name] = EventRun(before, observation, after, claimed)
                if invalid or (after is not before and after != before):
                    changes[name] = to_record(after)
            if changes:  # undefined events are removed along the way, but are no reason to write
                changes |= dict.fromkeys(self._undefined(snapshot))
            return Folded(changes, runs)

        snapshot, folded = commit(store, snapshot, fold)
        for name, change in folded.changes.items():
            if change is None:
                report.log_dropped_state(name)
        for name, run in folded.result.items():
            report.log_transition(self._policies.valid[name], run)
        return snapshot, folded.result

    def deliver(self, name: str, run: EventRun) -> Job[Outcome]:
        """Call the callback for what `run` has claimed, and return what became of it."""
        assert run.claimed is not None, "only what was claimed is delivered"
        policy = self._policies.valid[name]
        resolution = run.claimed is Effect.RESOLUTION
        basis = run.before if resolution else run.after  # a resolution reports what has ended
        context = notification.context(policy, basis, run.claimed, self._claim.run_id)
        message = notification.message(context)
        callback = policy.resolve if resolution else policy.alert
        report.log_delivering(context)
        if callback is None:
            report.log_alert(context, message)
            result = Result(Outcome.OK)
        else:
            result = yield from self._callbacks.tell(
                policy, callback, self._until, message, context
            )
        if result.outcome is Outcome.OK:
            report.log_delivered(context)
        else:
            report.log_failed_delivery(policy, result.error)
        return result.outcome

    def record(
        self, store: Store, snapshot: Snapshot, runs: Mapping[str, EventRun]
    ) -> dict[str, EventRun]:
        """Fold the outcome of each delivery into the state and write it; return the updated runs.

        A delivery without an outcome has been abandoned, and counts as timed out.
        """

        def fold(snapshot: Snapshot) -> Folded[dict[str, EventRun]]:
            now = self._clock.now()
            recorded: dict[str, EventRun] = {}
            changes: dict[str, Record | None] = {}
            for name, run in runs.items():
                assert run.claimed is not None, "only what was claimed is delivered"
                before, _ = self._states.read(snapshot, name)
                outcome = run.outcome or Outcome.TIMEOUT
                after = fold_delivery(before, run.claimed, outcome, self._claim.run_id, now)
                recorded[name] = run._replace(after=after)
                if after != before:
                    changes[name] = to_record(after)
            return Folded(changes, recorded)

        return commit(store, snapshot, fold)[1].result

    def _undefined(self, snapshot: Snapshot) -> list[str]:
        return [name for name in snapshot.records if not self._policies.is_defined(name)]
