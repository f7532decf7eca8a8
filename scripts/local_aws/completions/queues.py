"""SQS: a redrive policy comes back written as AWS writes it, without spaces."""

import json
from typing import Any

from moto.sqs.models import Queue

from local_aws.completions.replace import Replace


def install(replace: Replace) -> None:
    """A difference of spaces alone would show as a change in every Terraform plan."""
    moto_attributes = Queue.attributes

    def attributes(queue: Queue) -> dict[str, Any]:
        result: dict[str, Any] = moto_attributes.__get__(queue)
        if queue.redrive_policy:
            result["RedrivePolicy"] = json.dumps(queue.redrive_policy, separators=(",", ":"))
        return result

    replace(Queue, "attributes", property(attributes))
