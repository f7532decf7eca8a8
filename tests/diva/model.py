"""What the rules of DIVA say, told a second time, more plainly: the reference for random tests."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Model:
    """One event, told with plain numbers. Times are in any one unit, that of `reminder`."""

    role: str
    """Of the function that acts; where two functions share the event, set it before each."""
    detections_allowed: int
    injections_allowed: int
    each_period: bool
    cooldown: int | None
    warmup: int | None
    warmup_limit: int | None
    reminder: int
    resolves: bool = True

    failures: int = 0
    bad_injections: int = 0
    injected: bool = False
    alerted: bool = False
    cooled: int = 0
    warm_streak: int = 0
    warm_periods: int = 0
    healthy: bool | None = None
    failing_from: float | None = None
    owes_resolution: bool = False
    last_told: float = 0
    warming: bool = field(init=False)

    def __post_init__(self) -> None:
        self.warming = self.warmup is not None

    @property
    def alone(self) -> bool:
        return self.role == "inject" and self.healthy is None

    def wants_injection(self, detection_ok: bool | None) -> bool:
        """Say whether to inject after this detection; None where the function makes none."""
        failing = self.healthy is False if detection_ok is None else not detection_ok
        if self.role == "detect" or not (self.alone or failing):
            return False
        if self.injected and not self.each_period:
            return self.alone and (self.warming or self.alerted)
        return self.alone or self.bad_injections < self.injections_allowed

    def good(self) -> None:
        if self.warming:
            self.warm_streak += 1
            self.warm_periods += 1
            if self.warm_streak < (self.warmup or 0) and self.warm_periods != self.warmup_limit:
                return
        elif self.alerted and self.cooldown is not None:
            self.cooled += 1
            if self.cooled < self.cooldown:
                return
        self.owes_resolution = self.resolves and (self.owes_resolution or self.alerted)
        self.failures = self.bad_injections = self.cooled = 0
        self.warm_streak = self.warm_periods = 0
        self.warming = self.alerted = False
        self.failing_from = None
        self.injected = self.alone

    def bad(self, time: float) -> bool:
        """Note a period that was bad by its detection, or alone by its injection."""
        self.owes_resolution = False
        if self.warming:
            self.warm_streak = 0
            self.warm_periods += 1
            if self.warm_periods != self.warmup_limit:
                return False
            self.warming, self.warm_periods = False, 0
        self.cooled = 0
        self.began_to_fail(time)
        return True

    def began_to_fail(self, time: float) -> None:
        if self.failing_from is None:
            self.failing_from = time

    def period(
        self,
        detection: bool | None,
        injection: bool | None,
        verified: bool,
        time: float,
        first_injection: bool | None = None,
    ) -> str | None:
        """Return what is due after a period. True is a success, None that nothing was called.

        `first_injection` is what the run took its injection for, where it may have been wrong.
        """
        if first_injection is None:
            first_injection = not self.injected
        just_injected = injection is True and first_injection
        if detection or verified:
            self.healthy = True
            if injection:
                self.injected, self.bad_injections = True, 0
            self.good()
        elif self.alone:
            if injection:
                self.injected, self.bad_injections = True, 0
                self.good()
            elif injection is False and self.bad(time):
                self.bad_injections += 1
        else:
            if detection is False:
                self.healthy = False
                if self.bad(time):
                    self.failures += 1
            if self.healthy:
                pass  # it has recovered before this run could inject
            elif injection:
                self.injected, self.bad_injections = True, 0
            elif injection is False and not self.warming:
                self.bad_injections += 1
                self.began_to_fail(time)
        return self.due(just_injected, time)

    def due(self, just_injected: bool, time: float) -> str | None:
        if self.owes_resolution:
            return "resolution"
        if self.warming:
            return None
        if not self.alerted:
            too_many = self.failures >= self.detections_allowed and not just_injected
            return "alert" if too_many or self.bad_injections >= self.injections_allowed else None
        failing = self.bad_injections > 0 if self.alone else self.healthy is False
        waited = time - self.last_told >= self.reminder
        return "reminder" if self.reminder and failing and waited else None

    def told(self, what: str, time: float) -> None:
        if what == "resolution":
            self.owes_resolution = False
        elif what == "alert" or self.alerted:  # no reminder of what has recovered meanwhile
            self.alerted, self.last_told = True, time
