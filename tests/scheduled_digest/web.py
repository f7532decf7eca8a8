"""Web servers on loopback that keep connections, and what goes wrong on them."""

from __future__ import annotations

import json
import ssl
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus

from cli.demo.digests.web import Answer, CutOff, NoAnswer, Request, Respond, serving

from ..https_server import Clock

Fault = Callable[[Request, Respond], Answer]
"""What happens to a request instead of an answer of the server, which it is handed."""


@dataclass(slots=True)
class Site:
    """A server, and what goes wrong with the requests that it receives."""

    url: str
    respond: Respond
    faults: deque[Fault] = field(default_factory=deque)
    """The faults of the next requests, one for each."""
    choose: Callable[[Request], Fault | None] = lambda request: None
    """Chooses the fault of a request that none of `faults` is for."""
    requests: list[Request] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)

    def answer(self, request: Request) -> Answer:
        self.requests.append(request)
        try:
            fault: Fault | None = self.faults.popleft()
        except IndexError:
            fault = self.choose(request)
        return fault(request, self.respond) if fault else self.respond(request)

    def silence(self, request: Request, respond: Respond) -> Answer:
        """Give no answer for as long as the server runs."""
        self.ended.wait()
        raise NoAnswer


def status(code: int, **headers: str) -> Fault:
    """Answer with a status instead of doing anything. Headers have underscores for hyphens."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda request, respond: Answer(code, {"message": HTTPStatus(code).phrase}, named)


def passed(request: Request, respond: Respond) -> Answer:
    """Answer as ever."""
    return respond(request)


def hang_up(request: Request, respond: Respond) -> Answer:
    """Close the connection without doing anything."""
    raise NoAnswer


def lose_answer(request: Request, respond: Respond) -> Answer:
    """Do what was asked for, and close the connection without an answer."""
    respond(request)
    raise NoAnswer


def cut_off(request: Request, respond: Respond) -> Answer:
    """Do what was asked for, and break the connection within the answer."""
    whole = respond(request)
    text = whole.body if isinstance(whole.body, str) else json.dumps(whole.body)
    return CutOff(whole.status, text[: len(text) // 2], whole.headers)


def slow(clock: Clock, seconds: float) -> Fault:
    """Answer late."""

    def fault(request: Request, respond: Respond) -> Answer:
        answer = respond(request)
        clock.sleep(seconds)
        return answer

    return fault


@contextmanager
def site(respond: Respond, tls: ssl.SSLContext | None = None) -> Iterator[Site]:
    """Run a server."""
    running = Site("", respond)
    with serving(running.answer, tls) as running.url:
        try:
            yield running
        finally:
            running.ended.set()
