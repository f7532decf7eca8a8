"""What must be stored and delivered, told from what runs saw in the order of their writes."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from diva.notification import NotificationContext
from diva.state import State, from_record
from diva.stores import Changes, Snapshot
from tests.diva.model import Model
from tests.diva.stories import BEGIN

from .notes import Due, History, Run, Seen
from .plans import Options

REMAINING_SEC = 900.0
"""What a run has when it begins: the longest that a function of Lambda can have."""

IN_MODEL = {
    "detection_failures": "failures",
    "injection_failures": "bad_injections",
    "injected": "injected",
    "alerted": "alerted",
    "alerted_at": "last_told",
    "cooldown_counter": "cooled",
    "in_warmup": "warming",
    "warmup_counter": "warm_streak",
    "warmup_periods": "warm_periods",
    "healthy": "healthy",
    "resolve_due": "owes_resolution",
    "failing_since": "failing_from",
}
"""What the model calls the fields of a state."""


class Reference:
    """What is right at every moment; raises AssertionError at the first thing that is not.

    Nothing but a run's end makes its claim void, and nothing but the record of a delivery
    ends it: between the two no other run may deliver. A claim of a run that was killed holds
    until the time that it says.
    """

    def __init__(self, events: Mapping[str, Options]) -> None:
        self._options = events
        self.events = {name: History(each.model()) for name, each in events.items()}

    def read(self, run: Run, names: Iterable[str], snapshot: Snapshot) -> None:
        """Note that the run has read `names`, for the first time or after a conflict."""
        run.under_way = names
        for name in names:
            run.basis[name] = self.events[name].copy()
            run.found.setdefault(name, run.basis[name])
            run.seen.setdefault(name, Seen())
        self.check(names, snapshot)

    def wrote(self, run: Run, names: Iterable[str], changes: Changes, after: Snapshot) -> None:
        for name in names:
            if name in run.saved:
                self._record(run, name)
            else:
                self._save(run, name, changes)
        self.check(names, after)

    def delivering(self, run: Run, name: str, facts: NotificationContext, succeeds: bool) -> None:
        """Note that a run delivers, or fails to."""
        assert name in run.claimed, f"{run.run_id} delivers what was not its to deliver: {facts}"
        assert name not in run.delivered, f"{run.run_id} delivers a second time: {facts}"
        claimed = run.claimed[name]
        assert facts.kind == claimed.kind
        if facts.kind != "resolution":
            assert facts.detection_failures == claimed.failures
            assert facts.injection_failures == claimed.bad_injections
        run.delivered[name] = succeeds
        if succeeds and facts.kind == "alert":
            history = self.events[name]
            history.alerts += 1
            assert history.alerts <= 1 + history.unrecorded, "an alert was delivered twice"

    def died(self, run: Run) -> None:
        run.alive = False
        for name in run.claimed:
            if run.delivered.get(name) and name not in run.recorded:
                self.events[name].unrecorded += 1

    def ended(self, run: Run) -> None:
        """Check of a run that was not killed that it has done all it had to."""
        assert run.seen.keys() == run.answers.keys(), f"{run.run_id} left out an event"
        for name in run.seen.keys() - run.saved:
            self._check_injection(run, name)
            history = run.basis[name].copy()
            due = self._fold(history, run, name)
            run.basis[name].model.role = history.model.role
            assert (due, history) == (None, run.basis[name]), f"{run.run_id} did not save"
        assert run.claimed.keys() <= run.recorded, f"{run.run_id} did not record a delivery"

    def at_peace(self, now: datetime) -> None:
        """Check after quiet periods that nothing is left to be delivered."""
        for name, history in self.events.items():
            assert history.holder is None, f"{name} is still claimed"
            assert history.model.due(False, _sec(now)) is None, f"{name} is still due"

    def check(self, names: Iterable[str], snapshot: Snapshot) -> None:
        """Check that the snapshot says of `names` what has been written."""
        for name in names:
            model, record = self.events[name].model, snapshot.records.get(name)
            new = State(in_warmup=model.warmup is not None)
            state = from_record(record) if record else new
            wrong = [
                f"{field} {found}, not {right}"
                for field, found, right in _compared(state, model)
                if found != right
            ]
            assert not wrong, f"what is stored of {name}: {'; '.join(wrong)}"
            lasts = bool(state.incidents) and state.incidents[-1].end is None
            assert lasts == (model.failing_from is not None), f"incidents of {name}"

    def _save(self, run: Run, name: str, changes: Changes) -> None:
        self._check_injection(run, name)
        history = self.events[name]
        due = self._fold(history, run, name)
        record = changes.get(name)
        claim = from_record(record).alert_claim if record else None
        claims = claim is not None and claim.run_id == run.run_id
        holder = history.holder.run_id if history.holder else "nobody"
        assert claims == (due is not None), (
            f"{run.run_id} {'claims' if claims else 'does not claim'} a delivery of {name}: "
            f"{due or 'nothing'} is to be claimed, and {holder} has one under way"
        )
        if due and claim:
            assert claim.expires <= run.times[0] + timedelta(seconds=REMAINING_SEC)
            run.claimed[name] = Due(due, history.model.failures, history.model.bad_injections)
            run.expires[name] = claim.expires
            history.holder = run
        run.saved.add(name)

    def _record(self, run: Run, name: str) -> None:
        if name not in run.claimed:
            return
        history = self.events[name]
        assert name in run.delivered, f"{run.run_id} recorded what it did not deliver"
        if run.delivered[name]:
            history.model.told(run.claimed[name].kind, _sec(run.times[-1]))
        history.holder = None
        run.recorded.add(name)

    def _fold(self, history: History, run: Run, name: str) -> str | None:
        """Fold what a run saw into the event's state; return what it has to deliver."""
        model, seen = history.model, run.seen[name]
        model.role = run.function.role_of(self._options[name])
        was_alerted, now = model.alerted, run.folded_at[name]
        first = not run.found[name].model.injected
        due = model.period(seen.detection, seen.injection, seen.verified, _sec(now), first)
        if was_alerted and not model.alerted:
            history.alerts = history.unrecorded = 0
        holder = history.holder
        if holder is not None and not holder.alive:
            history.holder = None if now >= holder.expires[name] else holder
        return due if history.holder is None else None

    def _check_injection(self, run: Run, name: str) -> None:
        found, seen = copy.copy(run.found[name].model), run.seen[name]
        found.role = run.function.role_of(self._options[name])
        wanted = found.wants_injection(seen.detection)
        assert (seen.injection is not None) == wanted, f"{run.run_id} injects {name}: not {wanted}"


def _sec(time: datetime) -> float:
    return (time - BEGIN).total_seconds()


def _compared(state: State, model: Model) -> Iterator[tuple[str, object, object]]:
    """Yield each field of the state, its value, and the one that the model has for it."""
    for field_name, model_name in IN_MODEL.items():
        value = getattr(state, field_name)
        if isinstance(value, datetime):
            value = _sec(value)
        if field_name != "alerted_at" or model.alerted:
            yield field_name, value, getattr(model, model_name)
