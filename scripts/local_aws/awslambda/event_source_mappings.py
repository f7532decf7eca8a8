"""Event source mappings of queues: Lambda polls the queue, and invokes the function."""

from moto.awslambda.utils import get_backend
from moto.sqs.models import Queue, sqs_backends

from local_aws.awslambda.invocations import Throttled


def poll(queue: Queue) -> None:
    """Invoke the functions that are mapped to a queue with messages of the queue.

    Messages are deleted if the function succeeds, and are visible again at once if it does not.
    """
    backend = sqs_backends[queue.account_id][queue.region]
    functions = get_backend(queue.account_id, queue.region)
    for function_arn, mapping in list(queue.lambda_event_source_mappings.items()):
        if not mapping.enabled:
            continue
        visibility_timeout = queue.visibility_timeout  # type: ignore[attr-defined]
        messages = backend.receive_message(queue.name, mapping.batch_size, 0, visibility_timeout)
        try:
            succeeded = functions.send_sqs_batch(function_arn, messages, queue.queue_arn)
        except Throttled:
            succeeded = False
        for message in messages:
            assert message.receipt_handle
            if succeeded:
                backend.delete_message(queue.name, message.receipt_handle)
            else:
                backend.change_message_visibility(queue.name, message.receipt_handle, 0)
