"""S3 and DynamoDB: a condition and the write that depends on it are one step.

moto answers each request on a thread of its own, and another could write in between.
"""

import functools
import threading
from collections.abc import Callable, Hashable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from moto.dynamodb.responses import DynamoHandler
from moto.s3.responses import S3Response

from local_aws.completions.replace import Replace

Guard = Callable[..., AbstractContextManager[Any]]


def install(replace: Replace) -> None:
    """Let requests for items, and conditional writes of one object, wait for each other."""
    of_items = threading.RLock()
    of_objects: dict[Hashable, Any] = {}

    def items(_: DynamoHandler) -> Any:
        return of_items  # reading too: moto copies an item that another thread may be changing

    def object_(response: S3Response) -> Any:
        # Only where there is a condition: a plain write can start functions that write themselves.
        if response.headers.get("If-Match") or response.headers.get("If-None-Match"):
            key = response.bucket_name, response.parse_key_name()
            return of_objects.setdefault(key, threading.RLock())
        return nullcontext()

    for name in ("get_item", "put_item", "update_item", "delete_item"):
        replace(DynamoHandler, name, _guarded(getattr(DynamoHandler, name), items))
    replace(S3Response, "put_object", _guarded(S3Response.put_object, object_))


def _guarded(write: Callable[..., Any], guard: Guard) -> Callable[..., Any]:
    @functools.wraps(write)
    def guarded(*args: Any, **options: Any) -> Any:
        with guard(*args, **options):
            return write(*args, **options)

    return guarded
