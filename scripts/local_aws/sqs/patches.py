"""Patches of SQS: the clock, receipt handles, long polling, batches, and redrive policies."""

import json
from contextlib import ExitStack
from functools import partial
from typing import Any

from moto.sqs import models
from moto.sqs.constants import MAXIMUM_VISIBILITY_TIMEOUT
from moto.sqs.exceptions import InvalidParameterValue
from moto.sqs.models import Message, Queue, SQSBackend

from local_aws.awslambda import event_source_mappings
from local_aws.clock import Clock
from local_aws.patching import Patch
from local_aws.request_lock import request_lock


def install(patch: Patch, clock: Clock) -> None:
    """moto waits and invokes functions within a request, and writes redrive policies with spaces.

    The spaces would be a change in every plan of Terraform. Messages that are sent in a batch lose
    their system attributes.
    """
    moto_add, moto_attributes = Queue.add_message, Queue.attributes
    moto_send_batch = SQSBackend.send_message_batch

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

    def send_message_batch(
        backend: SQSBackend, queue_name: str, entries: dict[str, dict[str, Any]]
    ) -> tuple[list[Message], list[dict[str, Any]]]:
        messages, failed = moto_send_batch(backend, queue_name, entries)
        by_id = {entry["Id"]: entry for entry in entries.values()}
        for message in messages:
            entry = by_id[message.user_id]  # type: ignore[attr-defined]  # moto adds it
            message.system_attributes = entry.get("MessageSystemAttributes") or {}
        return messages, failed

    patch(Queue, "add_message", add_message)
    patch(Queue, "attributes", property(attributes))
    patch(SQSBackend, "send_message_batch", send_message_batch)
    patch(Queue, "wait_for_messages", _wait_for_messages)
    patch(models, "unix_time", clock.time)
    patch(models, "unix_time_millis", lambda: clock.time() * 1000)
    _install_receipt_handles(patch, clock)


def _install_receipt_handles(patch: Patch, clock: Clock) -> None:
    """moto accepts the receipt handles of all receipts of a message, not only of the last one.

    On AWS, only the last one deletes a message. It changes the visibility only of a message that
    is not visible. Otherwise, the request succeeds without an effect. moto also refuses to change
    the visibility of messages that were sent more than twelve hours ago. The limit of AWS begins
    with the receipt.
    """
    moto_delete, moto_change = Queue.delete_message, SQSBackend.change_message_visibility
    moto_mark_received = Message.mark_received

    def mark_received(message: Message, visibility_timeout: int | None = None) -> None:
        moto_mark_received(message, visibility_timeout)
        message.received_at = clock.time()  # type: ignore[attr-defined]

    def delete_message(queue: Queue, receipt_handle: str) -> None:
        if not _was_received_again(queue, receipt_handle):
            moto_delete(queue, receipt_handle)

    def change_message_visibility(
        backend: SQSBackend, queue_name: str, receipt_handle: str, visibility_timeout: int
    ) -> None:
        queue = backend.get_queue(queue_name)
        for message in queue._messages:
            if message.had_receipt_handle(receipt_handle):
                if message.receipt_handle == receipt_handle and not message.visible:
                    _check_limit(message, clock.time() + int(visibility_timeout))
                    message.change_visibility(visibility_timeout)
                return
        moto_change(backend, queue_name, receipt_handle, visibility_timeout)

    patch(Message, "mark_received", mark_received)
    patch(Queue, "delete_message", delete_message)
    patch(SQSBackend, "change_message_visibility", change_message_visibility)


def _check_limit(message: Message, invisible_until: float) -> None:
    received_at: float = message.received_at  # type: ignore[attr-defined]
    if invisible_until - received_at > MAXIMUM_VISIBILITY_TIMEOUT:
        raise InvalidParameterValue(
            "The VisibilityTimeout is invalid. Reason: Total VisibilityTimeout for the message is"
            f" beyond the limit [{MAXIMUM_VISIBILITY_TIMEOUT} seconds]"
        )


def _was_received_again(queue: Queue, receipt_handle: str) -> bool:
    return any(
        receipt_handle != each.receipt_handle and each.had_receipt_handle(receipt_handle)
        for each in queue._messages
    )


def _wait_for_messages(queue: Queue, timeout: int) -> None:
    with ExitStack() as stack:
        # A message that arrives before this thread waits would be missed. Requests take the lock
        # of the queue last, so it must be released before the request lock is taken again.
        queue._messages_lock.acquire()
        stack.enter_context(request_lock.released())
        stack.callback(queue._messages_lock.release)
        queue._messages_lock.wait(timeout)
