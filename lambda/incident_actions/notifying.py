"""Notifying people through all channels at once."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from diva_common.runs import Clock

from .action import Change, Done, NotDone, Progress, State
from .channels import Channel
from .notification import Notification, notification
from .payload import Request

log = logging.getLogger(__name__)

SNS = "sns"
SENT = "sent"
_MARGIN_SEC = 1.0
"""Between the end of the attempts of a channel and the answer, to tell why it failed."""


@dataclass(slots=True)
class Notify:
    """Notifies people. One channel that fails does not stop the others."""

    channels: Mapping[str, Callable[[], Channel]]
    """Return the channels, or raise an error if their settings are invalid."""
    clock: Clock
    asked: Notification | None = field(default=None, init=False)

    def describe(self) -> State:
        return {"channels": list(self.channels)}

    def plan(self, before: State, request: Request) -> Change:
        self.asked = notification(request)
        return Change(
            f"notify people through {', '.join(self.channels)}",
            {"subject": self.asked.subject},
            "A notification cannot be taken back.",
        )

    def act(self, before: State, change: Change, progress: Progress, until: float) -> Done:
        assert self.asked is not None, "an action is planned before"
        sent = dict(progress.done)
        waiting = [name for name in self.channels if name not in sent]
        failures = dict.fromkeys(waiting, "no response in time")
        results: queue.SimpleQueue[tuple[str, str | Exception]] = queue.SimpleQueue()
        for name in waiting:
            arguments = (name, self.asked, until - _MARGIN_SEC, results)
            threading.Thread(target=self._send, args=arguments, daemon=True).start()
        for _ in waiting:
            try:
                name, result = results.get(timeout=max(0.0, until - self.clock.monotonic()))
            except queue.Empty:
                break
            if isinstance(result, Exception):
                log.error("The channel %s failed.", name, exc_info=result)
                failures[name] = str(result) or type(result).__name__
            else:
                del failures[name]
                sent[name] = result
                self._keep(progress, name, result)
        if not sent:
            raise NotDone("; ".join(f"{name}: {text}" for name, text in failures.items()))
        outcomes = {name: failures.get(name, SENT) for name in self.channels}
        body = {
            "message": "Notification sent successfully",
            "messageId": sent.get(SNS),
            "channels": outcomes,
        }
        return Done(body, {"channels": outcomes})

    def happened(self, before: State, change: Change, now: State) -> Done | None:
        # The channels that have sent are known from the progress.
        return None

    def _send(
        self,
        name: str,
        asked: Notification,
        until: float,
        results: queue.SimpleQueue[tuple[str, str | Exception]],
    ) -> None:
        try:
            results.put((name, self.channels[name]().send(asked, until)))
        except Exception as error:
            results.put((name, error))

    def _keep(self, progress: Progress, name: str, result: str) -> None:
        try:
            progress.add(name, result)
        except Exception:
            # Another run may notify people again, which is better than not at all.
            log.exception("That the channel %s has sent could not be stored.", name)
