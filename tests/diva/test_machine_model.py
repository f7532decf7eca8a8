"""The machine against a second, plainer telling of the rules, over random histories."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from diva.machine import (
    Effect,
    Observation,
    Outcome,
    fold_delivery,
    fold_period,
    injection_due,
    restored,
    step,
)
from diva.state import Claim, from_record, to_record

from .model import Model
from .stories import BEGIN, PERIOD, policy

BAD = (Outcome.FAILED, Outcome.ERROR, Outcome.TIMEOUT)


class MachineFollowsModel(RuleBasedStateMachine):
    @initialize(
        role=st.sampled_from(["both", "detect", "inject"]),
        detections=st.integers(1, 3),
        injections=st.integers(1, 3),
        each_period=st.booleans(),
        cooldown=st.none() | st.integers(1, 3),
        warmup=st.none() | st.integers(1, 3),
        warmup_limit=st.none() | st.integers(1, 4),
        reminder=st.sampled_from([0, 5, 12]),
    )
    def begin(
        self,
        role: str,
        detections: int,
        injections: int,
        each_period: bool,
        cooldown: int | None,
        warmup: int | None,
        warmup_limit: int | None,
        reminder: int,
    ) -> None:
        limit = warmup_limit if warmup else None
        self.model = Model(
            role, detections, injections, each_period, cooldown, warmup, limit, reminder
        )
        reset: dict[str, object] = {"mode": "fast"}
        if cooldown:
            reset = {"mode": "cooldown", "success_threshold": cooldown}
        self.policy = policy(
            role=role,
            max_failed_detections=detections,
            max_failed_injections=injections,
            inject_each_period=each_period,
            reset=reset,
            warmup={
                "enabled": warmup is not None,
                "success_threshold": warmup or 1,
                "max_periods": limit,
            },
            reminder_sec=reminder * 60,
        )
        self.state = restored(self.policy, None)
        self.minute = 0
        self.alerts_since_reset = 0

    @precondition(lambda self: hasattr(self, "policy"))
    @rule(
        detection_ok=st.booleans(),
        how_bad=st.sampled_from(BAD),
        injection_ok=st.booleans(),
        verified=st.booleans(),
        delivery_ok=st.booleans(),
    )
    def period(
        self,
        detection_ok: bool,
        how_bad: Outcome,
        injection_ok: bool,
        verified: bool,
        delivery_ok: bool,
    ) -> None:
        now = BEGIN + timedelta(minutes=self.minute)
        detects = self.policy.detects
        detection = (Outcome.OK if detection_ok else how_bad) if detects else None
        wanted = self.model.wants_injection(detection_ok if detects else False)
        detected = step(self.policy, self.state, Observation(detection), now)
        assert injection_due(self.policy, detected) == wanted
        injection = (Outcome.OK if injection_ok else how_bad) if wanted else None
        verified = verified and injection is Outcome.OK and detects
        seen = Observation(
            detection,
            injection,
            not self.state.injected,
            Outcome.OK if verified else None,
        )

        was_alerted = self.state.alerted
        claim = Claim(f"run {self.minute}", now + PERIOD / 2)
        self.state, effect = fold_period(self.policy, self.state, seen, now, claim)
        expected = self.model.period(
            detection_ok if detects else None,
            injection_ok if wanted else None,
            verified,
            self.minute,
        )
        assert (effect and effect.value) == expected
        if was_alerted and not self.state.alerted:
            self.alerts_since_reset = 0
        if effect is not None:
            outcome = Outcome.OK if delivery_ok else Outcome.ERROR
            self.state = fold_delivery(self.state, effect, outcome, claim.run_id, now)
            if delivery_ok:
                self.model.told(effect.value, self.minute)
                self.alerts_since_reset += effect is Effect.ALERT
        self.minute += 5

    @precondition(lambda self: hasattr(self, "policy"))
    @invariant()
    def state_is_the_model_s(self) -> None:
        state, model = self.state, self.model
        assert (state.detection_failures, state.injection_failures) == (
            model.failures,
            model.bad_injections,
        )
        assert (state.injected, state.alerted) == (model.injected, model.alerted)
        assert state.cooldown_counter == model.cooled
        assert state.in_warmup == model.warming
        assert (state.warmup_counter, state.warmup_periods) == (
            model.warm_streak,
            model.warm_periods,
        )
        assert state.resolve_due == model.owes_resolution
        lasts = bool(state.incidents) and state.incidents[-1].end is None
        assert lasts == (model.failing_from is not None)

    @precondition(lambda self: hasattr(self, "policy"))
    @invariant()
    def one_alert_until_the_reset(self) -> None:
        assert self.alerts_since_reset <= 1

    @precondition(lambda self: hasattr(self, "policy"))
    @invariant()
    def state_survives_being_stored(self) -> None:
        read = from_record(to_record(self.state))
        assert read == self.state
        assert list(read.incidents) == list(self.state.incidents)


TestMachineFollowsModel = MachineFollowsModel.TestCase
TestMachineFollowsModel.settings = settings(max_examples=300, stateful_step_count=30, deadline=None)
