"""Calls to the embedded AWS that are still under way."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from moto.sqs.models import Queue

from local_aws import LocalAws

from ..processes import PATIENCE_SEC
from .functions import permit


class Call:
    """A call in a thread. If it hangs, the thread does not outlive the tests."""

    def __init__(self, call: Callable[..., Any], *arguments: Any, **options: Any) -> None:
        self._result: Any = None
        self._error: BaseException | None = None
        self._thread = threading.Thread(
            target=self._run, args=[call, arguments, options], daemon=True
        )
        self._thread.start()

    def _run(self, call: Callable[..., Any], arguments: Any, options: Any) -> None:
        try:
            self._result = call(*arguments, **options)
        except BaseException as error:
            self._error = error

    def error(self) -> BaseException | None:
        """Wait for the call, and return the error that it ends with."""
        self._thread.join(PATIENCE_SEC)
        assert not self._thread.is_alive(), "the call hangs"
        return self._error

    def result(self) -> Any:
        """Wait for the call, and return its result or raise its error."""
        error = self.error()
        if error:
            raise error
        return self._result


def invoke(aws: LocalAws, how: str) -> Call:
    """Invoke the function `subject` with some event: by a request, a topic or a rule."""
    arn = f"arn:aws:lambda:{aws.region}:{aws.account_id}:function:subject"
    functions, payload = aws.client("lambda"), b'{"any": "event"}'
    if how == "rule":
        rule = aws.client("events").put_rule(Name="five", ScheduleExpression="rate(5 minutes)")
        aws.client("events").put_targets(Rule="five", Targets=[{"Id": "1", "Arn": arn}])
        permit(aws, "subject", "events", rule["RuleArn"])
        return Call(aws.fire, "five")
    if how == "topic":
        topic = aws.client("sns").create_topic(Name="topic")["TopicArn"]
        permit(aws, "subject", "sns", topic)
        aws.client("sns").subscribe(TopicArn=topic, Protocol="lambda", Endpoint=arn)
        return Call(aws.client("sns").publish, TopicArn=topic, Message="news")
    return Call(functions.invoke, FunctionName="subject", InvocationType=how, Payload=payload)


@contextmanager
def observed_poll() -> Iterator[threading.Event]:
    """Yield an event that is set when a request waits for messages."""
    polling = threading.Event()
    wait = Queue.wait_for_messages

    def wait_for_messages(queue: Queue, timeout: int) -> None:
        polling.set()
        wait(queue, timeout)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Queue, "wait_for_messages", wait_for_messages)
        yield polling
