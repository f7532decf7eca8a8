"""SQS: a redrive policy without spaces, and long polls during which others are answered."""

import json
from typing import Any

from moto.sqs.models import Queue

from local_aws.patching import Patch
from local_aws.request_lock import request_lock


def install(patch: Patch) -> None:
    """A difference of spaces alone would show as a change in every Terraform plan."""
    moto_attributes, moto_wait = Queue.attributes, Queue.wait_for_messages

    def wait_for_messages(queue: Queue, timeout: int) -> None:
        with request_lock.released():  # or no message could ever arrive
            moto_wait(queue, timeout)

    def attributes(queue: Queue) -> dict[str, Any]:
        result: dict[str, Any] = moto_attributes.__get__(queue)
        if queue.redrive_policy:
            result["RedrivePolicy"] = json.dumps(queue.redrive_policy, separators=(",", ":"))
        return result

    patch(Queue, "attributes", property(attributes))
    patch(Queue, "wait_for_messages", wait_for_messages)
