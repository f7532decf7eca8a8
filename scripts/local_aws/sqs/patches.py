"""Patches of SQS: long polling, event source mappings, and the text of redrive policies."""

import json
from contextlib import ExitStack
from functools import partial
from typing import Any

from moto.sqs.models import Message, Queue

from local_aws.awslambda import event_source_mappings
from local_aws.patching import Patch
from local_aws.request_lock import request_lock


def install(patch: Patch) -> None:
    """moto waits and invokes functions within a request, and writes redrive policies with spaces.

    The spaces would be a change in every plan of Terraform.
    """
    moto_add, moto_attributes = Queue.add_message, Queue.attributes

    def add_message(queue: Queue, message: Message) -> None:
        mappings, queue.lambda_event_source_mappings = queue.lambda_event_source_mappings, {}
        try:
            moto_add(queue, message)
        finally:
            queue.lambda_event_source_mappings = mappings
        if mappings:
            request_lock.defer(partial(event_source_mappings.poll, queue))

    def attributes(queue: Queue) -> dict[str, Any]:
        result: dict[str, Any] = moto_attributes.__get__(queue)
        if queue.redrive_policy:
            result["RedrivePolicy"] = json.dumps(queue.redrive_policy, separators=(",", ":"))
        return result

    patch(Queue, "add_message", add_message)
    patch(Queue, "attributes", property(attributes))
    patch(Queue, "wait_for_messages", _wait_for_messages)


def _wait_for_messages(queue: Queue, timeout: int) -> None:
    with ExitStack() as stack:
        # A message that arrives before this thread waits would be missed. Requests take the lock
        # of the queue last, so it must be released before the request lock is taken again.
        queue._messages_lock.acquire()
        stack.enter_context(request_lock.released())
        stack.callback(queue._messages_lock.release)
        queue._messages_lock.wait(timeout)
