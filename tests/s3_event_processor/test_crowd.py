"""500 objects, of which some are poison, a function that fails, and executions that are stopped."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable

from cli.redrive.__main__ import main as redrive

from .deployment import repaired
from .trial import MAX_RECEIVES, SINGLE, Trial

OBJECTS, POISON = 500, 25
STOPS = 1 / 300
STARTS = 1 / 300
"""How often an execution is stopped or started when another state is entered."""


def replay(trial: Trial, key: str) -> None:
    """Send the messages of a dead-letter queue back."""
    name = trial.outputs["dead_letter_queue_urls"][key].rpartition("/")[2]
    assert redrive([name, trial.outputs["queue_name"]]) == 0


def not_deleted(trial: Trial, execution_arn: str) -> int:
    """Return for how many messages the function was invoked that were not deleted or refused."""
    events = trial.processor.events(execution_arn)
    entered = Counter(
        each["stateEnteredEventDetails"]["name"]
        for each in events
        if "stateEnteredEventDetails" in each
    )
    left = Counter(
        each["stateExitedEventDetails"]["name"]
        for each in events
        if "stateExitedEventDetails" in each
    )
    # A message that was buried is deleted, too.
    return entered["Invoke"] - entered["GiveBackOrBury"] - (left["Delete"] - left["Bury"])


@SINGLE
def test_every_object_is_processed_or_buried(
    trial: Trial, counted: Callable[..., None], noted: Callable[[str], None]
) -> None:
    seed = random.randrange(10**6)
    print(f"seed {seed}")  # pytest shows it if the test fails
    draws = random.Random(seed)

    def interfere(_: str) -> None:
        drawn = draws.random()
        if drawn < STOPS:
            trial.stop()
        elif drawn > 1 - STARTS:
            trial.start()

    good = trial.put(*["random"] * (OBJECTS - POISON))
    poison = trial.put(*["poison"] * POISON)
    trial.watch.on_entering_any(interfere)
    outcomes = trial.settle()
    trial.watch.clear()
    counted("executions", len(trial.stopped))
    assert trial.stopped
    assert all(each.processed or each.buried or each.unanswered for each in outcomes.values())
    dead = [key for key in good if outcomes[key].buried or outcomes[key].unanswered]

    # What failed three times by chance succeeds when it is replayed. Poison does not.
    while any(outcomes[key].buried or outcomes[key].unanswered for key in good):
        replay(trial, "queue")
        replay(trial, "function")
        outcomes = trial.settle()
    assert all(outcomes[key].processed for key in good)
    again = sum(outcomes[key].processed - 1 for key in good)
    assert again <= sum(not_deleted(trial, each) for each in trial.stopped) + len(dead)
    for key in poison:
        assert not outcomes[key].processed
        assert outcomes[key].causes == {"ValueError"}
        assert all(receives >= MAX_RECEIVES for receives in outcomes[key].buried)

    with repaired(trial.aws):
        replay(trial, "function")
        outcomes = trial.settle()
    assert all(each.processed for each in outcomes.values())
    assert not any(each.buried or each.unanswered for each in outcomes.values())
    assert trial.processor.depth() == (0, 0)
    noted(
        f"{OBJECTS} objects, {POISON} poison. Seed: {seed}; "
        f"executions stopped: {len(trial.stopped)}; processed again: {again}; "
        f"good objects replayed: {len(dead)}"
    )
